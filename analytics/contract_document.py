"""The contract as one printable page set of two A4 pages; the only module that writes it as HTML."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from typing import Any

from analytics import contract_fit as fit
from analytics import formatting as text
from analytics.contract import Contract
from analytics.contract_words import Clause, Point, clauses
from analytics.errors import RequestError
from analytics.store.contract_history import MARKETING, SALES, SPONSOR, Signature, Version

DRAFT = "Draft – not signed"
TITLE = "Contract on the handoff of leads"
MOST_NUMBERS, MOST_NUMBER = 6, 60
"""How many of the numbers seen a signature shows, and how many characters of each; the rest is on record."""
_STYLE = Path(__file__).with_name("contract_document.css").read_text("utf-8")
_SIZES = dict(zip(fit.SCALES, ("full", "small", "smallest"), strict=True))
"""Scale -> its class in the style."""
_Clauses = dict[str, tuple[int, Clause]]
_RANGE = re.compile("–(?=[0-9])")
_HIDDEN = dict.fromkeys((*range(32), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)))


def document_html(
    contract: Contract,
    *,
    version: Version | None,
    snapshot: str,
    draft_note: str = "",
    scale: float | None = None,
) -> str:
    """The contract as a self-contained page: own style, no scripts, nothing fetched; fit to be printed and signed.

    It takes two A4 pages, a long one in smaller type; one that is longer still flows on and says on top what to shorten.

    Args:
        contract: what is agreed.
        version: where it stands in the contract log, with its signatures; None for a draft outside the log.
        snapshot: fingerprint of the snapshot on the screen, "" if there is none.
        draft_note: a sentence under the word "Draft"; left out where the version is in force or past.
        scale: size of the type, 1 being the full one; None: the largest that is likely to take two pages.

    Raises:
        RequestError: the version is that of another contract, whose signatures would stand under these words.
    """
    if version is not None and version.text != contract.text:
        raise RequestError(
            f"Version {version.number} holds another contract than the one to be printed; choose its own text."
        )
    found = {clause.key: (number, clause) for number, clause in enumerate(clauses(contract), 1)}
    is_signed = version is not None and bool(version.signatures)
    size = scale or fit.scale_of(contract, is_signed=is_signed, note=draft_note)
    turns = "second" if fit.halves_fit(contract, size, is_signed=is_signed, note=draft_note) else ""
    notice = fit.too_long(contract, is_signed=is_signed, note=draft_note)
    body = (
        _banner(version, draft_note),
        _plain("p", "notice", notice) if notice else "",
        _head(version),
        _section(*found["definition"], "criteria two" if len(contract.criteria) > 4 else "criteria"),
        _pair(_figures(*found["marketing"]), _figures(*found["sales"])),
        _figures(*found["shared"]),
        _section(*found["reasons"], "reasons two"),
        f'<div class="{turns}">',
        _pair(_section(*found["calendar"]), _section(*found["bands"])),
        _terms(found, is_paired=fit.is_terms_paired(contract, size)),
        _section(*found["pay"]),
        _signatures(version),
        _foot(contract, version, snapshot),
        "</div>",
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{_escaped(_name(version))}</title>\n<style>\n{_STYLE}{_margins(contract, version)}</style></head>\n"
        f'<body class="{_SIZES[size]}">\n{chr(10).join(part for part in body if part)}\n</body></html>\n'
    )


def _escaped(said: str) -> str:
    """Text as it is shown literally, without control and direction characters, which could reorder a line.

    A range such as 51–200 is kept on one line; a line break is a blank, or it would join two words.
    """
    shown = " ".join(said.split()) if "\n" in said or "\t" in said or "\r" in said else said
    return _RANGE.sub("–\u2060", html.escape(shown.translate(_HIDDEN), quote=True))


def _plain(tag: str, css: str, said: str) -> str:
    return f'<{tag} class="{css}">{_escaped(said)}</{tag}>'


def _name(version: Version | None) -> str:
    return f"{TITLE}, version {version.number}" if version else f"{TITLE}, draft"


def _banner(version: Version | None, note: str) -> str:
    """What the paper is not: signed, in force, or the latest; nothing for the version in force."""
    said = DRAFT
    if version is not None:
        sides = [side for side in (MARKETING, SALES) if version.signature(side)]
        if version.state == "in force":
            return ""
        if version.state == "superseded":
            since = f" on {text.day(version.superseded_at.date())}" if version.superseded_at else ""
            return f'<div class="draft"><strong>Superseded{since} – no longer in force</strong></div>'
        if version.state == "outdated":
            said = "Outdated – can no longer be signed"
        elif sides:
            said = f"Signed by {' and '.join(sides)} only – not in force"
    note = _plain("p", "note", note) if note else ""
    return f'<div class="draft"><strong>{said}</strong>{note}</div>'


def _head(version: Version | None) -> str:
    binds = " It binds both sides from the second signature on."
    under = f"Between marketing and sales.{binds}"
    if version is not None:
        since, until = version.in_force_since, version.superseded_at
        if since and until:
            binds = f" In force from {text.moment(since)} to {text.moment(until)} UTC."
        elif since:
            binds = f" In force since {text.moment(since)} UTC."
        elif version.state == "outdated":
            binds = " It never came in force: another version did before it was signed by both."
        under = f"Version {version.number}, between marketing and sales.{binds}"
    return (
        '<header class="head"><p class="kind">Marketing and sales</p>'
        f"<h1>{TITLE}</h1>{_plain('p', 'under', under)}</header>"
    )


def _heading(number: int, clause: Clause) -> str:
    return f"<h2><span>{number}</span>{_escaped(clause.heading)}</h2>" + (
        _plain("p", "opening", clause.opening) if clause.opening else ""
    )


def _section(number: int, clause: Clause, css: str = "") -> str:
    lines = "".join(
        f"<div><dt>{_escaped(point.name)}</dt><dd>{_escaped(point.words)}</dd></div>"
        for point in clause.points
    )
    listed = f'<dl class="lines {css}">{lines}</dl>' if lines else ""
    return f"<section>{_heading(number, clause)}{listed}</section>"


def _figures(number: int, clause: Clause) -> str:
    """A clause of targets: each number large, what it is a share of beside it."""
    lines = "".join(f"<div>{_figure(point)}</div>" for point in clause.points)
    return f'<section>{_heading(number, clause)}<dl class="figures">{lines}</dl></section>'


def _figure(point: Point) -> str:
    shown = _plain("span", "figure", text.DASH)
    if point.at_least:
        css = "figure long" if len(point.at_least) > 6 else "figure"
        shown = f'<span class="least">at least</span>{_plain("span", css, point.at_least)}'
    return f"<div>{shown}</div><div><dt>{_escaped(point.name)}</dt><dd>{_escaped(point.words)}</dd></div>"


def _pair(left: str, right: str) -> str:
    return f'<div class="pair">{left}{right}</div>'


def _terms(found: _Clauses, *, is_paired: bool) -> str:
    """Escalation and review side by side; long texts one under the other, where they take fewer lines."""
    left, right = _section(*found["escalation"]), _section(*found["review"])
    return _pair(left, right) if is_paired else left + right


def _signatures(version: Version | None) -> str:
    signed = {one.side: one for one in version.signatures} if version else {}
    parties = _pair(_party("For marketing", signed.get(MARKETING)), _party("For sales", signed.get(SALES)))
    sponsor = signed.get(SPONSOR)
    css = "cells signed" if sponsor else "cells"
    return (
        f'<section class="signatures"><h2>Signatures</h2>{parties}'
        '<div class="party sponsor"><h3>Acknowledged by the sponsor</h3>'
        f'<div class="{css}">{"".join(_rows(sponsor))}</div>{_seen(sponsor)}</div></section>'
    )


def _party(heading: str, signature: Signature | None) -> str:
    return f'<div class="party"><h3>{heading}</h3>{"".join(_rows(signature))}{_seen(signature)}</div>'


def _rows(signature: Signature | None) -> list[str]:
    """Lines to write on, or what was written in the log: who, in which role, when."""
    if signature is None:
        return [_row("Signature", "", "hand"), _row("Name"), _row("Role"), _row("Date")]
    return [
        _row("Signed", signature.by, "hand"),
        _row("Role", signature.role or text.DASH),
        _row("Date", f"{text.moment(signature.at)} UTC"),
    ]


def _row(label: str, value: str = "", css: str = "") -> str:
    return f'<div class="row {css}"><span class="label">{label}</span>{_plain("span", "value", value)}</div>'


def _seen(signature: Signature | None) -> str:
    """The snapshot and the numbers on the screen at the moment of signing; empty for a blank line."""
    if signature is None:
        return ""
    numbers = {
        name: value for name, value in json.loads(signature.numbers_text).items() if name != "sentence"
    }  # its counts stand beside it
    said = [_clipped(f"{name.replace('_', ' ')}: {_number(value)}") for name, value in numbers.items()]
    more = len(said) - MOST_NUMBERS
    shown = "; ".join([*said[:MOST_NUMBERS], *([f"and {more} more on record"] if more > 0 else [])])
    return _plain("p", "seen", f"Seen: snapshot {signature.fingerprint[:12]}{'; ' if shown else ''}{shown}.")


def _number(value: Any) -> str:
    if isinstance(value, dict) and set(value) == {"count", "of"}:
        return f"{_number(value['count'])} of {_number(value['of'])}"
    if isinstance(value, dict) and {"kept", "of"} <= set(value):
        waiting = f", {_number(value['pending'])} pending" if value.get("pending") else ""
        return f"{_number(value['kept'])} of {_number(value['of'])} kept{waiting}"
    if isinstance(value, dict) and set(value) == {"cannot"}:
        return "not measured"
    if value is None:
        return "not known"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return text.count(value)
    if isinstance(value, float):
        return f"{value:.6g}"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _clipped(said: str) -> str:
    return said if len(said) <= MOST_NUMBER else f"{said[: MOST_NUMBER - 1]}…"


def _foot(contract: Contract, version: Version | None, snapshot: str) -> str:
    """Which contract this is: version, hashes, predecessor, and the snapshot it was printed beside."""
    seen = f"printed beside snapshot {snapshot[:12]}" if snapshot else "printed without a snapshot"
    named = [f"Contract {contract.hash[:12]}"]
    whole = ""
    if version is None:
        named = ["Draft", *named, "not in the contract log"]
    else:
        before = f"follows {version.previous[:12]}" if version.previous else "follows no earlier version"
        named = [f"Version {version.number}", *named, before]
        whole = f'<br>Version hash <span class="whole">{_escaped(version.hash)}</span>'
    return f'<footer class="foot">{_escaped(" · ".join([*named, seen]))}{whole}</footer>'


def _margins(contract: Contract, version: Version | None) -> str:
    """The line under every page, for browsers that print page margins; letters and digits only."""
    hash_ = "".join(one for one in contract.hash[:12] if one.isalnum())
    name = f"Version {int(version.number)}" if version else "Draft"
    font = 'font: 6.6pt "Helvetica Neue", Helvetica, Arial, "Liberation Sans", sans-serif; color: #111;'
    return (
        f'@page {{ @bottom-left {{ content: "{TITLE} · {name} · {hash_}"; {font} }}'
        f' @bottom-right {{ content: "Page " counter(page) " of " counter(pages); {font} }} }}\n'
    )
