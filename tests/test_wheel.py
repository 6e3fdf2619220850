"""The library as a wheel: every file that it reads beside its modules comes along."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
BUILD = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"


def test_a_wheel_holds_every_file_of_the_library(tmp_path: Path) -> None:
    copy, out = tmp_path / "copy", tmp_path / "out"
    left_out = shutil.ignore_patterns("__pycache__", "*.egg-info", "build")
    shutil.copytree(ROOT / "lib", copy / "lib", ignore=left_out)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy)
    out.mkdir()
    subprocess.run([sys.executable, "-c", BUILD, str(out)], cwd=copy, check=True, capture_output=True)
    (wheel,) = out.glob("*.whl")
    held = set(zipfile.ZipFile(wheel).namelist())
    there = {str(path.relative_to(copy / "lib")) for path in (copy / "lib").rglob("*") if path.is_file()}
    there = {name for name in there if ".egg-info" not in name}
    assert there - held == set()
    assert {"evidence/dataset/profile.json", "evidence/py.typed", "nmda/py.typed"} <= held
