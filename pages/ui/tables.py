"""Tables of numbers whose cells open their leads, and their download as a file that no spreadsheet executes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import Any

import polars as pl
import streamlit as st

from analytics.evidence import neutralised
from pages.ui import view
from pages.ui.shell import Frame

Keys = Sequence[Mapping[str, str | None]]


def numbers(
    frame: Frame,
    rows: pl.DataFrame,
    *,
    key: str,
    alt: str,
    keys: Keys = (),
    picks: view.Picks = (),
    columns: Mapping[str, Any] | None = None,
) -> None:
    """A table; a click on a cell opens the leads of ``keys[row][column]`` (none: nothing opens).

    Keys may begin with ``pick:N.`` as those of figures. Below it stands its download.
    """
    chosen = st.dataframe(
        rows.to_arrow(compat_level=pl.CompatLevel.oldest()),  # spares Streamlit the way over pandas
        key=key,
        hide_index=True,
        height="content",
        column_config=dict(columns or {}),
        on_select="rerun",
        selection_mode="single-cell",
        placeholder="",
        alt=alt,
    )
    download(rows, key)
    asked = _clicked(key, chosen.selection.cells, keys)
    if asked:
        view.open_leads(frame, asked, picks)


def heading_apart(name: str, taken: Collection[str]) -> str:
    """A column heading for a name from the file that none of ours has: ``Group: Rate`` where we use ``Rate``."""
    return f"Group: {name}" if name in taken else name


def _clicked(key: str, cells: Sequence[tuple[int, str]], keys: Keys) -> str | None:
    """The key of the cell that was clicked just now: a choice that stands from before opens nothing again."""
    remembered = f"opened_{key}"
    last = st.session_state.get(remembered)
    st.session_state[remembered] = cells[0] if cells else None
    if not cells or last == cells[0]:
        return None
    row, column = cells[0]
    return keys[row].get(column) if row < len(keys) else None


def download(rows: pl.DataFrame, name: str) -> None:
    """The table as CSV; made only when it is asked for."""
    st.download_button(
        "Download table",
        data=partial(_csv, rows),
        file_name=f"handoff-{name}.csv",
        mime="text/csv",
        key=f"download_{name}",
        on_click="ignore",
        type="tertiary",
    )


def _csv(rows: pl.DataFrame) -> bytes:
    return neutralised(rows).write_csv(line_terminator="\r\n").encode("utf-8-sig")
