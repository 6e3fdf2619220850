"""What the codes of the tables are called on a page."""

from __future__ import annotations

from typing import Final

DRUGS: Final = {
    "ketamine": "ketamine",
    "memantine": "memantine",
    "dextromethorphan": "dextromethorphan",
    "amantadine": "amantadine",
    "magnesium": "magnesium",
}
CONDITIONS: Final = {
    "crps": "complex regional pain syndrome",
    "neuropathic": "neuropathic pain",
    "fibromyalgia": "fibromyalgia",
    "musculoskeletal": "musculoskeletal pain",
    "headache": "headache and migraine",
    "ischaemic": "ischaemic pain",
    "visceral": "visceral pain",
    "cancer": "cancer pain",
    "mixed": "mixed chronic pain",
    "other": "other pain",
}
WINDOWS: Final = {
    "during_infusion": "in the first 48 hours",
    "immediate": "from 2 days to 1 week",
    "short": "from over 1 week to 3 months",
    "medium": "from over 3 to 6 months",
    "long": "beyond 6 months",
    "not_stated": "at a time that is not stated",
    "any": "at any time",
}
WINDOW_SHORT: Final = {
    "during_infusion": "during infusion",
    "immediate": "immediate",
    "short": "short",
    "medium": "medium",
    "long": "long",
    "not_stated": "time not stated",
    "any": "any time",
}
OUTCOMES: Final = {
    "pain_intensity": "pain",
    "responder_50": "response of at least 50 %",
    "responder_30": "response of at least 30 %",
    "any_adverse_event": "any adverse event",
    "serious_adverse_event": "serious adverse event",
    "psychotomimetic": "psychotomimetic effects",
    "nausea": "nausea",
    "vomiting": "vomiting",
    "dizziness": "dizziness",
    "sedation": "sedation",
    "withdrawal_adverse_event": "stopping because of an adverse event",
    "withdrawal_any": "stopping for any reason",
    "opioid_use": "opioid use",
    "depression": "depression",
    "function": "function",
    "quality_of_life": "quality of life",
    "sleep": "sleep",
    "other": "other outcome",
}
ROUTES: Final = {
    "intravenous": "into a vein",
    "oral": "by mouth",
    "subcutaneous": "under the skin",
    "intramuscular": "into a muscle",
    "epidural": "into the epidural space",
    "intrathecal": "into the fluid around the spinal cord",
    "intranasal": "through the nose",
    "topical": "on the skin",
    "sublingual": "under the tongue",
    "other": "by another route",
}
HARMS: Final = (
    "any_adverse_event",
    "serious_adverse_event",
    "psychotomimetic",
    "nausea",
    "vomiting",
    "dizziness",
    "sedation",
    "withdrawal_adverse_event",
    "withdrawal_any",
)
BENEFITS: Final = (
    "responder_50",
    "responder_30",
    "opioid_use",
    "depression",
    "function",
    "quality_of_life",
    "sleep",
)
COMPARATORS: Final = {
    "placebo": "placebo",
    "active_placebo": "active placebo",
    "usual_care": "the same treatment without it",
    "active_drug": "another drug",
    "dose": "another dose",
}


def route_words(route: str) -> str:
    """Return a route as it stands in brackets or at the head of a row: "intravenous", "another route"."""
    return "another route" if route == "other" else words(route)


def words(code: str) -> str:
    """Return a code of the tables in words: underscores become blanks."""
    return code.replace("_", " ")


def detail_name(detail: str) -> str:
    """Return a condition detail in words, with its proper names and abbreviations."""
    names = {"hiv": "HIV", "crps": "CRPS", "multiple sclerosis": "multiple sclerosis"}
    text = words(detail)
    for code, name in names.items():
        text = text.replace(code, name)
    return text
