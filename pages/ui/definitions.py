"""How a metric of the catalog is written out: words, window, steward, counts and the query itself."""

from __future__ import annotations

import streamlit as st

from analytics import (
    accounts,
    band_stages,
    breakdown,
    bridge,
    cohort_search,
    comparison,
    compliance,
    council,
    decision_check,
    definition_trial,
    faster_wins,
    funnel,
    gaming,
    lead_audit,
    long_tail,
    maturing,
    money,
    pay_gates,
    rejections,
    score_drift,
    scorecard,
    segments,
    threshold,
    tuning,
    verdict,
    weekly_review,
    what_changed,
    what_if_words,
    wording,
)
from analytics.metrics.catalog import LEAD_SETS, METRICS, Metric
from analytics.metrics.compose import metric_query
from analytics.plumbing import audit
from pages.ui import markup

OF_PANEL: dict[str, tuple[str, ...]] = {
    "acceptance": ("acceptance_rate", "accepted_of_decided", "share_decided"),
    "speed": ("touched_inside_limit",),
    "working_rate": ("working_rate",),
    "score_bands": ("won_in_horizon", "opportunity_in_horizon"),
}


def methods() -> tuple[tuple[str, str], ...]:
    """How every curve, comparison and verdict is made, in the order of the pages: its name and its method."""
    return (
        ("Speed to lead", wording.METHODS["speed"]),
        ("Working rate", wording.METHODS["working_rate"]),
        ("Conversion by score band", wording.METHODS["score_bands"]),
        ("Cohort funnel", funnel.METHOD),
        ("Cohorts as they age", maturing.METHOD),
        ("The bridge between two totals", bridge.METHOD),
        ("The long tail of waits", long_tail.METHOD),
        ("Fast against slow leads", faster_wins.METHOD),
        ("Score bands stage by stage", band_stages.METHOD),
        ("Drift of the score", score_drift.METHOD),
        ("What another threshold would cost", threshold.METHOD),
        ("Mix of rejections", rejections.METHOD),
        ("Mirror of segments", segments.METHOD),
        ("Accounts", accounts.METHOD),
        ("The audit of the record", audit.METHOD),
        ("The problem in one sentence", verdict.METHOD),
        ("Where an anecdote shows up", cohort_search.METHOD),
        ("What changed", what_changed.METHOD),
        ("Broken down", breakdown.METHOD),
        ("Compared with the period before", comparison.METHOD),
        ("Both sides of the contract", compliance.METHOD),
        ("A definition tried on the cohort", definition_trial.METHOD),
        ("What if?", what_if_words.METHOD),
        ("Pay gates in shadow", pay_gates.METHOD),
        ("Patterns to ask about", gaming.METHOD),
        ("Signals over time", council.METHOD),
        ("What the council could decide", tuning.METHOD),
        ("Before, during and after the contract", scorecard.METHOD),
        ("Whether a number moved after a decision", decision_check.METHOD),
        ("The last week", weekly_review.METHOD),
        ("The audit of leads", lead_audit.METHOD),
        ("What a lead and a customer cost", money.METHOD),
    )


def show_all(method: str, metrics: tuple[str, ...]) -> None:
    """Everything that defines a number: how it is estimated, then its rates."""
    if method:
        markup.show(markup.plain("p", "sentence", method))
    for name in metrics:
        show(METRICS[name])


def show(metric: Metric) -> None:
    """One metric in full."""
    with st.container(key=f"metric_{metric.slug}", gap="xsmall"):
        markup.show(markup.plain("h3", "name", metric.label))
        markup.show(markup.plain("p", "sentence", metric.sentence))
        markup.show(markup.line("aside", (f"Window: {metric.window}", f"steward: {metric.steward}")))
        counted = [("Counted", metric.numerator), ("out of", metric.denominator)]
        if metric.pending:
            counted.append(("pending, outside both", metric.pending))
        for words, slug in counted:
            markup.show(
                markup.plain("p", "aside", f"{words}: {LEAD_SETS[slug].label}. {LEAD_SETS[slug].sentence}")
            )
        st.code(metric_query(metric), language="sql", wrap_lines=True)
