"""Sets of leads behind the mirror of segments."""

from __future__ import annotations

from analytics.metrics.lead_set import LeadSet

SETS = (
    LeadSet("size_known", "company size known", "Leads whose company size is known.", "size_band >= 0"),
    LeadSet("size_is_range", "company size given as a range", "Leads whose company size is given as a range, placed by its middle.", "is_size_range", grain="journey"),
)  # fmt: skip
