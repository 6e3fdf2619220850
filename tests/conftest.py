"""Settings of all tests, and the browser of those that need one."""

import os
from collections.abc import Iterator

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # tests run side by side: threads would only wait

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright

CHROMIUM = "/usr/bin/chromium"
SWITCHES = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking"]

# Whether a property holds depends neither on how busy the machine is nor on chance: a commit is judged by
# what it changes.
settings.register_profile("evidence", deadline=None, derandomize=True)
# `make hunt`: other examples at each run, for exceptions that the usual ones do not meet.
settings.register_profile("hunt", deadline=None)
settings.load_profile("evidence")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's chromium, one for all tests of a process: two cannot be driven side by side."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield started
        started.close()
