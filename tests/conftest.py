"""The order of the suite: what drives a browser takes longest and begins first, so that all cores stay busy to the end."""

from __future__ import annotations

import pytest


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests first; otherwise the order stays as it was shuffled."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is None)
