"""How texts that people wrote are laid out: a long word breaks instead of lying over its neighbour, and nothing is cut."""

from __future__ import annotations

import streamlit as st


def style(*places: str) -> None:
    """Let the texts in these containers, named by their keys, take as many lines as they need."""
    chosen = ", ".join(f".st-key-{place} :is(p, h3)" for place in places)
    st.html(f"<style>{chosen} {{ overflow-wrap: anywhere; text-align: left; white-space: normal; }}</style>")
