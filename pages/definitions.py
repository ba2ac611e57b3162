"""Every rate in words and as the query that counts it, generated from the catalog."""

from __future__ import annotations

import streamlit as st

from analytics.metrics.catalog import LEAD_SETS, METRICS
from pages.ui import definitions, markup, shell

with shell.page("What does each number mean?"):
    markup.show(
        markup.plain(
            "p",
            "sentence",
            "Each rate is counted over one row per lead of the cohort. The words and the queries below are the ones"
            " that the pages use.",
        )
    )
    for metric in METRICS.values():
        definitions.show(metric)
    st.header("How curves and verdicts are made", anchor=False)
    for name, method in definitions.methods():
        markup.show(markup.plain("h3", "name", name))
        markup.show(markup.plain("p", "sentence", method))
    st.header("All sets of leads", anchor=False)
    st.dataframe(
        [
            {"set": one.slug, "name": one.label, "in words": one.sentence, "predicate": one.predicate}
            for one in LEAD_SETS.values()
        ],
        key="lead_sets",
        hide_index=True,
        height="content",
        alt="All sets of leads with their predicates",
    )
