"""The only module that caches: by snapshot fingerprint, contract hash and request, never by a frame."""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar

import streamlit as st

from analytics import cohort, readout
from analytics.cohort import CohortRequest
from analytics.contract import Contract, default_contract, read_table
from analytics.errors import WorkspaceError
from analytics.readout import Readout
from analytics.store.cadence_log import CadenceLog, Entry
from analytics.store.contract_history import Version
from analytics.store.contract_log import ContractLog
from analytics.store.database import FILE_NAME, URL_VARIABLE
from analytics.store.manifest import Manifest
from analytics.store.scenarios import Scenario, Scenarios
from analytics.store.workspace import Workspace
from analytics.warehouse import Warehouse

Answer = TypeVar("Answer")
_SECONDS_BETWEEN_LOOKS = 5
_PLAIN = (str, int, float, bool, Enum, type(None))
FilterChoices = dict[str, tuple[tuple[str | None, int], ...]]


@st.cache_resource(show_spinner=False)
def workspace() -> Workspace:
    """The one workspace of this process."""
    return Workspace.default()


@st.cache_resource(show_spinner=False)
def warehouse() -> Warehouse:
    """The one engine of this process."""
    return Warehouse(workspace().snapshots_root)


@dataclass(frozen=True, slots=True)
class Agreed:
    """The contract in force, and the version it stands in; None while nothing is signed and the defaults hold."""

    contract: Contract
    version: Version | None


def contract() -> Contract:
    """The contract in force: the defaults until one is signed."""
    return agreed().contract


def agreed() -> Agreed:
    """The contract in force with its version; read again only when the records changed.

    Raises:
        WorkspaceError: the contract log was altered, or cannot be read.
    """
    return _agreed(_records_state())


def contract_versions() -> tuple[Version, ...]:
    """All versions of the contract, the newest proposal first; read again only when the records changed.

    Raises:
        WorkspaceError: the contract log cannot be read.
    """
    return _versions(_records_state())


@st.cache_resource(show_spinner=False, max_entries=2)
def _versions(state: tuple[int, ...]) -> tuple[Version, ...]:
    if not state:
        return ()
    log = ContractLog(contract_home())
    try:
        return log.versions()
    finally:
        log.close()


def scenarios_for_council() -> tuple[Scenario, ...]:
    """Saved scenarios that somebody flagged for the council, the newest first.

    Raises:
        WorkspaceError: the records cannot be read.
    """
    return _flagged(_records_state())


@st.cache_resource(show_spinner=False, max_entries=2)
def _flagged(state: tuple[int, ...]) -> tuple[Scenario, ...]:
    if not state:
        return ()
    log = Scenarios(contract_home())
    try:
        return tuple(one for one in log.all() if one.flagged_by)
    finally:
        log.close()


def contract_home() -> Workspace:
    """Where the contracts are kept: the workspace of this process."""
    return workspace()


