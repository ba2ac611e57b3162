"""Work that takes a while: done in a thread of its own, so that a person sees how far it is and can cancel it."""

from __future__ import annotations

import threading
from collections.abc import Callable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analytics.importing.pipeline import Progress
from pages.ui import markup

QUIET_SECONDS = 0.5
BEAT_SECONDS = 0.25


class Job:
    """One piece of work; ``words`` and ``share`` say how far it is, ``error`` what stopped it."""

    def __init__(self, work: Callable[[Progress], None], cancel: Callable[[], None]) -> None:
        """Start at once; ``cancel`` makes ``work`` raise ``CancelledError`` soon."""
        self.words = "Starting"
        self.share = 0.0
        self.error: BaseException | None = None
        self._work = work
        self._cancel = cancel
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._work(self._say)
        except BaseException as error:  # noqa: BLE001 - handed to the page, which sorts it
            self.error = error

    def _say(self, words: str, share: float) -> None:
        self.words, self.share = words, min(max(share, 0.0), 1.0)

    def cancel(self) -> None:
        """Ask the work to stop."""
        self.words = "Cancelling"
        self._cancel()

    def wait(self, seconds: float) -> bool:
        """Whether the work has ended, after waiting for at most so long."""
        self._thread.join(seconds)
        return not self._thread.is_alive()


def show_until_done(job: Job, what: str, place: DeltaGenerator) -> None:
    """Return when the work has ended; after half a second say what is happening, with a way out.

    A click on Cancel starts the page anew; the work goes on in its thread and is waited for again.
    """
    if job.wait(QUIET_SECONDS):
        return
    with place.container(key="import_progress", gap="small"):
        markup.show(markup.plain("h2", "name", what))
        words, bar = st.empty(), st.progress(0.0)
        st.button("Cancel", key="cancel_import", on_click=job.cancel)
    while not job.wait(BEAT_SECONDS):
        words.html(markup.plain("p", "sentence", f"{job.words} …"))
        bar.progress(job.share)
    place.empty()
