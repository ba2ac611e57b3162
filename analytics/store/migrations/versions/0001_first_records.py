"""Confirmed mappings and hypotheses; tables that an earlier Handoff made without migrations are kept as they are.

There is no way back from here or from any later step: it would throw away what people confirmed.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables that are missing."""
    there = set(sa.inspect(op.get_bind()).get_table_names())
    if "remembered_mappings" not in there:
        op.create_table(
            "remembered_mappings",
            sa.Column("layout", sa.String(64), primary_key=True),
            sa.Column("choices", sa.Text, nullable=False),
            sa.Column("confirmed_at", sa.DateTime, nullable=False),
        )
    if "hypotheses" not in there:
        op.create_table(
            "hypotheses",
            sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
            sa.Column("fingerprint", sa.String(64), nullable=False, index=True),
            sa.Column("contract", sa.String(64), nullable=False),
            sa.Column("selection", sa.Text, nullable=False),
            sa.Column("rule", sa.Text, nullable=False),
            sa.Column("reading", sa.Text, nullable=False),
            sa.Column("metric", sa.String(64), nullable=False),
            sa.Column("claim", sa.String(16), nullable=False),
            sa.Column("raised_by", sa.Text, nullable=False),
            sa.Column("raised_at", sa.DateTime, nullable=False),
            sa.Column("verdict", sa.String(32), nullable=False),
            sa.Column("sentence", sa.Text, nullable=False),
        )
