"""Packages that must be refused, each with one sentence that names the place and the remedy."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from evidence.packages import PackageError, read_package
from tests.packages import make

Maker = Callable[[Path], Path]


def truncated(folder: Path) -> Path:
    path = folder / "truncated.zip"
    path.write_bytes(make.FLEISS.read_bytes()[:-2000])
    return path


def damaged(folder: Path) -> Path:
    content = bytearray(make.zipped(folder / "damaged.zip", make.v2_files()).read_bytes())
    content[400:420] = bytes(20)
    (folder / "damaged.zip").write_bytes(content)
    return folder / "damaged.zip"


def empty(folder: Path) -> Path:
    (folder / "empty.zip").touch()
    return folder / "empty.zip"


def cut_row(folder: Path) -> Path:
    return make.zipped(folder / "cut.zip", make.v2_files(rows=make.v2_rows()[:-60]))


def wrong_table(folder: Path) -> Path:
    return make.zipped(folder / "wrong.zip", make.v2_files(rows="Study,Mean\nA,1\n"))


def no_rows(folder: Path) -> Path:
    return make.zipped(folder / "rows.zip", make.v2_files(rows=None))


def missing_arm(folder: Path) -> Path:
    text = make.v2_rows().replace(",,160,611,,,182,623,", ",,160,611,,,,,")
    return make.zipped(folder / "arm.zip", make.v2_files(rows=text))


def not_a_number(folder: Path) -> Path:
    text = make.v2_rows().replace(",,160,611,", ",,many,611,")
    return make.zipped(folder / "number.zip", make.v2_files(rows=text))


def too_many_events(folder: Path) -> Path:
    text = make.v2_rows().replace(",,160,611,", ",,660,611,")
    return make.zipped(folder / "events.zip", make.v2_files(rows=text))


def orphan_row(folder: Path) -> Path:
    text = make.v2_rows().replace("\n1,6,", "\n1,7,", 1)
    return make.zipped(folder / "orphan.zip", make.v2_files(rows=text))


def climbing(folder: Path) -> Path:
    return make.zipped(folder / "climb.zip", make.v2_files() | {"../../evil.csv": "a\n1\n"})


def absolute(folder: Path) -> Path:
    return make.zipped(folder / "absolute.zip", make.v2_files() | {"/etc/evil.csv": "a\n1\n"})


def backslashed(folder: Path) -> Path:
    return make.zipped(folder / "back.zip", make.v2_files() | {"..\\..\\evil.csv": "a\n1\n"})


def bomb(folder: Path) -> Path:
    return make.zipped(folder / "bomb.zip", make.v2_files() | {"big.csv": bytes(60 * 2**20)})


def lying_bomb(folder: Path) -> Path:
    """A member whose header says 10 bytes and whose contents are 30 MB."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("CD1-data-rows.csv", bytes(30 * 2**20))
    content = bytearray(buffer.getvalue())
    size = struct.pack("<L", 30 * 2**20)
    for _ in range(2):
        place = content.index(size)
        content[place : place + 4] = struct.pack("<L", 10)
    path = folder / "lying.zip"
    path.write_bytes(content)
    return path


def huge(folder: Path) -> Path:
    path = folder / "huge.zip"
    with path.open("wb") as stream:
        stream.truncate(100 * 2**20)
    return path


def nested_bomb(folder: Path) -> Path:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("big.csv", bytes(60 * 2**20))
    return make.zipped(folder / "nested.zip", {"inner.zip": inner.getvalue()})


def encrypted(folder: Path) -> Path:
    content = bytearray(make.zipped(folder / "locked.zip", make.v2_files()).read_bytes())
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = 0
        while (start := content.find(signature, start)) >= 0:
            content[start + place] |= 1
            start += 4
    (folder / "locked.zip").write_bytes(content)
    return folder / "locked.zip"


def two_reviews(folder: Path) -> Path:
    other = {name.replace("CD014353", "CD000001"): content for name, content in make.v2_files().items()}
    return make.zipped(folder / "two.zip", make.v2_files() | other)


def diagnostic(folder: Path) -> Path:
    return make.zipped(folder / "dta.zip", {"CD1-analysis-data/CD1-parameters.csv": "a\n1\n"})


