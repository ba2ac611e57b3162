"""Was: a lead won after the horizon, or on an unknown day, read "no response" where the response was not recorded: sales' fix."""

from __future__ import annotations

import pytest

from analytics.lead_audit_sample import _record
from analytics.store.lead_audit_shapes import CLOSE, MEETING, RECORD, RESPONSE, Answer

PENDING, UNKNOWN, NO, LATE, YES = Answer.PENDING, Answer.UNKNOWN, Answer.NO, Answer.LATE, Answer.YES


@pytest.mark.parametrize(
    ("letters", "expected"),
    [
        ("nnl", (UNKNOWN, UNKNOWN, LATE)),
        ("nnu", (UNKNOWN, UNKNOWN, UNKNOWN)),
        ("nln", (UNKNOWN, LATE, NO)),
        ("lnl", (LATE, UNKNOWN, LATE)),
        ("nyl", (Answer.IMPLIED, YES, LATE)),
        ("nny", (Answer.IMPLIED, Answer.IMPLIED, YES)),
        ("nnn", (NO, NO, NO)),
        ("ppp", (PENDING, PENDING, PENDING)),
    ],
)
def test_what_a_later_step_says_of_an_earlier_one(letters, expected):
    found = _record(dict(zip(RECORD, letters, strict=True)), {})
    assert tuple(found[step] for step in (RESPONSE, MEETING, CLOSE)) == expected
