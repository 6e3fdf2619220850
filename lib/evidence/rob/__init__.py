"""Risk of bias by RoB 2: signalling questions, the judgement that follows from them, and robvis tables."""

from evidence.rob.algorithm import ANSWERS, DOMAINS, QUESTIONS, Answer, Judgement, domain, overall

__all__ = ["ANSWERS", "DOMAINS", "QUESTIONS", "Answer", "Judgement", "domain", "overall"]
