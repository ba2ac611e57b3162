"""The page list, and nothing else: every page opens its own frame."""

from __future__ import annotations

import streamlit as st

from pages.ui.page_list import FOUR_NUMBERS, SECTIONS, has_page

st.navigation(
    {
        section: [
            st.Page(entry.path, title=entry.title, url_path=entry.address, default=entry.path == FOUR_NUMBERS)
            for entry in entries
            if has_page(entry.path)
        ]
        for section, entries in SECTIONS.items()
    },
    expanded=True,  # no page hides behind "view more"
).run()
