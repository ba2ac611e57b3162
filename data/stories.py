"""The stories: what each invented company does, as numbers. Constants only."""

from __future__ import annotations

from dataclasses import dataclass, replace

Mix = tuple[float, ...]

# Shares of leads per size band 1-10, 11-50, 51-200, 201-1,000, 1,001-5,000, 5,001+.
EVEN_SIZES: Mix = (0.13, 0.24, 0.33, 0.20, 0.08, 0.02)
LARGER_SIZES: Mix = (0.15, 0.33, 0.27, 0.17, 0.07, 0.01)
SMALLER_SIZES: Mix = (0.25, 0.40, 0.20, 0.11, 0.035, 0.005)

# Weights of the rejection reasons, in the order of vocabulary.REASONS.
USUAL_REASONS: Mix = (0.22, 0.13, 0.06, 0.26, 0.04, 0.05, 0.13, 0.09, 0.02)
LOOSE_REASONS: Mix = (0.36, 0.13, 0.05, 0.16, 0.04, 0.13, 0.07, 0.05, 0.01)


@dataclass(frozen=True, slots=True)
class Story:
    """One company. Shares are in [0, 1], logits are natural, waits are working time; bases hold at an average lead."""

    name: str
    verdict: str  # the verdict that the default contract must give
    sentence: str
    leads: int = 6_000  # default size; ``leads_cap`` is the most it makes sense with
    leads_cap: int | None = None

    threshold: int = 30  # marketing passes a lead at this score
    accept_base: float = 2.0
    accept_slope: float = 0.8
    opportunity_base: float = -0.75
    opportunity_slope: float = 0.85
    win_base: float = -0.8
    win_slope: float = 0.95
    sizes_first: Mix = EVEN_SIZES  # in January
    sizes_last: Mix = EVEN_SIZES  # in September
    size_logits: Mix = (-0.35, -0.1, 0.1, 0.1, 0.0, -0.1)  # added at opportunity and at win

    high_wait_minutes: float = 13.0  # median wait for a first touch, demo and pricing requests
    standard_wait_minutes: float = 46.0
    wait_sigma: float = 0.85
    tail_share: float = 0.02  # these wait days
    never_share: float = 0.025
    owner_spread: float = 0.25
    quick_owners: int = 0  # so many reps answer five times as fast

    decide_share: float = 0.985  # of touched leads
    close_unworked_share: float = 0.35  # of leads never touched: rejected all the same
    decision_hours: float = 7.0
    decision_sigma: float = 0.9
    response_share: float = 0.38  # of accepted leads that become no opportunity
    cadence_share: float = 0.80  # of accepted leads: worked to the full
    reasons: Mix = USUAL_REASONS

    opening_stamp_share: float = 0.0  # hand-off stamped when the rep opens the lead
    midnight_share: float = 0.0  # dispositions stamped by a nightly bulk update
    repeat_contact_share: float = 0.004
    untouched_opportunity_share: float = 0.0


_HEALTHY = Story(
    name="healthy",
    verdict="healthy",
    sentence=(
        "Marketing sends leads that sales wants, sales calls nearly all of them within the agreed hours and works them "
        "to the end, and enough of them become opportunities: the handoff works."
    ),
)

_SLOW = replace(
    _HEALTHY,
    name="slow_follow_up",
    verdict="sales_execution",
    sentence=(
        "Sales accepts most of the leads it decides on, but gets to few of them in time, never touches about one in "
        "four, gives up early and leaves many without any decision: the leads are good enough, the follow-up is not."
    ),
    accept_base=1.95,
    accept_slope=0.6,
    high_wait_minutes=150.0,
    standard_wait_minutes=420.0,
    wait_sigma=1.35,
    tail_share=0.16,
    never_share=0.24,
    owner_spread=0.45,
    quick_owners=2,
    decide_share=0.76,
    close_unworked_share=0.07,
    decision_hours=20.0,
    decision_sigma=1.0,
    response_share=0.12,
    cadence_share=0.1,
)

STORIES: tuple[Story, ...] = (
    _HEALTHY,
    replace(
        _HEALTHY,
        name="threshold_too_low",
        verdict="quality_threshold",
        sentence=(
            "The score that makes a lead ready for sales was loosened to reach a volume goal: sales calls quickly and "
            "rejects nearly half of what it decides on, and the lower half of the scores hardly ever wins."
        ),
        threshold=14,
        accept_base=0.75,
        accept_slope=0.95,
        opportunity_slope=0.9,
        win_base=-0.7,
        win_slope=0.8,
        reasons=LOOSE_REASONS,
    ),
    _SLOW,
    replace(
        _HEALTHY,
        name="segment_drift",
        verdict="segment_mismatch",
        sentence=(
            "More than half of the leads are companies under 50 people, while most wins are companies above 200, and "
            "the gap grows every month: the campaigns and the product point at different customers."
        ),
        sizes_first=LARGER_SIZES,
        sizes_last=SMALLER_SIZES,
        opportunity_base=-0.55,
        win_base=-0.55,
        size_logits=(-1.6, -1.2, -0.3, 1.15, 1.1, 0.9),
    ),
    replace(
        _HEALTHY,
        name="no_product_fit",
        verdict="strategy_fit",
        sentence=(
            "Sales accepts the leads, calls them in time and works them to the end, yet hardly any becomes an "
            "opportunity: no agreement between the two teams can repair an offer that these buyers do not want."
        ),
        opportunity_base=-2.75,
        opportunity_slope=0.5,
        response_share=0.42,
        cadence_share=0.86,
    ),
    replace(
        _SLOW,
        name="broken_plumbing",
        verdict="plumbing",
        sentence=(
            "The hand-off is stamped when a rep opens the lead, so every wait looks like seconds; decisions are stamped "
            "in bulk at midnight, one lead in eight is a person already known, and many opportunities show no touch: "
            "no number about the two teams can be trusted before the records are repaired."
        ),
        never_share=0.12,
        decide_share=0.9,
        cadence_share=0.5,
        opening_stamp_share=0.85,
        midnight_share=0.3,
        repeat_contact_share=0.12,
        untouched_opportunity_share=0.3,
    ),
    replace(
        _HEALTHY,
        name="too_small",
        verdict="not_enough_leads",
        sentence="A young company with 28 leads in nine months: whatever the percentages say, they are too few to quote.",
        leads=28,
        leads_cap=28,
    ),
)

BY_NAME = {story.name: story for story in STORIES}


def story_index(name: str) -> int:
    """The fixed position of a story, part of its seed."""
    return list(BY_NAME).index(name)
