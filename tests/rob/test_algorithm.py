"""RoB 2's algorithm: each path of the published diagrams, walked by hand."""

from __future__ import annotations

from itertools import product

import pytest

from evidence.rob import ANSWERS, DOMAINS, QUESTIONS, domain, overall

RANK = {"low": 0, "some concerns": 1, "high": 2}

#: (domain, answers in order, judgement), one for each leaf of the diagrams.
PATHS = [
    ("D1", "Y Y N", "low"),
    ("D1", "NI PY NI", "low"),
    ("D1", "Y Y Y", "some concerns"),
    ("D1", "N Y N", "some concerns"),
    ("D1", "Y NI N", "some concerns"),
    ("D1", "Y NI PY", "high"),
    ("D1", "Y N N", "high"),
    ("D2", "N N NA NA NA Y NA", "low"),
    ("D2", "Y Y PN NA NA PY NA", "low"),
    ("D2", "Y Y NI NA NA Y NA", "some concerns"),
    ("D2", "Y N Y N NA Y NA", "some concerns"),
    ("D2", "Y N Y Y PY Y NA", "some concerns"),
    ("D2", "Y N Y Y N Y NA", "high"),
    ("D2", "NI NI Y NI NI Y NA", "high"),
    ("D2", "N N NA NA NA N PN", "some concerns"),
    ("D2", "N N NA NA NA NI NI", "high"),
    ("D3", "Y NA NA NA", "low"),
    ("D3", "N Y NA NA", "low"),
    ("D3", "N N N NA", "low"),
    ("D3", "NI N Y PN", "some concerns"),
    ("D3", "N PN NI Y", "high"),
    ("D3", "N N Y NI", "high"),
    ("D4", "N N N NA NA", "low"),
    ("D4", "NI PN Y N NA", "low"),
    ("D4", "N N Y Y N", "some concerns"),
    ("D4", "N N Y Y NI", "high"),
    ("D4", "N NI N NA NA", "some concerns"),
    ("D4", "N NI NI PN NA", "some concerns"),
    ("D4", "N NI Y Y PN", "some concerns"),
    ("D4", "N NI Y Y Y", "high"),
    ("D4", "Y N N NA NA", "high"),
    ("D4", "N Y N NA NA", "high"),
    ("D5", "Y N N", "low"),
    ("D5", "NI PN N", "some concerns"),
    ("D5", "Y NI N", "some concerns"),
    ("D5", "Y N Y", "high"),
    ("D5", "Y PY NI", "high"),
    ("DS", "Y NA Y", "low"),
    ("DS", "N Y PY", "low"),
    ("DS", "N NI Y", "some concerns"),
    ("DS", "Y NA NI", "some concerns"),
    ("DS", "Y NA N", "high"),
]


@pytest.mark.parametrize(("name", "answers", "expected"), PATHS)
def test_each_path(name: str, answers: str, expected: str) -> None:
    assert domain(name, dict(zip(QUESTIONS[name], answers.split(), strict=True))) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["D1", "D3", "D5", "DS"])
def test_probably_counts_as_it_says(name: str) -> None:
    firm = {"PY": "Y", "PN": "N"}
    for answers in product(ANSWERS, repeat=len(QUESTIONS[name])):
        given = dict(zip(QUESTIONS[name], answers, strict=True))
        hard = {question: firm.get(answer, answer) for question, answer in given.items()}
        assert domain(name, given) == domain(name, hard)  # type: ignore[arg-type]


def test_a_worse_answer_never_improves_a_judgement() -> None:
    """Concealment, the period, data for all, and a plan: from yes over no information to no."""
    for name, question in (("D1", "1.2"), ("DS", "S.3"), ("D3", "3.1"), ("D5", "5.1"), ("D2", "2.6")):
        others = [q for q in QUESTIONS[name] if q != question]
        for rest in product(("Y", "N", "NI"), repeat=len(others)):
            given = dict(zip(others, rest, strict=True))
            ranks = [domain(name, {**given, question: answer}) for answer in ("Y", "NI", "N")]  # type: ignore[dict-item]
            known = [RANK[rank] for rank in ranks if rank != "no information"]
            assert known == sorted(known)


def test_nothing_known_is_no_judgement() -> None:
    for name in DOMAINS:
        assert domain(name, {}) == "no information"
        assert domain(name, dict.fromkeys(QUESTIONS[name], "NI")) == "no information"


@pytest.mark.parametrize(
    ("judgements", "expected"),
    [
        (["low", "low"], "low"),
        (["low", "some concerns"], "some concerns"),
        (["no information", "high"], "high"),
        (["low", "no information"], "no information"),
        ([], "no information"),
    ],
)
def test_overall_is_the_worst(judgements: list[str], expected: str) -> None:
    assert overall(dict(enumerate(judgements))) == expected  # type: ignore[arg-type]


def test_unknown_words_are_refused() -> None:
    with pytest.raises(ValueError, match="D9"):
        domain("D9", {})
    with pytest.raises(ValueError, match=r"1\.7"):
        domain("D1", {"1.7": "Y"})
    with pytest.raises(ValueError, match="maybe"):
        domain("D1", {"1.1": "maybe"})  # type: ignore[dict-item]
