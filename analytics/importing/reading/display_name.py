"""What a file is called on the screen, and which names are refused whatever the content is."""

from __future__ import annotations

import re
import unicodedata

from analytics.errors import FileRefusedError

LONGEST_NAME = 120

DANGEROUS_ENDINGS = frozenset(
    [
        "app",
        "apk",
        "bat",
        "bin",
        "cmd",
        "com",
        "cpl",
        "dll",
        "deb",
        "dmg",
        "exe",
        "gadget",
        "hta",
        "inf",
        "ins",
        "iso",
        "jar",
        "js",
        "jse",
        "lnk",
        "msc",
        "msi",
        "msp",
        "mst",
        "pif",
        "ps1",
        "ps1xml",
        "ps2",
        "psc1",
        "py",
        "pyc",
        "reg",
        "rpm",
        "run",
        "scf",
        "scr",
        "sct",
        "sh",
        "shb",
        "so",
        "svg",
        "swf",
        "sys",
        "url",
        "vb",
        "vbe",
        "vbs",
        "ws",
        "wsc",
        "wsf",
        "wsh",
        "xll",
    ]
)

_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def display_name(file_name: str) -> str:
    """Return a name that is safe to show: no path, no control or direction characters, at most 120 characters."""
    last = re.split(r"[/\\]", file_name)[-1]
    # Cc = control, Cf = invisible formatting (direction, zero width), Cs/Co/Cn = not characters at all.
    shown = "".join(
        c for c in last if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    )
    shown = shown.strip() or "unnamed file"
    if len(shown) > LONGEST_NAME:
        stem, dot, ending = shown.rpartition(".")
        ending = dot + ending if stem and len(ending) <= 10 else ""
        shown = shown[: LONGEST_NAME - 1 - len(ending)] + "…" + ending
    return shown


def refuse_dangerous_ending(file_name: str) -> None:
    """Raise FileRefusedError when the name a person *sees* ends like a program.

    A right-to-left override shows ``leads<U+202E>vsc.exe`` as ``leadsexe.csv``: the person saw a table and
    sent one, no program can start from it here, and the name is stored nowhere, so only the content counts.
    Without such a character the last ending is what the person saw: ``leads.csv.exe`` is refused.
    """
    if any(c in _TURNING for c in file_name):
        return
    shown = display_name(file_name)
    ending = unicodedata.normalize("NFKC", shown).rstrip(". ").rpartition(".")[2].lower()
    if "." in unicodedata.normalize("NFKC", shown) and ending in DANGEROUS_ENDINGS:
        raise FileRefusedError(
            f"{shown}: the name ends in .{ending}, which is a program and not a table; "
            "export the leads as .csv, .xlsx or .parquet and upload that file."
        )
