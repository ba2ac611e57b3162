"""The read-out as one HTML file: interactive, offline, without any request; the same file printed is the PDF."""

from __future__ import annotations

import base64
import html
import importlib.util
import json
from functools import cache
from pathlib import Path

from plotly.offline import get_plotlyjs

from analytics.charts import canvas as ink
from analytics.contract_pdf import pdf_of
from analytics.report import Picture, Report, Section

WIDTH = 1046
"""The printed width of an A4 page on its side, in CSS pixels, without its margins."""
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data: blob:; font-src data:;"
    " connect-src 'none'; form-action 'none'; base-uri 'none'"
)
_HIDDEN = dict.fromkeys((*range(32), *range(0x202A, 0x202F), *range(0x2066, 0x206A)))
_STYLE = Path(__file__).with_name("report_page.css")
_DRAW = """
document.fonts.ready.then(() => {
const figures = JSON.parse(document.getElementById("figures").textContent);
for (const [id, figure] of Object.entries(figures)) {
  const place = document.getElementById(id);
  const layout = {...figure.layout, width: place.clientWidth, height: place.clientHeight, dragmode: false};
  Plotly.newPlot(place, figure.data, layout, {displayModeBar: false, displaylogo: false, staticPlot: false, scrollZoom: false});
}
});
"""


def report_html(report: Report, *, is_printed: bool = False) -> str:
    """The whole file; every text of the data is escaped, and the page allows itself no request.

    ``is_printed``: what it stands on is in the margin of every sheet of paper, instead of at the end of each section.
    """
    figures: dict[str, object] = {}
    sections = "".join(_section(report, one, figures) for one in report.sections)
    methods = "".join(
        f"<dt>{_escaped(name)}</dt><dd>{_escaped(method)}</dd>" for name, method in report.methods
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Handoff read-out, {_escaped(report.stands_on[0])}</title>"
        f"<style>{_font()}{_STYLE.read_text('utf-8')}{_margin(report) if is_printed else ''}</style></head>"
        f'<body class="{"printed" if is_printed else ""}"><main>{sections}'
        f'<section class="page methods"><h1>How the numbers are made</h1><dl>{methods}</dl>{_foot(report)}</section></main>'
        f'<script type="application/json" id="figures">{_json(figures)}</script>'
        f"<script>{_library()}</script><script>{_DRAW}</script></body></html>"
    )


def report_pdf(report: Report) -> bytes:
    """The same file, printed by the machine's own Chromium.

    Raises:
        WorkspaceError: there is no browser, it failed, or it took too long; says what to do instead.
    """
    return pdf_of(report_html(report, is_printed=True), runs_scripts=True)


def _section(report: Report, one: Section, figures: dict[str, object]) -> str:
    notes = " · ".join(note for note in one.notes if note)
    pictures = "".join(
        _picture(f"{one.slug}_{number}", picture, figures, len(one.pictures))
        for number, picture in enumerate(one.pictures)
    )
    lists = "".join(
        f"<div><h3>{_escaped(name)}</h3><ul>{''.join(f'<li>{_escaped(line)}</li>' for line in lines)}</ul></div>"
        for name, lines in one.lists
    )
    return (
        f'<section class="page" id="{one.slug}"><h1>{_escaped(one.question)}</h1><p class="answer">{_escaped(one.sentence)}</p>'
        f'<p class="notes">{_escaped(notes)}</p><div class="pictures of{len(one.pictures)}">{pictures}</div>'
        f'<div class="lists">{lists}</div>{_foot(report)}</section>'
    )


def _picture(slug: str, one: Picture, figures: dict[str, object], among: int) -> str:
    name = f"<h2>{_escaped(one.name)}</h2>" if one.name else ""
    words = f"<p>{_escaped(one.words)}</p>" if among > 2 or one.figure is None else ""
    if one.figure is None:
        return f'<figure>{name}{words}<p class="missing">{_escaped(one.missing)}</p></figure>'
    figures[f"figure_{slug}"] = json.loads(one.figure.to_json())
    rows = "".join(
        f"<tr><td>{_escaped(series)}</td><td>{_escaped(said)}</td></tr>"
        for series, said in ink.marks(one.figure)
    )
    data = f"<details><summary>The figure in words</summary><table>{rows}</table></details>" if rows else ""
    return (
        f'<figure>{name}{words}<div class="figure" id="figure_{slug}" role="img" aria-label="{_escaped(one.words)}"></div>'
        f"{data}</figure>"
    )


def _foot(report: Report) -> str:
    return f'<p class="footer">{_escaped(" · ".join(one for one in report.stands_on if one))}</p>'


def _margin(report: Report) -> str:
    """The foot of every sheet; in a style every character but letters, digits and blanks is written as its number."""
    words = " · ".join(one for one in report.stands_on if one).translate(_HIDDEN)
    safe = "".join(
        one if one.isascii() and (one.isalnum() or one == " ") else f"\\{ord(one):06x}" for one in words
    )
    box = 'font: 9.5px "Source Sans", sans-serif; color: #59636f; vertical-align: top; padding-top: 2mm;'
    return (
        f'@page {{ margin-bottom: 15mm; @bottom-left {{ content: "{safe}"; width: 92%; {box} }}'
        f" @bottom-right {{ content: counter(page); {box} }} }}"
    )


@cache
def _font() -> str:
    """The type of the dashboard, as the installed screen library brings it; without it the system's own is used."""
    spec = importlib.util.find_spec("streamlit")
    folder = Path(spec.origin).parent / "static" / "static" / "media" if spec and spec.origin else None
    found = sorted(folder.glob("SourceSansVF-Upright*.woff2")) if folder and folder.is_dir() else []
    if not found:
        return ""
    data = base64.b64encode(found[0].read_bytes()).decode()
    return (
        '@font-face { font-family: "Source Sans"; font-weight: 200 900; '
        f"src: url(data:font/woff2;base64,{data}) format('woff2'); }}"
    )


def _escaped(said: str) -> str:
    return html.escape(said.translate(_HIDDEN), quote=True)


def _json(value: object) -> str:
    """JSON that cannot end the element it stands in."""
    return json.dumps(value).replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


@cache
def _library() -> str:
    """Plotly as it is installed; it has no way to send a figure anywhere, the page's policy forbids every request."""
    return str(get_plotlyjs()).replace("</script", "<\\/script")
