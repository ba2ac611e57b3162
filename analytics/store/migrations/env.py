"""Runs the migrations on the connection that the records database hands over; nothing is logged or configured here."""

from __future__ import annotations

from alembic import context

context.configure(connection=context.config.attributes["connection"])
with context.begin_transaction():
    context.run_migrations()
