"""The development container: what it starts is there, and what it needs is what the README asks for."""

import json
import re

from .checkout import ROOT

CONTAINER = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8"))
DOCKERFILE = (ROOT / ".devcontainer" / "Dockerfile").read_text(encoding="utf-8")


def test_it_has_the_python_of_the_makefile_and_the_browser_of_the_tests():
    wanted = re.search(r"PYTHON \?= python([\d.]+)", (ROOT / "Makefile").read_text(encoding="utf-8"))
    assert wanted and f"FROM python:{wanted[1]}-" in DOCKERFILE
    assert {"make", "git", "chromium"} <= set(DOCKERFILE.split())


def test_it_sets_up_the_environment_and_starts_jupyterlab():
    target = CONTAINER["updateContentCommand"].removeprefix("make ")
    assert target == ".venv/.ready" and "$(READY):" in (ROOT / "Makefile").read_text(encoding="utf-8")
    command = CONTAINER["postAttachCommand"]
    assert command.startswith(".venv/bin/python -m evidence edit -- --no-browser")
    port = int(re.search(r"--port=(\d+)", command)[1])
    assert port in CONTAINER["forwardPorts"] and str(port) in CONTAINER["portsAttributes"]


def test_it_recommends_what_the_folder_recommends():
    wanted = json.loads((ROOT / ".vscode" / "extensions.json").read_text(encoding="utf-8"))
    assert CONTAINER["customizations"]["vscode"]["extensions"] == wanted["recommendations"]
