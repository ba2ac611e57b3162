"""Physical structure of a text body, found with numpy: records, their lines, and whether the quoting is sound."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

BLOCK = 1 << 17
TWO_HALVES = 1 << 24
_LF, _CR, _QUOTE = 10, 13, 34

MASKED_LF, MASKED_CR = 0x1E, 0x1D  # record and group separator stand in for line ends inside quotes

Bytes = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]
Places = npt.NDArray[np.intp]


@dataclass(slots=True)
class Structure:
    """What the body of a text file is made of.

    Attributes:
        is_sound: every quote opens or closes a cell or is doubled inside one, and the last cell is closed.
        records: records that are not blank lines; lines: all LFs.
        has_lone_cr: a CR without LF stands outside quotes.
        has_lf_ends, has_crlf_ends: records end with LF, with CRLF.
        quoted_ends: LFs inside quotes.
        is_masked: line ends were masked in the copy; has_masks: the masking characters occur in the file.
        longest: bytes of the longest record.
        shifts: ``(record, lines)``: from this 0-based record on, that many lines more than records came before.
    """

    is_sound: bool = True
    records: int = 0
    lines: int = 0
    has_lone_cr: bool = False
    has_lf_ends: bool = False
    has_crlf_ends: bool = False
    quoted_ends: int = 0
    is_masked: bool = False
    has_masks: bool = False
    longest: int = 0
    shifts: list[tuple[int, int]] = field(default_factory=list)


@dataclass(slots=True)
class _State:
    """Carried from block to block: where the open record began, and how many line ends came before it."""

    is_inside: bool = False
    before: int = _LF
    at: int = 0
    lines: int = 0
    begin: int = 0
    begin_line: int = 0


def copy_and_scan(
    source: Path,
    span: tuple[int, int],
    target: Path,
    delimiter: str,
    progress: Callable[[float], None] | None = None,
) -> Structure:
    """Copy the bytes of ``span`` to ``target`` and return their structure; stops early once it is unsound.

    In the copy, line ends inside quotes are replaced by ``MASKED_LF`` and ``MASKED_CR``, so that every record
    is one line and an engine may cut the file anywhere. A large body is scanned as two halves side by side;
    if the cut turns out to lie inside quotes, it is scanned again in one piece.
    """
    start, end = span
    target.touch()
    middle = _line_start(source, start + (end - start) // 2) if end - start > TWO_HALVES else end
    if middle >= end:
        return _copy_part(source, span, target, start, delimiter, progress=progress)
    with ThreadPoolExecutor(1) as beside:
        pending = beside.submit(_copy_part, source, (middle, end), target, start, delimiter)
        first = _copy_part(source, (start, middle), target, start, delimiter, progress=progress)
        second = pending.result()
    if first.is_sound and second.is_sound:
        return _joined(first, second)
    return _copy_part(source, span, target, start, delimiter)


def _line_start(source: Path, place: int) -> int:
    """Return the position after the first LF behind ``place``; a huge number when there is none nearby."""
    with source.open("rb") as file:
        file.seek(place)
        cut = file.read(BLOCK * 4).find(b"\n")
    return place + cut + 1 if cut >= 0 else 1 << 62


def _joined(first: Structure, second: Structure) -> Structure:
    """Return the structure of two neighbouring parts, both of whole records."""
    base = first.lines - first.records
    shifts = first.shifts + [(since + first.records, shift + base) for since, shift in second.shifts]
    if base != (first.shifts[-1][1] if first.shifts else 0) and (
        not second.shifts or second.shifts[0][0] > 0
    ):
        shifts = [*first.shifts, (first.records, base), *shifts[len(first.shifts) :]]
    return Structure(
        is_sound=True,
        records=first.records + second.records,
        lines=first.lines + second.lines,
        has_lone_cr=first.has_lone_cr or second.has_lone_cr,
        has_lf_ends=first.has_lf_ends or second.has_lf_ends,
        has_crlf_ends=first.has_crlf_ends or second.has_crlf_ends,
        quoted_ends=first.quoted_ends + second.quoted_ends,
        is_masked=first.is_masked or second.is_masked,
        has_masks=first.has_masks or second.has_masks,
        longest=max(first.longest, second.longest),
        shifts=shifts,
    )


def _copy_part(
    source: Path,
    span: tuple[int, int],
    target: Path,
    origin: int,
    delimiter: str,
    *,
    progress: Callable[[float], None] | None = None,
) -> Structure:
    """Copy and scan one part; ``origin`` is the place in the source that becomes the target's beginning."""
    found = Structure()
    start, end = span
    state = _State(at=start, begin=start)
    edges = np.zeros(256, dtype=np.bool_)
    edges[[_LF, _CR, _QUOTE, ord(delimiter)]] = True
    with source.open("rb") as file, target.open("r+b") as copy:
        file.seek(start)
        copy.seek(start - origin)
        left = end - start
        block = file.read(min(BLOCK, left))
        while block and found.is_sound:
            left -= len(block)
            following = file.read(min(BLOCK, left))
            copy.write(_scan_block(block, following[0] if following else _LF, edges, state, found))
            state.at += len(block)
            state.before = block[-1]
            block = following
            if progress is not None and left:
                progress(1 - left / max(end - start, 1))
    found.is_sound = found.is_sound and not state.is_inside
    if state.at > state.begin and found.is_sound:
        _add_records(np.array([state.begin_line]), found)
        found.longest = max(found.longest, state.at - state.begin)
    found.lines = state.lines
    return found


