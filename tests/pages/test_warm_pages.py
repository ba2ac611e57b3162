"""A page shown again draws nothing anew: its figures are kept with the results they were made of."""

from __future__ import annotations

import plotly.graph_objects as go
import pytest
import streamlit as st

from pages.ui import cache
from tests.metrics.worlds import sample
from tests.pages.conftest import figures_on, page_over

PAGES = ("four_numbers", "funnel", "speed_to_lead", "score_bands", "rejections", "segments", "plumbing")


@pytest.mark.parametrize("page", PAGES)
def test_a_page_shown_again_draws_the_same_figures_and_builds_none(monkeypatch, page):
    st.cache_resource.clear()
    built: list[object] = []
    create = go.Figure.__init__

    def counting(figure, *arguments, **options):
        built.append(figure)
        create(figure, *arguments, **options)

    monkeypatch.setattr(go.Figure, "__init__", counting)
    at = page_over(monkeypatch, sample(), f"pages/{page}.py")
    first = figures_on(at)
    assert first
    assert built
    built.clear()
    again = figures_on(at.run())
    assert again == first
    assert not built


def test_what_is_made_of_one_result_is_never_shown_for_another():
    st.cache_resource.clear()
    made = []
    for number in range(600):  # more than are kept, each as short-lived as an evicted result
        result = {"number": number}
        made.append(cache.made(_drawn, result, number % 2 == 0))
        del result
    assert made == [f"{number} {number % 2 == 0}" for number in range(600)]


def _drawn(result, is_even):
    return f"{result['number']} {is_even}"
