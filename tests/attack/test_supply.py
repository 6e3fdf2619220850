"""What is installed: every package is locked by hash, names no host, and may be used by its licence."""

import json
import re
from pathlib import Path

from tests.attack import licences

ROOT = Path(__file__).parents[2]
#: Licences that allow use and distribution beside the book; each may stand alone or with others of them.
ALLOWED = re.compile(
    r"MIT|MIT License|MIT-0|MIT-CMU|0BSD|Zlib|CC0-1\.0|ISC|ISC License \(ISCL\)|BlueOak-1\.0\.0|PSF-2\.0"
    r"|BSD|BSD License|BSD-[23]-Clause|Python Software Foundation License"
    r"|Apache[- ]2\.0|Apache Software License|Apache License, Version 2\.0"
    r"|MPL-2\.0|Mozilla Public License 2\.0 \(MPL 2\.0\)"
)
#: Packages that may be had under a permissive licence beside the one named GPL, or whose package names none.
KNOWN = {
    "docutils": "BSD License",
    "feedgen": "BSD License",
    "text-unidecode": "Artistic License",
    "parse-cache-control": licences.UNKNOWN,
}


def test_the_list_is_what_is_locked() -> None:
    written = [row[:3] for row in licences.read()]
    assert written == sorted(set(licences.locked())), "run `make licences`"


def test_every_licence_allows_the_use() -> None:
    refused = []
    for _, package, version, licence in licences.read():
        bare = licence[1:-1] if licence.startswith("(") else licence
        parts = re.split(r" AND | OR ", bare)
        if package in KNOWN:
            assert KNOWN[package] in parts, package
        elif not all(ALLOWED.fullmatch(part) for part in parts):
            refused.append((package, version, licence))
    assert refused == []


def test_every_python_package_is_locked_by_hash() -> None:
    text = (ROOT / "requirements.txt").read_text("utf-8")
    locked = re.split(r"\n(?=\S)", text.strip())
    assert len(locked) > 100
    assert [entry for entry in locked if "==" not in entry or "--hash=sha256:" not in entry] == []


def test_every_npm_package_is_locked_by_hash_and_no_lock_names_a_host() -> None:
    lock = json.loads((ROOT / "tests" / "site" / "package-lock.json").read_text("utf-8"))
    packages = {place: package for place, package in lock["packages"].items() if place}
    assert packages
    assert [place for place, package in packages.items() if "integrity" not in package] == []
    assert [place for place, package in packages.items() if "resolved" in package] == []
    for name in ("requirements.txt", "requirements.in"):
        assert "://" not in (ROOT / name).read_text("utf-8"), name


def test_the_makefile_installs_what_is_locked_only() -> None:
    text = (ROOT / "Makefile").read_text("utf-8")
    installs = [line for line in text.splitlines() if re.search(r"pip install|npm (ci|i|install)\b", line)]
    assert len(installs) == 3
    for line in installs:
        assert re.search(
            r"--require-hashes|--no-deps --no-build-isolation --editable \.|npm ci .*--ignore-scripts", line
        )
