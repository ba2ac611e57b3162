"""Bring an export: upload, confirm what its columns mean, import, see what became of every row; snapshots below."""

from __future__ import annotations

import streamlit as st

from pages.ui.importing import confirm, desk, frame, job, outcome, shelf, upload

with frame.page() as head:
    at_hand = desk.current()
    if at_hand is not None and at_hand.is_stale and at_hand.job is None:
        at_hand.look()
    waiting = st.empty()
    if at_hand is not None and at_hand.job is not None:
        frame.question(head, "What happened to your leads?")
        job.show_until_done(at_hand.job, at_hand.what, waiting)
        at_hand.settle()
    with st.container(key="step", gap="small"):
        if at_hand is not None and at_hand.manifest is not None:
            outcome.show(head, at_hand, at_hand.manifest)
        elif at_hand is not None and at_hand.proposal is not None:
            confirm.show(head, at_hand, at_hand.proposal)
        else:
            upload.show(head, at_hand)
        shelf.show()
