"""The tables below the rejections: what moved, how fast, disqualified later, the to-do list, every period."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl
import streamlit as st

from analytics import formatting as text
from analytics.metrics.compose import rate
from analytics.periods import first_day, following, label
from analytics.rejection_fixes import Fixes, Unanswered, plan_text
from analytics.rejection_mix import Shift, Window
from analytics.rejection_pace import SOON_DAYS, SOON_SECONDS, Disqualified, RejectionPace
from analytics.rejections import Rejections, window_words
from analytics.results import Rate
from analytics.schema import REASON_CODES, reason_words
from pages.ui import tables, view
from pages.ui.shell import Frame

_EPOCH = date(1970, 1, 1)
Table = tuple[pl.DataFrame, list[dict[str, str | None]]]


def named(code: str) -> str:
    """A reason at the start of a cell."""
    words = reason_words(code)
    return words[:1].upper() + words[1:]


def hundred(value: Rate) -> str:
    """A rate as times in 100 with its interval; counts where it cannot be quoted."""
    if not text.is_quotable(value) or value.low is None or value.high is None:
        return text.rate(value)
    return f"{text.in_hundred(value.value)} ({text.in_hundred(value.low)}{text.DASH}{text.in_hundred(value.high)})"


def moved(result: Rejections, shift: Shift) -> Table:
    """Each reason in the first and the last window; counts open their leads."""
    first, last = window_words(result.unit, shift.first), window_words(result.unit, shift.last)
    rows = [
        (
            named(move.code),
            move.before.numerator,
            hundred(move.before),
            text.percent(move.share_before.value),
            move.after.numerator,
            hundred(move.after),
            text.percent(move.share_after.value),
            f"{text.points(move.difference)} ({text.points(move.low)} to {text.points(move.high)})",
            "beyond luck" if move.has_moved else "within luck",
        )
        for move in shift.moves
    ]
    columns = (
        "Reason", f"Rejected, {first}", "per 100 leads", "share", f"Rejected, {last}", "per 100 leads then",
        "share then", "Change per 100 leads", "Moved",
    )  # fmt: skip
    schema = dict(
        zip(
            columns,
            (pl.String, pl.Int64, pl.String, pl.String, pl.Int64, pl.String, pl.String, pl.String, pl.String),
            strict=True,
        )
    )
    keys: list[dict[str, str | None]] = [
        {
            columns[1]: f"{_between(result, shift.first)}.reason:{REASON_CODES.index(move.code)}",
            columns[4]: f"{_between(result, shift.last)}.reason:{REASON_CODES.index(move.code)}",
        }
        for move in shift.moves
    ]
    return pl.DataFrame(rows, schema=schema, orient="row"), keys


def _between(result: Rejections, window: Window) -> str:
    """The key of the rejections of a window."""
    starts = (first_day(result.unit, window.first) - _EPOCH).days
    ends = (first_day(result.unit, following(result.unit, window.last)) - _EPOCH).days
    return f"so_far_rejected.handed_from:{starts}.handed_before:{ends}"


def pace(result: RejectionPace) -> Table:
    """How soon, and without a touch."""
    rows: list[tuple[object, ...]] = []
    keys: list[dict[str, str]] = []
    for seconds, share in result.within:
        rows.append((f"Rejected within {text.duration(seconds)}", *_rate_cells(share), 0))
        keys.append({"Counted": f"rejected_within:{seconds}", "Out of": "rejected_dated"})
    if result.untouched is not None:
        rows.append(("Rejected without any recorded touch", *_rate_cells(result.untouched), 0))
        keys.append({"Counted": "rejected_untouched", "Out of": "so_far_rejected"})
    if result.undated:
        share = Rate(result.undated, result.rejected)
        rows.append(("Rejected, no date", *_rate_cells(share), 0))
        keys.append({"Counted": "rejected_undated", "Out of": "so_far_rejected"})
    frame, typed = _rates(rows, keys)
    return frame.drop("Pending"), typed


def disqualified(result: Disqualified) -> Table:
    """Accepted, then disqualified: soon, and at any time."""
    rows: list[tuple[object, ...]] = [
        (
            f"Disqualified within {text.days(SOON_DAYS)} of acceptance",
            *(_least_cells(result.rate) if result.undated else _rate_cells(result.rate)),
            result.rate.pending,
        ),
        ("Disqualified at any time", result.ever, None, "", "", None),
    ]
    keys = [
        {
            "Counted": f"disqualified_within:{SOON_DAYS}.accepted_for:{SOON_SECONDS}",
            "Out of": f"accepted_for:{SOON_SECONDS}",
            "Pending": f"accepted_less_than:{SOON_SECONDS}",
        },
        {"Counted": "disqualified_any"},
    ]
    if result.undated:
        rows.append(("of these without a date", result.undated, None, "", "", None))
        keys.append({"Counted": "disqualified_undated"})
    return _rates(rows, keys)


def _rate_cells(share: Rate) -> tuple[int, int, str, str]:
    interval = text.percent_range(share.low, share.high) if text.is_quotable(share) else ""
    return share.numerator, share.denominator, text.rate(share), interval


def _least_cells(share: Rate) -> tuple[int, int, str, str]:
    """The cells of a lower bound: a share that leaves leads without a date out has no interval."""
    return share.numerator, share.denominator, f"at least {text.rate(share)}", ""


def _rates(rows: Sequence[tuple[object, ...]], keys: Sequence[dict[str, str]]) -> Table:
    schema = {
        "What": pl.String, "Counted": pl.Int64, "Out of": pl.Int64, "Rate": pl.String, "Interval": pl.String,
        "Pending": pl.Int64,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row"), [dict(one) for one in keys]


def unanswered(found: Unanswered) -> Table:
    """What was tried before leads were rejected for no engagement."""
    whose = f"so_far_rejected.reason:{REASON_CODES.index('no_engagement')}"
    rows: list[tuple[object, ...]] = []
    keys: list[dict[str, str]] = []
    for words, share, key in (
        ("without any recorded touch", found.untouched, "rejected_untouched"),
        (f"with fewer than {text.plural(found.touches, 'touch', 'touches')}", found.under_worked, f"under_worked:{found.touches}"),
    ):  # fmt: skip
        if share is not None:
            rows.append((f"No engagement, {words}", *_rate_cells(share), 0))
            base = f"{whose}.touches_known" if key.startswith("under_worked") else whose
            keys.append({"Counted": f"{whose}.{key}", "Out of": base})
    if found.unknown:
        share = rate(found.unknown, found.leads)
        rows.append(("No engagement, number of touches not known", *_rate_cells(share), 0))
        keys.append({"Counted": f"{whose}.touches_unknown", "Out of": whose})
    frame, typed = _rates(rows, keys)
    return frame.drop("Pending"), typed


def by_period(result: Rejections) -> Table:
    """Every period with its leads, its rejections and each reason's count."""
    unit = result.unit.value
    rows: list[tuple[object, ...]] = []
    keys: list[dict[str, str | None]] = []
    for period in result.periods:
        state = "too young to judge" if period.is_immature else "" if period.is_whole else "in part"
        rows.append(
            (label(result.unit, period.number), period.leads, period.leads - period.settled, period.rejected,
             hundred(period.of_leads), *(count for _, count in period.reasons), state)
        )  # fmt: skip
        at = f"{unit}:{period.number}"
        opened: dict[str, str | None] = {"Leads": at, "Pending": f"pending_decision.{at}"}
        opened["Rejected"] = f"so_far_rejected.{at}"
        for code in result.codes:
            opened[named(code)] = f"so_far_rejected.{at}.reason:{REASON_CODES.index(code)}"
        keys.append(opened)
    schema = (
        {unit.capitalize(): pl.String, "Leads": pl.Int64, "Pending": pl.Int64, "Rejected": pl.Int64, "Per 100 leads": pl.String}
        | {named(code): pl.Int64 for code in result.codes}
        | {"Note": pl.String}
    )  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row"), keys