def _scan_block(block: bytes, following: int, edges: Mask, state: _State, found: Structure) -> bytes:
    """Add one block and return it with the line ends inside quotes masked."""
    data = np.frombuffer(block, dtype=np.uint8)
    ends = np.flatnonzero(data == _LF)
    was_inside = state.is_inside
    quotes = np.empty(0, dtype=np.intp)
    if block.find(b'"') >= 0:
        quotes = np.flatnonzero(data == _QUOTE)
        if not _are_sound(data, quotes, following, edges, state):
            found.is_sound = False
            return block
    inner = np.empty(0, dtype=np.intp)
    if len(quotes) or was_inside:
        inner = ends[_are_inside(ends, quotes, was_inside)]
    if block.find(b"\r") >= 0:
        returns = np.flatnonzero(data == _CR)
        is_inner = _are_inside(returns, quotes, was_inside)
        is_lone = np.append(data[1:], np.uint8(following))[returns] != _LF
        found.has_lone_cr = found.has_lone_cr or bool((is_lone & ~is_inner).any())
        block, data = _masked(block, data, returns[is_inner], MASKED_CR, found)
    _add_ends(data, ends, inner, state, found)
    block, _ = _masked(block, data, inner, MASKED_LF, found)
    return block


def _are_inside(places: Places, quotes: Places, was_inside: bool) -> Mask:
    """Tell for each place whether it stands inside quotes: an odd number of quotes came before it."""
    return ((np.searchsorted(quotes, places) + was_inside) & 1).astype(np.bool_)


def _are_sound(data: Bytes, quotes: Places, following: int, edges: Mask, state: _State) -> bool:
    """Tell whether opening quotes follow and closing quotes precede a delimiter, a line end or another quote.

    ``edges`` is true for these characters. The other quote is the second half of a doubled one.
    """
    opening, closing = quotes[state.is_inside :: 2], quotes[1 - state.is_inside :: 2]
    if len(opening):
        before = edges[data[opening - 1]]
        if opening[0] == 0:
            before[0] = edges[state.before]
        if not before.all():
            return False
    if len(closing):
        is_last = closing[-1] == len(data) - 1
        after = edges[data[(closing[:-1] if is_last else closing) + 1]]
        if not after.all() or (is_last and not edges[following]):
            return False
    state.is_inside = bool((len(quotes) + state.is_inside) & 1)
    return True


def _masked(block: bytes, data: Bytes, places: Places, mask: int, found: Structure) -> tuple[bytes, Bytes]:
    """Return the block with the bytes at ``places`` replaced."""
    if not len(places):
        return block, data
    found.is_masked = True
    if block.find(bytes([mask])) >= 0:
        found.has_masks = True
    copy = data.copy()
    copy[places] = mask
    return copy.tobytes(), copy


def _add_ends(data: Bytes, ends: Places, inner: Places, state: _State, found: Structure) -> None:
    """Count the records of a block; ``inner`` are the line ends inside quotes."""
    found.quoted_ends += len(inner)
    record_ends = np.setdiff1d(ends, inner, assume_unique=True) if len(inner) else ends
    if len(record_ends):
        is_crlf = data[record_ends - 1] == _CR
        if record_ends[0] == 0:
            is_crlf[0] = state.before == _CR
        crlf = int(np.count_nonzero(is_crlf))
        found.has_crlf_ends = found.has_crlf_ends or crlf > 0
        found.has_lf_ends = found.has_lf_ends or crlf < len(record_ends)
        starts = np.empty(len(record_ends), dtype=np.int64)
        starts[0] = state.begin
        starts[1:] = record_ends[:-1] + (1 + state.at)
        sizes = record_ends + state.at - starts - is_crlf
        found.longest = max(found.longest, int(sizes.max()))
        ordinals = np.searchsorted(ends, record_ends)
        begin_lines = np.empty(len(record_ends), dtype=np.int64)
        begin_lines[0] = state.begin_line
        begin_lines[1:] = ordinals[:-1] + (1 + state.lines)
        _add_records(begin_lines[sizes > 0], found)
        state.begin = int(record_ends[-1]) + 1 + state.at
        state.begin_line = int(ordinals[-1]) + 1 + state.lines
    state.lines += len(ends)


def _add_records(begin_lines: npt.NDArray[np.int64], found: Structure) -> None:
    """Count records and remember at which of them the lines run ahead (blank lines, quoted line ends)."""
    if not len(begin_lines):
        return
    shifts = begin_lines - np.arange(found.records, found.records + len(begin_lines))
    last = found.shifts[-1][1] if found.shifts else 0
    if shifts[0] != last or shifts[-1] != last:
        changed = np.flatnonzero(np.diff(np.concatenate(([last], shifts))))
        found.shifts += [(found.records + int(i), int(shifts[i])) for i in changed]
    found.records += len(begin_lines)
