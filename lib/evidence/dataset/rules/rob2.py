"""Rules on assessments of risk of bias."""

import re
from collections.abc import Iterator

from evidence.dataset.problems import Problem
from evidence.dataset.rules.base import Data, rule

_ANSWER = re.compile(r"(?P<domain>[1-5S])\.\d (Y|PY|PN|N|NI|NA)")


@rule("A domain has signalling answers, or a review that judged it; answers are of its own questions.")
def rating_rests_on_something(data: Data) -> Iterator[Problem]:
    """Yield ratings without answers or review, and answers that are not of the domain."""
    for row in data.rows("rob2"):
        if row["judged_by"] == "review":
            if not row["judgement"]:
                yield row.problem("judgement", "the judgement of the review", "fill the cell")
            continue
        if row["judgement"]:
            remedy = "empty the cell, or name the review that judged in judged_by and source"
            yield row.problem("judgement", "nothing: it follows from the answers", remedy)
        parts = [part.strip() for part in row["answers"].split(";")]
        found = [_ANSWER.fullmatch(part) for part in parts]
        own = [match is not None and f"D{match['domain']}" == row["domain"] for match in found]
        if not all(own):
            allowed = f"answers such as '{row['domain'][1:]}.1 PY; {row['domain'][1:]}.2 NI'"
            yield row.problem("answers", allowed, "write each question with Y, PY, PN, N, NI or NA")
