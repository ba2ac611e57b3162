"""Whether a zip container is a workbook that is safe to parse, told before anything parses it."""

from __future__ import annotations

import html
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from analytics.errors import FileRefusedError
from analytics.importing.reading.limits import ReadLimits
from analytics.importing.reading.sheet_scan import SheetFacts, SheetScanner

_MB = 1_000_000
_CHUNK = 1 << 20
_WORKBOOK = "xl/workbook.xml"
_SMALL_PART = 20 * _MB
_DTD = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"([\w:.-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")


@dataclass(frozen=True, slots=True)
class SheetPart:
    """One worksheet: its name, the part that holds it, whether it is hidden, and what a scan found."""

    name: str
    part: str
    is_hidden: bool
    facts: SheetFacts


@dataclass(frozen=True, slots=True)
class Workbook:
    """A workbook that passed the gate.

    Attributes:
        sheets: worksheets in the order of the tabs.
        unpacked: bytes of all parts.
        has_styles: dates can be told from numbers.
        is_uncalculated: the program that wrote it left all formulas for Excel to compute.
    """

    sheets: list[SheetPart] = field(default_factory=list)
    unpacked: int = 0
    has_styles: bool = True
    is_uncalculated: bool = False


def open_gate(path: Path, shown: str, limits: ReadLimits) -> Workbook:
    """Return what the container holds; raise FileRefusedError for anything hostile, damaged or foreign."""
    try:
        with zipfile.ZipFile(path) as container:
            return _inspect(container, shown, limits)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        OSError,
        ValueError,
        OverflowError,
    ) as error:
        if isinstance(error, NotImplementedError):
            raise FileRefusedError(
                f"{shown}: the workbook is packed in a way that Excel does not use; save it as .xlsx again."
            ) from None
        raise FileRefusedError(
            f"{shown}: the workbook is damaged (incomplete upload or disk fault); upload again, or save it anew in Excel."
        ) from None


def _inspect(container: zipfile.ZipFile, shown: str, limits: ReadLimits) -> Workbook:
    """Check the directory, then every part once."""
    parts = container.infolist()
    _check_directory(parts, shown, limits)
    names = {part.filename.lstrip("/"): part for part in parts}
    _refuse_foreign(container, names, shown)
    relations = _relations(_text(container, names.get("xl/_rels/workbook.xml.rels")))
    workbook = _text(container, names[_WORKBOOK])
    listed = _listed_sheets(workbook, relations, names, shown)
    found: dict[str, SheetFacts] = {}
    for part in parts:
        name = part.filename.lstrip("/")
        scanner = SheetScanner(shown, limits) if name in {target for _, target, _ in listed} else None
        _read_part(container, part, scanner, shown)
        if scanner is not None:
            found[name] = scanner.finish()
    return Workbook(
        [SheetPart(name, target, is_hidden, found[target]) for name, target, is_hidden in listed],
        sum(part.file_size for part in parts),
        "xl/styles.xml" in {name.casefold() for name in names},
        bool(re.search(r"fullCalcOnLoad\s*=\s*[\"'](?:1|true)", workbook)),
    )


def _check_directory(parts: list[zipfile.ZipInfo], shown: str, limits: ReadLimits) -> None:
    """Refuse by what the directory says, before a byte is unpacked."""
    if len(parts) > limits.zip_members:
        raise FileRefusedError(
            f"{shown}: the container holds {len(parts):,} parts, the limit is {limits.zip_members:,}; "
            "save the leads as a new .xlsx or as .csv."
        )
    seen: set[str] = set()
    for part in parts:
        key = part.filename.lstrip("/").casefold()
        if key in seen:
            raise FileRefusedError(
                f"{shown}: the container holds two parts named '{part.filename[:80]}', so programs may read different "
                "data from it; save it as .xlsx again."
            )
        seen.add(key)
        if part.flag_bits & 0x1:
            raise FileRefusedError(f"{shown}: the container is protected by a password; remove the password.")
    unpacked = sum(part.file_size for part in parts)
    if unpacked > limits.unpacked_mb * _MB:
        raise FileRefusedError(
            f"{shown}: the workbook has {unpacked / _MB:,.0f} MB when unpacked, the limit is {limits.unpacked_mb:,g} MB; "
            "export a shorter period or save it as .csv."
        )
    for part in parts:
        if part.file_size > _MB and part.file_size > limits.zip_ratio * max(part.compress_size, 1):
            ratio = part.file_size / max(part.compress_size, 1)
            raise FileRefusedError(
                f"{shown}: the workbook has {unpacked / _MB:,.0f} MB when unpacked, and its part {part.filename[:60]} is "
                f"packed {ratio:,.0f} to 1 (limit {limits.zip_ratio:g} to 1), which no lead list is; save it as .csv."
            )


