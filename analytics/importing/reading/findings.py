"""What reading one file has found so far: notices, records set aside, and how both are put into words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from analytics.importing.notices import AsideKind, AsideRecord, Notice

MOST_LINES = 20


def spans(lines: Iterable[int]) -> str:
    """Return ``"8-9, 12"`` for ``[8, 9, 12]``; after ten spans the rest is counted."""
    runs: list[list[int]] = []
    for line in sorted(set(lines)):
        if runs and line == runs[-1][1] + 1:
            runs[-1][1] = line
        else:
            runs.append([line, line])
    shown = [str(low) if low == high else f"{low}-{high}" for low, high in runs[:10]]
    return ", ".join(shown) + (f" and {len(runs) - 10} more places" if len(runs) > 10 else "")


def plural(count: int, noun: str) -> str:
    """Return ``"1 row"`` or ``"1,200 rows"``."""
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


@dataclass(slots=True)
class Findings:
    """Collects while a file is read; ``place`` is "line" for text files and "row" for sheets and Parquet."""

    file_name: str
    place: str = "line"
    notices: list[Notice] = field(default_factory=list)
    aside: list[AsideRecord] = field(default_factory=list)
    texts: list[tuple[int, str]] = field(default_factory=list)

    @property
    def footer_texts(self) -> list[str]:
        """Texts of the footers in the order of the file."""
        return [text for _, text in sorted(self.texts)]

    def notice(self, code: str, sentence: str, *, count: int = 1, lines: Sequence[int] = ()) -> None:
        """Add one notice; only the first 20 lines are kept."""
        kept = tuple(int(line) for line in lines[:MOST_LINES])
        self.notices.append(Notice(code=code, sentence=sentence, count=count, lines=kept))

    def set_aside(self, line: int, kind: AsideKind, reason: str, *, text: str = "") -> None:
        """Add one record that does not go into the table; ``text`` is kept for footers only."""
        self.aside.append(AsideRecord(line=int(line), kind=kind, reason=reason))
        if kind == "footer" and text:
            self.texts.append((int(line), text))

    def long_cell(self, line: int, column: str, length: int, most: int) -> str:
        """Return the sentence that refuses a cell over the limit."""
        return (
            f"{self.file_name}, {self.place} {line}, column {column}: the cell holds {length:,} characters, the limit is "
            f"{most:,}; shorten it or leave the column out of the export."
        )

    def note_aside(self) -> None:
        """Sort what was set aside and note footers and blank rows, each kind in one sentence."""
        self.aside.sort(key=lambda record: record.line)
        footers = [record for record in self.aside if record.kind == "footer"]
        blank = [record.line for record in footers if record.reason == "blank row"]
        others = [record for record in footers if record.reason != "blank row"]
        if blank:
            sentence = f"{self.file_name}: row{'s' * (len(blank) > 1)} {spans(blank)} blank, skipped."
            self.notice("blank_rows", sentence, count=len(blank), lines=blank)
        if others:
            lines = [record.line for record in others]
            reasons = sorted({record.reason for record in others})
            self.notice(
                "footers",
                f"{self.file_name}, {self.place} {spans(lines)}: {plural(len(lines), 'row')} not counted as leads "
                f"({'; '.join(reasons[:4])}{'; …' if len(reasons) > 4 else ''}).",
                count=len(lines),
                lines=lines,
            )
