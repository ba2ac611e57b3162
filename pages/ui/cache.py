"""The only module that caches: by snapshot fingerprint, contract hash and request, never by a frame."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import streamlit as st

from analytics import cohort, readout
from analytics.cohort import CohortRequest
from analytics.contract import Contract, default_contract
from analytics.readout import Readout
from analytics.store.manifest import Manifest
from analytics.store.workspace import Workspace
from analytics.warehouse import Warehouse

Answer = TypeVar("Answer")
FilterChoices = dict[str, tuple[tuple[str | None, int], ...]]


@st.cache_resource(show_spinner=False)
def workspace() -> Workspace:
    """The one workspace of this process."""
    return Workspace.default()


@st.cache_resource(show_spinner=False)
def warehouse() -> Warehouse:
    """The one engine of this process."""
    return Warehouse(workspace().snapshots_root)


@st.cache_resource(show_spinner=False)
def contract() -> Contract:
    """The contract in force: the defaults until one is signed."""
    return default_contract()


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


def once(make: Callable[[], Answer], *name: object) -> Answer:
    """What ``make`` returns, made once per ``name``: hashable plain values that determine it."""
    found: Answer = _once(make, name)
    return found


@st.cache_resource(show_spinner=False, max_entries=16)
def _once(_make: Callable[[], Any], name: tuple[object, ...]) -> Any:  # noqa: ARG001 - the key
    return _make()
