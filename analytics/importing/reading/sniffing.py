"""What a file is by its first bytes; the ending of its name decides nothing."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from analytics.errors import FileRefusedError

Content = Literal["text", "zip", "parquet"]

_ZIP = "it is a {name} archive; unzip it first and upload the .csv, .xlsx or .parquet inside"
_SAVE = "it is {name}, not a table; export the leads as .csv, .xlsx or .parquet"

# (offset, magic bytes, what it is and what to do). Checked in order; the first hit refuses the file.
_REFUSED: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x1f\x8b", _ZIP.format(name="gzip")),
    (0, b"BZh", _ZIP.format(name="bzip2")),
    (0, b"\xfd7zXZ\x00", _ZIP.format(name="xz")),
    (0, b"\x28\xb5\x2f\xfd", _ZIP.format(name="zstd")),
    (0, b"\x04\x22\x4d\x18", _ZIP.format(name="lz4")),
    (0, b"\xff\x06\x00\x00sNaPpY", _ZIP.format(name="snappy")),
    (0, b"\x1f\x9d", _ZIP.format(name="compress (.Z)")),
    (0, b"\x1f\xa0", _ZIP.format(name="compress (.Z)")),
    (0, b"7z\xbc\xaf\x27\x1c", _ZIP.format(name="7z")),
    (0, b"Rar!\x1a\x07", _ZIP.format(name="RAR")),
    (0, b"MSCF", _ZIP.format(name="cabinet")),
    (257, b"ustar", _ZIP.format(name="tar")),
    (0, b"PK\x05\x06", "it is an empty zip archive; export the leads again"),
    (0, b"PK\x07\x08", _ZIP.format(name="split zip")),
    (0, b"%PDF", _SAVE.format(name="a PDF")),
    (0, b"MZ", _SAVE.format(name="a Windows program")),
    (0, b"\x7fELF", _SAVE.format(name="a Linux program")),
    (0, b"\xcf\xfa\xed\xfe", _SAVE.format(name="a macOS program")),
    (0, b"\xce\xfa\xed\xfe", _SAVE.format(name="a macOS program")),
    (0, b"\xca\xfe\xba\xbe", _SAVE.format(name="a program")),
    (0, b"#!", _SAVE.format(name="a script")),
    (0, b"\x89PNG", _SAVE.format(name="a PNG image")),
    (0, b"\xff\xd8\xff", _SAVE.format(name="a JPEG image")),
    (0, b"GIF87a", _SAVE.format(name="a GIF image")),
    (0, b"GIF89a", _SAVE.format(name="a GIF image")),
    (0, b"II*\x00", _SAVE.format(name="a TIFF image")),
    (0, b"MM\x00*", _SAVE.format(name="a TIFF image")),
    (0, b"RIFF", _SAVE.format(name="a media file")),
    (4, b"ftyp", _SAVE.format(name="a media file")),
    (0, b"{\\rtf", _SAVE.format(name="an RTF document")),
    (0, b"SQLite format 3\x00", _SAVE.format(name="a SQLite database")),
    (8, b"DUCK", _SAVE.format(name="a DuckDB database")),
    (0, b"ARROW1", "it is an Arrow file; save it as .parquet or .csv"),
    (0, b"FEA1", "it is a Feather file; save it as .parquet or .csv"),
    (0, b"ORC", "it is an ORC file; save it as .parquet or .csv"),
    (0, b"Obj\x01", "it is an Avro file; save it as .parquet or .csv"),
    (0, b"$FL2", "it is an SPSS file; save it as .csv"),
    (0, b"<stata_dta>", "it is a Stata file; save it as .csv"),
    (0, b"-----BEGIN ", _SAVE.format(name="a key or certificate")),
)

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|script|table|form|meta|div)\b", re.IGNORECASE)
_ORC_HEADER = re.compile(rb"ORC[\x00-\x08\x0a-\x1f\x80-\xff]")


def content_of(path: Path, shown: str) -> Content:
    """Return what the bytes are; raise FileRefusedError naming the kind when it is nothing that can be read."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(4096)
        file.seek(max(0, size - 8))
        tail = file.read(8)
    if head.startswith(_OLE):
        _refuse_ole(path, shown)
    if head[:4] == b"PARE" or (head[:4] == b"PAR1" and tail[-4:] == b"PARE"):
        raise FileRefusedError(f"{shown}: the Parquet file is encrypted; export it without encryption.")
    if head[:4] == b"PAR1":
        return "parquet"
    if head[:4] == b"PK\x03\x04":
        return "zip"
    for offset, magic, what in _REFUSED:
        if head[offset : offset + len(magic)] != magic:
            continue
        if magic in {b"ORC", b"MZ", b"BZh", b"RIFF", b"MSCF", b"FEA1"} and _is_plain_text(head):
            continue  # letters that may begin a column name
        if offset and _is_plain_text(head[:offset]) and magic != b"ustar":
            continue
        raise FileRefusedError(f"{shown}: {what}.")
    _refuse_markup(head, shown)
    return "text"


def _is_plain_text(head: bytes) -> bool:
    """Tell whether the bytes hold no control character but white space."""
    return not re.search(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]", head)


def _refuse_ole(path: Path, shown: str) -> None:
    """Refuse a compound file: an encrypted workbook needs its password removed, an old one needs saving."""
    tail = b""
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            if _ENCRYPTED in tail + block:
                raise FileRefusedError(
                    f"{shown}: the workbook is protected by a password; remove the password "
                    "(File, Info, Protect Workbook) and upload it again."
                )
            tail = block[-64:]
    raise FileRefusedError(f"{shown}: it is an old Office file (.xls or .doc); open it and save it as .xlsx.")


def _refuse_markup(head: bytes, shown: str) -> None:
    """Refuse HTML, XML and JSON that carries the name of a table."""
    text = head
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or head[:64].count(0) > 16:
        text = (
            head.replace(b"\x00", b"")[2:] if head[:1] in {b"\xff", b"\xfe"} else head.replace(b"\x00", b"")
        )
    text = text.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"<"):
        if _HTML.match(text) or _HTML.search(text[:2048]):
            raise FileRefusedError(
                f"{shown}: it is an HTML page, not a CSV (often a login page or an error page); "
                "log in and export the leads again."
            )
        if re.match(rb"<(?:\?xml|!--|!DOCTYPE|[A-Za-z][\w:.-]*[\s/>][^,;\t|\n]*\n?\s*<)", text):
            raise FileRefusedError(
                f"{shown}: it is an XML file, not a CSV; export the leads as .csv or .xlsx."
            )
    if re.match(rb"\[\s*[\[{\"]|\[\s*\]\s*$|\{\s*(?:\"[^\"\n]*\"\s*:|\}\s*$)", text):
        raise FileRefusedError(
            f"{shown}: it is JSON, not a CSV; export the leads as .csv, .xlsx or .parquet."
        )
    if re.match(rb"(?:From|Received|MIME-Version|Return-Path):\s", text) and b"\n" in text:
        raise FileRefusedError(f"{shown}: it is an e-mail message; save its attachment and upload that.")
