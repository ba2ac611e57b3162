"""Guesses what each file is and which column brings which field, and applies what the person chose instead."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from analytics.errors import QuestionOpenError, RequestError, nearest
from analytics.importing.choices import Choices, Join, Mapping
from analytics.importing.codes import speaks_of
from analytics.importing.notices import RawTable
from analytics.importing.vocabulary import header_scores, likely_preset, normal, presets
from analytics.schema import CLOCK_FIELDS, FIELDS, Kind, Role

ROLE_WORDS: dict[Role, tuple[str, ...]] = {
    Role.TOUCHES: ("touch", "activit", "experience", "task", "call", "event"),
    Role.OPPORTUNITIES: ("opportunit", "deal", "verkaufschance"),
    Role.SPEND: ("spend", "cost", "budget", "kosten"),
    Role.LEADS: ("lead", "mql", "contact", "prospect"),
}
SHARED_HEADER = frozenset({"disposition", "outcome"})
"""Two fields that one status column can bring together: "Rejected" is a disposition, "Closed Won" an outcome."""

_ACCEPTANCE = re.compile("accept|akzept|angenommen|acept|accett|aceit|acceptee")
_WIN = re.compile("won|gewonnen|gagne|ganad|vint[oa]|ganh[oa]")

TextsOf = Callable[[RawTable, str], list[str]]
"""The most frequent distinct texts of a column, most frequent first."""


@dataclass(frozen=True, slots=True)
class FileGuess:
    """One file with its guessed role and fields, before the person looks."""

    role: Role
    fields: dict[str, str]


def guess_roles(tables: list[RawTable], choices: Choices, preset: str | None) -> list[Role]:
    """One role per file; exactly one kind of rows is leads (several files may hold leads of one layout).

    Raises:
        QuestionOpenError: no file looks like leads.
    """
    chosen = {index: role for index, role in choices.roles.items() if index < len(tables)}
    if len(tables) == 1 and not chosen:
        return [Role.LEADS]
    roles = [chosen.get(index) or _likely_role(table, preset) for index, table in enumerate(tables)]
    if Role.LEADS not in roles:
        free = [index for index in range(len(tables)) if index not in chosen]
        if not free:
            raise QuestionOpenError(
                "None of the files is marked as leads; say which one is (--file leads=PATH).", question="role"
            )
        roles[max(free, key=lambda index: tables[index].records)] = Role.LEADS
    _demote_second_leads(tables, roles, chosen)
    return roles


def _demote_second_leads(tables: list[RawTable], roles: list[Role], chosen: dict[int, Role]) -> None:
    """Two unequal layouts cannot both be leads: the smaller file that knows outcomes becomes opportunities."""
    leads = [index for index, role in enumerate(roles) if role is Role.LEADS]
    main = max(leads, key=lambda index: (index in chosen, tables[index].records))
    layout = {normal(header) for header in tables[main].headers}
    for index in leads:
        if index not in chosen and {normal(header) for header in tables[index].headers} != layout:
            roles[index] = Role.OPPORTUNITIES


def _likely_role(table: RawTable, preset: str | None) -> Role:
    name = table.file_name.casefold()
    scores = {role: 2.5 * any(word in name for word in words) for role, words in ROLE_WORDS.items()}
    found = {role: _best_fields(table.headers, role, preset) for role in Role}
    scores[Role.LEADS] += len(found[Role.LEADS]) * 0.5
    touches = found[Role.TOUCHES]
    scores[Role.TOUCHES] += ("lead_id" in touches) + ("touched_at" in touches) + 1.5 * ("channel" in touches)
    scores[Role.OPPORTUNITIES] += len(
        found[Role.OPPORTUNITIES].keys() & {"opportunity_id", "outcome", "amount", "closed_at", "won_at"}
    )
    if {"month", "amount"} <= found[Role.SPEND].keys() and len(table.headers) <= 6:
        scores[Role.SPEND] += 3
    return max(Role, key=lambda role: scores[role])


def _best_fields(headers: tuple[str, ...], role: Role, preset: str | None) -> dict[str, str]:
    """Greedy assignment of headers to fields by score; ties go to the earlier column."""
    own = set(presets()["generic"].headers[role]) if role is Role.OPPORTUNITIES else FIELDS[role].keys()
    offers = [
        (score, -position, field, header)
        for position, header in enumerate(headers)
        for field, score in header_scores(header, role, preset).items()
        if field in own
    ]
    fields: dict[str, str] = {}
    used: dict[str, str] = {}
    for _, _, field, header in sorted(offers, key=lambda offer: (-offer[0], -offer[1])):
        shares = {used.get(header, ""), field} <= SHARED_HEADER
        if field not in fields and (header not in used or shares):
            fields[field] = header
            used[header] = field
    return fields


def guess_fields(table: RawTable, role: Role, preset: str | None, texts_of: TextsOf) -> dict[str, str]:
    """Field -> header for one file; status columns bring dispositions and outcomes only if their words say so."""
    fields = _best_fields(table.headers, role, preset)
    _settle_status(table, role, fields, preset, texts_of)
    if role is Role.OPPORTUNITIES:
        fields.pop("disposition", None)
    if role is Role.LEADS and "lead_id" not in fields and "opportunity_id" in fields:
        fields["lead_id"] = fields.pop("opportunity_id")
        if "opportunity_at" in fields and not fields.keys() & set(CLOCK_FIELDS):
            fields["created_at"] = fields.pop(
                "opportunity_at"
            )  # the deals are the leads: their creation is the lead's
    return fields


def _settle_status(
    table: RawTable, role: Role, fields: dict[str, str], preset: str | None, texts_of: TextsOf
) -> None:
    for field, kind in (("disposition", Kind.DISPOSITION), ("outcome", Kind.OUTCOME)):
        candidates = sorted(
            (
                (scores[field], header)
                for header in table.headers
                if field in (scores := header_scores(header, role, preset))
            ),
            reverse=True,
        )
        fields.pop(field, None)
        for _, header in candidates:
            taken = {other for other, at in fields.items() if at == header}
            is_named = bool((_ACCEPTANCE if field == "disposition" else _WIN).search(normal(header)))
            if role is Role.OPPORTUNITIES and field == "disposition":
                break
            if taken <= SHARED_HEADER and speaks_of(kind, texts_of(table, header), booleans=is_named):
                fields[field] = header
                break


def guess_joins(
    tables: list[RawTable], roles: list[Role], mapping: dict[Role, dict[str, str]], choices: Choices
) -> list[Join]:
    """How the other files find their lead: by lead id, else by opportunity id; the person's joins win."""
    joins = list(choices.joins)
    for role in (Role.OPPORTUNITIES, Role.TOUCHES):
        if role not in mapping or any(role in (join.left, join.right) for join in joins):
            continue
        for key in ("lead_id", "opportunity_id") if role is Role.OPPORTUNITIES else ("lead_id",):
            left, right = mapping[Role.LEADS].get(key), mapping[role].get(key)
            if left and right:
                joins.append(Join(Role.LEADS, left, role, right))
                break
        else:
            raise QuestionOpenError(
                f"No column links the {role} file to the leads; name the two columns "
                f"(--join leads.HEADER={role}.HEADER).",
                question="join",
            )
    return [_checked_join(join, tables, roles, mapping) for join in joins]


