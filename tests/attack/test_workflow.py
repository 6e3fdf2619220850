"""Where the book is built for publication: every action is pinned, every job asks for the least."""

import re
from pathlib import Path

import pytest
import yaml

WORKFLOWS = sorted((Path(__file__).parents[2] / ".github" / "workflows").glob("*.yml"))
PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}")
#: What a job may ask for; writing is for the one that publishes the site.
PERMISSIONS = {"contents": "read", "pages": "write", "id-token": "write"}


@pytest.fixture(params=WORKFLOWS, ids=lambda path: path.name)
def workflow(request: pytest.FixtureRequest) -> dict:
    """A workflow."""
    return yaml.safe_load(request.param.read_text("utf-8"))


def test_there_is_a_workflow() -> None:
    assert WORKFLOWS


def test_every_action_is_pinned_to_a_commit(workflow: dict) -> None:
    used = [step["uses"] for job in workflow["jobs"].values() for step in job["steps"] if "uses" in step]
    assert used
    assert [action for action in used if not PINNED.fullmatch(action)] == []


def test_jobs_ask_for_the_least(workflow: dict) -> None:
    assert workflow["permissions"] == {}
    for name, job in workflow["jobs"].items():
        assert job["permissions"].items() <= PERMISSIONS.items(), name
        assert ("write" in job["permissions"].values()) == (name == "publish"), name


def test_nothing_from_outside_is_put_into_a_command(workflow: dict) -> None:
    commands = [step["run"] for job in workflow["jobs"].values() for step in job["steps"] if "run" in step]
    assert [command for command in commands if "${{" in command] == []


def test_no_checkout_keeps_the_token(workflow: dict) -> None:
    for job in workflow["jobs"].values():
        for step in job["steps"]:
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False
