"""An import as the page needs it: uploads staged beside it, columns looked at once, and a rehearsal before the real run."""

from __future__ import annotations

import dataclasses
import re
import shutil
from collections.abc import Callable
from typing import BinaryIO

from analytics.errors import WorkspaceError
from analytics.importing.assemble import Assembler
from analytics.importing.choices import Choices, Mapping
from analytics.importing.finishing import Finisher
from analytics.importing.mapping import check_complete, choose_preset, guess_roles
from analytics.importing.notices import RawTable
from analytics.importing.pipeline import ColumnView, FileView, Import, Progress, SourceFile
from analytics.importing.reading import ReadLimits
from analytics.importing.typed import TypedTable
from analytics.schema import Role
from analytics.store.manifest import Manifest
from analytics.store.workspace import Workspace

CHUNK = 1 << 20
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([T ,].*)?")
_NUMBER = re.compile(r"[+-]?\d{1,12}([.,]\d{1,6})?")


class StagedImport(Import):
    """An import whose files were uploaded: they lie in its private folder and go with it."""

    def stage(self, upload: BinaryIO, name: str, number: int) -> SourceFile:
        """Copy an upload in chunks; ``name`` is shown and never becomes a path.

        Raises:
            WorkspaceError: there is no room for it.
        """
        path = self._folder / "uploads" / str(number)
        try:
            path.parent.mkdir(mode=0o700, exist_ok=True)
            upload.seek(0)
            with path.open("wb") as file:
                shutil.copyfileobj(upload, file, CHUNK)
        except OSError as error:
            raise WorkspaceError(
                f"The upload could not be stored: {error.strerror}. Free some space and try again."
            ) from error
        return SourceFile(path, name)

    def read(
        self,
        files: list[SourceFile],
        choices: Choices,
        progress: Progress | None = None,
        limits: ReadLimits | None = None,
    ) -> None:
        """As the engine does; what was learned about the columns of earlier files is forgotten."""
        self._texts: dict[tuple[str, str], list[str]] = {}
        super().read(files, choices, progress, limits)

    def texts_of(self, table: RawTable, header: str) -> list[str]:
        """As the engine does, asked once per column."""
        key = (table.table, header)
        if key not in self._texts:
            self._texts[key] = super().texts_of(table, header)
        return self._texts[key]

    def roles(self, choices: Choices) -> dict[int, Role]:
        """The guessed role of every file, by its number."""
        return dict(enumerate(guess_roles(self.tables, choices, choose_preset(self.tables, choices))))

    def _view(self, index: int, mapping: Mapping, choices: Choices) -> FileView:
        """The engine's view; dates and plain numbers of columns that are not personal are shown as they are."""
        view = super()._view(index, mapping, choices)
        columns = tuple(self._unmasked(self.tables[index], column) for column in view.columns)
        return dataclasses.replace(view, columns=columns)

    def _unmasked(self, table: RawTable, column: ColumnView) -> ColumnView:
        if column.personal is not None:
            return column
        texts = self.texts_of(table, column.header)
        samples = tuple(
            text[:60] if _DATE.fullmatch(text) or _NUMBER.fullmatch(text) else shown
            for text, shown in zip(texts, column.samples, strict=False)
        )
        return dataclasses.replace(column, samples=samples)

    def rehearse(self, choices: Choices, progress: Progress) -> Manifest:
        """Everything that an import does but storing: counts, extract time, notices.

        Raises:
            FileRefusedError: nothing to measure, too many rejects, or an open question.
            CancelledError: ``cancel`` was called.
        """
        mapping = self.mapping(choices)
        with self._translated():
            check_complete(self.tables, mapping, self._date_columns)
            rehearsal = _Rehearsal(
                self._connection, self._workspace, self._folder, self.tables, mapping, choices
            )
            return rehearsal.run(progress, self._check, is_sample=False)

    def finish(
        self, choices: Choices, progress: Progress | None = None, *, is_sample: bool = False
    ) -> Manifest:
        """As the engine does; what an earlier try left in the folder is removed first."""
        shutil.rmtree(self._folder / "snapshot", ignore_errors=True)
        return super().finish(choices, progress, is_sample=is_sample)

    def resume(self) -> None:
        """Make a cancelled import usable again."""
        self._cancelled.clear()

    @property
    def workspace(self) -> Workspace:
        """Where the snapshot goes."""
        return self._workspace


class _Rehearsal(Finisher):
    """A run that ends before anything is written."""

    def _publish(
        self,
        assembler: Assembler,  # noqa: ARG002 - the engine's signature
        typed: dict[Role, TypedTable],  # noqa: ARG002
        manifest: Manifest,
        check: Callable[[], None],
    ) -> Manifest:
        check()
        return manifest
