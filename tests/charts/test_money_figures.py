"""Costs by source as drawn: every dot on its cost, every whisker on its interval or an arrow, every key its count."""

from __future__ import annotations

import pytest

from analytics import money_words as words
from analytics.charts import canvas
from analytics.charts.money import KEYS, MOST, money_panels, row_bills
from analytics.money_bill import Bill, Line, Money, Month, Standing, What, sum_of
from analytics.money_spend import SpendRows
from tests.charts.marks import colours, trace
from tests.metrics.worlds import sample
from tests.test_compliance import agreed
from tests.test_money import APRIL, hand, measured


def made(*lines: Line, **changes: object) -> Money:
    """One counted month with these sources, everything measurable but the definition."""
    total = sum_of(one.bill for one in lines)
    parts = {
        "paid": total, "spend": SpendRows(), "leads": total.leads, "no_definition": None, "no_acceptance": None, "no_wins": None,
        "has_amounts": True, "has_ids": True, "has_source": True, "currency": "",
    }  # fmt: skip
    return Money(lines, total, months=(Month(APRIL, Standing.COUNTED, total),), **(parts | changes))


def line(name: str, customers: int = 3, spend: float | None = 900.0, leads: int = 60, **counts: int) -> Line:
    bill = Bill(
        spend,
        leads=leads,
        qualified=min(20, leads),
        accepted=min(30, leads),
        won_leads=customers,
        customers=customers,
    )
    return Line(name, (name,), Bill(**{f: getattr(bill, f) for f in Bill.__slots__} | counts))


def test_every_dot_lies_on_its_cost_and_opens_its_leads():
    found = measured(sample())
    figure = money_panels(found)
    rows = row_bills(found)
    assert rows[0] == (words.ALL, None, found.total)
    assert list(figure.layout.yaxis.ticktext)[1:] == [f"{name}  " for name, _, _ in rows[1:]]
    for what in (What.LEAD, What.ACCEPTED, What.CUSTOMER):
        dots = trace(figure, words.NAMES[what])
        drawn = [
            (place, bill.cost(what).value) for _, place, bill in rows if bill.cost(what).value is not None
        ]
        assert list(dots.x) == [value for _, value in drawn]
        for (place, _), key in zip(drawn, dots.customdata, strict=True):
            assert key == ("" if place is None else f"pick:{place}.") + f"{found.prefix}.{KEYS[what]}"
        assert all(one.endswith(canvas.CLICK) for one in dots.hovertext)
    assert len(figure.data) == 3


def test_a_definition_brings_its_panel():
    of = sample().under(agreed())
    figure = money_panels(measured(of))
    assert [one.name for one in figure.data] == [words.NAMES[what] for what in What]
    assert figure.layout.xaxis4.domain[1] <= 1


def test_whiskers_are_the_interval_and_an_arrow_where_they_go_on():
    found = made(line("Ads", customers=20), line("Web", customers=1, leads=900), line("Fair", customers=0))
    figure = money_panels(found)
    axis = "x4"
    top = figure.layout.xaxis4.range[1]
    drawn = {shape.y0: (shape.x0, shape.x1) for shape in figure.layout.shapes if shape.xref == axis}
    arrows = {note.y for note in figure.layout.annotations if note.text == "›" and note.xref == axis}
    for row, (_, _, bill) in enumerate(row_bills(found)):
        cost = bill.cost(What.CUSTOMER)
        is_beyond = cost.high is None or cost.high > top
        if cost.low < top:
            assert drawn[row] == (cost.low, top if is_beyond else cost.high)
            assert (row in arrows) is is_beyond
        assert cost.value is None or cost.value <= top
    hover = trace(figure, words.NAMES[What.CUSTOMER]).hovertext
    assert "900 (160–5,098)" in hover[2]  # the end that the panel does not reach
    said = [note.text for note in figure.layout.annotations]
    assert "none yet" in said


def test_without_spend_or_months_in_a_row_nothing_is_made_up():
    figure = money_panels(made(line("Ads"), line("Web", spend=None)))
    assert "no spend · 60" in [note.text for note in figure.layout.annotations]
    assert len(trace(figure, words.NAMES[What.LEAD]).x) == 2  # the whole and Ads
    found = made(line("Ads"))
    gap = Money(**{name: getattr(found, name) for name in Money.__slots__} | {
        "months": tuple(Month(number, Standing.COUNTED, Bill()) for number in (APRIL, APRIL + 2))
    })  # fmt: skip
    dots = trace(money_panels(gap), words.NAMES[What.LEAD])
    assert set(dots.customdata) == {""}
    assert not any(canvas.CLICK in one for one in dots.hovertext)


def test_many_sources_and_few_leads():
    found = made(*(line(f"Source {number}", leads=40 - number, customers=1) for number in range(20)))
    figure = money_panels(found)
    assert len(row_bills(found)) == MOST + 1
    small = made(line("Tiny", leads=29, customers=1), line("Large", leads=30, customers=1))
    dots = trace(money_panels(small), words.NAMES[What.CUSTOMER])
    assert list(dots.marker.color) == [canvas.INK, canvas.PAPER, canvas.GREY]
    assert "1 of 29, too few" in [note.text for note in money_panels(small).layout.annotations]
    assert len(figure.layout.yaxis.ticktext) == MOST + 1


def test_names_of_a_file_are_no_markup():
    figure = money_panels(made(line("<b>Ads</b>"), currency="<i>"))
    assert "&lt;b&gt;Ads" in figure.layout.yaxis.ticktext[1]
    assert not any("<i>" in note.text for note in figure.layout.annotations)
    assert all(
        "<i>" not in one and "<b>" not in one for one in trace(figure, words.NAMES[What.LEAD]).hovertext
    )


@pytest.mark.parametrize("of", [hand, sample])
def test_every_colour_has_its_place_on_a_dark_page(of):
    assert set(colours(money_panels(measured(of())).to_dict())) <= {*canvas.DARK, canvas.CLEAR}
