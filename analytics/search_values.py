"""The one place that looks for a text among the values of a cohort: companies, campaigns, reps, kept columns, lead ids."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from analytics.cohort import Cohort
from analytics.rules.nodes import Node, TextIs, leaves
from analytics.rules.terms import FieldKind, RuleField, Vocabulary, plain_value
from analytics.warehouse import Warehouse

SEARCHED = ("company", "campaign", "owner", "source", "industry", "country")
MOST_CHOICES = 8
LEAST_ID = 4
"""Parts of a lead id shorter than this, or without a digit, are not looked for: a whole id is."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to understand a free text: a field that is ``value``, or contains it; ``leads`` are those of the cohort.

    ``field`` is the canonical name, or a kept column's header; ``label`` its name for people; ``values`` counts the
    distinct values it stands for.
    """

    field: str
    label: str
    value: str
    leads: int
    is_contained: bool = False
    is_exact: bool = False
    values: int = 1

    @property
    def words(self) -> str:
        """The choice as a rule for people: ``company contains “acme”``."""
        return f"{self.label} {'contains' if self.is_contained else 'is'} “{self.value}”"


def searched_fields(cohort: Cohort, vocabulary: Vocabulary) -> tuple[RuleField, ...]:
    """The fields whose values are looked through: those of ours that the snapshot has, then its kept columns."""
    own = [
        found
        for name in SEARCHED
        if (found := vocabulary.field_named(name)) is not None and found.kind is FieldKind.TEXT
    ]
    kept = [vocabulary.headers[header] for header in cohort.manifest.extra_columns.values()]
    return (*own, *kept)


def value_table(warehouse: Warehouse, cohort: Cohort, vocabulary: Vocabulary) -> str:
    """A table of all values of the cohort: ``field_no``, ``folded`` (lower case, trimmed), ``shown``, ``leads``."""
    fields = searched_fields(cohort, vocabulary)
    parts = [
        f"SELECT {number} AS field_no, v{number} AS folded, min(s{number}) AS shown, count(*) AS leads "
        f"FROM chosen WHERE v{number} <> '' GROUP BY 2"
        for number in range(len(fields))
    ]
    columns = "".join(
        f", {plain_value(field.expression)} AS s{number}, lower(s{number}) AS v{number}"
        for number, field in enumerate(fields)
    )
    nothing = "SELECT 0 AS field_no, '' AS folded, '' AS shown, 0 AS leads WHERE false"
    query = (
        f"WITH chosen AS (SELECT l.lead_no{columns} FROM {cohort.leads} AS l JOIN {cohort.table} USING (lead_no)) "
        + (" UNION ALL ".join(parts) or nothing)
    )
    return warehouse.table(f"values_{cohort.table.removeprefix('cohort_')}", query)


def choices_for(
    warehouse: Warehouse, cohort: Cohort, vocabulary: Vocabulary, text: str
) -> tuple[Choice, ...]:
    """What a free text can mean, the likeliest first, at most 8; empty where nothing contains it.

    A value equal to the text stands first, then "contains" over each field with several such values, then values by
    their leads. Case and surrounding blanks do not matter.
    """
    wanted = " ".join(text.split())
    if not wanted:
        return ()
    fields = searched_fields(cohort, vocabulary)
    table = value_table(warehouse, cohort, vocabulary)
    rows = warehouse.run(
        f"SELECT field_no, shown, leads, folded = lower($wanted) AS is_exact, "
        "count(*) OVER (PARTITION BY field_no) AS n, "
        f"CAST(sum(leads) OVER (PARTITION BY field_no) AS BIGINT) AS all_leads FROM {table} "
        "WHERE contains(folded, lower($wanted)) "
        "QUALIFY row_number() OVER (PARTITION BY field_no ORDER BY folded = lower($wanted) DESC, leads DESC, folded) <= 8 "
        "ORDER BY is_exact DESC, field_no, leads DESC, folded",
        {"wanted": wanted},
    ).rows()
    exact: list[Choice] = []
    single: list[Choice] = []
    wide: dict[int, Choice] = {}
    for number, shown, leads, is_exact, count, all_leads in rows:
        field = fields[number]
        one = Choice(field.name, field.label, shown, leads, is_exact=is_exact)
        (exact if is_exact else single).append(one)
        if count > 1:
            wide[number] = Choice(field.name, field.label, wanted, all_leads, is_contained=True, values=count)
    ids = _lead_ids(warehouse, cohort, wanted)
    exact += [one for one in ids if one.is_exact]
    single = sorted(single, key=lambda one: -one.leads) + [one for one in ids if not one.is_exact]
    return (*exact, *wide.values(), *single)[:MOST_CHOICES]


def _lead_ids(warehouse: Warehouse, cohort: Cohort, wanted: str) -> list[Choice]:
    is_part = len(wanted) >= LEAST_ID and any(sign.isdigit() for sign in wanted)
    condition = "contains(lower(l.lead_id), lower($wanted))" if is_part else "l.lead_id = $wanted"
    rows = warehouse.run(
        f"SELECT l.lead_id, lower(l.lead_id) = lower($wanted) AS is_exact FROM {cohort.leads} AS l "
        f"WHERE {condition} AND l.lead_no IN (SELECT lead_no FROM {cohort.table}) "
        "ORDER BY is_exact DESC, l.lead_id LIMIT 8",
        {"wanted": wanted},
    ).rows()
    return [Choice("lead_id", "lead id", lead_id, 1, is_exact=is_exact) for lead_id, is_exact in rows]


def unknown_values(warehouse: Warehouse, cohort: Cohort, vocabulary: Vocabulary, root: Node) -> str:
    """A hint where a rule asks for a value that no lead of the cohort has, with the nearest ones; else empty.

    Initials count as near, so ``US`` finds ``United States``.
    """
    fields = {field.name: number for number, field in enumerate(searched_fields(cohort, vocabulary))}
    asked = [
        (leaf.field, value)
        for leaf in leaves(root)
        if isinstance(leaf, TextIs) and leaf.field.name in fields
        for value in leaf.values
    ]
    if not asked:
        return ""
    table = value_table(warehouse, cohort, vocabulary)
    hints = []
    for field, value in asked:
        rows = warehouse.run(
            f"SELECT folded, shown, folded = lower(trim($wanted)) AS is_same FROM {table} WHERE field_no = $field_no "
            "ORDER BY is_same DESC, leads DESC, folded LIMIT 500",
            {"wanted": value, "field_no": fields[field.name]},
        ).rows()
        if rows and rows[0][2]:
            continue
        close = _near(value.casefold(), {folded: shown for folded, shown, _ in rows})
        known = f"; near it: {', '.join(close)}" if close else ""
        if value.casefold() == "unknown":
            known += f"; for leads without one write: {field.label} is missing"
        hints.append(f"No lead of this selection has the {field.label} “{value}”{known}.")
    return " ".join(hints)


def _near(value: str, shown: dict[str, str]) -> list[str]:
    initials = [name for name in shown if value == "".join(word[0] for word in name.split())]
    inside = [name for name in shown if len(value) >= 3 and value in name]
    found = dict.fromkeys([*initials, *inside, *difflib.get_close_matches(value, list(shown), n=3)])
    return [f"“{shown[name]}”" for name in found][:3]
