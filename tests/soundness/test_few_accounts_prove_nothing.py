"""Was: 300 leads of one account had the interval of 300 strangers, and the verdict said that the handoff works."""

from __future__ import annotations

import pytest

from analytics.account_intervals import few_accounts, rates_by_account
from analytics.stats.intervals import wilson_interval
from analytics.verdict import verdict_of
from analytics.verdict_rules import measure_case
from tests.metrics.worlds import World, world_of
from tests.test_verdict_rules import CLEAN

NBSP = "\u00a0"
SLUG = "accepted_of_decided"


def companies(accounts: int, leads: int) -> World:
    """Nine leads in ten are accepted, in runs of so many companies; a lead without a name is a company itself."""
    rows = [
        {
            "Lead ID": f"L{number}", "Handoff Date": "2026-03-02 10:00:00", "First Touch": "2026-03-02 10:30:00",
            "Company": f"C{number * accounts // leads}" if accounts else "",
            "SAL Date": "2026-03-03 09:00:00" if number % 10 else "", "Rejected Date": "" if number % 10 else "2026-03-03 09:00:00",
            "Rejection Reason": "" if number % 10 else "Timing",
            "Opportunity: Created Date": "2026-04-01 09:00:00" if number % 2 and number % 10 else "",
        }
        for number in range(leads)
    ]  # fmt: skip
    return world_of(rows, as_of="2026-09-30 12:00:00", zone="UTC")


def test_leads_of_one_account_give_no_interval_and_no_verdict():
    of = companies(1, 300)
    found = rates_by_account(of.warehouse, of.cohort(), (SLUG,))
    assert (found[SLUG].numerator, found[SLUG].denominator) == (270, 300)
    assert (found[SLUG].low, found[SLUG].high) == (None, None)
    assert few_accounts(of.warehouse, of.cohort(), found) == {SLUG: 1}
    verdict = verdict_of(measure_case(of.warehouse, of.cohort()), CLEAN)
    assert verdict.kind == "undecided"
    assert verdict.sentence == (
        f"No number is clearly off its target; open is acceptance of the leads that sales decided, 90{NBSP}%, target 75{NBSP}%."
        " Its 300 leads come from 1 account: too few accounts, it takes 30."
    )
    words = {one.metric: one.words for one in verdict.evidence}[SLUG]
    assert words == f"90{NBSP}%, target 75{NBSP}%: open, its 300 leads come from 1 account: too few accounts"


@pytest.mark.parametrize(("accounts", "kind"), [(29, "undecided"), (30, "healthy"), (0, "healthy")])
def test_thirty_accounts_are_the_least(accounts, kind):
    of = companies(accounts, 300)
    assert verdict_of(measure_case(of.warehouse, of.cohort()), CLEAN).kind == kind


def test_a_company_of_its_own_for_every_lead_is_what_it_was():
    of = companies(0, 300)
    found = rates_by_account(of.warehouse, of.cohort(), (SLUG,))[SLUG]
    assert (found.low, found.high) == wilson_interval(270, 300)


def test_a_rate_on_too_few_leads_keeps_its_own_reason():
    of = companies(1, 20)
    found = rates_by_account(of.warehouse, of.cohort(), (SLUG,))
    assert few_accounts(of.warehouse, of.cohort(), found) == {}
    assert measure_case(of.warehouse, of.cohort()).states[SLUG] == "too few"
