"""Several people of one company are one buying group: outcomes per account, by the number of people passed to sales."""

from __future__ import annotations

from dataclasses import dataclass

from analytics import formatting as text
from analytics.cohort import Cohort
from analytics.measurable import NO_OUTCOME, has_opportunities, has_wins, knows_acceptance
from analytics.metrics.compose import journey_relation, rate
from analytics.results import Rate, Unmeasurable
from analytics.warehouse import Warehouse

MOST_CONTACTS = 4
"""From so many people on, accounts stand in one group."""
NO_ACCOUNT = Unmeasurable(
    "The export does not say which leads belong to one company.", "the account id, or the company's name"
)
METHOD = (
    "An account is the account id where a lead has one, else the company's name with case and blanks folded; a lead with"
    " neither is an account of its own. Its contacts are the different people (by e-mail or phone) passed to sales in this"
    " selection; a lead without both counts as one. An account is accepted when any of its settled leads is, and has an"
    " opportunity or a win when any of its leads at least one horizon old became one inside the horizon; accounts without"
    " such a lead are not counted there. Intervals are Wilson's over accounts, so several leads of one deal count once."
    " More leads are more chances: the dashed line is where the account would stand if each of its leads were a separate"
    " one with the overall chance p, 1 - (1 - p)^leads."
)
_FIELDS = (
    "accounts",
    "leads",
    "settled_leads",
    "mature_leads",
    "settled",
    "accepted",
    "mature",
    "opportunities",
    "won",
)


@dataclass(frozen=True, slots=True)
class ContactGroup:
    """Accounts with so many contacts passed; ``contacts`` = 4 means four or more.

    The three rates count accounts. Their leads: ``leads`` all, ``settled_leads`` and ``mature_leads`` those that the
    rates look at. ``expected``: the share of accounts with an opportunity, in [0, 1], if every mature lead were an
    account of its own with the overall chance; None without mature leads.
    """

    contacts: int
    accounts: int
    leads: int
    settled_leads: int
    mature_leads: int
    accepted: Rate
    opportunity: Rate
    won: Rate
    expected: float | None

    @property
    def label(self) -> str:
        """The number of contacts, ``2 contacts`` or ``4 or more contacts``."""
        if self.contacts == MOST_CONTACTS:
            return f"{self.contacts} or more contacts"
        return text.plural(self.contacts, "contact")

    @property
    def key(self) -> str:
        """The lead set of its leads."""
        slug = "account_contacts_from" if self.contacts == MOST_CONTACTS else "account_contacts"
        return f"{slug}:{self.contacts}"


@dataclass(frozen=True, slots=True)
class Accounts:
    """All accounts of a cohort, and by contacts passed: always four groups, empty ones too.

    ``group_qualified``: of the accounts with an opportunity within the horizon, those with two or more contacts
    passed; ``group_of_all``: the same share of all accounts that could have had one (at least one mature lead).
    ``without_account`` leads are accounts of their own; ``largest`` leads stand in the largest account.
    """

    accounts: int
    leads: int
    without_account: int
    largest: int
    groups: tuple[ContactGroup, ...]
    group_qualified: Rate
    group_of_all: Rate
    has_acceptance: bool
    has_opportunities: bool
    has_wins: bool
    horizon_days: int

    @property
    def several(self) -> int:
        """Accounts with two or more contacts."""
        return sum(group.accounts for group in self.groups if group.contacts > 1)

    @property
    def several_opportunity(self) -> Rate:
        """Accounts with an opportunity, of those with two or more contacts."""
        rates = [group.opportunity for group in self.groups if group.contacts > 1]
        return rate(sum(one.numerator for one in rates), sum(one.denominator for one in rates))

    @property
    def several_expected(self) -> float | None:
        """What as many separate leads would give those accounts, in [0, 1]; None without one."""
        known = [
            (group.expected, group.opportunity.denominator) for group in self.groups if group.contacts > 1
        ]
        total = sum(accounts for _, accounts in known)
        return sum((share or 0.0) * accounts for share, accounts in known) / total if total else None


def measure_accounts(warehouse: Warehouse, cohort: Cohort) -> Accounts | Unmeasurable:
    """Acceptance, opportunities and wins per account, by the number of people passed from it.

    Wilson (1927) over accounts, not leads: leads of one account are not independent.
    """
    manifest = cohort.manifest
    if not manifest.has("account_id", "company"):
        return NO_ACCOUNT
    outcomes = has_wins(manifest) or has_opportunities(manifest)
    if not outcomes and not knows_acceptance(manifest):
        return NO_OUTCOME
    rows = {row["contacts"]: row for row in warehouse.run(_query(warehouse, cohort)).iter_rows(named=True)}
    expected = _expected(warehouse, cohort)
    groups = tuple(_group(number, rows.get(number, {}), expected) for number in range(1, MOST_CONTACTS + 1))
    several = [group for group in groups if group.contacts > 1]
    return Accounts(
        accounts=sum(group.accounts for group in groups),
        leads=sum(group.leads for group in groups),
        without_account=sum(int(row["without_account"]) for row in rows.values()),
        largest=max((int(row["largest"]) for row in rows.values()), default=0),
        groups=groups,
        group_qualified=rate(
            sum(group.opportunity.numerator for group in several),
            sum(group.opportunity.numerator for group in groups),
        ),
        group_of_all=rate(
            sum(group.opportunity.denominator for group in several),
            sum(group.opportunity.denominator for group in groups),
        ),
        has_acceptance=knows_acceptance(manifest),
        has_opportunities=outcomes,
        has_wins=has_wins(manifest),
        horizon_days=cohort.contract.horizon_days,
    )


