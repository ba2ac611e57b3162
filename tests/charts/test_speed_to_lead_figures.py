"""The figures of Speed to lead: data, axes, hover text, and every mark opened."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

import plotly.graph_objects as go
import pytest

from analytics import formatting as text
from analytics.charts import canvas
from analytics.charts.arrival_map import arrival_map
from analytics.charts.faster_wins import faster_wins
from analytics.charts.owner_plot import owner_plot
from analytics.charts.wait_tail import wait_tail
from analytics.charts.wait_view import wait_view
from analytics.cohort import CohortRequest
from analytics.faster_wins import measure_faster_wins
from analytics.long_tail import measure_long_tail
from analytics.wait_arrivals import measure_arrivals
from analytics.wait_groups import measure_owners
from tests.charts.marks import colours, trace
from tests.metrics.worlds import sample, world_of
from tests.pages.fixtures import HOSTILE


def request() -> CohortRequest:
    return CohortRequest(sample().manifest.fingerprint)


@cache
def tail(tier: str = "all"):
    return measure_long_tail(sample().warehouse, sample().cohort(request()), tier)


@cache
def asked(measure):
    return measure(sample().warehouse, sample().cohort(request()))


def figures() -> dict[str, go.Figure]:
    return {
        "both": wait_view(tail(), "both"), "working": wait_view(tail("high"), "working"), "wall": wait_view(tail(), "wall"),
        "tail": wait_tail(tail()), "tail of high intent": wait_tail(tail("high")), "owners": owner_plot(asked(measure_owners)),
        "arrivals": arrival_map(asked(measure_arrivals)), "inside": arrival_map(asked(measure_arrivals), "inside"),
        "faster": faster_wins(asked(measure_faster_wins)),
    }  # fmt: skip


NAMES = ("both", "working", "wall", "tail", "tail of high intent", "owners", "arrivals", "inside", "faster")


def marks(figure: go.Figure) -> list[tuple[str | None, str]]:
    """Evidence key (None: it opens nothing) and hover text of every mark."""
    return [
        (key, words)
        for one in figure.data
        if one.hovertext is not None
        for key, words in zip(one.customdata, one.hovertext, strict=True)
    ]


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_is_drawn_as_svg_keeps_its_zoom_and_invites_to_click(name):
    figure = figures()[name]
    assert not [one for one in figure.data if one.type.endswith("gl")]
    assert figure.layout.uirevision == "keep"
    assert figure.layout.font.size >= 14
    assert marks(figure)
    assert all(words.endswith("click to see the leads") == (key is not None) for key, words in marks(figure))
    for one in figure.data:
        if one.hovertext is not None:
            assert len(one.customdata) == len(one.hovertext) == len(one.x)
            assert one.hoverinfo == "text"


@pytest.mark.parametrize("name", NAMES)
def test_every_colour_has_its_place_on_a_dark_page(name):
    assert set(colours(figures()[name].to_plotly_json())) <= set(canvas.DARK) | {canvas.CLEAR}


@pytest.mark.parametrize("name", NAMES)
def test_every_mark_can_be_read_in_a_table(name):
    rows = canvas.marks(figures()[name])
    assert len(rows) == len(marks(figures()[name]))
    assert not [words for _, words in rows if "<br>" in words or "click" in words]


def shown(words: str) -> int:
    """The count a mark shows: the first of "12 of 40", "12 leads of 40" or "12 leads arrived"; a named lead is one."""
    found = re.search(r"([\d,]+) (?:touched leads?|leads? of|leads? arrived|of) ?", words)
    return int(found[1].replace(",", "")) if found else 1


@pytest.mark.parametrize(
    "name", [one for one in NAMES if one not in {"owners", "arrivals", "inside", "faster"}]
)
def test_every_mark_of_curve_and_tail_opens_as_many_leads_as_it_shows(name):
    for key, words in marks(figures()[name]):
        assert sample().evidence(key, request(), limit=1).count == shown(words), (key, words)


def test_every_cell_of_the_map_opens_as_many_leads_as_it_shows():
    for which, step in (("arrivals", 11), ("inside", 17)):
        for key, words in marks(figures()[which])[::step]:
            lines = words.split("<br>")
            number = shown(lines[0]) if which == "arrivals" else shown("<br>".join(lines[1:]))
            assert sample().evidence(key, request(), limit=1).count == number, (key, words)


def test_every_owner_opens_as_many_leads_as_it_shows():
    owners = asked(measure_owners).owners
    for (key, words), owner in zip(marks(figures()["owners"]), owners, strict=True):
        pick, _, rest = key.partition(".")
        assert owners[int(pick.removeprefix("pick:"))] is owner
        also = [("owner", owner.owner or "")]
        assert sample().evidence(rest, request(), also=also, limit=1).count == shown(words)


def test_fast_and_slow_open_as_many_leads_as_they_show():
    opening = [(key, words) for key, words in marks(figures()["faster"]) if key is not None]
    assert len(opening) == 2
    for key, words in opening:
        last = words.split("<br>")[-2]
        number = int(re.findall(r"[\d,]+", last)[0].replace(",", ""))
        assert sample().evidence(key, request(), limit=1).count == number, (key, words)


# --- the curve


def test_the_curve_carries_limits_aim_and_the_leads_never_touched():
    figure = figures()["both"]
    notes = [note.text for note in figure.layout.annotations]
    assert "limit, high intent 1\u00a0h" in notes
    assert "limit, standard intent 4\u00a0h" in notes
    assert "aim 80\u00a0%" in figure.layout.yaxis.ticktext
    assert list(figure.layout.xaxis.ticktext[:6]) == [
        "5\u00a0min", "1\u00a0h", "4\u00a0h", "1\u00a0day", "3\u00a0days", "2\u00a0weeks",
    ]  # fmt: skip
    never = trace(figure, "never touched")
    assert "513 never touched" in never.text[0]
    assert list(never.customdata) == ["never_touched"]
    band = trace(figure, "never touched, span")
    assert band.y[1] == 1.0
    assert band.y[0] == pytest.approx(1 - tail().speed.working.curve.survival[-1])


def test_the_marks_of_each_clock_stand_on_the_marks_of_the_axis():
    for clock in ("working", "wall"):
        marks_of = trace(figures()["both"], f"{clock} clock, marks")
        assert list(marks_of.x) == pytest.approx(list(figures()["both"].layout.xaxis.tickvals[:6]))
        reading = getattr(tail().speed, clock)
        assert list(marks_of.y[:5]) == pytest.approx(
            [share.value for share in reading.touched_within.values()]
        )


def test_a_single_clock_stands_alone_and_the_wall_has_no_working_limits():
    names = {one.name for one in figures()["wall"].data}
    assert "wall clock, interval" in names
    assert "working clock" not in names
    assert not [note for note in figures()["wall"].layout.annotations if "limit" in note.text]
    assert {key.split(".")[1] for key, _ in marks(figures()["working"])} == {"tier_high"}
    assert not [note for note in figures()["working"].layout.annotations if "standard" in note.text]


def test_the_interval_holds_the_curve():
    figure = figures()["both"]
    line, band = trace(figure, "working clock"), trace(figure, "working clock, interval")
    top, bottom = band.y[: len(line.y)], band.y[len(line.y) :][::-1]
    assert (bottom <= line.y + 1e-12).all()
    assert (line.y <= top + 1e-12).all()


# --- the tail


def test_the_tail_says_what_is_not_reached_and_labels_what_crms_report():
    figure = figures()["tail"]
    assert list(trace(figure, "working clock").text) == [
        "2.2\u00a0days", "36\u00a0days", "not reached", "not reached", "not reached", "1.0\u00a0days",
    ]  # fmt: skip
    words = " ".join(note.text for note in figure.layout.annotations)
    assert "touched leads alone, as CRMs report half" in words
    assert list(trace(figure, "Waiting longest").customdata) == [
        f"lead:{one.number}" for one in tail().waiting
    ]


@pytest.mark.parametrize("name", [HOSTILE, "x" * 300, "\u202egnp.exe", "", "<b>Bold</b>", "R&D <5 min"])
def test_names_from_the_file_stay_text(name):
    result = replace(tail(), waiting=(replace(tail().waiting[0], company=name or None, owner=name or None),))
    figure = wait_tail(result)
    cells = [
        *trace(figure, "Waiting longest").text,
        *trace(figure, "owner").text,
        *trace(figure, "owner").hovertext,
    ]
    assert not [cell for cell in cells if "<b>" in cell or "<img" in cell or "\u202e" in cell]
    assert len(trace(figure, "Waiting longest").text[0]) < 60
    owners = asked(measure_owners)
    one = replace(
        owners.owners[0], owner=name or None, place=replace(owners.owners[0].place, is_outside=True)
    )
    drawn = owner_plot(replace(owners, owners=(one,)))
    assert "<b>" not in drawn.data[-1].text[0]
    assert "<img" not in drawn.data[-1].hovertext[0]


# --- owners and arrivals


def test_owners_stand_between_the_limits_of_luck():
    result, figure = asked(measure_owners), figures()["owners"]
    dots = trace(figure, "owners")
    assert list(dots.x) == [one.inside.denominator for one in result.owners]
    assert list(dots.y) == pytest.approx([one.inside.value for one in result.owners])
    upper, lower = trace(figure, "95\u00a0% limits, upper"), trace(figure, "95\u00a0% limits, lower")
    assert (lower.y <= result.pooled.value).all()
    assert (upper.y >= result.pooled.value).all()
    assert "limits widened" in " ".join(note.text for note in figure.layout.annotations)
    hollow = [colour == canvas.PAPER for colour in dots.marker.color]
    assert hollow == [not text.is_quotable(one.inside) for one in result.owners]


def test_the_map_has_a_cell_per_hour_with_leads_and_a_frame_of_opening_hours():
    result, figure = asked(measure_arrivals), figures()["arrivals"]
    cells = [cell for cell in result.cells if cell.leads]
    bars = figure.data[0]
    assert list(bars.customdata) == [f"arrived:{cell.hour}" for cell in cells]
    assert list(bars.text) == [text.count(cell.leads) for cell in cells]
    (frame,) = figure.layout.shapes
    assert (frame.x0, frame.x1, frame.y0, frame.y1) == (9, 17, -0.5, 4.5)
    inside = figures()["inside"].data[0]
    few = [n for n, cell in enumerate(cells) if cell.inside.denominator < 10]
    assert few
    assert all(inside.marker.color[n] == canvas.PAPER and "/" in inside.text[n] for n in few)


# --- fast and slow


def test_both_pairs_are_drawn_or_none():
    result, figure = asked(measure_faster_wins), figures()["faster"]
    dots = trace(figure, "fast and slow leads")
    values = [result.fast.value, result.slow.value, result.fast_alike.value, result.slow_alike.value]
    assert list(dots.x) == pytest.approx(values)
    assert (dots.error_x.array > 0).all()
    assert (dots.error_x.arrayminus > 0).all()
    assert figure.layout.xaxis.range[0] == 0
    assert not faster_wins(replace(result, fast_alike=None)).data


def test_only_dots_that_stand_on_all_their_leads_open_them():
    result, figure = asked(measure_faster_wins), figures()["faster"]
    dots = trace(figure, "fast and slow leads")
    bases = [f"{result.base_key}.{one}" for one in ("limit_met", "limit_missed")]
    assert list(dots.customdata) == [*(f"{base}.{result.hit_key}" for base in bases), None, None]
    assert all("the strata below open them" in dots.hovertext[place] for place in (2, 3))


# --- nothing, one, many


def test_figures_of_nothing_are_empty_and_not_wrong():
    of = sample()
    cohort = of.cohort(of.request(filters=(("source", ("nowhere",)),)))
    nothing = measure_long_tail(of.warehouse, cohort)
    for figure in (
        wait_view(nothing, "both"), wait_tail(nothing), owner_plot(measure_owners(of.warehouse, cohort)),
        faster_wins(measure_faster_wins(of.warehouse, cohort)),
    ):  # fmt: skip
        assert not marks(figure)


@pytest.mark.parametrize("owners", [1, 90])
def test_one_owner_and_ninety(owners):
    rows = [
        {"Lead ID": f"L{n}", "Handoff Date": "2026-06-01 09:00:00", "First Touch": "2026-06-01 10:00:00" if n % 3 else "",
         "Lead Owner": f"Owner {n % owners} {'x' * 40}"}
        for n in range(180)
    ]  # fmt: skip
    of = world_of(rows, as_of="2026-06-30 12:00:00")
    result = measure_owners(of.warehouse, of.cohort())
    assert len(owner_plot(result).data[-1].x) == min(owners, 60)
    assert (result.unlisted, result.unlisted_leads) == ((30, 60) if owners == 90 else (0, 0))
    tail_of = measure_long_tail(of.warehouse, of.cohort())
    assert {note.text for note in wait_view(tail_of).layout.annotations} >= {"limit 4\u00a0h"}