def todo(frame: Frame, fixes: Fixes) -> None:
    """The to-do list: a cell opens its leads, ticked rows (else all) can be copied and downloaded."""
    rows = pl.DataFrame(
        [
            (
                named(task.code), task.words, task.side, task.when, task.leads, hundred(task.rate),
                text.percent(task.share.value),
            )
            for task in fixes.tasks
        ],
        schema={
            "Reason": pl.String, "Fix": pl.String, "Whose": pl.String, "When": pl.String, "Leads": pl.Int64,
            "Per 100 leads": pl.String, "Share of rejections": pl.String,
        },
        orient="row",
    )  # fmt: skip
    chosen = st.dataframe(
        rows,
        key="rejection_tasks",
        hide_index=True,
        height="content",
        on_select="rerun",
        selection_mode=["multi-row", "single-cell"],
        placeholder="",
        column_config=_localized(rows),
        alt="What to do about the reasons, the most leads first",
    ).selection
    ticked = tuple(fixes.tasks[row] for row in sorted(chosen.rows) if row < len(fixes.tasks))
    tasks = ticked or fixes.tasks
    words = plan_text(tasks)
    with st.expander("The list as text, to copy"):
        st.code(words, language=None, wrap_lines=True)
    st.download_button(
        "Download the ticked tasks" if ticked else "Download the list",
        data=f"{words}\n",
        file_name="handoff-rejection-tasks.txt",
        mime="text/plain",
        key="download_rejection_tasks",
        on_click="ignore",
        type="tertiary",
    )
    cells = list(chosen.cells)
    last = st.session_state.get("opened_rejection_tasks")
    st.session_state["opened_rejection_tasks"] = cells[0] if cells else None
    if cells and last != cells[0]:
        row, column = cells[0]
        if column == "Leads" and row < len(fixes.tasks):
            view.open_leads(frame, f"so_far_rejected.reason:{REASON_CODES.index(fixes.tasks[row].code)}")


def show(frame: Frame, table: Table, key: str, alt: str) -> None:
    """One of these tables on the page."""
    rows, keys = table
    tables.numbers(frame, rows, key=key, alt=alt, keys=keys, columns=_localized(rows))


def _localized(rows: pl.DataFrame) -> dict[str, Any]:
    """Whole numbers with thousands separators."""
    return {
        name: st.column_config.NumberColumn(format="localized")
        for name, kind in rows.schema.items()
        if kind == pl.Int64
    }
