"""The state of one import in one session: what was uploaded, chosen, proposed and counted. Draws nothing."""

from __future__ import annotations

import copy
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO, Protocol, cast

import streamlit as st

from analytics.errors import CancelledError, FileRefusedError, HandoffError, QuestionOpenError, RequestError
from analytics.importing.choices import Choices
from analytics.importing.pipeline import Progress, Proposal, SourceFile
from analytics.store.manifest import Manifest
from analytics.store.workspace import Workspace
from pages.ui.importing import memory
from pages.ui.importing.job import Job
from pages.ui.importing.staged import StagedImport

KEY = "import_desk"
NUMBER_KEY = "import_number"
REHEARSED_ROWS = 500_000
REHEARSED_EXTRAS = 60
QUICK_SECONDS = 1.5
_FLAGS = re.compile(r" ?\([^()]*--[^()]*\)")


class Upload(Protocol):
    """What a file uploader hands over."""

    name: str


@dataclass
class Desk:
    """One import on its way; ``manifest`` stands when it has ended.

    Attributes:
        work: the engine's side, with the staged files.
        files: what was uploaded, in order.
        choices: the person's answers; ``agreed`` are the last ones that could be proposed.
        proposal: what the engine makes of them, None before the files were read.
        preview: counts of a rehearsal, None where it was not rehearsed; it belongs to ``rehearsed``.
        question: machine name of the question that is open, with ``problem`` in words and ``options``.
        refusal: the sentence that ended reading, None while things go well.
        remembered_at: when the mapping at hand was confirmed, None if it is the guess.
    """

    work: StagedImport
    number: int
    choices: Choices
    files: list[SourceFile] = field(default_factory=list)
    agreed: Choices = field(default_factory=Choices)
    proposal: Proposal | None = None
    preview: Manifest | None = None
    rehearsed: Choices | None = None
    problem: str | None = None
    question: str | None = None
    options: tuple[str, ...] = ()
    refusal: str | None = None
    said: str | None = None
    remembered_at: datetime | None = None
    manifest: Manifest | None = None
    was_known: bool = False
    job: Job | None = None
    what: str = ""
    is_stale: bool = False
    seconds: float = 0.0

    def add(self, uploads: list[Upload]) -> None:
        """Stage further files and read all of them."""
        for upload in uploads:
            self.files.append(self.work.stage(cast("BinaryIO", upload), upload.name, len(self.files)))
        self.read()

    def read(self) -> None:
        """Read all files, recall what was confirmed for their columns, propose a mapping and rehearse."""
        self.refusal = self.manifest = self.proposal = self.preview = None
        self._begin("Reading your files", self._read)

    def look(self) -> None:
        """Propose again after a choice changed."""
        self.is_stale = False
        self._begin("Looking at the columns again", self._look)

    def count(self) -> None:
        """Rehearse with the choices at hand."""
        self._begin("Counting", self._rehearse)

    def finish(self) -> None:
        """Import."""
        self.manifest = None
        self._begin("Importing", self._finish)

    def refused_file(self) -> int | None:
        """Which of several files ended reading: those before it were read."""
        index = len(self.work.tables)
        return index if self.refusal and len(self.files) > 1 and index < len(self.files) else None

    def leave_out(self, index: int) -> None:
        """Go on without one of the files."""
        del self.files[index]
        self.choices = Choices(zone=self.choices.zone)
        self.remembered_at = None
        self.read()

    def changed(self) -> None:
        """Say that a choice was changed; the page proposes anew before it draws."""
        self.is_stale = True

    def start_from_guess(self) -> None:
        """Forget what was remembered; only the zone stays."""
        self.choices = Choices(zone=self.choices.zone, sheets=self.choices.sheets)
        self.choices.roles = self.work.roles(self.choices)
        self.remembered_at = None
        self.changed()

    def settle(self) -> None:
        """Take in what the job that ended left behind; a bug is raised again."""
        job, self.job = self.job, None
        error = job.error if job else None
        if isinstance(error, CancelledError):
            self.work.resume()
            self.said = "Cancelled; nothing was stored."
            if self.proposal is None:
                self.refusal = self.said
        elif isinstance(error, HandoffError):
            self._take(error)
        elif error is not None:
            raise error

    def _take(self, error: HandoffError) -> None:
        """Sort an error: it ended reading, a choice was impossible, the file has a problem, or the disk has."""
        sentence = in_page_words(error)
        if self.proposal is None:
            self.refusal = sentence
        elif isinstance(error, FileRefusedError):
            self.problem = sentence
            self.question = error.question if isinstance(error, QuestionOpenError) else None
            self.options = error.options if isinstance(error, QuestionOpenError) else ()
        else:
            self.said = sentence
            if isinstance(error, RequestError):
                self.choices = copy.deepcopy(self.agreed)

    def _begin(self, what: str, work: Callable[[Progress], None]) -> None:
        self.what, self.said = what, None
        self.job = Job(work, self.work.cancel)

    def _read(self, say: Progress) -> None:
        self.work.read(self.files, self.choices, say)
        known = memory.recall(self.workspace, self.work.tables)
        if known is not None and self.remembered_at is None:
            try:
                self.work.propose(known.choices)
            except HandoffError:
                known = None
        if known is not None:
            known.choices.sheets = self.choices.sheets
            self.choices, self.remembered_at = known.choices, known.confirmed_at
        elif not self.choices.roles or len(self.choices.roles) != len(self.files):
            self.choices.roles = self.work.roles(self.choices)
        self._look(say)

    def _look(self, say: Progress) -> None:
        say("Comparing the columns with what CRMs write", 0.5)
        proposal = self.work.propose(self.choices)
        self.proposal, self.agreed = proposal, copy.deepcopy(self.choices)
        self.problem = in_page_words(proposal.problem) if proposal.problem else None
        self.question, self.options = proposal.question, proposal.options
        rows = sum(file.rows for file in proposal.files)
        is_quick = self.rehearsed is None or self.seconds < QUICK_SECONDS
        is_small = rows <= REHEARSED_ROWS and len(proposal.mapping.kept) <= REHEARSED_EXTRAS
        if self.problem is None and is_small and is_quick:
            self._rehearse(say)

    def _rehearse(self, say: Progress) -> None:
        self.preview, self.rehearsed = None, copy.deepcopy(self.choices)
        self.problem = self.question = None
        started = time.monotonic()
        self.preview = self.work.rehearse(self.choices, say)
        self.seconds = time.monotonic() - started

    def _finish(self, say: Progress) -> None:
        known = {snapshot.fingerprint for snapshot in self.workspace.snapshots()}
        manifest = self.work.finish(self.choices, say)
        self.was_known = manifest.fingerprint in known
        self.manifest = manifest
        self.problem = self.question = None
        try:
            memory.remember(self.workspace, self.work.tables, self.choices, self.work.mapping(self.choices))
        except HandoffError as error:
            self.said = f"The mapping could not be remembered. {error}"

    @property
    def is_counted(self) -> bool:
        """Whether the preview belongs to the choices at hand."""
        return self.preview is not None and self.rehearsed == self.choices

    @property
    def workspace(self) -> Workspace:
        """Where the snapshot goes."""
        return self.work.workspace

    def close(self) -> None:
        """Stop what is running and remove the staged files."""
        if self.job is not None:
            self.job.cancel()
            self.job.wait(10)
        self.work.close()


def in_page_words(error: HandoffError | str) -> str:
    """A sentence of the engine without its hints for the command line."""
    return _FLAGS.sub("", str(error))


def current() -> Desk | None:
    """The import of this session."""
    return st.session_state.get(KEY)


def begin(workspace: Workspace, uploads: list[Upload], zone: str) -> None:
    """Close the import of this session, if there is one, and start another with these files.

    Raises:
        WorkspaceError: there is no room for the uploads.
    """
    end()
    work = cast("StagedImport", StagedImport.start(workspace))
    desk = Desk(work, number(), Choices(zone=zone))
    try:
        desk.add(uploads)
    except BaseException:
        desk.close()
        raise
    forget_uploads()
    st.session_state[KEY] = desk


def end() -> None:
    """Close the import of this session."""
    desk = st.session_state.pop(KEY, None)
    if desk is not None:
        desk.close()
    forget_uploads()


def number() -> int:
    """How often files were taken in by this session: part of every widget's key."""
    return int(st.session_state.get(NUMBER_KEY, 0))


def forget_uploads() -> None:
    """Give the file uploader a new key, so that the server lets go of the bytes it holds."""
    st.session_state[NUMBER_KEY] = number() + 1