def _checked_join(
    join: Join, tables: list[RawTable], roles: list[Role], mapping: dict[Role, dict[str, str]]
) -> Join:
    if join.right is Role.LEADS:
        join = Join(join.right, join.right_header, join.left, join.left_header)
    if join.left is not Role.LEADS or join.right not in mapping or join.right is Role.LEADS:
        raise RequestError(f"A join links the leads file to another file; got {join.left} and {join.right}.")
    ends = []
    for role, header in ((join.left, join.left_header), (join.right, join.right_header)):
        table = next(table for table, at in zip(tables, roles, strict=True) if at is role)
        ends.append(resolve_header(table.headers, header, table.file_name))
    return Join(join.left, ends[0], join.right, ends[1])


def resolve_header(headers: tuple[str, ...], wanted: str, file_name: str) -> str:
    """The shown header that a person's text means: exact, else equal without case and punctuation.

    Raises:
        RequestError: no such header; names the nearest.
    """
    if wanted in headers:
        return wanted
    alike = [header for header in headers if normal(header) == normal(wanted)]
    if alike:
        return alike[0]
    raise RequestError(f"{file_name} has no column '{wanted}'{nearest(wanted, headers)}.")


def apply_choices(
    tables: list[RawTable], roles: list[Role], guesses: dict[Role, dict[str, str]], choices: Choices
) -> dict[Role, dict[str, str]]:
    """The guessed fields with the person's fields on top; a header taken by a choice leaves its guessed field."""
    fields = {role: dict(found) for role, found in guesses.items()}
    for (role, field), header in choices.fields.items():
        _check_field(role, field)
        if header is None:
            for found in fields.values() if role is None else [fields.get(role, {})]:
                found.pop(field, None)
            continue
        home, shown = _home(tables, roles, role, field, header)
        for other in [
            name
            for name, at in fields[home].items()
            if at == shown and (None, name) not in choices.fields and (home, name) not in choices.fields
        ]:
            if not {other, field} <= SHARED_HEADER:
                del fields[home][other]
        fields[home][field] = shown
        if home is Role.OPPORTUNITIES and field not in ("opportunity_id", "lead_id"):
            fields[Role.LEADS].pop(field, None)
    return fields


