"""Was: a contract with bands from 10 on counted a score of 5 under the name "10-49"."""

from __future__ import annotations

import pytest

from analytics.contract import read_contract
from analytics.errors import RequestError


@pytest.mark.parametrize("text", ["[bands]\nscore = [10, 50]", "[bands]\nemployees = [50, 200]"])
def test_bands_begin_where_values_begin(text):
    with pytest.raises(RequestError, match="so that every lead has a band"):
        read_contract(text.encode(), "ours.toml")
