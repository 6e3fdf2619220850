"""The library on a page: each public name with its signature and its docstring, as Sphinx reads it."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from docutils.core import publish_parts
from sphinx.ext.napoleon import Config
from sphinx.ext.napoleon.docstring import NumpyDocstring

from evidence.wording.html import Html, escape

_STYLE: Final[Any] = Config(
    napoleon_use_param=False,
    napoleon_use_rtype=False,
    napoleon_custom_sections=[("Attributes", "params_style")],
)
_SETTINGS: Final[dict[str, Any]] = {
    "report_level": 2,
    "halt_level": 2,
    "syntax_highlight": "none",
    "file_insertion_enabled": False,
    "raw_enabled": False,
}
#: Addresses of objects in the signatures, which differ from run to run.
_ADDRESS: Final = re.compile(r" at 0x[0-9a-f]+")


@dataclass(frozen=True, slots=True)
class Entry:
    """A public name.

    Attributes
    ----------
    name : str
        As it is imported, such as "evidence.report.Report"; of a method with its class.
    thing : object
    """

    name: str
    thing: Any = field(repr=False)

    @property
    def signature(self) -> str:
        """How it is called; empty for a property, and for an error that is only caught."""
        if isinstance(self.thing, property) or not callable(self.thing):
            return ""
        if isinstance(self.thing, type) and issubclass(self.thing, Exception):
            return ""
        found = inspect.signature(self.thing)
        shown = [p for p in found.parameters.values() if p.name not in ("self", "cls") and p.name[0] != "_"]
        bare = [p.replace(annotation=p.empty) for p in shown]
        return _ADDRESS.sub("", str(found.replace(parameters=bare, return_annotation=found.empty)))

    @property
    def doc(self) -> str:
        """The docstring."""
        return inspect.getdoc(self.thing) or ""

    def members(self) -> Iterator[Entry]:
        """Yield the public methods and properties that a class defines."""
        if inspect.isclass(self.thing):
            for name, found in vars(self.thing).items():
                plain = getattr(found, "func", found)  # a cached property holds its function there
                if name[0] != "_" and (isinstance(plain, property) or inspect.isfunction(plain)):
                    is_method = plain is found and inspect.isfunction(found)
                    yield Entry(f"{self.name}.{name}", found if is_method else property(_getter(plain)))

    def html(self) -> str:
        """Return the entry, a class with its members folded."""
        short = self.name.rsplit(".", 1)[1]
        head = f'<code id="{escape(self.name)}"><b>{escape(short)}</b>{escape(self.signature)}</code>'
        inside = "".join(member.html() for member in self.members())
        more = (
            f'<details class="ev-more"><summary>Methods and properties of {escape(short)}</summary>'
            f"<dl>{inside}</dl></details>"
            if inside
            else ""
        )
        return f"<dt>{head}</dt><dd>{html_of(self.doc)}{more}</dd>"


def _getter(found: Any) -> Any:
    return found.fget if isinstance(found, property) else found


def html_of(docstring: str) -> Html:
    """Return a docstring with NumPy's sections as HTML.

    Raises
    ------
    docutils.utils.SystemMessage
        When it is no reStructuredText.

    Examples
    --------
    >>> html_of("Return *nothing*.")
    '<p>Return <em>nothing</em>.</p>'
    """
    text = str(NumpyDocstring(docstring, _STYLE))
    found = publish_parts(text, writer_name="html5", settings_overrides=_SETTINGS)["body"]
    for old, new in (
        (r"\s*</?main[^>]*>\s*", ""),
        (r"</em>\) -- ", "</em>): "),
        (r"<dt>raises ", "<dt>Raises "),
    ):
        found = re.sub(old, new, found)
    return Html(found.strip())


@dataclass(frozen=True, slots=True)
class Api:
    """Public names, shown one below the other."""

    entries: tuple[Entry, ...]

    def _repr_html_(self) -> str:
        return f'<dl class="ev-api">{"".join(entry.html() for entry in self.entries)}</dl>'


def api(module: str, *names: str) -> Api:
    """Return names of a module; all that it exports (``__all__``) without names.

    Examples
    --------
    >>> [entry.signature for entry in api("evidence.dataset", "load").entries]
    ['(folder=None)']
    """
    found = importlib.import_module(module)
    chosen = names or tuple(name for name in found.__all__ if callable(getattr(found, name)))
    return Api(tuple(Entry(f"{module}.{name}", getattr(found, name)) for name in chosen))
