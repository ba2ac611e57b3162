"""What people confirmed, as small facts beside the snapshots: remembered mappings and hypotheses, and nothing else."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Column, DateTime, Integer, String, Table, Text, delete, insert, select

from analytics.store.database import METADATA, Database
from analytics.store.workspace import Workspace

_MAPPINGS = Table(
    "remembered_mappings",
    METADATA,
    Column("layout", String(64), primary_key=True),
    Column("choices", Text, nullable=False),
    Column("confirmed_at", DateTime, nullable=False),
)
_HYPOTHESES = Table(
    "hypotheses",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("fingerprint", String(64), nullable=False, index=True),
    Column("contract", String(64), nullable=False),
    Column("selection", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("reading", Text, nullable=False),
    Column("metric", String(64), nullable=False),
    Column("claim", String(16), nullable=False),
    Column("raised_by", Text, nullable=False),
    Column("raised_at", DateTime, nullable=False),
    Column("verdict", String(32), nullable=False),
    Column("sentence", Text, nullable=False),
)


@dataclass(frozen=True, slots=True)
class RememberedMapping:
    """What was confirmed for a layout, and when (naive UTC)."""

    choices: dict[str, Any]
    confirmed_at: datetime


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """An anecdote as somebody raised it, and what the cohort said at that moment; kept as it was said, never changed.

    Attributes:
        fingerprint: the snapshot it was asked of.
        contract: the hash of the contract the number was counted by.
        selection: period and filters in words.
        rule: what was typed.
        reading: the rule as understood.
        metric: the slug of the number the claim is about.
        claim: "lower" or "higher".
        raised_by: who raised it.
        raised_at: when it was kept (naive UTC).
        verdict: "confirmed", "not seen" or "cannot tell".
        sentence: the verdict in words.
    """

    fingerprint: str
    contract: str
    selection: str
    rule: str
    reading: str
    metric: str
    claim: str
    raised_by: str
    raised_at: datetime
    verdict: str
    sentence: str


class Records:
    """Remembered mappings and hypotheses of one workspace; any number of threads and processes can use them."""

    def __init__(self, workspace: Workspace, url: str | None = None) -> None:
        """Open the records database, see ``Database``.

        Raises:
            WorkspaceError: the database cannot be opened, or a newer Handoff wrote it.
        """
        self._database = Database(workspace, url)

    def remember_mapping(
        self, layout: str, choices: dict[str, Any], confirmed_at: datetime | None = None
    ) -> None:
        """Keep the choices for a layout; the last confirmed wins.

        Raises:
            WorkspaceError: the database cannot be written.
        """
        moment = confirmed_at or datetime.now(UTC).replace(tzinfo=None, microsecond=0)
        text = json.dumps(choices, ensure_ascii=False, sort_keys=True)
        with self._database.writing() as connection:
            connection.execute(delete(_MAPPINGS).where(_MAPPINGS.c.layout == layout))
            connection.execute(insert(_MAPPINGS).values(layout=layout, choices=text, confirmed_at=moment))

    def mapping_for(self, layout: str) -> RememberedMapping | None:
        """What was last confirmed for a layout; None when nothing was, or when it can no longer be read.

        Raises:
            WorkspaceError: the database cannot be read.
        """
        with self._database.reading() as connection:
            row = connection.execute(
                select(_MAPPINGS.c.choices, _MAPPINGS.c.confirmed_at).where(_MAPPINGS.c.layout == layout)
            ).one_or_none()
        if row is None:
            return None
        try:
            choices = json.loads(row.choices)
        except ValueError:
            return None
        return RememberedMapping(choices, row.confirmed_at) if isinstance(choices, dict) else None

    def add_hypothesis(self, hypothesis: Hypothesis) -> None:
        """Keep a hypothesis with its verdict; nothing that was kept is changed by it.

        Raises:
            WorkspaceError: the database cannot be written.
        """
        with self._database.writing() as connection:
            connection.execute(insert(_HYPOTHESES).values(**asdict(hypothesis)))

    def hypotheses(self, fingerprint: str) -> tuple[Hypothesis, ...]:
        """All hypotheses of a snapshot, the newest first.

        Raises:
            WorkspaceError: the database cannot be read.
        """
        names = [field.name for field in fields(Hypothesis)]
        with self._database.reading() as connection:
            rows = connection.execute(
                select(*(_HYPOTHESES.c[name] for name in names))
                .where(_HYPOTHESES.c.fingerprint == fingerprint)
                .order_by(_HYPOTHESES.c.number.desc())
            ).all()
        return tuple(Hypothesis(*row) for row in rows)

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()
