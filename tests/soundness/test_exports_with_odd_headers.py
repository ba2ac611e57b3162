"""Was: a column named ``*`` or ``^.*$`` broke the export, and ``=x`` beside ``'=x`` too; ``band_won:²`` was a crash."""

from __future__ import annotations

import polars as pl
import pytest

from analytics.errors import RequestError
from analytics.evidence import neutralised
from analytics.metrics.catalog import selection_of


def test_odd_headers_are_columns_like_any_other():
    frame = pl.DataFrame(
        {"*": ["=1", None], "^.*$": ["a", "+2"], "=x": [1.5, -2.0], "'=x": ["@", ""], "''=x": ["-", "b"]}
    )
    safe = neutralised(frame)
    assert safe.to_dict(as_series=False) == {
        "*": ["'=1", None], "^.*$": ["a", "'+2"], "'''=x": [1.5, -2.0], "'=x": ["'@", ""], "''=x": ["'-", "b"],
    }  # fmt: skip


def test_digits_that_are_no_whole_number_are_refused():
    with pytest.raises(RequestError):
        selection_of("band_won:²")
