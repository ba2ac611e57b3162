"""The one tree of errors, sorted by who can fix them. Imports nothing of ours.

A message says what was found, where (file, row, column, value) and what to do. Absence is never an error:
an empty rate is ``Rate(0, 0)`` with ``value is None``.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class HandoffError(Exception):
    """Root of all errors that Handoff raises on purpose; ``str(error)`` is one sentence for a person."""


class DefinitionError(HandoffError):
    """A definition in this repository is wrong (a metric record, the contract defaults): ours to fix."""


class FileRefusedError(HandoffError):
    """A file cannot be read as it is; whoever exported it can fix it. The command line exits with 3."""


class QuestionOpenError(FileRefusedError):
    """A file can be read once a person answers a question (date order, mapping, sheet).

    Attributes:
        question: machine name of the question: ``date_order``, ``mapping``, ``role``, ``join``,
            ``rejects``, ``sheet``.
        options: the answers offered, as text.
    """

    def __init__(self, sentence: str, *, question: str, options: tuple[str, ...] = ()) -> None:
        super().__init__(sentence)
        self.question = question
        self.options = options


class RequestError(HandoffError):
    """The request names something that does not exist or does not fit. The command line exits with 2."""


class WorkspaceError(HandoffError):
    """The environment is in the way: disk full, damaged snapshot, missing folder."""


class CancelledError(HandoffError):
    """The person cancelled a long import; nothing was written."""


def nearest(name: str, known: Iterable[str]) -> str:
    """Return ``", did you mean 'x'?"`` for the known name closest to ``name``, or ``""`` if none is close."""
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f", did you mean '{close[0]}'?" if close else ""
