"""Sets of leads behind the score: bands by stage, and every threshold."""

from __future__ import annotations

from analytics.metrics.lead_set import LeadSet, ValueKind

SETS = (
    LeadSet("band_accepted", "accepted leads of the score band", "Leads of one score band at least one horizon old that sales accepted.", "is_mature AND is_accepted AND score_band = $value", ValueKind.SCORE_BAND),
    LeadSet("score_from", "score at least", "Leads with that score or a higher one.", "score >= $value", ValueKind.SCORE, "journey"),
    LeadSet("score_below", "score below", "Leads with a lower score than that.", "score < $value", ValueKind.SCORE, "journey"),
    LeadSet("score_from_fine", "score in thousandths at least", "Leads with so many thousandths of a score point or more.", "floor(score * 1000 + 0.000001) >= $value", ValueKind.SCORE, "journey"),
    LeadSet("score_below_fine", "score in thousandths below", "Leads with fewer thousandths of a score point than that.", "floor(score * 1000 + 0.000001) < $value", ValueKind.SCORE, "journey"),
    LeadSet("score_from_finest", "score in billionths at least", "Leads with so many billionths of a score point or more.", "score >= $value / 1e9", ValueKind.SCORE, "journey"),
    LeadSet("score_below_finest", "score in billionths below", "Leads with fewer billionths of a score point than that.", "score < $value / 1e9", ValueKind.SCORE, "journey"),
    LeadSet("scored", "leads with a score", "Leads with a score at handoff.", "score IS NOT NULL", grain="journey"),
    LeadSet("unscored", "leads without a score", "Leads without a score at handoff.", "score IS NULL", grain="journey"),
)  # fmt: skip
