"""Harms of a drug by one route, whatever it was given for: harms follow drug and route, not diagnosis."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, astuple, dataclass
from typing import Final

from evidence.dataset import Dataset, Rows, once, view
from evidence.effects import Effect
from evidence.effects.model import Counts
from evidence.question import Question, Result
from evidence.report.sections.findings import limits
from evidence.report.sections.sides import FOUND, side
from evidence.report.sections.trials import trial_link
from evidence.results import pipeline
from evidence.results.event_posterior import at_most, more_likely
from evidence.results.posterior_words import chance
from evidence.results.posteriors import of_counts
from evidence.results.priors import Prior, event_priors
from evidence.wording.html import Html, escape
from evidence.wording.labels import labels
from evidence.wording.numbers import capital, listing, plural

_SHOWN: Final = 3  # harms with the largest difference; the others unfold
#: Up to so many people are drawn one by one; where one group has more, both are drawn as 100.
_DRAWN: Final = 60
_ACROSS: Final = 10
_STEP: Final = 11.0
_OF_IT: Final = "of it with the drug"
#: What a trial without counts says of a harm that is more frequent with the drug.
MORE: Final = FOUND["more"].format(outcome=_OF_IT)
#: What "at most" means.
AT_MOST: Final = "At most: with 95% probability no more, in people like those who were counted."


@dataclass(frozen=True, slots=True)
class Counted:
    """People with a harm, of all, with the drug and without it: placebo or no added drug.

    Attributes
    ----------
    trials : int
        Trials that count it in both groups, those without any event included.
    at_most : int
        People of 1,000 with the drug: with 95% probability no more have it.
    more : str
        How probable it is that more have it with the drug, with the range over the priors; empty where
        nobody had it.
    likely : bool
        Whether every prior calls it probable.
    """

    outcome: str
    name: str
    drug: tuple[int, int]
    control: tuple[int, int]
    trials: int
    at_most: int
    more: str
    likely: bool

    @property
    def difference(self) -> float:
        """Difference of the shares; above 0, more with the drug."""
        return self.drug[0] / self.drug[1] - self.control[0] / self.control[1]

    def words(self, drug: str) -> str:
        """The counts in words: "23 of 30 people on ketamine, 5 of 30 without it"."""
        (with_it, on_drug), (without, off) = self.drug, self.control
        people = f"{with_it:,} of {on_drug:,} people on {drug}"
        return f"{people}, {without:,} of {off:,} without it ({plural(self.trials, 'trial')})"

    def follows(self, drug: str) -> str:
        """What follows: "at most 885 in 1,000 on ketamine; more with it: over 99%"."""
        more = f"; more with it: {self.more}" if self.more else ""
        return f"at most {self.at_most:,} in 1,000 on {drug}{more}"


@dataclass(frozen=True, slots=True)
class Stated:
    """A harm on which a trial says something other than counts in both groups."""

    name: str
    study_id: str
    label: str
    words: str

    @property
    def more(self) -> bool:
        """Whether the trial found more of it with the drug, tested or not: no harm is passed over."""
        return self.words.startswith(MORE)


@dataclass(frozen=True, slots=True)
class HarmLine:
    """What trials say on harms of one drug by one route against placebo or no added drug.

    Attributes
    ----------
    counted : tuple of Counted
        The largest difference first.
    stated : tuple of Stated
    missing : tuple of str
        Harms, as lay readers say them, on which no trial says anything.
    """

    drug: str
    by_route: str
    counted: tuple[Counted, ...]
    stated: tuple[Stated, ...]
    missing: tuple[str, ...]

    @property
    def head(self) -> str:
        """What the line is about."""
        return f"Harms of {self.drug} {self.by_route}, whatever it was given for"

    @property
    def speaks(self) -> bool:
        """Whether any trial says something on a harm."""
        return bool(self.counted or self.stated)

    @property
    def people(self) -> int:
        """People behind the harm that most were asked for."""
        return max((fact.drug[1] + fact.control[1] for fact in self.counted), default=0)

    def _repr_html_(self) -> str:
        return self._block(self.head, self._shown(), self._silence())

    def whole(self) -> str:
        """The line where every harm shows, under the name of its route: for a page on harms."""
        return self._block(capital(self.by_route), _items(self._lines()), escape(self._unsaid))

    @property
    def _unsaid(self) -> str:
        return f"No trial says anything on {listing(self.missing)}." if self.missing else ""

    def _block(self, head: str, lines: str, note: str) -> str:
        icons = icon_pair(self.counted[0]) if self.counted else ""
        below = f'<p class="ev-note">{note}</p>' if note else ""
        return (
            f'<div class="ev-harm" role="group" aria-label="{escape(self.head)}">{icons}'
            f"<div><p><b>{escape(head)}</b></p>{lines}{below}</div></div>"
        )

    def _lines(self) -> list[str]:
        drug = self.drug
        items = [f"{capital(each.name)}: {each.words(drug)}: {each.follows(drug)}" for each in self.counted]
        return [escape(item) for item in items] + [
            f"{escape(capital(said.name))}: {escape(said.words)} ({trial_link(said.study_id, said.label)})"
            for said in self.stated
        ]

    def _shown(self) -> str:
        lines = self._lines()
        shown, folded = lines[:_SHOWN], lines[_SHOWN:]
        names = [fact.name for fact in self.counted] + [said.name for said in self.stated]
        new = len(set(names) - set(names[:_SHOWN]))
        more = f"{plural(new, 'more harm', 'more harms')} of which trials say something"
        more = more if new else "More on these harms"
        rest = (
            f'<details class="ev-more"><summary>{more}</summary>{_items(folded)}</details>' if folded else ""
        )
        return (_items(shown) if shown else "") + rest

    def _silence(self) -> Html:
        absent = "A harm that nobody counted is not a harm that did not happen."
        more = '<a href="site:chapters/harms.html">All harms</a>'
        if not self.speaks:
            none = "No trial by this route says anything on harms against placebo or no added drug."
            return Html(f"{none} {absent} {more}")
        said = f"{self._unsaid} " if self.missing else ""
        meant = f"{AT_MOST} " if self.counted else ""
        return Html(f"{escape(said)}{escape(meant)}{absent} {more}")


def _items(lines: Sequence[str]) -> str:
    return f"<ul>{''.join(f'<li>{line}.</li>' for line in lines)}</ul>"


@once
def harm_line(ds: Dataset, drug: str, route: str) -> HarmLine:
    """Gather what trials of a drug by a route say on each harm, against placebo or no added drug."""
    words = labels(ds)
    found = counted(ds, drug, route)
    known = {fact.outcome for fact in found}
    stated, missing = [], []
    for outcome in words.harms:
        told = list(_stated(words.lay(outcome), pipeline.said(ds, _question(drug, route, outcome))))
        stated += told
        if not told and outcome not in known:
            missing.append(words.lay(outcome))
    return HarmLine(words.drug(drug), words.by_route(route), found, tuple(stated), tuple(missing))


def counted(ds: Dataset, drug: str, route: str) -> tuple[Counted, ...]:
    """Return the harms that trials of a drug by a route count, the largest difference first."""
    sides = ("drug", "control")
    rows = harms_counted(ds, drug=drug, route=route)
    return tuple(Counted(**{**row, **{side: tuple(row[side]) for side in sides}}) for row in rows)


@view
def harms_counted(ds: Dataset, drug: str, route: str) -> Rows:
    """Return one row for each harm that trials of a drug by a route count, the largest difference first."""
    words, found = labels(ds), []
    for outcome in words.harms:
        question = _question(drug, route, outcome)
        effects = {effect.study_id: effect for effect in pipeline.said(ds, question)}
        results = pipeline.selected(ds, question).results
        counts = [c for result in results if (c := _counts(effects.get(result.study.study_id), result))]
        if counts:
            found.append(_counted(outcome, words.lay(outcome), tuple(counts), event_priors(ds)))
    return [asdict(fact) for fact in sorted(found, key=lambda fact: -fact.difference)]


def _question(drug: str, route: str, outcome: str) -> Question:
    return Question(drug, route=route, outcome=outcome, window="any")


def _counted(outcome: str, name: str, found: tuple[Counts, ...], named: Sequence[Prior]) -> Counted:
    a, n1, c, n2 = (sum(column) for column in zip(*map(astuple, found), strict=True))
    more = more_likely([of_counts(found, prior) for prior in named]) if a or c else None
    said, likely = ("", False) if more is None else (chance(more), more.verb == "probably")
    most = math.ceil(1000 * at_most(a, n1))
    return Counted(outcome, name, (a, n1), (c, n2), len(found), most, said, likely)


def _counts(effect: Effect | None, result: Result) -> Counts | None:
    """Return events and people of a trial; of one in which nobody had the event too."""
    if effect is not None and effect.counts is not None:
        return effect.counts
    for pair in result.pairs:
        rows = (*pair.experimental, pair.control)
        if all(row.events == 0 and row.total for row in rows):
            return Counts(0, sum(row.total or 0 for row in pair.experimental), 0, pair.control.total or 0)
    return None


def _stated(name: str, effects: Iterable[Effect]) -> Iterator[Stated]:
    for effect in effects:
        if effect.evidence_class == "unusable" or effect.counts is not None:
            continue
        yield Stated(name, effect.study_id, effect.label, _often(effect))


def _often(effect: Effect) -> str:
    """Say whether a trial without counts found a harm more often with the drug."""
    if effect.yi is not None and effect.se is not None:
        low, high = limits(effect)
        found = FOUND["more" if low > 0 else "less" if high < 0 else "none"]
    else:
        found = FOUND["none" if effect.statement is None else side(effect)]
    return found.format(outcome=_OF_IT)


def icon_pair(fact: Counted) -> str:
    """Draw the people without and with the drug, those with the harm filled; words beside it say the same."""
    share = max(fact.control[1], fact.drug[1]) > _DRAWN
    sides = ((fact.control, "without"), (fact.drug, "with"))
    name = f'<span class="ev-note">{escape(capital(fact.name))}{", of 100" if share else ""}</span>'
    groups = [((_of_hundred(*counts), 100) if share else counts, word) for counts, word in sides]
    drawn = [_people(*counts, x=index * (_ACROSS * _STEP + 16)) for index, (counts, _) in enumerate(groups)]
    height = max(rows for _, rows in drawn) * _STEP + 16
    width = 2 * _ACROSS * _STEP + 16
    heads = "".join(
        f'<text x="{index * (_ACROSS * _STEP + 16):g}" y="10">{word} it</text>'
        for index, (_, word) in enumerate(groups)
    )
    shown = "".join(marks for marks, _ in drawn)
    box = f'viewBox="0 0 {width:g} {height:g}"'
    drawing = f'<svg class="ev-icons" {box}>{heads}{shown}</svg>'
    return f'<div class="ev-pair" aria-hidden="true">{name}{drawing}</div>'


def _of_hundred(events: int, total: int) -> int:
    return round(100 * events / total)


def _people(events: int, total: int, x: float) -> tuple[str, int]:
    """Return one mark for each person, and how many rows they take."""
    marks = "".join(
        f'<circle class="{"ev-hit" if place < events else "ev-spared"}" '
        f'cx="{x + 4.5 + place % _ACROSS * _STEP:g}" cy="{20.5 + place // _ACROSS * _STEP:g}" r="4"/>'
        for place in range(total)
    )
    return marks, -(-total // _ACROSS)


def harm_lines(ds: Dataset, drug: str, routes: Sequence[str]) -> tuple[HarmLine, ...]:
    """Return the harm line of each route."""
    return tuple(harm_line(ds, drug, route) for route in routes)
