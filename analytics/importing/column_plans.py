"""One mapped column on its way to a typed one: the engine expression for plain texts, the slow reader for the rest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import field as default

import duckdb
import polars as pl

from analytics.errors import RequestError, nearest
from analytics.importing.categories import Merge, merge_spellings
from analytics.importing.choices import Choices
from analytics.importing.codes import NULL_TOKENS, clean_word, code_of
from analytics.importing.numbers import DecimalSign, decimal_sign, read_number, read_size
from analytics.importing.privacy import text_without_addresses, without_addresses
from analytics.importing.stamp_columns import StampColumn, plan_stamp_column, trimmed
from analytics.importing.stamps import Stamp, read_stamp
from analytics.schema import CODES, Field, Kind
from analytics.warehouse import literal, plain_name

MANY_CATEGORIES = 200_000
FEW_CATEGORIES = 20_000
NULL_LIST = ", ".join(literal(token) for token in sorted(NULL_TOKENS) if token)
LONGEST_TOKEN = max(map(len, NULL_TOKENS))
_NUMBER_REST: dict[str, type[pl.DataType]] = {
    "x": pl.String, "value": pl.Float64, "is_range": pl.Boolean, "state": pl.String,
}  # fmt: skip
_CODE_REST: dict[str, type[pl.DataType]] = {"x": pl.String, "value": pl.String}


@dataclass(slots=True)
class ColumnPlan:
    """How one column becomes typed.

    ``selects`` are expressions with ``@x`` for the raw text and ``@r`` for the side table ``rest`` (joined on the raw
    text), each ending in `` AS name``. A stamp has none: its ``stamp`` says how it is read.
    """

    field: Field
    source: str
    header: str
    selects: tuple[str, ...] = ()
    rest: str = ""
    stamp: StampColumn | None = None
    merges: list[Merge] = default(default_factory=list)
    codes: dict[str, str] = default(default_factory=dict)
    code_counts: dict[str, int] = default(default_factory=dict)


class ColumnPlanner:
    """Plans columns of one raw relation; side tables get names that begin with ``prefix``."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, relation: str, choices: Choices, prefix: str
    ) -> None:
        """``relation`` is query text: a table name or a parenthesised SELECT with ``line`` and ``c1 … cN``."""
        self._connection = connection
        self._relation = relation
        self._choices = choices
        self._prefix = prefix

    def plan(self, wanted: Field, header: str, source: str) -> ColumnPlan:
        """Look at all values of a column and decide how it is read.

        Raises:
            QuestionOpenError: the order of day and month must be asked for.
            RequestError: a value was mapped to a code that does not exist.
        """
        plan = ColumnPlan(wanted, source, header)
        match wanted.kind:
            case Kind.STAMP:
                plan.rest = self._rest_name(wanted)
                plan.stamp = plan_stamp_column(
                    self._connection, self._relation, source, header, self._choices.date_order
                )
            case Kind.NUMBER | Kind.MONEY | Kind.COUNT | Kind.SIZE:
                self._plan_number(plan)
            case Kind.CATEGORY:
                self._plan_category(plan)
            case Kind.MONTH:
                self._plan_month(plan)
            case Kind.DISPOSITION | Kind.OUTCOME | Kind.REASON | Kind.TOUCH_KIND | Kind.FLAG:
                self._plan_codes(plan)
            case _:
                self._plan_text(plan)
        return plan

    def _rest_name(self, wanted: Field) -> str:
        return f"rest_{self._prefix}_{wanted.name}"

    def _plan_text(self, plan: ColumnPlan) -> None:
        name = plan.field.name
        text = trimmed("@x")
        if plan.field.kind in (Kind.TEXT, Kind.CATEGORY) and not self._choices.keep_personal:
            text = text_without_addresses(f"({text})")
        if name == "person_name":  # people are called Null, NA and None
            plan.selects = (f"{text} AS {name}",)
        else:
            plan.selects = (
                f"CASE WHEN strlen(@x) > {LONGEST_TOKEN} OR lower({text}) NOT IN ({NULL_LIST}) THEN {text} END AS {name}",
            )

    def _plan_number(self, plan: ColumnPlan) -> None:
        kind, name = plan.field.kind, plan.field.name
        sign_of_plain = "" if kind in (Kind.MONEY, Kind.NUMBER) else " OR starts_with(@x, '-')"
        sign_of_plain += " OR contains(@x, '.')" if kind is Kind.SIZE else ""
        letters = " OR ".join(f"contains(@x, '{letter}')" for letter in "eEnNxX_")
        fast = f"CASE WHEN NOT (strlen(@x) > 15 OR {letters}{sign_of_plain}) THEN try_cast(@x AS DOUBLE) END"
        odd = self._distinct(plan.source, f"({fast.replace('@x', plan.source)}) IS NULL")
        sign = self._decimal_sign(plan, odd)
        if sign == ",":
            odd, fast = self._distinct(plan.source, "true"), "CAST(NULL AS DOUBLE)"
        rows: list[tuple[object, ...]] = []
        for text in odd:
            value = read_size(text, sign) if kind is Kind.SIZE else read_number(text, sign)
            if value is None or isinstance(value, str):
                rows.append((text, None, False, value or "refused"))
            elif isinstance(value, float):
                rows.append((text, value, False, "read"))
            else:
                rows.append(
                    (text, value.employees, value.is_range, "damaged" if value.was_damaged else "read")
                )
        plan.rest = self._rest(plan.field, rows, _NUMBER_REST)
        plan.selects = (f"coalesce({fast}, @r.value) AS {name}",)
        if kind is Kind.SIZE:
            plan.selects += (f"coalesce(@r.is_range, false) AS {name}_is_range",)

    def _decimal_sign(self, plan: ColumnPlan, odd: list[str]) -> DecimalSign:
        """The column's decimal sign from all odd texts and a sample of dotted ones; grouping is checked on all."""
        dotted = self._connection.execute(
            f"SELECT {plan.source} FROM {self._relation} WHERE contains({plan.source}, '.') LIMIT 5000"
        ).fetchall()
        sign = decimal_sign(sorted({*odd, *(row[0] for row in dotted)}), plan.field.kind)
        if sign == "," and dotted:
            other = self._distinct(
                plan.source,
                f"contains({plan.source}, '.') AND NOT regexp_matches({plan.source}, '\\d\\.\\d{{3}}($|\\D)')",
            )
            sign = decimal_sign(sorted({*odd, *other, *(row[0] for row in dotted)}), plan.field.kind)
        return sign

    def _plan_category(self, plan: ColumnPlan) -> None:
        counts = self._counts(plan.source)
        if len(counts) > MANY_CATEGORIES:
            self._plan_text(plan)
            return
        mapping, plan.merges = merge_spellings(plan.field.name, counts)
        if not self._choices.keep_personal:
            is_owner = plan.field.name == "owner"
            mapping = {
                text: shown and without_addresses(shown, is_owner=is_owner) for text, shown in mapping.items()
            }
            plan.merges = [
                Merge(m.field, without_addresses(m.shown, is_owner=is_owner),
                      tuple((without_addresses(text, is_owner=is_owner), rows) for text, rows in m.spellings))
                for m in plan.merges
            ]  # fmt: skip
        plan.rest = self._rest(plan.field, list(mapping.items()), _CODE_REST)
        if 0 < len(mapping) <= FEW_CATEGORIES and not plan.field.name.startswith("extra_"):
            self._narrow(plan.rest)
        plan.selects = (f"@r.value AS {plan.field.name}",)

    def _narrow(self, rest: str) -> None:
        """Let the engine carry categories as small numbers with a dictionary instead of texts."""
        kind = f"kind_{rest}"
        self._connection.execute(
            f"CREATE OR REPLACE TEMP TABLE shown_{rest} AS SELECT DISTINCT value FROM {rest} WHERE value IS NOT NULL ORDER BY 1"
        )
        if self._connection.execute(f"SELECT count(*) FROM shown_{rest}").fetchall()[0][0]:
            self._connection.execute(f"DROP TYPE IF EXISTS {kind}")
            self._connection.execute(f"CREATE TYPE {kind} AS ENUM (SELECT value FROM shown_{rest})")
            self._connection.execute(
                f"CREATE OR REPLACE TEMP TABLE {rest} AS SELECT x, CAST(value AS {kind}) AS value FROM {rest}"
            )

    def _plan_month(self, plan: ColumnPlan) -> None:
        """Months as the first of the month (ISO text): "2026-01", "Jan 2026", or any date inside the month."""
        order = self._choices.date_order or "mdy"
        rows: list[tuple[object, ...]] = []
        for text in self._counts(plan.source):
            stamp = next(
                (
                    s
                    for s in (read_stamp(t, order) for t in (text, f"{text}-01", f"1 {text}"))
                    if isinstance(s, Stamp)
                ),
                None,
            )
            rows.append((text, f"{stamp.at:%Y-%m}-01" if stamp else None))
        plan.rest = self._rest(plan.field, rows, _CODE_REST)
        plan.selects = (f"@r.value AS {plan.field.name}",)

    def _plan_codes(self, plan: ColumnPlan) -> None:
        kind, name = plan.field.kind, plan.field.name
        given = self._choices.values.get(name, {})
        for code in given.values():
            if code not in CODES[kind]:
                raise RequestError(
                    f"'{code}' is no code of {name}{nearest(code, CODES[kind])} Codes: {', '.join(CODES[kind])}."
                )
        words = {clean_word(text): code for text, code in given.items()}
        counts = self._counts(plan.source)
        rows: list[tuple[object, ...]] = []
        for text, count in counts.items():
            code = (
                given.get(text.strip())
                or words.get(clean_word(text))
                or code_of(kind, text, plan.header)
                or "unknown"
            )
            rows.append((text, None if code in ("none", "unknown") else code))
            plan.codes[text.strip()] = code
            plan.code_counts[text.strip()] = plan.code_counts.get(text.strip(), 0) + count
        plan.rest = self._rest(plan.field, rows, _CODE_REST)
        plan.selects = (f"@r.value AS {name}",)

    def _counts(self, source: str) -> dict[str, int]:
        query = (
            f"SELECT {source}, count(*) FROM {self._relation} WHERE {source} IS NOT NULL "
            f"GROUP BY 1 LIMIT {MANY_CATEGORIES + 1}"
        )
        return dict(self._connection.execute(query).fetchall())

    def _distinct(self, source: str, condition: str) -> list[str]:
        query = f"SELECT DISTINCT {source} FROM {self._relation} WHERE {source} IS NOT NULL AND {condition}"
        return [row[0] for row in self._connection.execute(query).fetchall()]

    def _rest(
        self, wanted: Field, rows: Iterable[tuple[object, ...]], schema: dict[str, type[pl.DataType]]
    ) -> str:
        name = plain_name(self._rest_name(wanted))
        frame = pl.DataFrame(list(rows), schema=schema, orient="row")
        self._connection.register("_rest", frame)
        self._connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM _rest")
        self._connection.unregister("_rest")
        return name
