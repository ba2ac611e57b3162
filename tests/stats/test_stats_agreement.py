"""Agreement of two judges against published tables and a second program."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.inter_rater import cohens_kappa as oracle

from analytics.stats.agreement import agreements, cohens_kappa

RADIOLOGISTS = ((21, 12, 0, 0), (4, 17, 1, 0), (3, 9, 15, 2), (0, 0, 0, 1))
"""Two readings of 85 xeromammograms, Boyd et al. 1982, as Stata's manual prints them."""
DIAGNOSES = ((75, 1, 4), (5, 4, 1), (0, 0, 10))
"""Two raters, 100 diagnoses: Fleiss, Levin & Paik, Statistical Methods for Rates and Proportions, chapter 18."""
WORDS = st.lists(st.tuples(st.sampled_from("ync"), st.sampled_from("ync")), max_size=60)


def said(table) -> tuple[list[int], list[int]]:
    pairs = [
        (row, column) for row, line in enumerate(table) for column, n in enumerate(line) for _ in range(n)
    ]
    return [one for one, _ in pairs], [other for _, other in pairs]


@pytest.mark.parametrize(("table", "same", "kappa"), [(RADIOLOGISTS, 54, 0.4728), (DIAGNOSES, 89, 0.6765)])
def test_published_tables(table, same, kappa):
    first, second = said(table)
    assert agreements(first, second) == same
    found = cohens_kappa(first, second)
    assert found is not None
    assert found.value == pytest.approx(kappa, abs=5e-5)


@pytest.mark.parametrize("table", [RADIOLOGISTS, DIAGNOSES, ((20, 5), (10, 15))])
def test_the_interval_is_that_of_statsmodels(table):
    found, other = cohens_kappa(*said(table)), oracle(np.array(table))
    assert found is not None
    assert (found.value, found.low, found.high) == pytest.approx(
        (other.kappa, other.kappa_low, other.kappa_upp), abs=1e-9
    )


def test_nothing_to_compare_has_no_kappa():
    assert cohens_kappa("", "") is None
    assert cohens_kappa("yyy", "yyy") is None
    assert agreements("", "") == 0


def test_habits_without_a_common_word_are_no_agreement():
    found = cohens_kappa("yyyy", "nnnn")
    assert found is not None
    assert (found.value, found.low, found.high) == (0.0, 0.0, 0.0)


def test_two_lengths_are_refused():
    with pytest.raises(ValueError, match="argument 2"):
        agreements("yn", "y")


@settings(deadline=None)
@given(WORDS)
def test_laws(pairs):
    first, second = [one for one, _ in pairs], [other for _, other in pairs]
    same = agreements(first, second)
    assert same == agreements(second, first)
    assert 0 <= same <= len(pairs)
    found, turned = cohens_kappa(first, second), cohens_kappa(second, first)
    if found is None:
        assert turned is None
        return
    assert turned is not None
    assert found.value == pytest.approx(turned.value, abs=1e-12)
    assert -1.0 <= found.low <= found.value <= found.high <= 1.0
    assert (found.value == pytest.approx(1.0)) == (same == len(pairs))
