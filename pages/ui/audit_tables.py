"""The audit as words and tables: the three questions, every check with its price, and what concerns the whole file."""

from __future__ import annotations

import polars as pl

from analytics import formatting as text
from analytics.plumbing.audit import Audit, CheckResult, ExportResult
from analytics.plumbing.completeness import measure_completeness
from pages.ui import markup, tables, view
from pages.ui.shell import Frame


def questions(audit: Audit) -> None:
    """The three questions of an audit, each with its answer, or with what to ask."""
    parts = []
    for one in audit.questions:
        ask = [markup.plain("p", "aside", one.ask)] if one.ask else []
        parts.append(
            markup.element(
                "div", "question",
                markup.plain("h3", f"state {one.state.replace(' ', '_')}", one.question),
                markup.plain("p", "reply", one.answer),
                *ask,
            )
        )  # fmt: skip
    markup.show(markup.plain("h2", "name", "The three questions of an audit") + "".join(parts))


def checks(frame: Frame, audit: Audit) -> None:
    """Every check: what it looks for, how many leads, its colour, its price and what to do; a count opens its leads."""
    view.heading(
        "Every check", "A click on “at fault” or “of” opens those leads. Each price is for this repair alone."
    )
    rows = sorted(audit.checks, key=_rank)
    frame_rows = pl.DataFrame(
        [
            {
                "Check": one.check.title,
                "State": one.state if one.state != "unknown" else "not in this export",
                "At fault": one.share.numerator if one.is_known else None,
                "Of": one.share.denominator if one.is_known else None,
                "Share": text.rate(one.share) if one.is_known else text.DASH,
                "Price": price_words(one),
                "Cannot be trusted": ", ".join(one.check.poisons),
                "What to do": one.check.remedy if one.is_known else f"would need {one.check.missing}",
                "Looks for": one.check.looks_for,
            }
            for one in rows
        ],
        schema={
            "Check": pl.String, "State": pl.String, "At fault": pl.Int64, "Of": pl.Int64, "Share": pl.String, "Price": pl.String,
            "Cannot be trusted": pl.String, "What to do": pl.String, "Looks for": pl.String,
        },
    )  # fmt: skip
    keys = [
        {"At fault": one.check.key, "Of": f"applies_{one.check.slug}"} if one.is_known else {} for one in rows
    ]
    tables.numbers(
        frame,
        frame_rows,
        key="audit_checks",
        alt="Every check of the audit with its leads, price and remedy",
        keys=keys,
    )


def export_findings(frame: Frame, audit: Audit) -> None:
    """What concerns the export as a whole, whatever the selection; counts of leads here are of this selection."""
    view.heading("The export as a whole", "Looks at the whole file, whatever the selection.")
    if not audit.export:
        view.paragraphs(("No row limit, no field that starts or stops, no source that vanishes.",))
        return
    rows = pl.DataFrame(
        [
            {
                "Finding": one.finding.title,
                "State": one.state,
                "What was found": one.finding.sentence,
                "Leads here": one.share.numerator if _opens_here(one) else None,
                "Price": f"{one.price.repair}: {one.price.words}" if one.price else text.DASH,
                "Cannot be trusted": ", ".join(one.finding.poisons),
                "What to do": one.finding.remedy,
            }
            for one in audit.export
        ],
        schema={
            "Finding": pl.String, "State": pl.String, "What was found": pl.String, "Leads here": pl.Int64, "Price": pl.String,
            "Cannot be trusted": pl.String, "What to do": pl.String,
        },
    )  # fmt: skip
    keys = [{"Leads here": one.finding.key} if _opens_here(one) else {} for one in audit.export]
    tables.numbers(frame, rows, key="audit_export", alt="Findings about the export as a whole", keys=keys)


def completeness(frame: Frame) -> None:
    """How full each field is, the contract's standard first."""
    found = frame.ask(measure_completeness)
    if not found:
        return
    view.heading(
        "Completeness",
        "Of the leads of this selection; the first line is the contract's standard where it can be judged.",
    )
    rows = pl.DataFrame(
        [
            {
                "Field": one.label,
                "Filled": text.rate_with_interval(one.filled),
                "Leads": one.filled.numerator,
                "Of": one.filled.denominator,
                "Target": text.percent(one.target) if one.target is not None else text.DASH,
                "State": one.state if one.target is not None else text.DASH,
            }
            for one in found
        ],
        schema={"Field": pl.String, "Filled": pl.String, "Leads": pl.Int64, "Of": pl.Int64, "Target": pl.String, "State": pl.String},
    )  # fmt: skip
    tables.numbers(
        frame,
        rows,
        key="audit_fields",
        alt="How many leads carry each field",
        keys=[{"Of": "leads"} for _ in found],
    )


def price_words(one: CheckResult) -> str:
    """What a check costs, for its cell; why nothing changes where there is no repair."""
    if one.price is not None:
        return f"{one.price.repair}: {one.price.words}"
    if not one.is_known or not one.share.numerator:
        return text.DASH
    return one.check.unpriced or "too few leads at fault to price"


def _opens_here(one: ExportResult) -> bool:
    return one.finding.key is not None and one.finding.key.startswith(("handed_before:", "handed_from:"))


def _rank(one: CheckResult) -> tuple[int, float]:
    order = {"red": 0, "amber": 1, "green": 2, "too few": 3, "unknown": 4}
    return order[one.state], -(one.share.value or 0.0)
