"""From the trials found to the numbers: one funnel for each drug or report, from which every page counts.

Every study of the question gets as far as one stage: found; in scope (overviews only); treats the condition;
compares the drug with placebo or no added drug; says something on the outcome; gives a number. The people
behind the numbers end it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from evidence.dataset import Dataset
from evidence.question import LeftOut, Rule, Selection, only_against
from evidence.report.sections.trials import trial_link
from evidence.results.evidence import Evidence
from evidence.results.trials import TrialRow, people_of
from evidence.wording.html import escape, markup
from evidence.wording.labels import Labels, labels
from evidence.wording.numbers import capital, plural

Key: TypeAlias = Literal["found", "scope", "treat", "tested", "said", "number"]

#: What trials do at each stage; one trial, several.
VERBS: Final[Mapping[Key, tuple[str, str]]] = {
    "found": ("found", "found"),
    "scope": ("is in {scope}", "are in {scope}"),
    "treat": ("treats {condition}", "treat {condition}"),
    "tested": (
        "tests {drug} against placebo or nothing",
        "test {drug} against placebo or nothing",
    ),
    "said": ("says something on {outcome}", "say something on {outcome}"),
    "number": ("gives a number", "give a number"),
}
#: What is said of the trials that get no further than the stage before.
_FALLEN: Final[Mapping[Key, str]] = {
    "found": "",
    "scope": "Other conditions, with pages of their own",
    "treat": "Another question: attacks, prevention, operations",
    "tested": "Cannot tell what {drug} alone does",
    "said": "Nothing usable on {outcome}",
    "number": "A test or a direction, no number",
}


@dataclass(frozen=True, slots=True)
class Fallen:
    """A trial that gets no further, and why."""

    study_id: str
    label: str
    why: str


@dataclass(frozen=True, slots=True)
class Stage:
    """The trials that get as far as a stage.

    Attributes
    ----------
    studies : tuple of str
    people : int
        Randomised, or analysed where only that is stated; nobody twice.
    fallen : tuple of Fallen
        Those that got as far as the stage before and no further.
    """

    key: Key
    words: str
    studies: tuple[str, ...]
    people: int
    fallen: tuple[Fallen, ...] = ()
    reason: str = ""

    @property
    def count(self) -> int:
        """How many trials."""
        return len(self.studies)

    @property
    def said(self) -> str:
        """The stage in a sentence: "2 give a number", "none gives a number"."""
        return f"{self.count:,} {self.words}" if self.count else f"none {self.words}"


@dataclass(frozen=True, slots=True)
class Flow:
    """The funnel of a drug or a report.

    Attributes
    ----------
    key : str
        Prefix of its anchors.
    stages : tuple of Stage
    people : int
        People behind the numbers, each trial once.
    """

    key: str
    drug: str
    stages: tuple[Stage, ...]
    people: int

    def __getitem__(self, key: Key) -> Stage:
        """Return a stage.

        Raises
        ------
        KeyError
            An overview alone has the stage ``scope``.
        """
        for stage in self.stages:
            if stage.key == key:
                return stage
        raise KeyError(key)

    @property
    def found(self) -> int:
        """Trials found: the one denominator of the drug or report."""
        return self["found"].count

    def __repr__(self) -> str:
        return f"Flow({self.key!r}: {' → '.join(str(stage.count) for stage in self.stages)}, {self.people})"

    @property
    def sentence(self) -> str:
        """The funnel in a sentence."""
        first, *rest = self.stages
        steps = "; ".join(stage.said for stage in rest)
        end = f", from {plural(self.people, 'person', 'people')}" if self["number"].count else ""
        return f"{capital(plural(first.count, 'trial'))} found: {steps}{end}."

    def _repr_html_(self) -> str:
        steps = "".join(self._step(stage) for stage in self.stages)
        people = (
            f'<li class="ev-flow-people"><b>{self.people:,}</b> {"person" if self.people == 1 else "people"} '
            f"behind the {'number' if self['number'].count == 1 else 'numbers'}</li>"
            if self["number"].count
            else ""
        )
        return (
            f'<div class="ev-flow" role="group" aria-label="From the trials found to the numbers">'
            f"<ol>{steps}{people}</ol>{self._lists()}</div>"
        )

    def _step(self, stage: Stage) -> str:
        words = f"<b>{stage.count:,}</b> {escape(stage.words)}"
        if stage.fallen:
            words = f'<a href="#{self.key}-out-{stage.key}">{words}</a>'
        people = (
            f'<span class="ev-note">{plural(stage.people, "person", "people")}</span>' if stage.people else ""
        )
        return f"<li>{words}{_bar(stage.count, self.found)}{people}</li>"

    def _lists(self) -> str:
        parts = "".join(
            f'<p id="{self.key}-out-{stage.key}"><b>{escape(stage.reason)}</b> '
            f"({plural(len(stage.fallen), 'trial')})</p><ul>{_items(stage.fallen)}</ul>"
            for stage in self.stages
            if stage.fallen
        )
        title = "Which trials get no further, and why"
        return f'<details class="ev-more"><summary>{title}</summary>{parts}</details>' if parts else ""


def _items(fallen: Collection[Fallen]) -> str:
    return "".join(f"<li>{trial_link(item.study_id, item.label)}: {markup(item.why)}</li>" for item in fallen)


def _bar(count: int, most: int) -> str:
    """Return a bar as long as its share of the trials found; the number beside it says the same."""
    share = 100 * count / most if most else 0.0
    return (
        '<svg class="ev-bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect width="100" height="4" class="ev-bar-all"/><rect width="{share:.1f}" height="4"/></svg>'
    )


def flow(
    ds: Dataset,
    key: str,
    everything: Selection,
    selection: Selection,
    rows: Mapping[str, TrialRow],
    known: Collection[Evidence],
    names: Mapping[str, str],
) -> Flow:
    """Count how far each study of a drug or report gets.

    Parameters
    ----------
    everything : Selection
        All trials of the drug for an overview; the selection itself for a report.
    selection : Selection
        The question's.
    rows : mapping of str to TrialRow
        Of every study of `everything`.
    known : collection of Evidence
        All routes and windows of the question.
    names : mapping of str to str
        What the stages are worded with: ``drug``, ``condition``, ``outcome`` and ``scope``.
    """
    purpose = ds.words("flags_other_purpose")
    alone = ds.words("flags_not_alone")
    numbers = {effect.study_id for each in known for effect in each.numeric}
    doubted = {effect.study_id for each in known for effect in each.doubted}
    said = doubted | {effect.study_id for each in known for effect in (*each.numeric, *each.bounded)}
    out = {item.study_id: item for item in (*selection.studies_left_out, *selection.silent)}
    against = only_against(selection, ds)

    def falls(study: str) -> tuple[Key, str]:
        """Return the stage that a study does not reach, and why."""
        if study not in selection.studies:
            return "scope", f"{capital(labels(ds).condition(rows[study].condition_group))}."
        flags = {flag.flag: flag.detail for flag in selection.flags[study] if flag.severity == "exclude"}
        for stage, kinds in (("treat", purpose), ("tested", alone)):
            if found := [detail for flag, detail in flags.items() if flag in kinds]:
                return stage, _sentences(found)  # type: ignore[return-value]
        item = out.get(study)
        if item is not None and item.rule is Rule.COMPARATOR:
            return "tested", item.detail
        if study in against and study not in said:
            return "tested", against[study]
        if study not in said:
            return "said", _sentences(list(flags.values())) if flags else _why(item)
        if study in doubted:
            return "number", "The integrity of its report is in doubt: its numbers stand apart."
        return "number", "; ".join(_told(study, known, labels(ds)))

    fates = {study: falls(study) for study in everything.studies if study not in numbers}
    narrower = len(everything.studies) > len(selection.studies)
    stages = tuple(_stages(ds, everything, rows, names, fates, narrower=narrower))
    return Flow(key, selection.question.drug, stages, _behind(numbers, known))


def _stages(
    ds: Dataset,
    everything: Selection,
    rows: Mapping[str, TrialRow],
    names: Mapping[str, str],
    fates: Mapping[str, tuple[Key, str]],
    *,
    narrower: bool,
) -> Iterator[Stage]:
    """Yield each stage with the studies that reach it and those that fall there, with the reason."""
    left = list(everything.studies)
    order: tuple[Key, ...] = ("found", "scope", "treat", "tested", "said", "number")
    for stage in order:
        if stage == "scope" and not narrower:
            continue
        fallen = [study for study in left if study in fates and fates[study][0] == stage]
        left = [study for study in left if study not in fallen]
        yield Stage(
            stage,
            VERBS[stage][len(left) > 1].format_map(names),
            tuple(left),
            people_of(ds, {study: rows[study] for study in left}),
            tuple(Fallen(s, everything.studies[s].label, fates[s][1]) for s in fallen),
            _FALLEN[stage].format_map(names),
        )


def _sentences(details: Collection[str]) -> str:
    return " ".join(f"{capital(detail.rstrip('.'))}." for detail in dict.fromkeys(details))


def _why(item: LeftOut | None) -> str:
    return "Its text holds no usable comparison." if item is None else item.sentence


def _told(study: str, known: Collection[Evidence], words: Labels) -> Iterator[str]:
    """Yield what a trial without a number says, time by time."""
    for each in known:
        for effect in each.bounded:
            if effect.study_id == study and effect.statement:
                yield f"{words.window(effect.window)}: {effect.statement.words}"


def _behind(numbers: Collection[str], known: Collection[Evidence]) -> int:
    """Return the people behind the numbers: of each trial the most that one of its numbers has."""
    return sum(
        max((e.people or 0) for each in known for e in each.numeric if e.study_id == study)
        for study in numbers
    )
