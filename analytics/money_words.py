"""Spend and costs in words: the answer, its small print, each cost, and what no cost can know."""

from __future__ import annotations

from itertools import permutations

from analytics import formatting as text
from analytics.compliance import NOT_AGREED
from analytics.money_bill import Bill, Cost, Line, Money, State, What
from analytics.periods import Unit, label
from analytics.results import Unmeasurable
from analytics.stats.intervals import wilson_interval

UNKNOWN = "(unknown)"
UNPLACED = "(no source in the spend file)"
ALL, PAID = "All sources", "Sources with spend"
AS_IN_FILE = "currency as in the file"
SPEND_ONLY = "marketing spend only"
NAMES = {
    What.LEAD: "Cost per lead",
    What.QUALIFIED: "Cost per qualified lead",
    What.ACCEPTED: "Cost per accepted lead",
    What.CUSTOMER: "Cost per customer (CAC)",
}
SHORT = {
    What.LEAD: "Per lead",
    What.QUALIFIED: "Per qualified lead",
    What.ACCEPTED: "Per accepted lead",
    What.CUSTOMER: "Per customer (CAC)",
}
"""Headings where space is short."""
CANNOT_KNOW = (
    "Marketing spend only: salaries, sales’ time and tools are not in the spend file, so a customer costs more than this.",
    "One source per lead: several campaigns may have touched a customer, and the one that the lead names gets all of it.",
    "Time: customers are won weeks or months after the spend, which stands beside the leads handed off in its month.",
    "Brand and word of mouth: part of the leads of a source without spend was paid for elsewhere, and no file says which.",
)


def amount(value: float, currency: str = "") -> str:
    """An amount as it is quoted: whole from 100 on, with cents below; the sign in front.

    >>> amount(1234.5), amount(3.456), amount(-20.0)
    ('1,234', '3.46', '−20')
    """
    sign = "−" if value < 0 else ""
    size = abs(value)
    is_whole = size >= 100 or abs(size - round(size)) < 1e-9
    words = text.money(size, currency) if is_whole else _with_cents(size, currency)
    return sign + words


def _with_cents(size: float, currency: str) -> str:
    return f"{currency}{text.NBSP if currency else ''}{text.rounded(size, 2)}"


def between(low: float | None, high: float | None, currency: str = "") -> str:
    """An interval of amounts, ``980–1,620``; ``at least 980`` without an upper end; empty without either."""
    if low is None:
        return ""
    if high is None:
        return f"at least {amount(low, currency)}"
    return f"{amount(low, currency)}{text.DASH}{amount(high)}"


def cost_words(cost: Cost, currency: str = "") -> str:
    """A cost without its interval, or why there is none: ``3 of 20, too few to quote``, ``no customer yet``, ``no spend``."""
    if cost.value is not None:
        return amount(cost.value, currency) if cost.is_quotable else f"{text.of(cost.rate)}, {text.TOO_FEW}"
    if cost.state is State.NONE_YET:
        return f"no {cost.what} yet" if cost.what is not What.LEAD else "no lead"
    return cost.state.value


def cost_with_interval(cost: Cost, currency: str = "") -> str:
    """A cost with its interval in brackets: ``1,240 (980–1,620)``, ``no customer yet (at least 5,400)``."""
    interval = between(cost.low, cost.high, currency) if cost.is_quotable else ""
    return f"{cost_words(cost, currency)} ({interval})" if interval else cost_words(cost, currency)


def is_said(cost: Cost) -> bool:
    """Whether the cost is a number that can be quoted."""
    return cost.value is not None and cost.is_quotable


def name_of(line: Line) -> str:
    """The source of a line for people."""
    return UNPLACED if line.is_unplaced else line.name or UNKNOWN


def is_not_agreed(why: Unmeasurable) -> bool:
    """Whether a cost waits for an agreement between both sides, not for data."""
    return why == NOT_AGREED


def months_words(money: Money) -> str:
    """Which months are counted: ``8 whole months, Jan 2026 – Aug 2026``; gaps are said."""
    numbers = [one.number for one in money.counted]
    if not numbers:
        return "no whole month"
    first, last = label(Unit.MONTH, numbers[0]), label(Unit.MONTH, numbers[-1])
    if len(numbers) == 1:
        return f"1 whole month, {first}"
    gaps = numbers[-1] - numbers[0] + 1 - len(numbers)
    but = f" without {text.plural(gaps, 'month')} between" if gaps else ""
    return f"{text.count(len(numbers))} whole months, {first} {text.DASH} {last}{but}"


