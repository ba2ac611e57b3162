"""The import from end to end: read the files, propose a mapping, and finish it as a snapshot. One object per import."""

from __future__ import annotations

import contextlib
import threading
import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from analytics.contract import zone_info
from analytics.errors import CancelledError, FileRefusedError, RequestError
from analytics.importing.choices import Choices, Join, Mapping
from analytics.importing.finishing import Finisher
from analytics.importing.mapping import (
    apply_choices,
    check_complete,
    choose_preset,
    guess_fields,
    guess_joins,
    guess_roles,
)
from analytics.importing.notices import RawTable
from analytics.importing.privacy import looks_personal, masked
from analytics.importing.reading import read_table
from analytics.importing.reading.limits import ReadLimits
from analytics.importing.stamp_columns import trimmed
from analytics.importing.stamps import Stamp, read_stamp
from analytics.importing.vocabulary import is_known_header, normal
from analytics.schema import FIELDS, Kind, Role
from analytics.store.manifest import Manifest
from analytics.store.workspace import Workspace
from analytics.warehouse import open_import_engine

Progress = Callable[[str, float], None]
"""Called with what is happening in words and the share done, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to import: where its bytes are, and the name it is shown under (never used as a path)."""

    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class ColumnView:
    """One column for the mapping table: three sample values (personal ones masked), rows filled, the guess."""

    header: str
    samples: tuple[str, ...]
    filled: int
    field: str | None
    personal: str | None
    is_kept: bool


