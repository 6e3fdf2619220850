"""What a trial is, beside its name: people, regimen, design and doubts, shown on pointing and on focus.

Its title stands in its entry: in the cards of a page of many trials the titles weigh most and tell least.
A link to the entry of a study (`chapters/studies.html#study-<id>`) gets a card in its page. Without the
page's script the link leads to the entry.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from docutils import nodes
from sphinx.util import logging
from sphinx.util.docutils import SphinxRole

from evidence import dataset
from evidence.dataset import Dataset
from evidence.publish.project import Project
from evidence.publish.site.addresses import SCHEME
from evidence.publish.site.trials import Trial, read_trials
from evidence.question.records import Flag, Intervention
from evidence.wording.html import escape, markup
from evidence.wording.labels import Labels, labels, spaced
from evidence.wording.numbers import capital, plural

LOGGER = logging.getLogger(__name__)
ENTRY: Final = "chapters/studies.html#study-"
_LINKED: Final = re.compile(r'href="[^"]*#study-([A-Za-z0-9_-]+)"')


class Cards:
    """The cards of the studies of a data folder."""

    def __init__(self, ds: Dataset, trials: Mapping[str, Trial]) -> None:
        """Read what cards say."""
        self._trials = trials
        self._labels: Labels = labels(ds)
        self._given = _by_study(ds.records(Intervention, "interventions"))
        self._flags = _by_study(ds.records(Flag, "flags"))

    def of(self, body: str) -> str:
        """Return the cards of every study to which a page links, once each."""
        found = dict.fromkeys(_LINKED.findall(body))
        return "\n".join(self.card(study) for study in found if study in self._trials)

    def card(self, study: str) -> str:
        """Return the card of a study."""
        trial = self._trials[study]
        lines = "".join(f"<p>{line}</p>" for line in self._lines(trial))
        name = f"<p><b>{escape(trial.label)}</b></p>"
        return f'<div popover class="ev-hint ev-card" id="card-{study}">{name}{lines}</div>'

    def _lines(self, trial: Trial) -> Iterator[str]:
        known = trial.details
        people = known.get("n_randomised") or known.get("n_analysed")
        design = [spaced(known.get("design", "")), _blinding(known.get("blinding", ""))]
        size = plural(int(float(people)), "person", "people") if people else "number of people not stated"
        yield escape(f"{capital(size)}. {capital(', '.join(part for part in design if part))}.")
        for given in self._given.get(trial.study_id, ()):
            yield markup(self._regimen(given))
        doubts = [flag for flag in self._flags.get(trial.study_id, ()) if flag.severity != "info"]
        said = dict.fromkeys(self._labels.flag(flag.flag) for flag in doubts)
        if said:
            yield f"<b>Doubts:</b> {markup('; '.join(said))}."

    def _regimen(self, given: Intervention) -> str:
        how = ", ".join(part for part in (self._labels.by_route(given.route), given.dose) if part)
        against = f"; compared with {given.comparator}" if given.comparator else ""
        return f"{capital(self._labels.drug(given.drug))}: {how}{against}."


class TrialRole(SphinxRole):
    """A link to the entry of a study by its name: ``{trial}`Sigtermans2009` ``."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the link; a study that the tables do not hold is a warning, which stops the build."""
        trials = dataset.load(Project(Path(self.env.srcdir)).data).once(read_trials)
        if self.text not in trials:
            message = "{trial}`%s` names no study of studies.csv"
            LOGGER.warning(message, self.text, location=self.get_location(), type="evidence")
            return [nodes.Text(self.text)], []
        link = nodes.reference("", trials[self.text].label, refuri=f"{SCHEME}{ENTRY}{self.text}")
        return [link], []


def _blinding(code: str) -> str:
    return {"double": "double-blind", "single": "single-blind", "open": "open"}.get(code, "")


def _by_study(rows: Iterable[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(row.study_id, []).append(row)
    return found
