"""The exact leads behind any number: the rows, their count in words, one lead's timeline, and the downloads."""

from __future__ import annotations

import streamlit as st

from analytics.metrics.catalog import LEAD_SETS
from pages.ui import drawers, lead_table, shell

ALL = "leads"
_SETS = tuple((one.slug, one.label) for one in LEAD_SETS.values() if not one.takes_value)

with shell.page("Which leads are these?") as frame:
    asked = st.query_params.get("show", ALL)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = drawers.choose_set(frame, asked, _SETS, "page")
        lead_table.downloads(frame, chosen)
    found = lead_table.open_set(frame, chosen)
    lead_table.count_line(found, is_clicked="show" in st.query_params)
    lead_table.table(frame, found, height=480)
