"""Sets of leads behind the mirror of segments and its accounts."""

from __future__ import annotations

from analytics.metrics.lead_set import LeadSet, ValueKind

SETS = (
    LeadSet("size_known", "company size known", "Leads whose company size is known.", "size_band <> -1"),
    LeadSet("size_is_range", "company size given as a range", "Leads whose company size is given as a range, placed by its middle.", "is_size_range", grain="journey"),
    LeadSet("immature", "too young to judge", "Leads younger than one horizon.", "NOT is_mature"),
    LeadSet("account_contacts", "contacts passed from the account:", "Leads of accounts from which exactly so many people were passed to sales in this selection.", "account_contacts = $value", ValueKind.NUMBER, "journey"),
    LeadSet("account_contacts_from", "contacts passed from the account, at least", "Leads of accounts from which so many people or more were passed to sales in this selection.", "account_contacts >= $value", ValueKind.NUMBER, "journey"),
    LeadSet("without_account", "no account", "Leads without an account id and a company name: each counts as an account of its own.", "NOT has_account", grain="journey"),
)  # fmt: skip
