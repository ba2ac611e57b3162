"""The contract log replayed: from lines to versions with their states, and what of the log was tampered with.

Each line carries the hash of the line before it, so an altered, removed or moved line is found; a cut-off end is not,
nor is a log whose every hash was computed anew: against those the hash of the version on the signed paper helps.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from analytics.contract_table import canonical, digest
from analytics.errors import RequestError, nearest
from analytics.formatting import moment

MARKETING, SALES, SPONSOR = "marketing", "sales", "sponsor"
PROPOSED, SIGNED, ACKNOWLEDGED = "proposed", "signed", "acknowledged"
_SIDES = {SIGNED: (MARKETING, SALES), ACKNOWLEDGED: (SPONSOR,)}

State = Literal["proposed", "in force", "superseded", "outdated"]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the log as it is stored: all texts, ``at`` as ISO time in UTC without a zone."""

    number: int
    kind: str
    version: str
    body: str
    at: str
    previous_hash: str
    hash: str


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed (or, as sponsor, acknowledged) what they saw.

    Attributes:
        side: "marketing", "sales" or "sponsor".
        by: the name.
        role: the role, "" if none was given.
        at: when (naive UTC).
        fingerprint: the snapshot on the screen.
        numbers_text: the numbers on the screen as canonical JSON of an object.
    """

    side: str
    by: str
    role: str
    at: datetime
    fingerprint: str
    numbers_text: str


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the contract and all that happened to it.

    Attributes:
        number: 1, 2, … in the order of proposal.
        hash: SHA-256 over the contract and ``previous``.
        previous: hash of the version that was in force when this one was proposed, "" if none was.
        text: the contract table as canonical JSON.
        proposed_by: the name.
        proposed_role: the role, "" if none was given.
        note: why, "" if nothing was said.
        proposed_at: when (naive UTC).
        signatures: in the order of signing, the sponsor's acknowledgement among them.
        state: "outdated" was proposed on a version that is no longer in force; it cannot be signed any more.
        in_force_since: when the second side signed (naive UTC); None if it never came in force.
        superseded_at: when another version came in force in its place (naive UTC); None if none did.
    """

    number: int
    hash: str
    previous: str
    text: str
    proposed_by: str
    proposed_role: str
    note: str
    proposed_at: datetime
    signatures: tuple[Signature, ...] = ()
    state: State = "proposed"
    in_force_since: datetime | None = None
    superseded_at: datetime | None = None

    def signature(self, side: str) -> Signature | None:
        """What that side signed; None if it has not."""
        return next((one for one in self.signatures if one.side == side), None)


def version_hash(table: Mapping[str, Any], previous: str) -> str:
    """The hash of a version: of the contract table, and of the version it was proposed on ("" if none)."""
    return digest(canonical({"contract": table, "previous": previous}))


def line_hash(kind: str, version: str, body: str, at: str, previous_hash: str) -> str:
    """The hash of a line: of everything in it but its number."""
    return digest(
        canonical({"kind": kind, "version": version, "body": body, "at": at, "previous_hash": previous_hash})
    )