def _query(warehouse: Warehouse, cohort: Cohort) -> str:
    """Counts of accounts and of their leads, by the number of contacts."""
    return f"""
        SELECT least(account_contacts, {MOST_CONTACTS}) AS contacts, count(*) AS accounts,
               CAST(sum(leads) AS BIGINT) AS leads, CAST(sum(settled_leads) AS BIGINT) AS settled_leads,
               CAST(sum(mature_leads) AS BIGINT) AS mature_leads, max(leads) AS largest,
               CAST(sum(without_account) AS BIGINT) AS without_account,
               count(*) FILTER (WHERE settled_leads > 0) AS settled, count(*) FILTER (WHERE is_accepted) AS accepted,
               count(*) FILTER (WHERE mature_leads > 0) AS mature,
               count(*) FILTER (WHERE is_opportunity) AS opportunities, count(*) FILTER (WHERE is_won) AS won
        FROM (
            SELECT account, max(account_contacts) AS account_contacts, count(*) AS leads,
                   count(*) FILTER (WHERE is_settled) AS settled_leads, count(*) FILTER (WHERE is_mature) AS mature_leads,
                   count(*) FILTER (WHERE NOT has_account) AS without_account,
                   bool_or(is_settled AND is_accepted) AS is_accepted,
                   bool_or(is_mature AND is_opportunity_in_horizon) AS is_opportunity,
                   bool_or(is_mature AND is_won_in_horizon) AS is_won
            FROM {journey_relation(warehouse, cohort)} GROUP BY 1
        )
        GROUP BY 1
    """


def _expected(warehouse: Warehouse, cohort: Cohort) -> dict[int, float]:
    """Contacts -> share of accounts with at least one opportunity if all leads were separate.

    An account of k mature leads, each with the overall chance p, has one with 1 - (1 - p)^k: two leads at 20 % make
    36 % without any group. Averaged over the accounts.
    """
    frame = warehouse.run(
        f"SELECT least(account_contacts, {MOST_CONTACTS}) AS contacts, leads, count(*) AS accounts,"
        " CAST(sum(opportunities) AS BIGINT) AS opportunities FROM ("
        "SELECT account, max(account_contacts) AS account_contacts, count(*) AS leads,"
        " count(*) FILTER (WHERE is_opportunity_in_horizon) AS opportunities"
        f" FROM {journey_relation(warehouse, cohort)} WHERE is_mature GROUP BY 1) GROUP BY 1, 2"
    )
    rows = [tuple(map(int, row)) for row in frame.iter_rows()]
    usual = rate(sum(row[3] for row in rows), sum(row[1] * row[2] for row in rows)).value
    found = {}
    for contacts in {row[0] for row in rows}:
        own = [(leads, accounts) for number, leads, accounts, _ in rows if number == contacts]
        hits = sum(accounts * (1 - (1 - (usual or 0.0)) ** leads) for leads, accounts in own)
        found[contacts] = hits / sum(accounts for _, accounts in own)
    return found


def _group(contacts: int, row: dict[str, int], expected: dict[int, float]) -> ContactGroup:
    counts = {name: int(row.get(name, 0)) for name in _FIELDS}
    return ContactGroup(
        contacts=contacts,
        accounts=counts["accounts"],
        leads=counts["leads"],
        settled_leads=counts["settled_leads"],
        mature_leads=counts["mature_leads"],
        accepted=rate(counts["accepted"], counts["settled"]),
        opportunity=rate(counts["opportunities"], counts["mature"]),
        won=rate(counts["won"], counts["mature"]),
        expected=expected.get(contacts),
    )


def answer(result: Accounts) -> str:
    """How many accounts the leads are, and whether two or more contacts go with more than as many separate leads."""
    accounts = text.plural(result.accounts, "account")
    start = f"{text.plural(result.leads, 'lead')} are {accounts}; two or more people were passed from {text.count(result.several)} of them."
    more = result.several_opportunity
    if not result.has_opportunities or not more.denominator or result.several_expected is None:
        return start
    if not text.is_quotable(more):
        return f"{start} Of these {text.of(more)} have an opportunity: {text.TOO_FEW}."
    line = f"{text.percent(more.value)} of these have an opportunity; as many separate leads would give {text.percent(result.several_expected)}"
    if (more.low or 0.0) > result.several_expected:
        return f"{start} {line}: more than their number alone."
    if (more.high or 0.0) < result.several_expected:
        return f"{start} {line}: they share opportunities, so one lead is no deal."
    return f"{start} {line}: no more than their number."


def notes(result: Accounts) -> tuple[str, ...]:
    """The share of buying groups, and what counting by account had to assume."""
    shares = ""
    if result.has_opportunities and result.group_qualified.denominator:
        shares = (
            f"of accounts with an opportunity {text.rate_with_interval(result.group_qualified)} had two or more contacts,"
            f" of all accounts {text.rate_with_interval(result.group_of_all)}"
        )
    return (
        shares,
        f"{text.plural(result.without_account, 'lead')} without a company, each an account of its own"
        if result.without_account
        else "",
        f"the largest account holds {text.plural(result.largest, 'lead')}" if result.largest > 1 else "",
    )
