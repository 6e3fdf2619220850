"""What the tables must say together: each rule is a small pure function, gathered in `RULES`."""

from evidence.dataset.rules import (
    accidents,
    effects,
    intervals,
    labels,
    order,
    people,
    project,
    pvalues,
    references,
    reporting_errors,
    review_rows,
    rob2,
    settings,
    slips,
    spreads,
)
from evidence.dataset.rules.base import Data, Row, Rule

#: Every rule that goes beyond one cell. A study may be let off a rule by a row of flags.csv (see `waivers`).
RULES: tuple[Rule, ...] = (
    order.primary_key,
    order.unique_values,
    order.study_ids_sorted,
    references.foreign_keys,
    references.study_has_intervention,
    references.drug_is_under_test,
    references.claim_sources_exist,
    references.citation_keys_differ,
    references.data_version_agrees,
    settings.settings_known,
    settings.settings_fit,
    settings.settings_agree,
    accidents.label_is_no_date,
    accidents.letters_are_whole,
    accidents.cell_is_no_formula,
    slips.experimental_arm_has_drug,
    slips.drug_is_in_its_arm,
    slips.time_is_in_days,
    slips.time_fits_its_label,
    slips.measure_has_one_scale,
    slips.share_is_a_percentage,
    intervals.interval_has_two_limits,
    intervals.interval_has_level,
    intervals.low_not_above_high,
    intervals.estimate_inside_interval,
    people.events_within_total,
    people.n_within_randomised,
    people.arms_within_randomised,
    spreads.one_spread,
    spreads.mean_within_scale,
    spreads.limits_within_scale,
    spreads.spread_within_scale,
    pvalues.p_is_positive,
    pvalues.p_has_operator,
    pvalues.no_winner_without_difference,
    effects.effect_has_estimate,
    effects.ratio_is_positive,
    effects.risk_difference_is_proportion,
    effects.published_difference_is_on_its_scale,
    effects.events_are_counts,
    effects.row_holds_a_result,
    labels.labels_cover_vocabulary,
    labels.results_are_listed,
    review_rows.one_question_per_analysis,
    review_rows.review_row_has_arms,
    review_rows.review_events_within_arm,
    review_rows.printed_effect_fits_arms,
    review_rows.printed_weights_add_up,
    rob2.rating_rests_on_something,
    reporting_errors.error_has_its_parts,
    reporting_errors.printed_number_is_recorded,
    project.bounds_in_order,
    project.searches_took_what_is_there,
    project.past_is_past,
    project.judgement_has_its_answer,
    project.main_outcome_is_measured,
    project.main_outcome_gets_better,
    project.version_has_been,
)

#: The rules that hold of any tables.
GENERAL: tuple[Rule, ...] = (order.primary_key, order.unique_values, references.foreign_keys)


def rules_of(kind: str) -> tuple[Rule, ...]:
    """Return the rules of a kind of tables (`Contract.kind`)."""
    return GENERAL if kind == "review" else RULES


__all__ = ["GENERAL", "RULES", "Data", "Row", "Rule", "rules_of"]