class History:
    """Versions as the lines make them, up to the first line that does not fit."""

    def __init__(self, lines: Iterable[Line]) -> None:
        """Replay the lines in their order; none at all is an empty history."""
        self._problems: list[str] = []
        self._versions: dict[str, Version] = {}
        self._in_force = ""
        self._tail: Line | None = None
        self._replay(tuple(lines))

    @property
    def problems(self) -> tuple[str, ...]:
        """What does not fit, a sentence per line, in the order of the log; empty for an intact one."""
        return tuple(self._problems)

    @property
    def versions(self) -> tuple[Version, ...]:
        """All intact versions, the newest proposal first."""
        return tuple(reversed(self._versions.values()))

    @property
    def in_force(self) -> Version | None:
        """The version that both sides signed last; None before the first."""
        return self._versions.get(self._in_force)

    @property
    def tail_hash(self) -> str:
        """What the next line follows; "" for the first."""
        return self._tail.hash if self._tail else ""

    def version(self, hash_: str) -> Version:
        """The version of that hash.

        Raises:
            RequestError: there is none.
        """
        if hash_ not in self._versions:
            raise RequestError(
                f"There is no contract version {hash_[:8]}; choose one from the list of versions."
            )
        return self._versions[hash_]

    def refuse_proposal(self, hash_: str, text: str) -> None:
        """Check that this contract may be proposed now.

        Raises:
            RequestError: it is the one in force, or is proposed already.
        """
        now = self.in_force
        if now and now.text == text:
            raise RequestError(
                f"This is exactly version {now.number}, in force since {_when(now.in_force_since)};"
                " change something before you propose it."
            )
        if hash_ in self._versions:
            known = self._versions[hash_]
            raise RequestError(
                f"This contract is proposed already as version {known.number}: {known.proposed_by},"
                f" {_when(known.proposed_at)}. Sign that version."
            )

    def refuse_signature(self, hash_: str, side: str) -> None:
        """Check that this side may sign this version now.

        Raises:
            RequestError: there is no such version, it cannot be signed any more, or the side has signed it.
        """
        version = self.version(hash_)
        if version.state == "superseded":
            raise RequestError(
                f"Version {version.number} was superseded on {_when(version.superseded_at)};"
                " only the version in force and proposals on it can be signed."
            )
        if version.state == "outdated":
            now = self.in_force
            before = self._versions.get(version.previous)
            basis = f"on version {before.number}" if before else "before any version was in force"
            raise RequestError(
                f"Version {version.number} was proposed {basis}, and now version {now.number if now else 1} is in force;"
                " propose it again."
            )
        if earlier := version.signature(side):
            did = "The sponsor acknowledged" if side == SPONSOR else f"{side.capitalize()} signed"
            raise RequestError(f"{did} this version already: {earlier.by}, {_when(earlier.at)}.")

    def _replay(self, lines: tuple[Line, ...]) -> None:
        signed = {line.version for line in lines if line.kind == SIGNED}
        before: Line | None = None
        for line in lines:
            found = self._fault(line, before, signed)
            if not found and not self._problems:
                try:
                    self._apply(line)
                except (
                    RequestError,
                    ValueError,
                    TypeError,
                    KeyError,
                    AttributeError,
                    RecursionError,
                ) as error:
                    why = f": {error}" if isinstance(error, RequestError) else "."
                    found = f"Line {line.number} of the contract log does not fit what stands before it{why}"
            if found:
                self._problems.append(found)
            before = line

    def _fault(self, line: Line, before: Line | None, signed: set[str]) -> str | None:
        """What is wrong with a line as it stands there; None if nothing is."""
        about = f"line {line.number} of the contract log"
        try:
            fits = line_hash(line.kind, line.version, line.body, line.at, line.previous_hash) == line.hash
        except (TypeError, ValueError):  # bytes, or letters that no UTF-8 text has
            fits = False
        if not fits:
            since = "signed" if line.version in signed else "proposed"
            return f"{self._name(line)} was altered after it was {since}: {about} does not match its hash."
        if line.previous_hash != (before.hash if before else ""):
            where = f"line {before.number}" if before else "nothing, though it stands first"
            return f"{self._name(line)} lost its place: {about} does not follow {where}; a line was removed, altered or moved."
        return None

    def _name(self, line: Line) -> str:
        """The version that a line is about, as far as what stands before it tells."""
        if line.version in self._versions:
            return f"Version {self._versions[line.version].number}"
        if line.kind == PROPOSED and not self._problems and isinstance(line.version, str):
            return f"Version {len(self._versions) + 1}"
        return "A version"

    def _apply(self, line: Line) -> None:
        body = json.loads(line.body)
        at = datetime.fromisoformat(line.at)
        if line.kind == PROPOSED:
            self._propose(line.version, body, at)
        elif line.kind in _SIDES:
            self._sign(line.version, line.kind, body, at)
        else:
            raise RequestError(
                f"'{line.kind[:16]}' is no kind of line{nearest(line.kind, (PROPOSED, *_SIDES)) or '.'}"
            )
        self._tail = line

    def _propose(self, hash_: str, body: dict[str, Any], at: datetime) -> None:
        table, previous = body["contract"], body["previous"]
        if version_hash(table, previous) != hash_ or previous != self._in_force:
            raise RequestError("the contract in it is not the one that its version's hash names.")
        text = canonical(table)
        self.refuse_proposal(hash_, text)
        self._versions[hash_] = Version(
            number=len(self._versions) + 1,
            hash=hash_,
            previous=previous,
            text=text,
            proposed_by=body["by"],
            proposed_role=body["role"],
            note=body["note"],
            proposed_at=at,
        )

    def _sign(self, hash_: str, kind: str, body: dict[str, Any], at: datetime) -> None:
        side = body["side"]
        if side not in _SIDES[kind]:
            raise RequestError(f"'{side}' is no side that has {kind}.")
        self.refuse_signature(hash_, side)
        signature = Signature(
            side, body["by"], body["role"], at, body["fingerprint"], canonical(body["numbers"])
        )
        version = self._versions[hash_]
        version = replace(version, signatures=(*version.signatures, signature))
        self._versions[hash_] = version
        if side != SPONSOR and version.signature(MARKETING) and version.signature(SALES):
            self._put_in_force(version, at)

    def _put_in_force(self, version: Version, at: datetime) -> None:
        if now := self.in_force:
            self._versions[now.hash] = replace(now, state="superseded", superseded_at=at)
        for other in self._versions.values():
            if other.state == "proposed":
                self._versions[other.hash] = replace(other, state="outdated")
        self._versions[version.hash] = replace(version, state="in force", in_force_since=at)
        self._in_force = version.hash


def _when(at: datetime | None) -> str:
    return f"{moment(at)} UTC" if at else "an unknown day"
