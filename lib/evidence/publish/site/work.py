"""The book as a work that can be cited, as `CITATION.cff` states it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from evidence.publish.problems import BuildError

FILE = "CITATION.cff"

#: Addresses of the licences that the book may carry, by SPDX identifier.
LICENCES = {
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "MIT": "https://opensource.org/license/mit",
}


@dataclass(frozen=True, slots=True)
class Author:
    """A person (family and given names) or a group (family name only)."""

    family: str
    given: str = ""
    orcid: str = ""

    @property
    def is_group(self) -> bool:
        """Whether the author is a group."""
        return not self.given

    @property
    def name(self) -> str:
        """The name as it is spoken."""
        return f"{self.given} {self.family}".strip()

    @property
    def inverted(self) -> str:
        """The name as reference lists and indexing services write it."""
        return f"{self.family}, {self.given}" if self.given else self.family


@dataclass(frozen=True, slots=True)
class Work:
    """The book.

    Attributes
    ----------
    url : str
        Address of the front page, with a final slash.
    doi : str
        Empty where the work has none yet.
    licence : str
        SPDX identifier of the licence of text and data.
    repository : str
        Address of the public repository, without a final slash; empty where there is none.
    """

    title: str
    abstract: str
    authors: tuple[Author, ...]
    version: str
    date: datetime.date
    url: str
    doi: str
    licence: str
    keywords: tuple[str, ...]
    repository: str = ""
    branch: str = "main"

    @property
    def short_title(self) -> str:
        """The title up to its colon."""
        return self.title.partition(":")[0]

    @property
    def licence_url(self) -> str:
        """The address of the licence."""
        return LICENCES[self.licence]

    @property
    def byline(self) -> str:
        """All authors in one line."""
        return "; ".join(author.inverted for author in self.authors)

    @property
    def base_path(self) -> str:
        """The part of the address after the host."""
        return urlsplit(self.url).path

    def address(self, path: str) -> str:
        """Return the full address of a file of the site; the front page is the folder itself."""
        return self.url + ("" if path == "index.html" else path)


def read_work(root: Path) -> Work:
    """Read `CITATION.cff`.

    Raises
    ------
    BuildError
        If the file or one of the fields that the site needs is missing or cannot be used.
    """
    path = root / FILE
    try:
        stated = yaml.safe_load(path.read_text(encoding="utf-8"))
        return _work(stated)
    except OSError as error:
        raise BuildError(
            f"{FILE}: cannot be read ({error}); the site takes its title and authors from it"
        ) from error
    except KeyError as error:
        raise BuildError(f"{FILE}: the field {error} is missing") from error
    except (ValueError, yaml.YAMLError) as error:
        raise BuildError(f"{FILE}: {error}") from error


def _work(stated: dict[str, Any]) -> Work:
    licence, url = stated["license"], stated["url"]
    if licence not in LICENCES:
        raise ValueError(f"license: {licence!r} is not one of {', '.join(LICENCES)}")
    if not url.startswith(("https://", "http://")) or not url.endswith("/"):
        raise ValueError(f"url: {url!r} must be an http address with a final slash")
    return Work(
        title=stated["title"],
        abstract=" ".join(stated["abstract"].split()),
        authors=tuple(_author(author) for author in stated["authors"]),
        version=str(stated["version"]),
        date=datetime.date.fromisoformat(str(stated["date-released"])),
        url=url,
        doi=stated.get("doi", ""),
        licence=licence,
        keywords=tuple(stated.get("keywords", ())),
        repository=_repository(stated.get("repository-code", "")),
    )


def _repository(address: str) -> str:
    if address and not address.startswith("https://"):
        raise ValueError(f"repository-code: {address!r} must be an https address")
    return address.rstrip("/")


def _author(stated: dict[str, str]) -> Author:
    if "name" in stated:
        return Author(stated["name"])
    particle = stated.get("name-particle", "")
    family = f"{particle} {stated['family-names']}".strip()
    return Author(family, stated["given-names"], stated.get("orcid", ""))
