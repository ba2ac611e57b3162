"""The payback of a customer: months until its gross profit has paid what it cost, from values that somebody entered."""

from __future__ import annotations

import math
from dataclasses import dataclass

from analytics import formatting as text
from analytics.money_bill import Cost, Money, What
from analytics.money_words import cost_words

PER = {"year": 12, "month": 1}
"""What a contract value is given for -> its months."""


@dataclass(frozen=True, slots=True)
class Payback:
    """Months until a customer's gross profit has paid what it cost; ``high`` None: no upper end is known."""

    months: float
    low: float | None
    high: float | None


def payback(cost: Cost, value_per_month: float, margin: float) -> Payback | None:
    """CAC / (monthly contract value x gross margin), with the interval of the CAC; None where there is no CAC to quote.

    Args:
        cost: the cost of a customer.
        value_per_month: what a customer pays in a month, in the currency of the spend.
        margin: gross margin in (0, 1].

    Raises:
        ValueError: the value is not above 0, or the margin not in (0, 1].

    >>> from analytics.metrics.compose import rate
    >>> payback(Cost(What.CUSTOMER, 12_000.0, rate(4, 100)), 500.0, 0.5).months
    12.0
    """
    if not (value_per_month > 0 and math.isfinite(value_per_month)) or not 0 < margin <= 1:
        raise ValueError(
            f"a payback needs a value above 0 and a margin in (0, 1], found {value_per_month}, {margin}"
        )
    if cost.value is None or not cost.is_quotable:
        return None
    monthly = value_per_month * margin
    low, high = (None if end is None else end / monthly for end in (cost.low, cost.high))
    return Payback(cost.value / monthly, low, high)


def payback_words(cost: Cost, found: Payback | None) -> str:
    """The payback of a customer: ``14 months (11–18)``; why there is none where there is none."""
    if found is None:
        return cost_words(cost)
    return f"{_months(found.months)}{_month_range(found)}"


def _month_range(found: Payback) -> str:
    if found.low is None:
        return ""
    if found.high is None:
        return f" (at least {_months(found.low)})"
    return f" ({_number(found.low)}{text.DASH}{_months(found.high)})"


def _months(value: float) -> str:
    digits = _number(value)
    return f"{digits}{text.NBSP}{'month' if digits == '1' else 'months'}"


def _number(value: float) -> str:
    if 0 < value < 0.05:
        return "<0.1"
    digits = text.rounded(value, 0 if value >= 9.95 else 1)
    return f"{float(digits):,.0f}" if value >= 9.95 else digits.removesuffix(".0")


def _digits(value: float) -> str:
    """What somebody entered, with the decimals that they gave: ``62.5``."""
    return f"{value:,.4f}".rstrip("0").removesuffix(".")


def _entered(value: float, currency: str) -> str:
    return f"{currency}{text.NBSP if currency else ''}{_digits(value)}"


def payback_sentence(money: Money, found: Payback | None, value: float, per: str, margin: float) -> str:
    """What the payback says and on which entered values it stands; ``margin`` in (0, 1]."""
    given = (
        f"at {_entered(value, money.currency)} a {per} per customer and a gross margin of {_digits(margin * 100)}{text.NBSP}%,"
        " as entered here"
    )
    cost = money.total.cost(What.CUSTOMER)
    if found is None:
        return f"No payback, {given}: {cost_words(cost)}."
    return f"A customer pays back its marketing spend in {payback_words(cost, found)}, {given}."
