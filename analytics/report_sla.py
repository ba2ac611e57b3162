"""Both sides of the contract as JSON and as text: the keys that scripts rely on, rates in [0, 1]."""

from __future__ import annotations

from typing import Any

from analytics import formatting as text
from analytics.cohort import Cohort
from analytics.compliance import Compliance, Side, sentence
from analytics.evidence import open_leads
from analytics.results import Rate, Unmeasurable
from analytics.warehouse import Warehouse

MOST_IDS = 1_000


def sla_json(warehouse: Warehouse, cohort: Cohort, found: Compliance) -> dict[str, Any]:
    """``marketing``, ``sales`` and ``breaches``: per breach its leads, the first thousand of them by id.

    A share that is not agreed or cannot be measured has a numerator and a value of None and says why.
    """
    return {
        "contract": cohort.contract.hash,
        "fingerprint": cohort.manifest.fingerprint,
        "leads": found.leads,
        "sentence": sentence(found).replace(text.NBSP, " "),
        "marketing": _side(found.marketing, found.leads),
        "sales": _side(found.sales, found.leads),
        "breaches": {
            side.name: [
                {"what": one.words, "leads": one.leads, "lead_ids": _ids(warehouse, cohort, one.key)}
                for one in side.breaches
            ]
            for side in (found.marketing, found.sales)
        },
    }


def _side(side: Side, leads: int) -> dict[str, Any]:
    parts = [
        {"what": one.words, "target": one.target} | _rate(one.rate, one.rate.denominator if isinstance(one.rate, Rate) else leads)
        for one in side.parts
    ]  # fmt: skip
    of = side.kept.denominator if isinstance(side.kept, Rate) else leads if side.name == "marketing" else 0
    kept = _rate(side.kept, of) | {"pending": side.pending, "unknown": side.unknown}
    return kept | {"is_at_most": side.is_at_most, "parts": parts}


def _rate(value: Rate | Unmeasurable, of: int) -> dict[str, Any]:
    if isinstance(value, Unmeasurable):
        nothing = {
            "numerator": None,
            "denominator": of,
            "pending": 0,
            "value": None,
            "low": None,
            "high": None,
        }
        return nothing | {"unmeasurable": value.why}
    return {
        "numerator": value.numerator, "denominator": value.denominator, "pending": value.pending,
        "value": value.value, "low": value.low, "high": value.high,
    }  # fmt: skip


def _ids(warehouse: Warehouse, cohort: Cohort, key: str) -> list[str]:
    found = open_leads(
        warehouse, cohort.manifest, cohort.contract, cohort.request, key, search="", limit=MOST_IDS
    )
    return [str(one) for one in found.frame["lead_id"]]


def sla_text(found: Compliance) -> str:
    """Both sides in equal length, for a terminal."""
    lines = [sentence(found), ""]
    for side in (found.marketing, found.sales):
        at_most = (
            "at most " if side.is_at_most and isinstance(side.kept, Rate) and side.kept.denominator else ""
        )
        lines.append(f"{side.name.capitalize()}: {at_most}{_words(side.kept)} {side.words}")
        lines += [f"  {_words(one.rate)} {one.words}{_aim(one.target)}" for one in side.parts]
        if side.pending:
            lines.append(f"  {text.plural(side.pending, 'lead')} still inside a window: neither hit nor miss")
        if side.unknown:
            what = (
                "not known whether they meet it"
                if side.name == "marketing"
                else "touched before handoff, not timed"
            )
            lines.append(f"  {text.plural(side.unknown, 'lead')} {what}")
        lines += [f"  breach: {text.plural(one.leads, 'lead')} {one.words}" for one in side.breaches]
    return "\n".join(lines)


def _aim(target: float | None) -> str:
    return "" if target is None else f", aim {text.percent(target)}"


def _words(value: Rate | Unmeasurable) -> str:
    if isinstance(value, Unmeasurable):
        return f"cannot be measured ({value.why})"
    if not text.is_quotable(value):
        return text.rate(value)  # holds the counts already
    return f"{text.rate_with_interval(value)}, {text.of(value)},"
