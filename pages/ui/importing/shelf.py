"""The shelf: every snapshot of the workspace, to open or to delete."""

from __future__ import annotations

import streamlit as st

from analytics import formatting as text
from analytics.errors import HandoffError
from analytics.store.manifest import Manifest
from pages.ui import cache, controls, kept, markup, shell
from pages.ui.importing import frame
from pages.ui.page_list import FOUR_NUMBERS, LEADS

SHOWN = 50
TROUBLE_KEY = "shelf_trouble"
_HEADS = ("Files", "Leads", "Extract time", "Imported", "Fingerprint", "Size")


def show() -> None:
    """All snapshots, newest first."""
    manifests = cache.snapshots()
    st.header("Snapshots", anchor=False)
    trouble = st.session_state.pop(TROUBLE_KEY, None)
    if trouble:
        shell.problem(trouble)
    if not manifests:
        frame.aside("None yet. The other pages show the bundled sample until you bring an export.")
        return
    frame.aside(
        "An import is stored as a snapshot that never changes. Importing adds one; opening one changes no other."
    )
    _line(
        "shelf_head",
        markup.element("div", "snapshot heads", *(markup.plain("span", "", head) for head in _HEADS)),
    )
    for manifest in manifests[:SHOWN]:
        _snapshot(manifest)
    if len(manifests) > SHOWN:
        frame.aside(f"{text.count(len(manifests) - SHOWN)} older ones are in the workspace folder.")


def _line(key: str, inner: str) -> None:
    with st.container(key=key, horizontal=True, vertical_alignment="center", gap="small", wrap=False):
        markup.show(inner)


def _snapshot(manifest: Manifest) -> None:
    code = text.short_hash(manifest.fingerprint)
    names = ", ".join(file.name for file in manifest.files)
    cells = (
        f"{names} (sample)" if manifest.is_sample else names,
        text.count(manifest.leads),
        f"{text.moment(manifest.as_of)} UTC",
        f"{text.moment(manifest.imported_at)} UTC",
        code,
        size(_stored_bytes(manifest)),
    )
    with st.container(
        key=f"shelf_{code}", horizontal=True, vertical_alignment="center", gap="small", wrap=False
    ):
        markup.show(markup.element("div", "snapshot", *(markup.plain("span", "", cell) for cell in cells)))
        if st.button("Open", key=f"open_{code}", help=f"Show the four numbers of snapshot {code}"):
            open_numbers(manifest)
        if st.button("Delete", key=f"delete_{code}", type="tertiary", help=f"Delete snapshot {code}"):
            _confirm_deletion(manifest.fingerprint)


def open_numbers(manifest: Manifest) -> None:
    """Go to the four numbers of a snapshot, without the filters of the one looked at before."""
    st.switch_page(FOUR_NUMBERS, query_params={"snapshot": _choose(manifest)})


def open_leads(manifest: Manifest) -> None:
    """Go to all leads of a snapshot, whatever their date."""
    name = _choose(manifest)
    kept.remember("period", controls.WHOLE_FILE)
    st.switch_page(LEADS, query_params={"snapshot": name, "period": controls.WHOLE_FILE})


def _choose(manifest: Manifest) -> str:
    """Make a snapshot the one looked at in this session, and nothing else chosen."""
    for key in [key for key in st.session_state if isinstance(key, str) and _is_of_selection(key)]:
        del st.session_state[key]
    kept.forget(_is_of_selection)
    name = controls.snapshot_name(manifest)
    kept.remember("snapshot", name)
    return name


def _is_of_selection(key: str) -> bool:
    return key in ("period", "from", "to", "snapshot") or key.startswith("by_")


def size(number: int) -> str:
    """Bytes for people."""
    return (
        f"{number / 1_000_000:,.1f}{text.NBSP}MB"
        if number >= 100_000
        else f"{max(number / 1000, 0.1):,.1f}{text.NBSP}kB"
    )


def _stored_bytes(manifest: Manifest) -> int:
    paths = [cache.workspace().path(manifest, name) for name in manifest.stored]
    return sum(path.stat().st_size for path in paths if path.exists())


@st.dialog("Delete this snapshot?")
def _confirm_deletion(fingerprint: str) -> None:
    """Ask once more; what was decided on its numbers stays written down elsewhere."""
    with shell.boundary():
        found = next((one for one in cache.snapshots() if one.fingerprint == fingerprint), None)
        if found is None:
            st.rerun()
            return
        names = ", ".join(file.name for file in found.files)
        markup.show(
            markup.plain(
                "p",
                "sentence",
                f"{names}, {text.plural(found.leads, 'lead')}, {text.short_hash(fingerprint)}.",
            )
        )
        frame.aside("Whoever looks at it loses it. The same files with the same mapping bring it back.")
        with st.container(horizontal=True):
            if st.button("Delete", type="primary", key="delete_now", on_click=_delete, args=(found,)):
                st.rerun()
            if st.button("Keep", key="keep_now"):
                st.rerun()


def _delete(manifest: Manifest) -> None:
    try:
        cache.workspace().delete(manifest.fingerprint)
    except (HandoffError, OSError) as error:
        st.session_state[TROUBLE_KEY] = f"The snapshot could not be deleted: {error}"
    cache.verified.clear()
    cache.sample.clear()
