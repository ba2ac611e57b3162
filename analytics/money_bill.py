"""What one source, month or whole cost and brought in: the shapes of spend beside leads, and each cost with its interval."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from analytics.formatting import is_quotable
from analytics.metrics.compose import rate
from analytics.money_spend import SpendRows
from analytics.periods import Unit, first_day
from analytics.results import Rate, Unmeasurable


class What(StrEnum):
    """What is bought with the spend."""

    LEAD = "lead"
    QUALIFIED = "qualified lead"
    ACCEPTED = "accepted lead"
    CUSTOMER = "customer"


class State(StrEnum):
    """Whether a cost can be said, and if not, why."""

    KNOWN = "known"
    NO_SPEND = "no spend"
    CREDIT = "credits exceed the spend"
    NONE_YET = "none yet"


@dataclass(frozen=True, slots=True)
class Cost:
    """The spend divided by what it bought: ``rate.numerator`` of ``rate.denominator`` leads; in the file's currency.

    The interval is the cost per lead divided by the ends of the rate's Wilson interval. ``high`` is None where the rate
    could be zero: there is no upper end. The cost per lead has no interval: spend and leads are both counted.
    """

    what: What
    spend: float | None
    rate: Rate

    @property
    def state(self) -> State:
        """Why there is no value, or that there is one."""
        if self.spend is None:
            return State.NO_SPEND
        if self.spend < 0:
            return State.CREDIT
        return State.KNOWN if self.rate.numerator else State.NONE_YET

    @property
    def value(self) -> float | None:
        """Spend / what it bought; None while it bought nothing, and where the spend is not known or below zero."""
        if self.spend is None or self.state is not State.KNOWN:
            return None
        return self.spend / self.rate.numerator

    @property
    def is_quotable(self) -> bool:
        """Whether the share behind the cost stands on enough leads; the cost per lead needs no share."""
        return self.what is What.LEAD or is_quotable(self.rate)

    @property
    def low(self) -> float | None:
        """The lower end of the interval, which stands even while nothing was bought; None without leads."""
        return self._divided_by(self.rate.high)

    @property
    def high(self) -> float | None:
        """The upper end of the interval; None where there is none."""
        return self._divided_by(self.rate.low)

    def _divided_by(self, share: float | None) -> float | None:
        if self.spend is None or self.spend < 0 or not share:
            return None
        return self.spend / self.rate.denominator / share


@dataclass(frozen=True, slots=True)
class Bill:
    """Counts and amounts of some leads and the spend beside them. ``spend`` None: the file names no spend for them.

    Attributes:
        leads: handed off in the counted months.
        qualified: those that meet the definition; None where that cannot be said, ``qualified_unknown`` not checkable.
        accepted: so far, by the extract; ``pending``: still inside the disposition window, no decision.
        won_leads: won so far; ``customers`` of them are the first lead of a customer, the others follow one.
        shared: customers whose won leads come from several sources, counted here because their earliest lead does.
        won_amount: of the customers, each once; ``without_amount`` of them carry none.
        immature: leads younger than the horizon: they can still become customers inside it.
    """

    spend: float | None = None
    leads: int = 0
    qualified: int | None = None
    qualified_unknown: int = 0
    accepted: int = 0
    pending: int = 0
    won_leads: int = 0
    customers: int = 0
    shared: int = 0
    won_amount: float = 0.0
    without_amount: int = 0
    immature: int = 0

    @property
    def followers(self) -> int:
        """Won leads that bring no further customer: an earlier lead of the same opportunity did."""
        return self.won_leads - self.customers

    def cost(self, what: What) -> Cost:
        """The cost of a lead, a qualified lead, an accepted lead or a customer."""
        if what is What.LEAD:
            return Cost(what, self.spend, Rate(self.leads, self.leads))
        counted = {
            What.QUALIFIED: self.qualified or 0,
            What.ACCEPTED: self.accepted,
            What.CUSTOMER: self.customers,
        }[what]
        pending = {What.ACCEPTED: self.pending, What.CUSTOMER: self.immature}.get(what, 0)
        return Cost(what, self.spend, rate(counted, self.leads, pending))


def sum_of(bills: Iterable[Bill]) -> Bill:
    """All bills as one; its spend is None only where none of them has any."""
    found = tuple(bills)
    known = [one.spend for one in found if one.spend is not None]
    qualified = [one.qualified for one in found if one.qualified is not None]
    return Bill(
        spend=math.fsum(known) if known else None,
        qualified=sum(qualified) if qualified else None,
        won_amount=math.fsum(one.won_amount for one in found),
        **{
            name: sum(getattr(one, name) for one in found)
            for name in (
                "leads", "qualified_unknown", "accepted", "pending", "won_leads", "customers", "shared",
                "without_amount", "immature",
            )
        },
    )  # fmt: skip


class Standing(StrEnum):
    """Whether a month is counted."""

    COUNTED = "counted"
    PART = "part of a month"
    UNNAMED = "no spend in the file"


@dataclass(frozen=True, slots=True)
class Month:
    """One month of handoff. ``bill`` holds its spend only where the month is counted."""

    number: int
    standing: Standing
    bill: Bill


@dataclass(frozen=True, slots=True)
class Line:
    """One source. ``values`` are the spellings of the leads (None: the export does not say), empty without leads.

    ``is_unplaced``: spend without a source; it belongs to no lead, but to the whole. ``bare_leads`` of a source with spend
    were handed off in ``bare_months``: counted ones, for which the file names no amount of this source.
    """

    name: str
    values: tuple[str | None, ...]
    bill: Bill
    is_unplaced: bool = False
    bare_leads: int = 0
    bare_months: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Money:
    """Spend beside leads over the counted months of one cohort.

    Attributes:
        lines: one per source, the most spend first, then sources without any; they add up to ``total``.
        total: everything; ``paid``: only the sources that the file names spend for.
        months: every month with leads, and every counted one, the oldest first; counted ones add up to ``total``.
        spend: where each row of the spend file went.
        leads: of the whole cohort, counted months or not.
        no_definition, no_acceptance, no_wins: why a cost cannot be measured; None where it can.
        has_amounts: the export carries amounts; ``has_ids``: opportunity ids say which leads share one.
        has_source: the export says where leads come from.
        currency: as the manifest names it, "" where it does not.
    """

    lines: tuple[Line, ...]
    total: Bill
    paid: Bill
    months: tuple[Month, ...]
    spend: SpendRows
    leads: int
    no_definition: Unmeasurable | None
    no_acceptance: Unmeasurable | None
    no_wins: Unmeasurable | None
    has_amounts: bool
    has_ids: bool
    has_source: bool
    currency: str

    @property
    def counted(self) -> tuple[Month, ...]:
        """The months that are counted."""
        return tuple(one for one in self.months if one.standing is Standing.COUNTED)

    def left_out(self, standing: Standing) -> int:
        """Leads handed off in months of a standing."""
        return sum(one.bill.leads for one in self.months if one.standing is standing)

    def obstacle(self, what: What) -> Unmeasurable | None:
        """Why a cost cannot be measured from this export; None where it can."""
        return {
            What.QUALIFIED: self.no_definition,
            What.ACCEPTED: self.no_acceptance,
            What.CUSTOMER: self.no_wins,
        }.get(what)

    @property
    def prefix(self) -> str | None:
        """The key of all leads of the counted months; None where these have gaps between them, or there are none."""
        numbers = [one.number for one in self.counted]
        if not numbers or numbers[-1] - numbers[0] + 1 != len(numbers):
            return None
        first, after = first_day(Unit.MONTH, numbers[0]), first_day(Unit.MONTH, numbers[-1] + 1)
        return f"handed_from:{days_since_1970(first)}.handed_before:{days_since_1970(after)}"


def days_since_1970(day: date) -> int:
    """A day as the lead sets of handoff days count it."""
    return (day - date(1970, 1, 1)).days
