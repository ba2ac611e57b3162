"""Figures of the segments view: their data, axes, hover, keys and colours."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import plotly.graph_objects as go
import pytest

from analytics.accounts import Accounts, ContactGroup
from analytics.charts import canvas
from analytics.charts.account_dots import account_dots
from analytics.charts.mirror import amount_share, mirror, shown_bands
from analytics.charts.mirror_over_time import mirror_over_time
from analytics.charts.representation import overlap_column, representation
from analytics.metrics.compose import rate
from analytics.periods import Unit
from analytics.results import Rate
from analytics.segment_bands import UNKNOWN, SegmentBand
from analytics.segments import Segments, compared
from analytics.segments_over_time import SegmentPeriod, SegmentsOverTime
from tests.charts.marks import colours, trace

NAMES = ("1–10", "11–50", "51–200", "201–1,000", "1,001–5,000", "5,001+")
HOSTILE = ["<b>Bold</b>", "&lt;5", "<br>", "R&D", '<a href="https://evil.example">x</a>']


def segments(
    mature: tuple[int, ...] = (391, 723, 451, 287, 115, 15, 58),
    wins: tuple[int, ...] = (7, 26, 46, 77, 43, 4, 4),
    names: tuple[str, ...] = NAMES,
    *,
    is_ordered: bool = True,
) -> Segments:
    """Bands as they are measured; the last one is unknown."""
    bands = [
        SegmentBand(
            number if number < len(names) else UNKNOWN, (*names, "unknown")[number], n + 3, n, w, 2 * w, w, 20.0 * w, 10.0 * w,
            values=() if is_ordered else ((*names, None)[number],),
        )
        for number, (n, w) in enumerate(zip(mature, wins, strict=True))
    ]  # fmt: skip
    found = compared(bands, is_ordered=is_ordered)
    index = [*found.index, found.unknown_index] if found else [None] * len(bands)
    bands = [
        replace(band, index=one.value, index_low=one.low, index_high=one.high) if one else band
        for band, one in zip(bands, index, strict=True)
    ]
    return Segments(
        dimension="size_band" if is_ordered else "source", is_ordered=is_ordered, bands=tuple(bands),
        leads=sum(mature) + 3 * len(mature), mature=sum(mature), accepted=sum(wins), opportunities=2 * sum(wins), wins=sum(wins),
        total_variation=found.total_variation if found else None, overlap=found.overlap if found else None,
        chance_p95=found.chance_p95 if found else None, chance_mean=found.chance_mean if found else None,
        direction_bands=found.direction_bands if found else None, verdict=found.verdict if found else "not enough wins",
        modal_leads=1, modal_wins=3, ranges=5, ripe_on=date(2026, 10, 12), horizon_days=90,
        sides=("wins", "opportunities", "accepted", "won_amount", "pipeline_amount"),
    )  # fmt: skip


def period(
    number: int, wins: int, gap: float | None, luck: float | None, mature: int = 600, leads: int = 600
) -> SegmentPeriod:
    return SegmentPeriod(
        number, f"M{number}", number > 0, leads, mature, wins, wins, gap, luck, None if gap is None else 1.2, 2.0, wins < 20,
        mature < 0.9 * leads, date(2026, 10, 12) if mature < leads else None,
    )  # fmt: skip


def over_time(*periods: SegmentPeriod) -> SegmentsOverTime:
    given = periods or (
        period(0, 56, 0.41, 0.17), period(1, 72, 0.1, 0.15), period(2, 40, 0.39, 0.2, 300), period(3, 3, 0.6, 0.64),
        period(4, 0, None, None, 0),
    )  # fmt: skip
    return SegmentsOverTime("size_band", Unit.MONTH, given, None, None, None, "cannot tell")


def group(contacts: int, accounts: int, hits: int) -> ContactGroup:
    leads = accounts * contacts
    shares = [rate(min(accounts, factor * hits), accounts) for factor in (2, 1)] + [rate(hits // 2, accounts)]
    return ContactGroup(
        contacts, accounts, leads, leads, leads, *shares, 0.2 * contacts if accounts else None
    )


def accounts() -> Accounts:
    groups = (group(1, 1680, 376), group(2, 139, 57), group(3, 22, 10), group(4, 0, 0))
    return Accounts(1841, 2040, 16, 4, groups, rate(67, 443), rate(161, 1841), True, True, True, 90)


def all_figures() -> list[go.Figure]:
    values = tuple(f"Source {n}" for n in range(20))
    many = segments((*range(200, 180, -1), 9), (*range(40, 20, -1), 1), values, is_ordered=False)
    figures = [mirror(one, side) for one in (segments(), many) for side in segments().sides]
    figures += [overlap_column(one) for one in (segments(), many)] + [
        representation(one) for one in (segments(), many)
    ]
    return [
        *figures,
        mirror(replace(segments(), mature=0), "wins"),
        mirror_over_time(over_time()),
        account_dots(accounts()),
    ]


@pytest.mark.parametrize("figure", all_figures())
def test_every_figure_is_svg_keeps_its_zoom_and_is_readable(figure):
    assert not [one for one in figure.data if one.type.endswith("gl")]
    assert figure.layout.uirevision == "keep"
    assert figure.layout.font.size >= 14


@pytest.mark.parametrize("figure", all_figures())
def test_every_mark_has_a_key_and_invites_to_click(figure):
    assert figure.data
    for one in figure.data:
        assert len(one.customdata) == len(one.hovertext) == len(one.x) == len(one.y)
        assert all(text.endswith("click to see the leads") for text in one.hovertext)
        assert all(isinstance(key, str) and key for key in one.customdata)
        assert one.hoverinfo == "text"


@pytest.mark.parametrize("figure", all_figures())
def test_every_colour_has_its_place_on_a_dark_page(figure):
    assert set(colours(figure.to_plotly_json())) <= set(canvas.DARK) | {canvas.CLEAR}


@pytest.mark.parametrize("figure", all_figures())
def test_every_mark_can_be_read_in_a_table(figure):
    assert len(canvas.marks(figure)) == sum(len(one.hovertext) for one in figure.data)


def test_the_mirror_holds_both_shares_on_one_scale_with_intervals():
    result = segments()
    figure = mirror(result, "wins")
    leads, wins = trace(figure, "leads"), trace(figure, "wins")
    assert list(leads.x) == pytest.approx([n / 2040 for n in (15, 115, 287, 451, 723, 391, 58)])
    assert list(wins.x) == pytest.approx([n / 207 for n in (4, 43, 77, 46, 26, 7, 4)])
    assert figure.layout.xaxis.range == figure.layout.xaxis2.range[::-1]
    assert figure.layout.xaxis2.range[0] == 0
    assert leads.customdata[0] == "size:5.mature"
    assert wins.customdata[-1] == "size:-1.won_in_horizon"
    high = rate(77, 207).high
    assert wins.error_x.array[2] == pytest.approx(high - 77 / 207)
    assert "3 younger leads not counted" in leads.hovertext[0]


def test_the_two_sides_wear_their_colours_and_unknown_is_a_dashed_outline():
    figure = mirror(segments(), "wins")
    assert set(trace(figure, "leads").marker.color[:-1]) == {canvas.MARKETING}
    assert set(trace(figure, "wins").marker.color[:-1]) == {canvas.SALES}
    assert trace(figure, "wins").marker.color[-1] == canvas.CLEAR
    assert [(shape.type, shape.line.dash) for shape in figure.layout.shapes] == [("rect", "dot")] * 2


def test_bars_are_labelled_with_share_and_count_and_few_with_counts_alone():
    words = [note.text for note in mirror(segments(), "wins").layout.annotations]
    assert "<b>37\u00a0%</b>  77" in words
    assert "Share of leads (2,040)" in " ".join(words)
    few = mirror(segments(wins=(0, 1, 2, 3, 0, 0, 0)), "wins")
    assert "3 of 6" in [note.text for note in few.layout.annotations]
    assert not [note.text for note in few.layout.annotations if "50\u00a0%" in note.text]


def test_money_has_no_interval_and_says_why():
    figure = mirror(segments(), "won_amount")
    bars = trace(figure, "won_amount")
    assert bars.x[2] == pytest.approx(77 / 207)
    assert list(bars.error_x.array) == [0] * 7
    assert "770, 37\u00a0% of all<br>77 wins<br>no interval: one large deal moves it" in bars.hovertext[2]
    assert bars.customdata[2] == "size:3.won_in_horizon"
    assert amount_share(0.0, 0.0) is None


def test_a_young_cohort_is_hollow_on_the_left_and_empty_on_the_right():
    result = segments()
    young = replace(
        result, mature=0, wins=0, bands=tuple(replace(band, mature=0, wins=0) for band in result.bands)
    )
    figure = mirror(young, "wins")
    assert [one.name for one in figure.data] == ["leads"]
    assert set(figure.data[0].marker.color) == {canvas.CLEAR}
    assert figure.data[0].customdata[0] == "size:5"
    assert "none is 90 days old yet" in figure.data[0].hovertext[0]


def test_many_values_are_twelve_others_and_unknown():
    values = tuple(f"Source {n}" for n in range(60))
    result = segments((*range(100, 40, -1), 7), (*(n % 3 for n in range(60)), 0), values, is_ordered=False)
    figure = mirror(result, "wins")
    assert len(figure.data[0].x) == 14
    assert "48 others" in [note.text for note in figure.layout.annotations]
    assert figure.data[0].customdata[12] == "pick:12.mature"
    assert figure.data[0].x.sum() == pytest.approx(1)
    assert shown_bands(result)[12].index is None


def test_one_group_alone_is_drawn():
    figure = mirror(segments((40, 0), (30, 0), ("Web",), is_ordered=False), "wins")
    assert list(figure.data[0].x) == [1.0, 0.0]


def test_the_overlap_stands_against_the_luck_that_is_shaded():
    result = segments()
    figure = overlap_column(result)
    assert figure.data[0].y[0] == pytest.approx(result.overlap)
    assert figure.layout.shapes[0].y0 == pytest.approx(1 - result.chance_p95)
    assert figure.layout.shapes[0].y1 == 1
    assert figure.data[0].marker.color == canvas.INK
    assert figure.data[0].customdata == ("won_in_horizon",)
    assert "207 wins" in figure.data[0].hovertext[0]
    assert "gap 40 points" in [note.text for note in figure.layout.annotations]


def test_an_overlap_within_luck_is_grey_and_has_no_gap():
    even = segments((400, 700, 450, 290, 115, 15, 60), (40, 70, 45, 29, 11, 2, 6))
    figure = overlap_column(even)
    assert figure.data[0].marker.color == canvas.GREY
    assert not [note.text for note in figure.layout.annotations if "gap" in note.text]


def test_too_few_wins_draw_no_overlap():
    assert not overlap_column(segments(wins=(0, 1, 2, 3, 0, 0, 0))).data


def test_representation_is_logarithmic_around_one_with_intervals():
    result = segments(wins=(7, 26, 46, 77, 43, 0, 8))
    figure = representation(result)
    dots = figure.data[0]
    assert figure.layout.xaxis.type == "log"
    low, high = (10**end for end in figure.layout.xaxis.range)
    assert low < 0.5
    assert high > 2
    assert 1 in figure.layout.xaxis.tickvals
    assert dots.x[1] == pytest.approx(result.bands[4].index)
    assert dots.error_x.array[1] == pytest.approx(result.bands[4].index_high - result.bands[4].index)
    assert (dots.x - dots.error_x.arrayminus >= low - 1e-9).all()
    assert (dots.x + dots.error_x.array <= high + 1e-9).all()
    assert dots.marker.color[0] == canvas.PAPER  # 15 leads
    assert dots.marker.color[1] == canvas.INK
    assert dots.marker.color[3] == canvas.GREY
    assert "× 0 ".replace(" ", "\u00a0", 1) in dots.hovertext[0]


def test_the_gap_over_time_is_drawn_only_where_wins_are_enough():
    figure = mirror_over_time(over_time())
    gaps = trace(figure, "gap")
    assert list(gaps.x) == [0, 1, 2]
    assert list(gaps.y) == [0.41, 0.1, 0.39]
    assert list(gaps.marker.color) == [canvas.INK, canvas.GREY, canvas.PAPER]
    assert gaps.customdata[1] == "month:1.won_in_horizon"
    assert figure.layout.xaxis.ticktext[0] == "M0, part<br>56 wins"
    assert figure.layout.xaxis.ticktext[3] == "M3<br>3 wins<br>too few"
    assert figure.layout.xaxis.ticktext[4] == "M4<br>too young"
    assert figure.layout.yaxis.range[0] == 0
    words = [note.text for note in figure.layout.annotations]
    assert "<b>41</b> · 1.2\u00a0bands up" in words
    assert "<b>10</b>" in words  # within luck a direction is noise
    assert [shape.y1 for shape in figure.layout.shapes if shape.type == "rect"] == [0.17, 0.15, 0.2]
    assert "too young to judge until 12\u00a0Oct\u00a02026" in gaps.hovertext[2]


def test_sixty_periods_stay_readable():
    figure = mirror_over_time(over_time(*(period(n, 60, 0.3, 0.1) for n in range(60))))
    assert len(figure.layout.xaxis.ticktext) <= 12
    assert len(figure.layout.annotations) <= 4


def test_no_period_is_an_empty_figure():
    assert not mirror_over_time(
        SegmentsOverTime("size_band", Unit.MONTH, (), None, None, None, "cannot tell")
    ).data


def test_accounts_are_dots_with_intervals_and_the_line_of_separate_leads():
    result = accounts()
    figure = account_dots(result)
    dots = trace(figure, "opportunity")
    assert list(dots.y) == pytest.approx([376 / 1680, 57 / 139, 10 / 22])
    assert dots.error_y.array[1] == pytest.approx(rate(57, 139).high - 57 / 139)
    assert list(dots.marker.color) == [canvas.INK, canvas.INK, canvas.PAPER]
    assert list(dots.customdata) == [
        "account_contacts:1.mature",
        "account_contacts:2.mature",
        "account_contacts:3.mature",
    ]
    assert trace(figure, "accepted").customdata[1] == "account_contacts:2.settled"
    assert [shape.y0 for shape in figure.layout.shapes] == pytest.approx([0.4, 0.6])
    assert "22 accounts<br>66 leads" in figure.layout.xaxis.ticktext[2]
    assert "their 278 leads" in dots.hovertext[1]
    assert result.groups[3].key == "account_contacts_from:4"


def test_accounts_show_only_what_the_export_knows():
    figure = account_dots(replace(accounts(), has_acceptance=False, has_wins=False))
    assert [one.name for one in figure.data] == ["opportunity"]
    nothing = replace(
        accounts(),
        groups=tuple(
            ContactGroup(n, 0, 0, 0, 0, Rate(0, 0), Rate(0, 0), Rate(0, 0), None) for n in (1, 2, 3, 4)
        ),
    )
    assert not account_dots(nothing).data


@pytest.mark.parametrize("name", HOSTILE)
def test_names_from_a_file_reach_plotly_as_text(name):
    escaped = name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    result = segments((100, 90, 0), (30, 9, 0), (name, "Web"), is_ordered=False)
    short = name if len(name) <= 22 else f"{name[:21]}…"
    short = short.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert short in [note.text for note in mirror(result, "wins").layout.annotations]
    assert mirror(result, "wins").data[0].hovertext[0].startswith(f"{escaped}: ")
    assert representation(result).layout.yaxis.ticktext[0] == f"{short}  "


def test_arrays_are_numpy():
    for figure in all_figures():
        assert all(isinstance(one.x, np.ndarray) for one in figure.data)
