"""The contract log (versions and signatures, only ever added to) and drafts of contracts.

A table that is there already was made by this step before it was interrupted, on a database that cannot undo it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make both tables."""
    there = set(sa.inspect(op.get_bind()).get_table_names())
    if "contract_log" not in there:
        op.create_table(
            "contract_log",
            sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
            sa.Column("kind", sa.String(16), nullable=False),
            sa.Column("version", sa.String(64), nullable=False),
            sa.Column("body", sa.Text, nullable=False),
            sa.Column("at", sa.String(19), nullable=False),
            sa.Column("previous_hash", sa.String(64), nullable=False, unique=True),
            sa.Column("hash", sa.String(64), nullable=False, unique=True),
        )
    if "contract_drafts" not in there:
        op.create_table(
            "contract_drafts",
            sa.Column("name", sa.String(80), primary_key=True),
            sa.Column("text", sa.Text, nullable=False),
            sa.Column("revision", sa.Integer, nullable=False),
            sa.Column("saved_by", sa.String(80), nullable=False),
            sa.Column("saved_at", sa.DateTime, nullable=False),
        )
