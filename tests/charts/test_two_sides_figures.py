"""Both sides in one figure: the same rows, scale and size, and every dot opens what it counts."""

from __future__ import annotations

import pytest

from analytics.charts import canvas
from analytics.charts.two_sides import two_sides
from analytics.compliance import measure_compliance
from analytics.results import Rate
from tests.charts.marks import colours
from tests.metrics.worlds import sample
from tests.test_compliance import agreed, measured


@pytest.mark.parametrize("has_definition", [True, False])
def test_both_halves_have_the_same_size_scale_and_number_of_rows(has_definition):
    _, found = measured(sample(), agreed() if has_definition else agreed(b""))
    figure = two_sides(found)
    halves = (figure.layout.xaxis, figure.layout.xaxis2)
    assert halves[0].range == halves[1].range
    assert halves[0].domain[1] - halves[0].domain[0] == pytest.approx(
        halves[1].domain[1] - halves[1].domain[0]
    )
    lines = {axis: sum(shape.xref == axis and shape.layer == "below" and shape.x0 == 0 for shape in figure.layout.shapes) for axis in ("x", "x2")}  # fmt: skip
    assert lines["x"] == lines["x2"] == 3
    words = [note.text for note in figure.layout.annotations]
    assert words.count("<b>not agreed</b>") == (0 if has_definition else 2)


def test_every_dot_lies_on_its_rate_and_opens_its_leads():
    of = sample().under(agreed())
    found = measure_compliance(of.warehouse, of.cohort())
    figure = two_sides(found)
    rates = {one.key: one.kept for one in (found.marketing, found.sales)}
    rates |= {one.key: one.rate for side in (found.marketing, found.sales) for one in side.parts}
    drawn = [(key, x, words) for trace in figure.data for key, x, words in zip(trace.customdata, trace.x, trace.hovertext, strict=True)]  # fmt: skip
    assert len(drawn) == len(rates) == 6
    for key, x, words in drawn:
        rate = rates[key]
        assert isinstance(rate, Rate)
        assert x == rate.value
        assert of.evidence(key).count == rate.numerator
        assert words.endswith(canvas.CLICK)


def test_every_colour_has_its_place_on_a_dark_page():
    _, found = measured(sample(), agreed())
    assert set(colours(two_sides(found))) <= {*canvas.DARK, canvas.CLEAR}
