"""The only module that writes HTML: every text goes through ``escaped`` on its way in."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

import streamlit as st

_CONTROL = dict.fromkeys((*range(32), *range(0x202A, 0x202F), *range(0x2066, 0x206A)))
_RANGE = re.compile("–(?=[0-9&])")


def escaped(text: str) -> str:
    """Text as it is shown literally; control and direction characters, which could reorder a line, are dropped.

    A range such as 40–52 is kept on one line.
    """
    return _RANGE.sub("–\u2060", html.escape(text.translate(_CONTROL), quote=True))


def element(tag: str, css: str, *inner: str) -> str:
    """An element around markup that is already safe."""
    return f'<{tag} class="{css}">{"".join(inner)}</{tag}>'


def plain(tag: str, css: str, text: str) -> str:
    """An element around plain text."""
    return element(tag, css, escaped(text))


def show(markup: str) -> None:
    """Put safe markup on the page."""
    st.html(markup)


def line(css: str, parts: Iterable[str], separator: str = " · ") -> str:
    """Plain texts joined into one line."""
    return plain("p", css, separator.join(part for part in parts if part))