def answer(money: Money) -> str:
    """What a customer cost, over all sources; the cost of the nearest earlier step where customers are not known."""
    if not money.counted:
        return "No month of this selection is whole and named in the spend file, so no cost can be said."
    for what in (What.CUSTOMER, What.ACCEPTED, What.LEAD):
        if money.obstacle(what) is None:
            return f"{_said(money.total.cost(what), money)} over {months_words(money)}."
    return ""


def _said(cost: Cost, money: Money) -> str:
    leads = text.plural(money.total.leads, "lead")
    bought = (
        leads if cost.what is What.LEAD else f"{text.plural(cost.rate.numerator, cost.what)} from {leads}"
    )
    spent = f"{amount(cost.spend or 0.0, money.currency)} of marketing spend"
    if is_said(cost):
        return (
            f"{_an(cost.what)} cost {cost_with_interval(cost, money.currency)} of marketing spend: {bought}"
        )
    if cost.state is State.KNOWN:
        return f"{spent}, {bought}: too few to quote a cost,"
    if cost.state is State.NONE_YET:
        return f"No {cost.what} yet for {spent} and {leads}"
    if cost.state is State.CREDIT:
        return "The credits exceed the spend, so no cost can be said"
    return f"The spend file names nothing for this selection ({bought})"


def _an(what: What) -> str:
    return f"{'An' if what is What.ACCEPTED else 'A'} {what}"


def notes(money: Money) -> tuple[str, ...]:
    """The small print of the answer: the other costs, months that still move, and the unit."""
    found = [
        f"{_an(what).lower()} {cost_words(money.total.cost(what), money.currency)}"
        for what in (What.LEAD, What.QUALIFIED, What.ACCEPTED)
        if money.obstacle(what) is None and is_said(money.total.cost(what))
    ]
    if money.no_definition is not None:
        why = "not agreed" if is_not_agreed(money.no_definition) else "cannot be checked"
        found.append(f"cost per qualified lead: {why}")
    left = money.leads - money.total.leads
    other = f"{text.plural(left, 'lead')} of other months left out" if left else ""
    return (
        *found,
        _alone(money),
        immature_words(money),
        other,
        "" if money.currency else AS_IN_FILE,
    )


def _alone(money: Money) -> str:
    """The cost of a customer from the sources with spend alone, where other sources bring customers too."""
    cost = money.paid.cost(What.CUSTOMER)
    if money.no_wins is not None or not is_said(cost) or money.paid.customers == money.total.customers:
        return ""
    return f"a customer of the sources with spend alone {cost_with_interval(cost, money.currency)}"


def immature_words(money: Money) -> str:
    """``3 of 9 months can still bring customers``; empty when none can, or nobody knows who was won."""
    young = sum(one.bill.immature > 0 for one in money.counted)
    if not young or money.no_wins is not None:
        return ""
    return f"{text.count(young)} of {text.plural(len(money.counted), 'month')} can still bring customers"


def apart(money: Money) -> str:
    """The two sources farthest apart of those that differ beyond luck; their intervals hold for all sources together."""
    priced = [one for one in money.lines if is_said(one.bill.cost(What.CUSTOMER))]
    looked = [one for one in money.lines if (one.bill.spend or 0.0) > 0 and one.bill.leads]
    if money.no_wins is not None or len(priced) < 2:
        return ""
    pairs = [
        (one, other) for one, other in permutations(priced, 2) if _is_under(one.bill, other.bill, len(looked))
    ]
    if not pairs:
        return (
            f"After {text.plural(len(looked), 'source')} looked at, the differences are within luck:"
            " none can be called cheaper than another."
        )
    cheap, dear = max(pairs, key=lambda pair: _value(pair[1]) - _value(pair[0]))
    less, more = (cost_with_interval(one.bill.cost(What.CUSTOMER), money.currency) for one in (cheap, dear))
    return (
        f"A customer from {name_of(cheap)} cost {less}, one from {name_of(dear)} {more}: apart by more than luck,"
        f" after {text.plural(len(looked), 'source')} looked at."
    )


def _value(line: Line) -> float:
    return line.bill.cost(What.CUSTOMER).value or 0.0


def _is_under(cheap: Bill, dear: Bill, looks: int) -> bool:
    """Bonferroni: Wilson's intervals of all sources at once; the cheap one's upper end under the dear one's lower end."""
    if not cheap.spend:
        return cheap.spend == 0 and bool(dear.spend)
    confidence = 1 - 0.05 / max(1, looks)
    share_cheap = wilson_interval(cheap.customers, cheap.leads, confidence)
    share_dear = wilson_interval(dear.customers, dear.leads, confidence)
    if share_cheap is None or share_dear is None or not share_cheap[0] or not dear.spend:
        return False
    return cheap.spend / cheap.leads / share_cheap[0] < dear.spend / dear.leads / share_dear[1]
