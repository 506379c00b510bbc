"""Order of the whole suite."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests last: Playwright keeps an event loop in the main thread until the session's
    end, and no other test could run one beside it."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)