def _refuse_foreign(container: zipfile.ZipFile, names: dict[str, zipfile.ZipInfo], shown: str) -> None:
    """Refuse containers that are no .xlsx, by name."""
    kind = None
    types = _text(container, names.get("[Content_Types].xml")) if "[Content_Types].xml" in names else ""
    lower = {name.casefold() for name in names}
    if any(name.endswith("vbaproject.bin") for name in lower) or "macroenabled" in types.casefold():
        kind = "it holds macros (.xlsm); save it as .xlsx without macros"
    elif "xl/workbook.bin" in lower:
        kind = "it is a binary workbook (.xlsb); save it as .xlsx"
    elif "mimetype" in names and b"opendocument" in container.read(names["mimetype"])[:200]:
        kind = "it is an OpenDocument file; save it as .xlsx or .csv"
    elif any(name.startswith("word/") for name in lower) or any(name.startswith("ppt/") for name in lower):
        kind = "it is an Office document without sheets; save the leads as .xlsx or .csv"
    elif any(name.endswith(".iwa") for name in lower):
        kind = "it is an Apple Numbers file; export it as .xlsx or .csv"
    elif any(name.startswith("meta-inf/") for name in lower):
        kind = "it is a Java or signed archive, not a workbook; export the leads as .xlsx or .csv"
    elif _WORKBOOK not in names and (
        "[Content_Types].xml" in names or any(name.startswith("xl/") for name in names)
    ):
        kind = "the workbook is damaged, its part xl/workbook.xml is missing; upload again, or save it anew in Excel"
    elif _WORKBOOK not in names:
        kind = "it is a zip archive, not a workbook; unzip it first and upload the .csv, .xlsx or .parquet inside"
    if kind:
        raise FileRefusedError(f"{shown}: {kind}.")


def _text(container: zipfile.ZipFile, part: zipfile.ZipInfo | None) -> str:
    """Return a small part as text."""
    if part is None:
        return ""
    if part.file_size > _SMALL_PART:
        raise zipfile.BadZipFile("part too large")
    return container.read(part).decode("utf-8", errors="replace")


def _relations(text: str) -> dict[str, str]:
    """Return relation id -> part name below ``xl/``."""
    found: dict[str, str] = {}
    for tag in re.findall(r"<(?:\w+:)?Relationship\b([^>]*)>", text):
        attributes = _attributes(tag)
        target = attributes.get("Target", "")
        base = "" if target.startswith("/") else "xl/"
        pieces: list[str] = []
        for piece in PurePosixPath(base + target.lstrip("/")).parts:
            if piece == "..":
                pieces = pieces[:-1]
            elif piece != ".":
                pieces.append(piece)
        if attributes.get("Type", "").endswith("/worksheet"):
            found[attributes.get("Id", "")] = "/".join(pieces)
    return found


def _attributes(tag: str) -> dict[str, str]:
    """Return the attributes of an XML tag."""
    return {name: html.unescape(double or single) for name, double, single in _ATTRIBUTE.findall(tag)}


def _listed_sheets(
    workbook: str, relations: dict[str, str], names: dict[str, zipfile.ZipInfo], shown: str
) -> list[tuple[str, str, bool]]:
    """Return (name, part, hidden) of the worksheets; chart sheets are left out."""
    found: list[tuple[str, str, bool]] = []
    for tag in re.findall(r"<(?:\w+:)?sheet\b([^>]*)>", workbook):
        attributes = _attributes(tag)
        relation = next((value for name, value in attributes.items() if name.endswith(":id")), "")
        target = relations.get(relation)
        if target is None:
            continue
        if target not in names:
            raise FileRefusedError(
                f"{shown}: the workbook is damaged, the part {target} of sheet '{attributes.get('name', '')}' is missing; "
                "upload again, or save it anew in Excel."
            )
        found.append((attributes.get("name", ""), target, attributes.get("state", "visible") != "visible"))
    if not found:
        raise FileRefusedError(f"{shown}: the workbook holds no worksheet; save the leads as .xlsx or .csv.")
    return found


def _read_part(
    container: zipfile.ZipFile, part: zipfile.ZipInfo, scanner: SheetScanner | None, shown: str
) -> None:
    """Read one part to its end, which checks its CRC; refuse a DTD; hand sheets to the scanner."""
    is_xml = part.filename.lower().endswith((".xml", ".rels", ".vml", ".xhtml"))
    tail = b""
    for chunk in _chunks(container, part):
        if is_xml:
            window = tail + chunk
            # UTF-16 hides the declaration from a byte search, and Excel never writes it.
            plain = window.replace(b"\x00", b"") if b"\x00" in window else window
            if _DTD.search(plain):
                raise FileRefusedError(
                    f"{shown}: the part {part.filename[:60]} contains a DTD, which no workbook needs and which can be used "
                    "to attack; save the leads as a new .xlsx or as .csv."
                )
            tail = chunk[-64:]
        if scanner is not None:
            scanner.feed(chunk)


def _chunks(container: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield the unpacked bytes of a part; more than the directory promised is damage."""
    left = part.file_size
    with container.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            left -= len(chunk)
            if left < 0:
                raise zipfile.BadZipFile("longer than promised")
            yield chunk
    if left:
        raise zipfile.BadZipFile("shorter than promised")
