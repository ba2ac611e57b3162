"""Physical structure of a text body, found with numpy: records, their lines, and whether the quoting is sound."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

BLOCK = 1 << 18
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
        has_lone_cr: a CR without LF stands outside quotes; has_mixed_ends: LF and CRLF both end records.
        quoted_ends: LFs inside quotes; has_masks: the characters that mask them occur in the file.
        longest: bytes of the longest record.
        shifts: ``(record, lines)``: from this 0-based record on, that many lines more than records came before.
    """

    is_sound: bool = True
    records: int = 0
    lines: int = 0
    has_lone_cr: bool = False
    has_mixed_ends: bool = False
    has_quotes: bool = False
    quoted_ends: int = 0
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
    crlf_ends: int = 0
    lf_ends: int = 0


def copy_and_scan(
    source: Path,
    span: tuple[int, int],
    target: Path,
    delimiter: str,
    progress: Callable[[float], None] | None = None,
) -> Structure:
    """Copy the bytes of ``span`` to ``target`` and return their structure; stops early once it is unsound.

    In the copy, line ends inside quotes are replaced by ``MASKED_LF`` and ``MASKED_CR``, so that every record
    is one line and an engine may cut the file anywhere.
    """
    found = Structure()
    start, end = span
    state = _State(at=start, begin=start)
    with source.open("rb") as file, target.open("wb") as copy:
        file.seek(start)
        left = end - start
        block = file.read(min(BLOCK, left))
        while block and found.is_sound:
            left -= len(block)
            following = file.read(min(BLOCK, left))
            copy.write(_scan_block(block, following[0] if following else _LF, ord(delimiter), state, found))
            state.at += len(block)
            state.before = block[-1]
            block = following
            if progress is not None and left:
                progress(1 - left / max(end - start, 1))
    if state.is_inside:
        found.is_sound = False
    if state.at > state.begin and found.is_sound:
        _add_records(np.array([state.begin_line]), found)
        found.longest = max(found.longest, state.at - state.begin)
    found.lines = state.lines
    found.has_mixed_ends = bool(state.crlf_ends and state.lf_ends)
    return found


def _scan_block(block: bytes, following: int, delimiter: int, state: _State, found: Structure) -> bytes:
    """Add one block and return it with the line ends inside quotes masked."""
    data = np.frombuffer(block, dtype=np.uint8)
    ends = np.flatnonzero(data == _LF)
    inside: Mask | None = None
    if block.find(b'"') >= 0:
        found.has_quotes = True
        inside = _inside_quotes(data, following, delimiter, state, found)
        if not found.is_sound:
            return block
    elif state.is_inside:
        inside = np.ones(len(data), dtype=np.bool_)
    has_cr = block.find(b"\r") >= 0
    if has_cr:
        _look_at_cr(data, following, inside, found)
    inner = _add_ends(data, ends, inside, state, found)
    if inside is None or not (inner or has_cr):
        return block
    if block.find(bytes([MASKED_LF])) >= 0 or block.find(bytes([MASKED_CR])) >= 0:
        found.has_masks = True
    masked = data.copy()
    masked[inside & (data == _LF)] = MASKED_LF
    masked[inside & (data == _CR)] = MASKED_CR
    return masked.tobytes()


def _look_at_cr(data: Bytes, following: int, inside: Mask | None, found: Structure) -> None:
    """Note a CR outside quotes that is not followed by LF."""
    returns = np.flatnonzero(data == _CR)
    nexts = np.append(data[1:], np.uint8(following))[returns]
    lone = nexts != _LF
    if inside is not None:
        lone &= ~inside[returns]
    found.has_lone_cr = found.has_lone_cr or bool(lone.any())


def _inside_quotes(
    data: Bytes, following: int, delimiter: int, state: _State, found: Structure
) -> Mask | None:
    """Return a mask of the bytes inside quotes, or flag the structure as unsound."""
    quotes = data == _QUOTE
    edge = (data == delimiter) | (data == _LF) | (data == _CR)
    is_edge_before = np.empty_like(edge)
    is_edge_before[1:] = edge[:-1]
    is_edge_before[0] = state.before in {delimiter, _LF, _CR}
    is_edge_after = np.empty_like(edge)
    is_edge_after[:-1] = edge[1:]
    is_edge_after[-1] = following in {delimiter, _LF, _CR}
    opens = quotes & is_edge_before
    closes = quotes & is_edge_after
    # Plain blocks: every quote has an edge on exactly one side and they take turns.
    if not (opens & closes).any() and np.count_nonzero(quotes) == np.count_nonzero(opens | closes):
        depth = np.cumsum(opens.view(np.int8) - closes.view(np.int8), dtype=np.int8) + np.int8(
            state.is_inside
        )
        if depth.min() >= 0 and depth.max() <= 1:
            state.is_inside = bool(depth[-1])
            return depth.view(np.bool_)
    places = np.flatnonzero(quotes)
    first = 1 if state.is_inside else 0
    opening, closing = places[first::2], places[1 - first :: 2]
    # The quote before or after may be the other half of a doubled quote.
    is_quote_before = np.empty_like(quotes)
    is_quote_before[1:] = quotes[:-1]
    is_quote_before[0] = state.before == _QUOTE
    is_quote_after = np.empty_like(quotes)
    is_quote_after[:-1] = quotes[1:]
    is_quote_after[-1] = following == _QUOTE
    good = bool(
        (is_edge_before | is_quote_before)[opening].all() and (is_edge_after | is_quote_after)[closing].all()
    )
    if not good:
        found.is_sound = False
        return None
    parity = np.cumsum(quotes, dtype=np.int64)
    if state.is_inside:
        parity += 1
    mask = (parity & 1).astype(np.bool_)
    state.is_inside = bool(mask[-1])
    return mask


def _add_ends(data: Bytes, ends: Places, inside: Mask | None, state: _State, found: Structure) -> int:
    """Count the records of a block and return how many line ends stand inside quotes."""
    is_inner = inside[ends] if inside is not None and len(ends) else np.zeros(len(ends), dtype=np.bool_)
    inner = int(np.count_nonzero(is_inner))
    found.quoted_ends += inner
    record_ends = ends[~is_inner] if inner else ends
    if len(record_ends):
        is_crlf = data[record_ends - 1] == _CR
        if record_ends[0] == 0:
            is_crlf[0] = state.before == _CR
        crlf = int(np.count_nonzero(is_crlf))
        state.crlf_ends += crlf
        state.lf_ends += len(record_ends) - crlf
        starts = np.empty(len(record_ends), dtype=np.int64)
        starts[0] = state.begin
        starts[1:] = record_ends[:-1] + (1 + state.at)
        sizes = record_ends + state.at - starts - is_crlf
        found.longest = max(found.longest, int(sizes.max()))
        ordinals = np.flatnonzero(~is_inner)
        begin_lines = np.empty(len(record_ends), dtype=np.int64)
        begin_lines[0] = state.begin_line
        begin_lines[1:] = ordinals[:-1] + (1 + state.lines)
        _add_records(begin_lines[sizes > 0], found)
        state.begin = int(record_ends[-1]) + 1 + state.at
        state.begin_line = int(ordinals[-1]) + 1 + state.lines
    state.lines += len(ends)
    return inner


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
