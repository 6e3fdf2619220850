"""What GitHub and Zenodo read: well formed, and of one mind with the Makefile and CITATION.cff."""

import json
import re

import yaml

from .checkout import ROOT


def test_the_workflow_calls_what_the_makefile_has_and_only_a_tag_publishes():
    workflow = yaml.safe_load((ROOT / ".github/workflows/book.yml").read_text())
    targets = set(re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE))
    runs = [step["run"] for job in workflow["jobs"].values() for step in job["steps"] if "run" in step]
    called = {target for run in runs for target in re.findall(r"make ([a-z]+)", run)}
    assert {"book", "check", "lint", "test"} <= called <= targets
    assert workflow["permissions"] == {}
    granted = {name: job["permissions"] for name, job in workflow["jobs"].items()}
    assert granted.pop("publish") == {"pages": "write", "id-token": "write"}
    assert all(given == {"contents": "read"} for given in granted.values())
    assert "refs/tags/v" in workflow["jobs"]["publish"]["if"]
    assert set(workflow["jobs"]["publish"]["needs"]) == {"build", "test"}


def test_the_error_form_asks_for_the_study_and_its_source():
    form = yaml.safe_load((ROOT / ".github/ISSUE_TEMPLATE/error-in-a-study.yml").read_text())
    asked = {field["id"]: field for field in form["body"] if "id" in field}
    for name in ("study", "kind", "here", "source", "link"):
        assert asked[name]["validations"]["required"]


def test_zenodo_gets_what_the_citation_file_says():
    zenodo = json.loads((ROOT / ".zenodo.json").read_text())
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert zenodo["title"] == citation["title"]
    assert zenodo["description"] == " ".join(citation["abstract"].split())
    assert [creator["name"] for creator in zenodo["creators"]] == [
        author.get("name") or f"{author['family-names']}, {author['given-names']}"
        for author in citation["authors"]
    ]
    assert (zenodo["keywords"], zenodo["license"]) == (citation["keywords"], citation["license"])


def test_every_command_that_contributing_names_is_there(capsys):
    from evidence.cli import main

    text = (ROOT / "CONTRIBUTING.md").read_text()
    for call in sorted(set(re.findall(r"python -m evidence ((?:add |remove |new )?[a-z]+)", text))):
        try:
            main([*call.split(), "--help"])
        except SystemExit as end:
            assert end.code == 0, call
    targets = set(re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"make ([a-z]+)", text)) <= targets
