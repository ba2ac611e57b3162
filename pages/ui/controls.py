"""The sidebar and the chips: which snapshot, period and filters are looked at, all of it in the URL."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import streamlit as st

from analytics import formatting as text
from analytics.cohort import FIRST, LAST, UNKNOWN, CohortRequest
from analytics.errors import RequestError
from analytics.schema import label_of
from analytics.store.manifest import Manifest
from pages.ui import kept, markup
from pages.ui.cache import FilterChoices

DEFAULT_PERIOD = "Leads old enough to judge"
WHOLE_FILE = "Whole file"
FROM_TO = "From – to"
EARLIEST, LATEST = FIRST.date(), LAST.date() - timedelta(days=2)  # a period ends a day after its last day
PERIODS = (DEFAULT_PERIOD, WHOLE_FILE, FROM_TO)
UNKNOWN_NAME = "(unknown)"
IN_SIGHT = "source"
LEAST_HASH = 8
"""So many letters of a fingerprint name a snapshot in an address."""
_GONE = "snapshot_gone"


def filter_key(field: str, manifest: Manifest) -> str:
    """The widget key of a filter, which is also its name in the URL: never a header from the file."""
    aliases = {header: alias for alias, header in manifest.extra_columns.items()}
    return f"by_{aliases.get(field, field)}"


def shown(value: str | None) -> str:
    """A filter value as it is shown: the empty one stands for what the export does not say."""
    return value or UNKNOWN_NAME


def choose_snapshot(manifests: tuple[Manifest, ...]) -> Manifest:
    """The snapshot picker; the newest is the default."""
    names = {snapshot_name(manifest): manifest for manifest in manifests}
    _follow_link(names)
    kept.restore(
        "snapshot", names.__contains__, lambda value: "" if value == next(iter(names)) else str(value)
    )
    chosen = st.selectbox(
        "Snapshot", list(names), key="snapshot", bind="query-params", on_change=_forget_gone
    )
    kept.remember("snapshot", chosen)
    manifest = names[chosen] if chosen in names else manifests[0]
    markup.show(
        markup.line(
            "aside",
            (
                "sample data" if manifest.is_sample else "",
                text.plural(manifest.leads, "lead"),
                f"as of {text.moment(manifest.as_of)} UTC",
            ),
        )
    )
    return manifest


def _follow_link(names: Mapping[str, Manifest]) -> None:
    """An address may name a snapshot by its fingerprint alone; one that is not here is remembered, to be said."""
    asked = st.query_params.get("snapshot", "")
    if not asked:
        if kept.is_entered():
            _forget_gone()
        return
    _forget_gone()
    if asked in names:
        return
    known = [
        name
        for name, one in names.items()
        if len(asked) >= LEAST_HASH and one.fingerprint.startswith(asked.split(" ")[0])
    ]
    if len(known) == 1:
        st.query_params["snapshot"] = known[0]
    else:
        st.session_state[_GONE] = asked[:80]


def _forget_gone() -> None:
    """Another snapshot was chosen, or another page opened: what the link was about is no longer of interest."""
    st.session_state[_GONE] = ""


def gone() -> str:
    """What to say of a link whose snapshot is not in this workspace; empty where it is."""
    asked = st.session_state.get(_GONE, "")
    if not asked:
        return ""
    return (
        f"This link is about snapshot “{asked}”, which is not in this workspace: it was deleted, or belongs to another one."
        " The numbers below are those of the snapshot named in the foot of the page."
    )


def snapshot_name(manifest: Manifest) -> str:
    """A snapshot in the picker and in the URL: its fingerprint and its first file."""
    name = manifest.files[0].name if manifest.files else "no file"
    return f"{text.short_hash(manifest.fingerprint)} {name}"


def choose_request(manifest: Manifest, choices: FilterChoices) -> CohortRequest:
    """Period and filters as a request.

    Raises:
        RequestError: the period ends before it starts.
    """
    kept.restore("period", PERIODS.__contains__, lambda value: "" if value == DEFAULT_PERIOD else str(value))
    period = st.selectbox("Period", PERIODS, key="period", bind="query-params", filter_mode=None)
    kept.remember("period", period)
    starts_on, ends_on = _from_to(manifest) if period == FROM_TO else (None, None)
    filters = _choose_filters(manifest, choices)
    return CohortRequest(
        fingerprint=manifest.fingerprint,
        starts_on=starts_on,
        ends_on=ends_on,
        is_whole_file=period == WHOLE_FILE,
        filters=filters,
    )


def period_in_address(manifest: Manifest, request: CohortRequest) -> list[tuple[str, str]]:
    """Snapshot and period as the address spells them."""
    place = [("snapshot", snapshot_name(manifest))]
    if request.starts_on is not None and request.ends_on is not None:
        last = request.ends_on - timedelta(days=1)
        return [
            *place,
            ("period", FROM_TO),
            ("from", request.starts_on.isoformat()),
            ("to", last.isoformat()),
        ]
    return [*place, ("period", WHOLE_FILE)] if request.is_whole_file else place


def _from_to(manifest: Manifest) -> tuple[date, date]:
    today = manifest.as_of.date()
    for key in ("from", "to"):
        kept.restore(key, lambda value: isinstance(value, date))
    first, last = st.columns(2)
    with first:
        starts_on = st.date_input(
            "From",
            today - timedelta(days=180),
            key="from",
            bind="query-params",
            format="YYYY-MM-DD",
            min_value=EARLIEST,
            max_value=LATEST,
            required=True,
        )
    with last:
        through = st.date_input(
            "To",
            today - timedelta(days=91),
            key="to",
            bind="query-params",
            format="YYYY-MM-DD",
            min_value=EARLIEST,
            max_value=LATEST,
            required=True,
        )
    kept.remember("from", starts_on)
    kept.remember("to", through)
    if through < starts_on:
        raise RequestError(
            f"The period ends on {text.day(through)}, before it starts on {text.day(starts_on)}."
            " Choose a later end in the sidebar."
        )
    return starts_on, through + timedelta(days=1)


def _choose_filters(manifest: Manifest, choices: FilterChoices) -> tuple[tuple[str, tuple[str, ...]], ...]:
    chosen: dict[str, tuple[str, ...]] = {}
    fields = [field for field, values in choices.items() if len(values) > 1]
    if IN_SIGHT in fields:
        chosen[IN_SIGHT] = _choose(IN_SIGHT, manifest, choices)
    rest = [field for field in fields if field != IN_SIGHT]
    if rest:
        is_used = any(st.session_state.get(filter_key(field, manifest)) for field in rest)
        with st.expander("More filters", expanded=is_used):
            for field in rest:
                chosen[field] = _choose(field, manifest, choices)
    return tuple(sorted((field, values) for field, values in chosen.items() if values))


def _choose(field: str, manifest: Manifest, choices: FilterChoices) -> tuple[str, ...]:
    options = list(dict.fromkeys(value or UNKNOWN for value, _ in choices[field]))
    key = filter_key(field, manifest)
    kept.restore(
        key, lambda values: set(values) <= set(options), lambda values: [shown(value) for value in values]
    )
    values = st.multiselect(
        _plain_label(label_of(field)),
        options,
        format_func=shown,
        key=key,
        bind="query-params",
        placeholder="all",
    )
    kept.remember(key, list(values))
    return tuple(sorted(values))


def _plain_label(name: str) -> str:
    """A header as a widget label, which is Markdown: only letters, digits and blanks are kept."""
    return "".join(letter if letter.isalnum() else " " for letter in name).strip().capitalize() or "Column"


def chips(manifest: Manifest, request: CohortRequest) -> None:
    """Every filter that is on, as a chip with a button that takes it off."""
    active = [(field, value) for field, values in request.filters for value in values]
    is_default = not request.is_whole_file and request.starts_on is None
    if not active and is_default:
        return
    with st.container(key="chips", horizontal=True, gap="small", vertical_alignment="center"):
        if not is_default:
            period = text.period(request.starts_on, request.ends_on)
            _chip("period", f"period: {period}", _reset_period, ())
        for number, (field, value) in enumerate(active):
            _chip(
                f"filter_{number}",
                f"{label_of(field)}: {shown(value)}",
                _remove,
                (filter_key(field, manifest), value),
            )


def _chip(name: str, words: str, action: object, arguments: tuple[str, ...]) -> None:
    with st.container(
        key=f"chip_{name}", horizontal=True, gap=None, width="content", vertical_alignment="center"
    ):
        markup.show(markup.plain("span", "chip", words))
        st.button(
            "Remove",
            icon=":material/close:",
            key=f"remove_{name}",
            type="tertiary",
            on_click=action,  # type: ignore[arg-type]
            args=arguments,
        )


def _remove(key: str, value: str) -> None:
    st.session_state[key] = [kept for kept in st.session_state.get(key, []) if kept != value]


def _reset_period() -> None:
    st.session_state["period"] = DEFAULT_PERIOD


def remove_all(manifest: Manifest, request: CohortRequest) -> None:
    """Take off every filter and look at the whole file: the way out of an empty selection."""
    for field, _ in request.filters:
        st.session_state[filter_key(field, manifest)] = []
    if not request.filters:
        st.session_state["period"] = WHOLE_FILE


def meeting_mode() -> bool:
    """The switch for the meeting room: everything a quarter larger."""
    kept.restore("meeting", lambda value: isinstance(value, bool), lambda value: "true" if value else "")
    is_on = st.toggle(
        "Meeting mode",
        key="meeting",
        bind="query-params",
        help="Larger type, readable from four metres away.",
    )
    kept.remember("meeting", is_on)
    return is_on