@dataclass(frozen=True, slots=True)
class FileView:
    """One file for the import page."""

    name: str
    role: Role
    rows: int
    sheet: str | None
    sheets: tuple[str, ...]
    columns: tuple[ColumnView, ...]
    notices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What an import would do if it were finished now: shown, and changeable through ``Choices``.

    ``values`` maps a coded field to its texts with rows and code (``unknown`` = nobody knows the word yet).
    ``problem`` is the sentence that stands in the way of finishing, or None.
    """

    preset: str | None
    files: tuple[FileView, ...]
    mapping: Mapping
    values: dict[str, tuple[tuple[str, int, str], ...]] = field(default_factory=dict)
    problem: str | None = None
    question: str | None = None
    options: tuple[str, ...] = ()


class Import:
    """One import: an engine and a private folder of its own, both gone when the context ends.

    A second import, or a session that looks at a snapshot, never shares anything with it.
    """

    def __init__(self, workspace: Workspace, folder: Path, connection: duckdb.DuckDBPyConnection) -> None:
        """Use ``Import.open`` or ``Import.start``."""
        self._finalizer: weakref.finalize[..., Import] | None = None
        self._workspace = workspace
        self._folder = folder
        self._connection = connection
        self._cancelled = threading.Event()
        self.tables: list[RawTable] = []

    @classmethod
    def start(cls, workspace: Workspace) -> Import:
        """A fresh import that lives until ``close``, or until nobody holds it any more (a session that went away)."""
        stack = contextlib.ExitStack()
        folder = stack.enter_context(workspace.staging())
        connection = open_import_engine(folder)
        stack.callback(connection.close)
        work = cls(workspace, folder, connection)
        work._finalizer = weakref.finalize(work, stack.close)
        return work

    def close(self) -> None:
        """Remove the staged files and the engine; closing twice is fine."""
        if self._finalizer is not None:
            self._finalizer()

    @classmethod
    @contextlib.contextmanager
    def open(cls, workspace: Workspace) -> Iterator[Import]:
        """A fresh import; staged files and engine are removed at the end, whatever happens."""
        work = cls.start(workspace)
        try:
            yield work
        finally:
            work.close()

    def cancel(self) -> None:
        """Stop as soon as possible, from another thread; the import raises ``CancelledError``."""
        self._cancelled.set()
        self._connection.interrupt()

    def read(
        self,
        files: list[SourceFile],
        choices: Choices,
        progress: Progress | None = None,
        limits: ReadLimits | None = None,
    ) -> None:
        """Read all files as text, in place of those read before.

        Raises:
            FileRefusedError: a file cannot be read; one sentence says why.
            RequestError: no files.
        """
        if not files:
            raise RequestError("No file was given; choose the lead export.")
        self.tables = []
        for index, source in enumerate(files):
            self._check()
            say = _scaled(progress, index / len(files), 1 / len(files))
            with self._translated():
                self.tables.append(
                    read_table(
                        source.path, source.name, connection=self._connection, table=f"raw_{index}",
                        staging=self._folder, sheet=choices.sheets.get(index), known_headers=is_known_header, progress=say,
                        limits=limits or ReadLimits(),
                    )
                )  # fmt: skip

    def propose(self, choices: Choices) -> Proposal:
        """Guess roles, mapping and codes, with the person's choices on top; nothing is written.

        Raises:
            RequestError: a choice names something that does not exist.
        """
        with self._translated():
            try:
                mapping = self.mapping(choices)
            except FileRefusedError as error:
                return self._stuck(choices, error)
            problem, question, options = None, None, ()
            try:
                check_complete(self.tables, mapping, self._date_columns)
            except FileRefusedError as error:
                problem = str(error)
                question, options = getattr(error, "question", None), getattr(error, "options", ())
            return Proposal(
                preset=mapping.preset,
                files=tuple(self._view(index, mapping, choices) for index in range(len(self.tables))),
                mapping=mapping,
                values=self._values(mapping, choices),
                problem=problem,
                question=question,
                options=options,
            )

    def _stuck(self, choices: Choices, error: FileRefusedError) -> Proposal:
        roles = tuple(choices.roles.get(index, Role.LEADS) for index in range(len(self.tables)))
        mapping = Mapping(roles, {}, (), {}, {}, (), choices.keep_personal, None)
        return Proposal(
            preset=None,
            files=tuple(self._view(index, mapping, choices) for index in range(len(self.tables))),
            mapping=mapping,
            problem=str(error),
            question=getattr(error, "question", None),
            options=getattr(error, "options", ()),
        )

    def mapping(self, choices: Choices) -> Mapping:
        """The mapping as guessed and chosen; value codes and date orders are filled in when it is finished."""
        preset = choose_preset(self.tables, choices)
        roles = guess_roles(self.tables, choices, preset)
        guesses: dict[Role, dict[str, str]] = {}
        for table, role in zip(self.tables, roles, strict=True):
            if role not in guesses:
                guesses[role] = guess_fields(table, role, preset, self.texts_of)
        fields = apply_choices(self.tables, roles, guesses, choices)
        _closing_of_wins(fields)
        joins = guess_joins(self.tables, roles, fields, choices)
        kept = self._kept(roles, fields, joins, choices)
        return Mapping(tuple(roles), fields, tuple(joins), {}, {}, kept, choices.keep_personal, preset)

    def _kept(
        self, roles: list[Role], fields: dict[Role, dict[str, str]], joins: list[Join], choices: Choices
    ) -> tuple[str, ...]:
        """Further columns of the leads file that stay: all that do not look personal or free, and those ticked."""
        leads = self.tables[roles.index(Role.LEADS)]
        used = set(fields[Role.LEADS].values()) | {join.left_header for join in joins}
        wanted, unwanted = {normal(h) for h in choices.keep}, {normal(h) for h in choices.drop}
        kept = []
        for header in leads.headers:
            if header in used or normal(header) in unwanted:
                continue
            is_wanted = normal(header) in wanted or choices.keep_personal
            if is_wanted or looks_personal(header, self.texts_of(leads, header)) is None:
                kept.append(header)
        return tuple(kept)

    def texts_of(self, table: RawTable, header: str) -> list[str]:
        """Up to 200 distinct texts of a column, the most frequent first, among its first 100,000 rows."""
        column = f"c{table.headers.index(header) + 1}"
        rows = self._connection.execute(
            f"SELECT x, count(*) AS n FROM (SELECT {trimmed(column)} AS x FROM {table.table} LIMIT 100000) "
            "WHERE x IS NOT NULL GROUP BY 1 ORDER BY n DESC, x LIMIT 200"
        ).fetchall()
        return [row[0] for row in rows]

    def _date_columns(self, table: RawTable) -> list[str]:
        found = []
        for header in table.headers:
            texts = [text for text in self.texts_of(table, header)[:50] if not text.isdigit()]
            read = [isinstance(read_stamp(text, "dmy") or read_stamp(text, "mdy"), Stamp) for text in texts]
            if read and sum(read) > 0.8 * len(read):
                found.append(header)
        return found

    def _view(self, index: int, mapping: Mapping, choices: Choices) -> FileView:
        table, role = self.tables[index], mapping.roles[index]
        by_header: dict[str, str] = {}
        for name, header in mapping.fields.get(role, {}).items():
            by_header[header] = f"{by_header[header]} + {name}" if header in by_header else name
        columns = []
        for position, header in enumerate(table.headers, start=1):
            texts = self.texts_of(table, header)
            brings = by_header.get(header)
            name = brings or ""
            kind = FIELDS[role][name].kind if name in FIELDS[role] else None
            personal = looks_personal(header, texts) if kind is not Kind.PERSONAL else "kept as a keyed hash"
            hide = personal is not None and not choices.keep_personal
            samples = tuple((masked(text) if not hide else _starred(text))[:60] for text in texts[:3])
            filled = self._connection.execute(
                f"SELECT count({trimmed(f'c{position}')}) FROM {table.table}"
            ).fetchall()[0][0]
            columns.append(ColumnView(header, samples, filled, brings, personal, header in mapping.kept))
        return FileView(
            table.file_name, role, table.records, table.sheet, table.sheets, tuple(columns),
            tuple(notice.sentence for notice in table.notices),
        )  # fmt: skip

    def _values(self, mapping: Mapping, choices: Choices) -> dict[str, tuple[tuple[str, int, str], ...]]:
        """Every text of every coded column, with its rows and code."""
        from analytics.importing.column_plans import ColumnPlanner

        found: dict[str, tuple[tuple[str, int, str], ...]] = {}
        for role, fields in mapping.fields.items():
            tables = [table for table, at in zip(self.tables, mapping.roles, strict=True) if at is role]
            for name, header in fields.items():
                known = FIELDS[role][name]
                if known.kind in (Kind.DISPOSITION, Kind.OUTCOME, Kind.REASON, Kind.TOUCH_KIND, Kind.FLAG):
                    planner = ColumnPlanner(self._connection, tables[0].table, choices, "look")
                    plan = planner.plan(known, header, f"c{tables[0].headers.index(header) + 1}")
                    found[name] = tuple(
                        (text, rows, plan.codes[text])
                        for text, rows in sorted(
                            plan.code_counts.items(), key=lambda item: (-item[1], item[0])
                        )
                    )
        return found

    def finish(
        self, choices: Choices, progress: Progress | None = None, *, is_sample: bool = False
    ) -> Manifest:
        """Type, clean, join and store everything as an immutable snapshot.

        Raises:
            FileRefusedError: nothing to measure, too many rejects, or an open question.
            RequestError: a choice names something that does not exist.
            CancelledError: ``cancel`` was called.
            WorkspaceError: the snapshot could not be written.
        """
        zone_info(choices.zone)
        mapping = self.mapping(choices)
        with self._translated():
            check_complete(self.tables, mapping, self._date_columns)
            finisher = Finisher(
                self._connection, self._workspace, self._folder, self.tables, mapping, choices
            )
            return finisher.run(progress or (lambda _words, _share: None), self._check, is_sample=is_sample)

    def _check(self) -> None:
        if self._cancelled.is_set():
            raise CancelledError("The import was cancelled; nothing was stored.")

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        """The engine's errors as ours: cancelled, or too big for the memory an import may use."""
        try:
            yield
        except duckdb.InterruptException as error:
            raise CancelledError("The import was cancelled; nothing was stored.") from error
        except duckdb.OutOfMemoryException as error:
            raise FileRefusedError(
                "The files need more memory than an import may use (2.5 GB); split the export by year and import one part."
            ) from error


def _closing_of_wins(fields: dict[Role, dict[str, str]]) -> None:
    """A closing date from a column named for wins, without an outcome column, says that those leads were won."""
    has_outcome = any({"outcome", "won_at", "lost_at"} & found.keys() for found in fields.values())
    for found in fields.values():
        if not has_outcome and "closed_at" in found and "won" in normal(found["closed_at"]):
            found["won_at"] = found.pop("closed_at")


def _starred(text: str) -> str:
    return f"{text[:1]}***" if text else ""


def _scaled(progress: Progress | None, start: float, share: float) -> Progress | None:
    if progress is None:
        return None
    return lambda words, done: progress(words, (start + share * done) * 0.5)


def import_files(
    workspace: Workspace,
    files: list[SourceFile],
    choices: Choices,
    progress: Progress | None = None,
    limits: ReadLimits | None = None,
) -> Manifest:
    """Read, map and store in one go: what the command line does."""
    with Import.open(workspace) as work:
        work.read(files, choices, progress, limits)
        return work.finish(choices, progress)