def entities(folder: Path) -> Path:
    text = make.RM5.read_text("utf-8").replace(
        "<COCHRANE_REVIEW",
        '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>\n<COCHRANE_REVIEW',
        1,
    )
    path = folder / "entities.rm5"
    path.write_text(text.replace("rheumatic fever (part)", "&b;"), "utf-8")
    return path


def outside_entity(folder: Path) -> Path:
    text = make.RM5.read_text("utf-8").replace(
        "<COCHRANE_REVIEW", '<!DOCTYPE r SYSTEM "file:///etc/hostname">\n<COCHRANE_REVIEW', 1
    )
    path = folder / "outside.rm5"
    path.write_text(text, "utf-8")
    return path


def cut_xml(folder: Path) -> Path:
    path = folder / "cut.rm5"
    path.write_text(make.RM5.read_text("utf-8")[:6000], "utf-8")
    return path


def not_utf8(folder: Path) -> Path:
    path = folder / "latin.csv"
    path.write_bytes("study,yi,vi\nJørum,1,1\n".encode("latin-1"))
    return path


def one_arm(folder: Path) -> Path:
    path = folder / "one.csv"
    path.write_text("study,arm,events,n\nA,drug,2,10\nA,placebo,5,10\nB,drug,4,20\n", "utf-8")
    return path


def no_control_columns(folder: Path) -> Path:
    path = folder / "half.csv"
    path.write_text("study,ai,n1i,ci\nA,2,10,5\n", "utf-8")
    return path


def wrong_measure(folder: Path) -> Path:
    path = folder / "measure.csv"
    path.write_text("study,ai,n1i,ci,n2i,measure\nA,2,10,5,10,SMD\n", "utf-8")
    return path


def negative_variance(folder: Path) -> Path:
    path = folder / "variance.csv"
    path.write_text("study,yi,vi\nA,0.5,-0.04\n", "utf-8")
    return path


def nothing_useful(folder: Path) -> Path:
    return make.zipped(folder / "photos.zip", {"a.jpg": b"x"})


@pytest.mark.parametrize(
    ("maker", "message"),
    [
        (truncated, r"truncated\.zip: is truncated or damaged.*Download the package again"),
        (damaged, "truncated or damaged"),
        (empty, r"empty\.zip: is empty"),
        (cut_row, r"data-rows\.csv, line 16: has \d+ cells where the header has 25: the table is cut off"),
        (wrong_table, r"data-rows\.csv: is not RevMan Web's table of rows: column 'Analysis group'"),
        (no_rows, "holds no file that ends in -data-rows.csv"),
        (
            missing_arm,
            r'line 2, column "events in the control arm": is missing, although an effect is printed',
        ),
        (not_a_number, r'line 2, column "Experimental cases": "many" is not a number'),
        (too_many_events, r"line 2.*is 660, more than the 611 people"),
        (orphan_row, r'line 2, column "Analysis number": "7" belongs to analysis 1\.7'),
        (climbing, "leads out of the package"),
        (absolute, "leads out of the package"),
        (backslashed, "leads out of the package"),
        (bomb, "would grow from .* bytes.*Do not trust"),
        (lying_bomb, "truncated or damaged|not as long as"),
        (nested_bomb, "would grow from"),
        (huge, "is too large: 100 MB"),
        (encrypted, "is encrypted"),
        (two_reviews, "holds more than one review"),
        (diagnostic, "diagnostic tests"),
        (entities, "declares XML entities"),
        (outside_entity, "declares a document type"),
        (cut_xml, r"cut\.rm5, line \d+: is truncated or not XML"),
        (not_utf8, r"latin\.csv, line 2: is not UTF-8 text"),
        (one_arm, r'line 4, column "arm": "drug" is the only arm of its study'),
        (no_control_columns, r"lacks n_b or non_events_b: an arm is not complete"),
        (wrong_measure, r'"SMD" is no measure of dichotomous data'),
        (negative_variance, r'line 2, column "vi": "-0\.04" gives no error above 0'),
        (nothing_useful, "holds no table that a review's package has"),
    ],
)
def test_refusal(maker: Maker, message: str, tmp_path: Path) -> None:
    with pytest.raises(PackageError, match=message):
        read_package(maker(tmp_path))
