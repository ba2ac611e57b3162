"""The records that the vocabulary of rules is made of: fields, events, and the words that mean them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from analytics.results import Unmeasurable
from analytics.rules.tokens import folded
from analytics.schema import label_of
from analytics.warehouse import literal

AS_OF = "$rule_as_of"
"""The extract time as every condition binds it."""


class FieldKind(StrEnum):
    """How a field can be compared."""

    TEXT = "text"
    REASON = "reason"
    STATUS = "status"
    NUMBER = "number"
    STAMP = "stamp"
    DURATION = "duration"
    PRESENCE = "presence"
    KEPT = "kept"


class Subject(StrEnum):
    """What a field or event tells of a lead; a rule on a subject cannot also be evidence about it."""

    ACCEPTANCE = "acceptance"
    TOUCH = "touch"
    WIN = "win"
    NONE = ""


@dataclass(frozen=True, slots=True)
class RuleField:
    """A field of the leads file. ``expression`` is over the alias ``l``; NULL means the export does not say.

    ``bands`` pairs each band name (folded) with its label and number, ``band_number`` is the number's expression;
    ``codes`` pairs what people write (folded) with the code, for a status with the name of an event.
    """

    name: str
    label: str
    kind: FieldKind
    expression: str
    subject: Subject = Subject.NONE
    bands: tuple[tuple[str, str, int], ...] = ()
    band_number: str = ""
    codes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class RuleEvent:
    """Something that happened to a lead by the extract, or not: never unknown.

    ``happened`` is a condition without NULL, ``at`` the stamp (NULL where it did not happen or is undated; None where
    events of this sort have no stamp), ``untimed`` the condition that it happened at a moment nobody recorded.
    """

    name: str
    label: str
    happened: str
    at: str | None = None
    untimed: str = "false"
    subject: Subject = Subject.NONE


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All words one snapshot understands; ``absent`` are those it would, if the export had the column.

    ``headers`` are the CRM's own headers as written (kept columns, and mapped ones), for names in quotes.
    """

    words: dict[str, RuleField | RuleEvent | Unmeasurable]
    headers: dict[str, RuleField] = field(default_factory=dict)

    @property
    def known(self) -> tuple[str, ...]:
        """Every word and header that can be used, for suggestions."""
        return tuple(
            dict.fromkeys(
                [
                    *(word for word, meant in self.words.items() if not isinstance(meant, Unmeasurable)),
                    *self.headers,
                ]
            )
        )

    def field_named(self, name: str) -> RuleField | None:
        """The field of a canonical name or a kept column's header; None where this snapshot has none."""
        if name in self.headers and self.headers[name].kind is FieldKind.KEPT:
            return self.headers[name]
        found = self.words.get(folded(name))
        return found if isinstance(found, RuleField) else None

    def event_named(self, name: str) -> RuleEvent | None:
        """The event of a name such as ``accepted``; None where this snapshot cannot tell."""
        return next(
            (one for one in self.words.values() if isinstance(one, RuleEvent) and one.name == name), None
        )


Words = dict[str, RuleField | RuleEvent | Unmeasurable]


BLANKS = "".join(sign for sign in map(chr, range(0x3001)) if sign.isspace() and sign != " ")
"""Every blank that is no plain one: exports hold no-break spaces and tabs where people type a space."""


def plain_value(expression: str) -> str:
    """A text of the file with every run of blanks (up to eight) as one, and none around."""
    plain = f"translate({expression}, {literal(BLANKS)}, {literal(' ' * len(BLANKS))})"
    for _ in range(3):
        plain = f"replace({plain}, '  ', ' ')"
    return f"trim({plain})"


def folded_value(expression: str) -> str:
    """A text of the file as values are compared: ``plain_value`` in lower case."""
    return f"lower({plain_value(expression)})"


def put_words(words: Words, names: Iterable[str], meant: RuleField | RuleEvent | Unmeasurable) -> None:
    """Give words a meaning; a word that has one keeps it."""
    for name in names:
        words.setdefault(folded(name), meant)


def absence(name: str) -> Unmeasurable:
    """Why a field cannot be asked for, and the column that would bring it."""
    label = label_of(name)
    return Unmeasurable(
        f"The export has no column for '{label}'.", f"such a column, mapped to '{label}' at the import"
    )


def band_word(label: str) -> str:
    """A band's name as people type it, folded: ``201-1000`` for ``201–1,000``."""
    return folded(label).replace(",", "").replace(" - ", "-")
