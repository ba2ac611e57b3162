"""The contract's document as PDF, in the largest type that really takes two pages."""

from __future__ import annotations

from analytics import contract_fit as fit
from analytics.contract import Contract
from analytics.contract_document import document_html
from analytics.contract_pdf import pages_of, pdf_of
from analytics.store.contract_history import Version

PAGES = 2


def document_pdf(contract: Contract, *, version: Version | None, snapshot: str) -> bytes:
    """The document printed by the machine's browser; where even the smallest type takes more pages, that one.

    Raises:
        RequestError: the version is that of another contract.
        WorkspaceError: there is no browser, or it failed; says what to do instead.
    """
    first = fit.scale_of(contract, is_signed=version is not None and bool(version.signatures))
    pdf = b""
    for scale in (one for one in fit.SCALES if one <= first):
        pdf = pdf_of(document_html(contract, version=version, snapshot=snapshot, scale=scale))
        if pages_of(pdf) <= PAGES:
            break
    return pdf
