"""What is not in the costs, or in them in a way to know of: leads, rows of the spend file, unmatched sources, shared customers."""

from __future__ import annotations

from analytics import formatting as text
from analytics.money_bill import Line, Money, Standing, What
from analytics.money_spend import Pile
from analytics.money_words import NAMES, amount, cost_with_interval, name_of
from analytics.periods import Unit, label


def left_out(money: Money) -> tuple[str, ...]:
    """Every lead and every row of the spend file that is not in the costs, or is in them in a way to know of."""
    return tuple(one for one in (*_leads_left_out(money), *_spend_left_out(money), *_matching(money)) if one)


def _leads_left_out(money: Money) -> tuple[str, ...]:
    found = []
    for standing, why in (
        (Standing.PART, "of a month that the period, the first lead of the file or the extract cuts"),
        (Standing.UNNAMED, "of a month for which the spend file names nothing; that is not known, not zero"),
    ):
        months = [label(Unit.MONTH, one.number) for one in money.months if one.standing is standing]
        if months:
            leads = text.plural(money.left_out(standing), "lead")
            found.append(f"{leads} {_are(money.left_out(standing))} left out, {why}: {', '.join(months)}.")
    return tuple(found)


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def _spend_left_out(money: Money) -> tuple[str, ...]:
    spend = money.spend
    return (
        _pile(spend.outside, money, "of months that are not counted; left out"),
        _pile(spend.other, money, "of sources outside this selection; left out"),
        _pile(spend.without_month, money, "without a month that can be read; left out"),
        f"{_rows(spend.without_amount)} without an amount that can be read; left out." if spend.without_amount else "",
        _pile(spend.unplaced, money, "without a source; in the whole, but in no source"),
        _pile(spend.negative, money, "below zero; counted as credits, which lower the spend"),
        f"{text.plural(spend.repeated, 'month')} of a source {'stands' if spend.repeated == 1 else 'stand'} in several rows"
        " of the spend file, which are added up; a file that was exported twice would count twice."
        if spend.repeated
        else "",
    )  # fmt: skip


def _pile(pile: Pile, money: Money, why: str) -> str:
    return f"{_rows(pile.rows)}, {amount(pile.amount, money.currency)}, {why}." if pile.rows else ""


def _rows(number: int) -> str:
    return f"{text.plural(number, 'row')} of the spend file"


def _matching(money: Money) -> tuple[str, ...]:
    empty = [one for one in money.lines if not one.bill.leads and not one.is_unplaced]
    unpaid = [one for one in money.lines if one.bill.spend is None]
    found = []
    if empty:
        spent = amount(sum(one.bill.spend or 0.0 for one in empty), money.currency)
        found.append(
            f"{text.plural(len(empty), 'source')} of the spend file brought no lead in these months, {spent}: {_named(empty)}."
        )
    if unpaid:
        leads = sum(one.bill.leads for one in unpaid)
        found.append(
            f"{text.plural(leads, 'lead')} of {text.plural(len(unpaid), 'source')} {'has' if leads == 1 else 'have'} no spend in"
            f" the file, which is not the same as costing nothing: {_named(unpaid)}. Sources with spend alone: {_paid(money)}."
        )
    found.extend(_bare(one) for one in money.lines if one.bare_leads)
    if not money.has_source:
        found.append(
            "The export does not say where leads come from, so the spend meets all leads together only."
        )
    return (*found, *_customers(money))


def _bare(line: Line) -> str:
    """A source whose spend lacks months in which it brought leads: its costs are then too low, unless it cost nothing."""
    months = ", ".join(label(Unit.MONTH, one) for one in line.bare_months)
    return (
        f"{text.plural(line.bare_leads, 'lead')} of {name_of(line)} {_are(line.bare_leads)} counted in months for which the file"
        f" names no spend of that source, so its costs are at least what is shown: {months}."
    )


def _paid(money: Money) -> str:
    what = What.CUSTOMER if money.no_wins is None else What.LEAD
    return f"{NAMES[what].lower().replace('(cac)', '(CAC)')} {cost_with_interval(money.paid.cost(what), money.currency)}"


def _named(lines: list[Line]) -> str:
    shown = ", ".join(name_of(one) for one in lines[:6])
    return f"{shown} and {text.count(len(lines) - 6)} more" if len(lines) > 6 else shown


def _customers(money: Money) -> tuple[str, ...]:
    total, found = money.total, []
    if money.no_wins is not None:
        return ()
    if total.followers:
        found.append(
            f"{text.plural(total.won_leads, 'won lead')} {_are(total.won_leads)} {text.plural(total.customers, 'customer')}:"
            f" {text.count(total.followers)} {'shares' if total.followers == 1 else 'share'} an opportunity with an earlier lead,"
            " and the customer counts in the month and source of that one, even where these are not selected."
        )
    if total.shared:
        found.append(
            f"{text.plural(total.shared, 'customer')} shared by leads of several sources,"
            f" counted once, for the source of the earliest lead."
        )
    if not money.has_ids:
        found.append("The export has no opportunity id: every won lead counts as a customer of its own.")
    if money.has_amounts and total.without_amount:
        found.append(
            f"{text.plural(total.without_amount, 'customer')} without an amount: the won amount lacks them."
        )
    return tuple(found)
