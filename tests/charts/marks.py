"""What figures are read by: a trace by its name, every colour they use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import plotly.graph_objects as go


def trace(figure: go.Figure, name: str) -> Any:
    """The first trace of a name."""
    return next(one for one in figure.data if one.name == name)


def colours(value: object) -> Iterator[str]:
    """Every colour in a figure's description."""
    if isinstance(value, dict):
        for item in value.values():
            yield from colours(item)
    elif isinstance(value, list | tuple | np.ndarray):
        for item in value:
            yield from colours(item)
    elif isinstance(value, str) and value.startswith(("#", "rgba(")):
        yield value
