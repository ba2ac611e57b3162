"""A workspace's contract log with a few versions, and its lines as the database holds them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime, timedelta

from analytics.contract import default_contract
from analytics.contract_table import table_of
from analytics.store.contract_log import ContractLog
from analytics.store.database import FILE_NAME

NOON = datetime.fromisoformat("2027-03-03T12:00:00")
SEEN = "f" * 64
NUMBERS = {"accepted_of_decided": {"count": 45, "of": 60}, "spärlich": None}


def at(hours):
    return NOON + timedelta(hours=hours)


def contract(days=2):
    """The default contract with another disposition window."""
    return {**table_of(default_contract()), "windows": {"disposition_days": days}}


def sign_both(log, version, hour=1):
    log.sign(version.hash, "marketing", "Ann", "CMO", SEEN, NUMBERS, at(hour))
    return log.sign(version.hash, "sales", "Bob", "CRO", SEEN, NUMBERS, at(hour + 1))


def two_versions(workspace):
    """Version 1 superseded, 2 in force and acknowledged; seven lines."""
    log = ContractLog(workspace)
    first = log.propose(contract(2), "Ann", "CMO", "a beginning", at(0))
    sign_both(log, first, 1)
    second = log.propose(contract(3), "Bob", "CRO", "three days", at(24))
    log.acknowledge(second.hash, "Cleo", "CEO", SEEN, NUMBERS, at(25))
    sign_both(log, second, 26)
    return log


def rows(workspace):
    with closing(sqlite3.connect(workspace.home / FILE_NAME)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute("SELECT * FROM contract_log ORDER BY number")]


def execute(workspace, query, *values):
    with closing(sqlite3.connect(workspace.home / FILE_NAME)) as connection, connection:
        assert connection.execute(query, values).rowcount >= 1
