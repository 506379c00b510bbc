"""What holds for the whole suite: its order, and the examples of property tests."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

# The same examples in every run, so that a red run says something about the change at hand.
# `HYPOTHESIS_PROFILE=explore make test-fast` looks for new ones.
settings.register_profile("repeatable", derandomize=True)
settings.register_profile("explore", derandomize=False)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests last: Playwright keeps an event loop in the main thread until the session's
    end, and no other test could run one beside it."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)
