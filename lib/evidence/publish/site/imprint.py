"""Who answers for the book, from `imprint.yml`, and the ways to see, run and correct the source of a page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

import yaml

from evidence.publish.problems import BuildError
from evidence.publish.site.files import report_files
from evidence.publish.site.pages import Page
from evidence.publish.site.work import Work

FILE = "imprint.yml"
_ENTRIES = ("editors", "interests", "funding", "contact")
_UNDECLARED = "not declared"
_FORM = "error-on-a-page.yml"


@dataclass(frozen=True, slots=True)
class Imprint:
    """What `imprint.yml` declares; an empty entry is said to be not declared.

    Attributes
    ----------
    contact : str
        Empty where there is none.
    """

    editors: str
    interests: str
    funding: str
    contact: str

    @property
    def errors(self) -> str:
        """How to report an error where no address leads to a form."""
        return self.contact or "tell whoever gave you this copy, with the name of the page and its version"


@dataclass(frozen=True, slots=True)
class Tool:
    """A link at the head of a page; `saves` where it leads to a file to keep."""

    title: str
    href: str
    saves: bool = False


def read_imprint(root: Path) -> Imprint:
    """Read `imprint.yml`.

    Raises
    ------
    BuildError
        If the file is missing, is not YAML, or holds another entry than those it may.
    """
    try:
        stated = yaml.safe_load((root / FILE).read_text(encoding="utf-8")) or {}
    except (OSError, yaml.YAMLError) as error:
        raise BuildError(f"{FILE}: {error}") from error
    if not isinstance(stated, dict) or set(stated) - set(_ENTRIES):
        raise BuildError(f"{FILE}: may hold {', '.join(_ENTRIES)} and nothing else")
    values = {name: " ".join(str(stated.get(name) or "").split()) for name in _ENTRIES}
    declared = {name: value or _UNDECLARED for name, value in values.items()}
    return Imprint(**declared | {"contact": values["contact"]})


def report_error(work: Work, imprint: Imprint, page: Page | None) -> str:
    """Return where an error is reported: a form of the repository, else the contact; empty without either."""
    if work.repository:
        about = {} if page is None else {"page": page.url, "version": work.version}
        return f"{work.repository}/issues/new?{urlencode({'template': _FORM} | about)}"
    if "@" in imprint.contact and " " not in imprint.contact:
        return f"mailto:{imprint.contact}"
    return imprint.contact if imprint.contact.startswith("https://") else ""


def tools(work: Work, imprint: Imprint, page: Page) -> Iterator[Tool]:
    """Yield the ways to see, run and correct the source of a page."""
    for file in report_files(page):
        if file.title in ("Notebook", "Source"):
            yield Tool(f"{file.title} (.{file.path.rsplit('.', 1)[-1]})", page.root + file.path, saves=True)
    if work.repository:
        yield Tool("Edit", f"{work.repository}/edit/{work.branch}/{page.docname}.md")
        if page.runs and urlsplit(work.repository).hostname == "github.com":
            place = urlsplit(work.repository).path.strip("/")
            notebook = quote(f"lab/tree/{page.docname}.md", safe="")
            address = f"https://mybinder.org/v2/gh/{place}/{work.branch}?urlpath={notebook}"
            yield Tool("Run on Binder", address)
    if address := report_error(work, imprint, page):
        yield Tool("Suggest a correction", address)