def _records_state() -> tuple[int, ...]:
    """Changes when the records do: the stamps of the database's files, or the clock where it is elsewhere."""
    if os.environ.get(URL_VARIABLE):
        return (int(time.monotonic() // _SECONDS_BETWEEN_LOOKS),)
    path = contract_home().home / FILE_NAME
    found = []
    for file in (path, path.with_name(f"{FILE_NAME}-wal")):
        with contextlib.suppress(FileNotFoundError):
            facts = file.stat()
            found += [facts.st_mtime_ns, facts.st_size]
    return tuple(found)


@st.cache_resource(show_spinner=False, max_entries=2)
def _agreed(state: tuple[int, ...]) -> Agreed:
    if not state:
        return Agreed(default_contract(), None)
    log = ContractLog(contract_home())
    try:
        problems = log.problems()
        if problems:
            raise WorkspaceError(
                f"{problems[0]} No number is shown by it; restore the records database from a backup."
            )
        version = log.in_force()
    finally:
        log.close()
    if version is None:
        return Agreed(default_contract(), None)
    return Agreed(read_table(json.loads(version.text), f"version {version.number}"), version)


def cadence() -> tuple[Entry, ...]:
    """All entries of the cadence log, the oldest first; read again only when the records changed.

    Raises:
        WorkspaceError: the log was altered, or cannot be read.
    """
    return _cadence(_records_state())


@st.cache_resource(show_spinner=False, max_entries=2)
def _cadence(state: tuple[int, ...]) -> tuple[Entry, ...]:
    if not state:
        return ()
    log = CadenceLog(contract_home())
    try:
        return log.entries()
    finally:
        log.close()


def snapshots() -> tuple[Manifest, ...]:
    """All snapshots, newest first; reads the folder again only when it changed."""
    return _snapshots(workspace().snapshots_root.stat().st_mtime_ns)


@st.cache_resource(show_spinner=False, max_entries=2)
def _snapshots(changed_at: int) -> tuple[Manifest, ...]:  # noqa: ARG001 - the key
    return tuple(workspace().snapshots())


@st.cache_resource(show_spinner="Importing the sample data …")
def sample() -> Manifest:
    """The bundled sample, imported the first time it is needed."""
    return workspace().ensure_sample()


@st.cache_resource(show_spinner=False)
def verified(fingerprint: str) -> Manifest:
    """A snapshot's manifest after its stored files were checked against their hashes."""
    return workspace().manifest(fingerprint)


def choices(manifest: Manifest) -> FilterChoices:
    """What can be filtered by, with counts."""
    return _choices(manifest, manifest.fingerprint)


@st.cache_resource(show_spinner=False, max_entries=32)
def _choices(_manifest: Manifest, fingerprint: str) -> FilterChoices:  # noqa: ARG001 - the key
    return cohort.filter_choices(warehouse(), _manifest)


def numbers(
    manifest: Manifest, agreed: Contract, request: CohortRequest, dimension: str = "source"
) -> Readout:
    """The four numbers of a cohort."""
    return _numbers(manifest, agreed, request.fingerprint, agreed.hash, request, dimension)


@st.cache_resource(show_spinner="Counting the leads …", max_entries=256)
def _numbers(
    _manifest: Manifest,
    _agreed: Contract,
    fingerprint: str,  # noqa: ARG001 - the key
    contract_hash: str,  # noqa: ARG001 - the key
    request: CohortRequest,
    dimension: str,
) -> Readout:
    return readout.build_readout(warehouse(), _manifest, _agreed, request, dimension)


def answer(
    measure: Callable[..., Answer],
    manifest: Manifest,
    agreed: Contract,
    request: CohortRequest,
    *further: object,
) -> Answer:
    """What ``measure(warehouse, cohort, *further)`` returns for a cohort, measured once.

    ``measure`` is a function of the analytics package, known by its name; ``further`` are hashable plain values.
    """
    name = f"{measure.__module__}.{measure.__qualname__}"
    found: Answer = _answer(
        measure, manifest, agreed, name, request.fingerprint, agreed.hash, request, further
    )
    return found


def answer_with_progress(
    measure: Callable[..., Answer],
    manifest: Manifest,
    agreed: Contract,
    request: CohortRequest,
    on_progress: Callable[[int, int, str], None],
) -> Answer:
    """As ``answer``, for a measure that takes long and tells how far it is; it is measured even where it is kept."""
    opened = cohort.open_cohort(warehouse(), manifest, agreed, request)
    found = measure(warehouse(), opened, on_progress)
    name = f"{measure.__module__}.{measure.__qualname__}"
    _answer(lambda *_: found, manifest, agreed, name, request.fingerprint, agreed.hash, request, ())
    return found


@st.cache_resource(show_spinner="Counting the leads …", max_entries=512)
def _answer(
    _measure: Callable[..., Any],
    _manifest: Manifest,
    _agreed: Contract,
    name: str,  # noqa: ARG001 - the key
    fingerprint: str,  # noqa: ARG001 - the key
    contract_hash: str,  # noqa: ARG001 - the key
    request: CohortRequest,
    further: tuple[object, ...],
) -> Any:
    opened = cohort.open_cohort(warehouse(), _manifest, _agreed, request)
    return _measure(warehouse(), opened, *further)


def made(make: Callable[..., Answer], *parts: object) -> Answer:
    """What ``make(*parts)`` returns, made once: a figure of a result, the text of a figure.

    ``parts`` are plain values, or what this module keeps: that never changes, so the object is its own name.
    """
    names = tuple(repr(part) if isinstance(part, _PLAIN) else f"#{id(part)}" for part in parts)
    found: Answer = _made(make, parts, f"{make.__module__}.{make.__qualname__}", names)[0]
    return found


@st.cache_resource(show_spinner=False, max_entries=256)
def _made(
    _make: Callable[..., Any],
    _parts: tuple[object, ...],
    name: str,  # noqa: ARG001 - the key
    names: tuple[str, ...],  # noqa: ARG001 - the key
) -> tuple[Any, tuple[object, ...]]:
    return _make(*_parts), _parts  # kept with what it was made of: a name by identity is then nobody else's
