"""Values to open each set of leads with that takes one: hits and misses of the sample."""

from __future__ import annotations

APRIL_2026 = 2026 * 12 + 3

VALUES: dict[str, tuple[int, ...]] = {
    # the slide
    "week_settled": (20577, 20584, 5), "week_accepted": (20577, 5), "week_pending": (20577, 20619),
    "working_within": (0, 3_600, 10**9), "wall_within": (0, 3_600, 10**9), "touches": (0, 6, 99),
    "touches_at_least": (0, 6, 99), "band_leads": (-1, 0, 4, 9), "band_mature": (-1, 0, 4, 9), "band_won": (-1, 4, 9),
    "band_opportunity": (-1, 4, 9),
    # periods and bands
    "week": (20577, 5), "month": (APRIL_2026, 5), "quarter": (2026 * 4 + 1, 5), "opportunity_month": (APRIL_2026, 5),
    "opportunity_quarter": (2026 * 4 + 1, 5), "won_quarter": (2026 * 4 + 1, 5), "size": (-1, 0, 5, 9),
    "score_band": (-1, 0, 4, 9),
    # stages
    "accepted_by_age": (0, 14, 9_999), "rejected_by_age": (0, 14, 9_999), "opportunity_by_age": (0, 30, 9_999),
    "won_by_age": (0, 90, 9_999), "lost_by_age": (0, 90, 9_999), "at_least_old": (0, 90, 9_999), "bridge": (1, 2, 3, 4, 5, 10, 19, 30, 40, 99),
    # waits
    "arrived": (0, 9, 34, 167), "wall_longer": (0, 86_400, 10**9), "working_longer": (0, 28_800, 10**9),
    "lead": (1, 2_000, 10**9), "at_limit": (0, 90, 9_999), "at_limit_no_opportunity": (0, 90, 9_999),
    "resolved_at_limit": (0, 90, 9_999), "won_after_limit": (0, 90, 9_999), "opportunity_after_limit": (0, 90, 9_999),
    # the score
    "band_accepted": (-1, 2, 9), "score_from": (0, 50, 101), "score_below": (0, 50, 101),
    "score_from_fine": (0, 50_000, 101_000), "score_below_fine": (0, 50_000, 101_000),
    "score_from_finest": (0, 50_000_000_000, 101_000_000_000), "score_below_finest": (0, 50_000_000_000, 101_000_000_000),
    # rejections
    "reason": (-1, 0, 9, 99), "rejected_within": (0, 60, 10**9), "disqualified_within": (0, 14, 9_999),
    "rejected_after": (0, 86_400, 10**9), "under_worked": (0, 6, 999), "handed_from": (0, 20577, 99_999),
    "handed_before": (0, 20577, 99_999), "accepted_for": (0, 1_209_600, 10**9), "accepted_less_than": (0, 1_209_600, 10**9),
    # segments
    "account_contacts": (0, 1, 2, 99), "account_contacts_from": (1, 2, 4, 99),
}  # fmt: skip
