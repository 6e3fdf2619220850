"""Which studies and rows answer a question, and why each of the others does not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import combinations

from evidence.dataset import Dataset
from evidence.question.arms import DrugTest, compare
from evidence.question.candidates import Candidate, Context, Sorted, sort_rows
from evidence.question.choose import asked_for, choose
from evidence.question.main_outcome import MAIN, main_outcome
from evidence.question.model import (
    WINDOWS,
    FlagRule,
    LeftOut,
    Question,
    Result,
    Rule,
    Selection,
    TimeRule,
)
from evidence.question.records import Overlap, Study
from evidence.question.rules import Rules, read_rules
from evidence.question.tables import Tables, gather


@dataclass(frozen=True, slots=True)
class _Answer:
    """What one study contributes."""

    results: tuple[Result, ...]
    silent: tuple[LeftOut, ...]
    left_out: tuple[LeftOut, ...]


def select(
    question: Question,
    ds: Dataset,
    *,
    time_rule: TimeRule | None = None,
    flag_rule: FlagRule = "standard",
    sources: Mapping[str, str] | None = None,
) -> Selection:
    """Find what answers a question.

    Parameters
    ----------
    question : Question
    ds : Dataset
    time_rule : {"latest", "earliest"}, optional
        Which time stands for a window; the setting ``time_rule`` by default.
    flag_rule : {"standard", "without_caution", "with_excluded"}
        Whether studies flagged ``exclude`` stay out, those flagged ``caution`` too, or none. The last is for
        lists of what is left out, and never for a primary pool.
    sources : mapping of str to str, optional
        For some studies the source that stands for them, whatever its rank; one that says nothing of the
        comparison is passed over.

    Raises
    ------
    ValueError
        When a word of the question is not one of the tables, or a rule is unknown.

    Examples
    --------
    >>> from evidence.dataset import load
    >>> found = select(Question("ketamine", "crps"), load())
    >>> found.studies["Sigtermans2009"].year
    2009
    """
    rules = read_rules(ds, time_rule, flag_rule, sources or {})
    question = resolved(question, ds)
    tables = gather(question, ds)
    answers = [_answer(study, question, tables, rules) for study in tables.studies]
    results = tuple(result for answer in answers for result in answer.results)
    results, shared = _without_shared_people(results, tables)
    return Selection(
        question=question,
        time_rule=rules.time_rule,
        flag_rule=rules.flag_rule,
        results=results,
        silent=tuple(item for answer in answers for item in answer.silent),
        left_out=(*(item for answer in answers for item in answer.left_out), *shared),
        studies={study.study_id: study for study in tables.studies},
        interventions=tables.interventions,
        flags=tables.flags,
    )


def only_against(selection: Selection, ds: Dataset) -> dict[str, str]:
    """Return the studies whose arms test the drug, but against nothing that the question asks for, and why.

    By what their arms consist of, whatever they report: a trial against another drug asks another question
    also where it gives no result.

    Examples
    --------
    >>> from evidence.dataset import load
    >>> ds = load()
    >>> only_against(select(Question("ketamine", "ischaemic"), ds), ds)
    {'Persson1998': 'It is against morphine (active drug).'}
    """
    question, tables = selection.question, gather(selection.question, ds)
    wanted = question.comparator_types or ds.words("comparator_types")
    found = {}
    for study, order in tables.arm_order.items():
        pairs = combinations([tables.arms[study, arm] for arm in order], 2)
        tests = [
            test.comparison for a, b in pairs if isinstance(test := compare(a, b, question.drugs), DrugTest)
        ]
        if tests and not any(test.comparator_type in wanted for test in tests):
            by_kind: dict[str, dict[str, None]] = {}
            for each in tests:
                by_kind.setdefault(each.comparator_type.replace("_", " "), {})[each.comparator] = None
            said = "; ".join(f"{', '.join(names)} ({kind})" for kind, names in by_kind.items())
            found[study] = f"It is against {said}."
    return found


def resolved(question: Question, ds: Dataset) -> Question:
    """Return a question with the main outcome of the settings in place of `MAIN`."""
    return replace(question, outcome=main_outcome(ds).code) if question.outcome == MAIN else question


def _answer(study: Study, question: Question, tables: Tables, rules: Rules) -> _Answer:
    out = _study_left_out(study, question, tables, rules)
    if out is not None:
        return _Answer((), (), (out,))
    found = sort_rows(Context(study, question, tables, rules))
    wanted = asked_for(found, question, rules)
    windows = [*WINDOWS, "any"]
    results = []
    for window in windows:
        here = [candidate for candidate in wanted if candidate.place.window == window]
        if here:
            order = list(tables.arm_order[study.study_id])
            chosen = choose(here, found, study, question.outcome, order, rules)
            results.append(_result(chosen, study, window, tables, rules))
    used = {row for result in results for row in result.rows}
    rows = tuple(
        LeftOut(study.study_id, row, out.rule, out.detail)
        for row, out in found.out.items()
        if row not in used
    )
    if results:
        return _Answer(tuple(results), (), rows)
    whole = _nothing_kept(study, found)
    silent = whole.rule is Rule.NOTHING_USABLE
    return _Answer((), (whole,) if silent else (), rows if silent else (*rows, whole))


def _study_left_out(study: Study, question: Question, tables: Tables, rules: Rules) -> LeftOut | None:
    route = tables.interventions[study.study_id].route
    routes = (question.route,) if isinstance(question.route, str) else question.route
    if routes is not None and route not in routes:
        return LeftOut(study.study_id, None, Rule.ROUTE, f"It was {route}.")
    flags = rules.keeping_out(tables.flags[study.study_id])
    if flags:
        detail = "; ".join(f"{flag.flag.replace('_', ' ')}: {flag.detail}" for flag in flags)
        return LeftOut(study.study_id, None, Rule.FLAGGED, f"{detail}.")
    main = rules.main
    steered = [flag.detail for flag in tables.flags[study.study_id] if flag.flag in main.steered]
    if steered and question.outcome == main.code:
        words = (
            f"{main.name[:1].upper()}{main.name[1:]} was kept at a target {main.steered_by} in both arms, "
            f"so that {main.name} scores cannot differ."
        )
        return LeftOut(study.study_id, None, Rule.STEERED, f"{'; '.join(steered)}.", words)
    return None


def _nothing_kept(study: Study, found: Sorted) -> LeftOut:
    """Say why a study has no result: it answers other questions, or it says nothing usable."""
    for rule in (Rule.COMPARATOR, Rule.WINDOW):
        details = [out.detail for out in found.out.values() if out.rule is rule]
        if details:
            return LeftOut(study.study_id, None, rule, " ".join(dict.fromkeys(details)))
    rules = dict.fromkeys(out.rule.value for out in found.out.values())
    detail = (
        " ".join(rules) or "What its text says of other outcomes stands in its entry in the list of studies."
    )
    return LeftOut(study.study_id, None, Rule.NOTHING_USABLE, detail)


def _result(candidate: Candidate, study: Study, window: str, tables: Tables, rules: Rules) -> Result:
    label = "; ".join(candidate.time_labels)
    when = f"The {rules.time_rule} time in the window ({label or 'not stated'})"
    why = f"{when}, measured as {candidate.place.kind}."
    return Result(
        study=study,
        intervention=tables.interventions[study.study_id],
        flags=tuple(f for f in tables.flags[study.study_id] if f.concerns(candidate.place.source)),
        other_drugs=tables.other_drugs[study.study_id],
        comparison=candidate.comparison,
        window=window,
        kind=candidate.place.kind,
        time_days=candidate.place.time_days,
        time_label=label,
        pairs=tuple(candidate.pairs),
        contrasts=tuple(candidate.contrasts),
        why=why,
        source=candidate.place.source,
        one_period=candidate.place.crossover_period == "one",
    )


def _without_shared_people(
    results: tuple[Result, ...], tables: Tables
) -> tuple[tuple[Result, ...], tuple[LeftOut, ...]]:
    """Keep the larger of two studies that share people."""
    kept = {result.study.study_id: result.study for result in results}
    dropped = []
    for overlap in tables.overlaps:
        pair = [kept.get(overlap.study_id), kept.get(overlap.other_study_id)]
        if overlap.shared == "programme" or None in pair:
            continue
        dropped.append(_smaller(overlap, kept))
        del kept[dropped[-1].study_id]
    return tuple(result for result in results if result.study.study_id in kept), tuple(dropped)


def _smaller(overlap: Overlap, studies: dict[str, Study]) -> LeftOut:
    ids = sorted((overlap.study_id, overlap.other_study_id), key=lambda i: (studies[i].n_randomised or 0, i))
    return LeftOut(ids[0], None, Rule.OVERLAP, f"The larger is {studies[ids[1]].label}: {overlap.note}.")
