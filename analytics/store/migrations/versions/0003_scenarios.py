"""Saved what-if scenarios and their flags for the council, only ever added to.

A table that is there already was made by this step before it was interrupted, on a database that cannot undo it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make both tables."""
    there = set(sa.inspect(op.get_bind()).get_table_names())
    if "scenarios" not in there:
        op.create_table(
            "scenarios",
            sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
            sa.Column("name", sa.String(80), nullable=False),
            sa.Column("name_key", sa.String(240), nullable=False),
            sa.Column("take", sa.Integer, nullable=False),
            sa.Column("saved_by", sa.String(80), nullable=False),
            sa.Column("saved_at", sa.DateTime, nullable=False),
            sa.Column("fingerprint", sa.String(64), nullable=False),
            sa.Column("contract", sa.String(64), nullable=False),
            sa.Column("query", sa.Text, nullable=False),
            sa.Column("sentence", sa.Text, nullable=False),
            sa.Column("numbers", sa.Text, nullable=False),
            sa.UniqueConstraint("name_key", "take", name="uq_scenarios_name"),
        )
    if "scenario_flags" not in there:
        op.create_table(
            "scenario_flags",
            sa.Column("scenario", sa.Integer, primary_key=True, autoincrement=False),
            sa.Column("flagged_by", sa.String(80), nullable=False),
            sa.Column("flagged_at", sa.DateTime, nullable=False),
        )
