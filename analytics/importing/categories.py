"""Brings spellings of one category together, visibly: "google" and "Google", NFC and NFD, underscores and blanks."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass

from analytics.importing.codes import is_null_token


@dataclass(frozen=True, slots=True)
class Merge:
    """Several spellings counted as one: ``shown`` is the most frequent; ``spellings`` text -> rows."""

    field: str
    shown: str
    spellings: tuple[tuple[str, int], ...]


def category_key(text: str) -> str:
    """What two spellings of one category share: case, encoding form, kinds of blanks and underscores left out."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    visible = "".join(c for c in folded if unicodedata.category(c) != "Cf")
    return re.sub(r"[\s_]+", " ", visible).strip()


def shown_form(text: str) -> str:
    """A spelling made fit to show: NFC, no zero-width characters, outer blanks off, inner blanks as they are."""
    visible = "".join(c for c in unicodedata.normalize("NFC", text) if unicodedata.category(c) != "Cf")
    return visible.strip()


def merge_spellings(field: str, counts: dict[str, int]) -> tuple[dict[str, str | None], list[Merge]]:
    """Map each distinct text of a column to the category it counts as (None = empty), and list the merges.

    Args:
        field: name of the field, for the list.
        counts: distinct raw text -> rows.
    """
    groups: dict[str, dict[str, int]] = defaultdict(dict)
    mapping: dict[str, str | None] = {}
    for text, rows in counts.items():
        if is_null_token(text):
            mapping[text] = None
        else:
            groups[category_key(text)][text] = rows
    merges = []
    for spellings in groups.values():
        forms: dict[str, int] = defaultdict(int)
        for text, rows in spellings.items():
            forms[shown_form(text)] += rows
        shown = max(forms, key=lambda form: (forms[form], _looks(form), form))
        mapping |= dict.fromkeys(spellings, shown)
        if len(spellings) > 1:
            listed = sorted(spellings.items(), key=lambda item: (-item[1], item[0]))
            merges.append(Merge(field, shown, tuple(listed)))
    return mapping, sorted(merges, key=lambda merge: merge.shown)


def _looks(form: str) -> tuple[bool, bool]:
    """Between equally frequent spellings prefer blanks to underscores and a capital to none."""
    return "_" not in form, form[:1].isupper()
