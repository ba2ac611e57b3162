"""Do both sides see the same leads? The last leads, marked by one person of each side who cannot see the other's marks."""

from __future__ import annotations

from analytics.store.lead_audits import audit_of
from pages.ui import shell
from pages.ui.cadence import audit_desk, audit_found, audit_keys

with shell.page("Do both sides see the same leads?") as frame:
    opened = None
    entries = audit_keys.entries()
    subject = audit_keys.chosen(entries)
    audit = audit_of(entries, subject, audit_keys.key_of(subject)) if subject else None
    if audit is None:
        audit_desk.begin(frame)
    elif audit.is_revealed:
        opened = audit_found.show(frame, subject)
    else:
        audit_desk.show(frame, audit)
if opened is not None:
    with shell.below():
        audit_found.further(opened)
