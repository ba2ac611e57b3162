"""The rows that are no leads and the cells that are no values: as a table, and as a file that no spreadsheet executes."""

from __future__ import annotations

import re
from functools import partial

import polars as pl
import streamlit as st

from analytics import formatting as text
from analytics.evidence import neutralised
from analytics.store.manifest import Manifest
from analytics.store.workspace import Workspace
from pages.ui import markup

SHOWN = 1_000
FILE_NAME = "aside.parquet"
KINDS: dict[str, tuple[str, str]] = {
    "reject": ("rejected row", "rejected rows"),
    "duplicate": ("duplicate", "duplicates"),
    "footer": ("footer row", "footer rows"),
    "cell": ("cell left empty", "cells left empty"),
}
_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+")


def read(workspace: Workspace, manifest: Manifest) -> pl.DataFrame:
    """Every row set aside: file, row, kind, column, value, reason; e-mail addresses used as ids are masked."""
    path = workspace.path(manifest, FILE_NAME)
    if not path.exists():
        return pl.DataFrame(
            schema=dict.fromkeys(("file", "kind", "column", "value", "reason"), pl.String) | {"row": pl.Int64}
        )
    frame = pl.read_parquet(path)
    return frame.with_columns(pl.col("value").str.replace_all(_ADDRESS.pattern, "***@***"))


def show(found: pl.DataFrame, manifest: Manifest, key: str) -> None:
    """A choice between the kinds there are, the table of one, and its download."""
    counts = {kind: int(number) for kind, number in found["kind"].value_counts().iter_rows()}
    kinds = [kind for kind in KINDS if counts.get(kind)]
    if not kinds:
        return
    if st.session_state.get(key) not in kinds:
        st.session_state[key] = kinds[0]
    st.header("What stands aside", anchor=False)
    with st.container(
        key="aside_bar", horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"
    ):
        kind = st.segmented_control(
            "Which rows",
            kinds,
            format_func=lambda one: text.plural(counts[one], *KINDS[one]),
            key=key,
            label_visibility="collapsed",
            required=True,
        )
        rows = found.filter(pl.col("kind") == (kind or kinds[0])).drop("kind")
        st.download_button(
            "Download CSV",
            data=partial(as_csv, rows),
            file_name=f"handoff-{text.short_hash(manifest.fingerprint)}-{kind}.csv",
            mime="text/csv",
            key="download_aside",
            on_click="ignore",
        )
    st.dataframe(
        rows.head(SHOWN),
        key=f"aside_{kind}",
        hide_index=True,
        height="content" if rows.height < 9 else 320,
        column_config={
            "file": "File",
            "row": st.column_config.NumberColumn("Line", format="localized"),
            "column": "Column",
            "value": "Value",
            "reason": "Why",
        },
        lazy=False,
        placeholder="",
        alt=f"{text.plural(rows.height, *KINDS[kind or kinds[0]])} of the import",
    )
    if rows.height > SHOWN:
        markup.show(
            markup.plain("p", "aside", f"The first {text.count(SHOWN)} are listed, the download has all.")
        )


def as_csv(rows: pl.DataFrame) -> bytes:
    """The rows as CSV; cells that a spreadsheet would execute get an apostrophe."""
    return neutralised(rows).write_csv(line_terminator="\r\n").encode("utf-8-sig")
