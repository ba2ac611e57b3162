"""The cadence log: decisions, actions, disputes, meetings and audits, only ever added to.

A table that is there already was made by this step before it was interrupted, on a database that cannot undo it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the table."""
    if "cadence_log" not in set(sa.inspect(op.get_bind()).get_table_names()):
        op.create_table(
            "cadence_log",
            sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
            sa.Column("kind", sa.String(32), nullable=False),
            sa.Column("subject", sa.String(64), nullable=False),
            sa.Column("body", sa.Text, nullable=False),
            sa.Column("at", sa.String(19), nullable=False),
            sa.Column("previous_hash", sa.String(64), nullable=False, unique=True),
            sa.Column("hash", sa.String(64), nullable=False, unique=True),
        )