def _check_field(role: Role | None, field: str) -> None:
    known = FIELDS[role] if role else {name for fields in FIELDS.values() for name in fields}
    if field not in known:
        raise RequestError(
            f"There is no field '{field}'{nearest(field, known)} Known fields: {', '.join(known)}."
        )


def _home(
    tables: list[RawTable], roles: list[Role], role: Role | None, field: str, header: str
) -> tuple[Role, str]:
    """The role and shown header a choice means; without a role the first file that has the header (leads first)."""
    order = sorted(zip(roles, tables, strict=True), key=lambda pair: pair[0] is not Role.LEADS)
    tried: list[str] = []
    for home, table in order:
        if (role is None and field in FIELDS[home]) or home is role:
            try:
                return home, resolve_header(table.headers, header, table.file_name)
            except RequestError:
                tried += table.headers
    if role is not None and role not in roles:
        raise RequestError(f"No file has the role '{role}'; the files are {', '.join(map(str, roles))}.")
    raise RequestError(f"No file has a column '{header}'{nearest(header, tried)}.")


def check_complete(
    tables: list[RawTable], mapping: Mapping, date_columns: Callable[[RawTable], list[str]]
) -> None:
    """Refuse a mapping without lead id or clock start, and a mapped column whose header stands twice.

    Raises:
        QuestionOpenError: names what is missing and which columns could bring it.
    """
    for table, role in zip(tables, mapping.roles, strict=True):
        for field, header in mapping.fields.get(role, {}).items():
            positions = table.repeated_headers.get(header)
            if positions:
                places = " and ".join(str(position) for position in positions)
                raise QuestionOpenError(
                    f"{table.file_name} has the column {header} twice (columns {places}) and it would bring "
                    f"{field}: rename one of them in the file, or map {field} to another column.",
                    question="mapping",
                )
    leads = next(table for table, role in zip(tables, mapping.roles, strict=True) if role is Role.LEADS)
    if mapping.header(Role.LEADS, "lead_id") is None:
        raise QuestionOpenError(
            f"{leads.file_name}: no column looks like lead_id, the id of the lead; its columns are "
            f"{_listed(leads.headers)}. Choose one (--map lead_id=HEADER).",
            question="mapping",
            options=leads.headers,
        )
    if not any(mapping.source_of(field) for field in CLOCK_FIELDS):
        dates = [header for table in tables for header in date_columns(table)]
        hint = f" Columns with dates: {_listed(tuple(dates))}." if dates else ""
        raise QuestionOpenError(
            f"{leads.file_name}: no column brings the clock start: handoff_at, mql_at or created_at is missing.{hint} "
            "Export one of them, or choose a column (--map created_at=HEADER).",
            question="mapping",
            options=tuple(dates),
        )


def _listed(headers: tuple[str, ...], most: int = 12) -> str:
    shown = ", ".join(header[:40] for header in headers[:most])
    return f"{shown} and {len(headers) - most} more" if len(headers) > most else shown


def choose_preset(tables: list[RawTable], choices: Choices) -> str | None:
    """The CRM chosen by the person, else the likeliest for the largest file.

    Raises:
        RequestError: an unknown preset was asked for.
    """
    if choices.preset is None:
        return likely_preset(max(tables, key=lambda table: len(table.headers)).headers)
    names = {normal(name): name for name in presets()} | {
        normal(p.label): name for name, p in presets().items()
    }
    found = names.get(normal(choices.preset))
    if found is None:
        known = [name for name in presets() if name != "generic"]
        raise RequestError(
            f"There is no preset '{choices.preset}'{nearest(choices.preset, known)} Known: {', '.join(known)}."
        )
    return None if found == "generic" else found
