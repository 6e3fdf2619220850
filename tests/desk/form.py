"""A made-up trial, as an editor would fill it in."""

URL = "https://example.org/doe"
PAIN = {
    "outcome": "pain_intensity",
    "measure": "NRS daily pain",
    "scale_min": "0",
    "scale_max": "10",
    "higher_is": "worse",
    "time_label": "week 1",
    "time_days": "7",
    "kind": "final",
    "n": "30",
    "sd": "2.0",
    "locator": "Table 2",
    "source_url": URL,
}
DOE: dict[str, list[dict[str, str]]] = {
    "studies": [
        {
            "study_id": "Doe2026",
            "authors_short": "Doe et al.",
            "year": "2026",
            "title": 'A made-up trial, with a comma and a "quote"',
            "journal": "Made Up",
            "design": "parallel",
            "blinding": "double",
            "condition_group": "crps",
            "condition_detail": "crps_type_1",
            "n_randomised": "60",
            "n_analysed": "60",
            "source_url": URL,
            "source_type": "full_text",
            "extracted_by": "one",
            "bibliography": "as in source",
        }
    ],
    "interventions": [
        {
            "drug": "ketamine",
            "route": "intravenous",
            "comparator": "placebo",
            "comparator_type": "placebo",
        }
    ],
    "arms": [
        {"label": "ketamine", "arm": "ketamine", "components": "ketamine", "n": "30"},
        {"label": "placebo", "arm": "placebo", "components": "placebo", "n": "30"},
    ],
    "arm_results": [
        {"arm": "ketamine", "arm_role": "experimental", "drug": "ketamine", "mean": "4.0", **PAIN},
        {"arm": "placebo", "arm_role": "control", "mean": "5.0", **PAIN},
    ],
}
