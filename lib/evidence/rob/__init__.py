"""Risk of bias by RoB 2: signalling questions, the judgement that follows from them, and robvis tables."""

from evidence.rob.algorithm import ANSWERS, DOMAINS, QUESTIONS, Answer, Judgement, domain, overall, settled
from evidence.rob.assessments import Assessment, Rating, assessments, from_robvis, to_robvis

__all__ = [
    "ANSWERS",
    "DOMAINS",
    "QUESTIONS",
    "Answer",
    "Assessment",
    "Judgement",
    "Rating",
    "assessments",
    "domain",
    "from_robvis",
    "overall",
    "settled",
    "to_robvis",
]
