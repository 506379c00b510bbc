"""What holds for the whole suite: its order, who shares a worker, examples of property tests."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

# The same examples in every run, so that a red run says something about the change at hand.
# `HYPOTHESIS_PROFILE=explore make test-fast` looks for new ones.
settings.register_profile("repeatable", derandomize=True)
settings.register_profile("explore", derandomize=False)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))

# What starts real agents and workers by the dozen is left out of `make test-fast`.
SLOW_PLACES = (
    "tests/integration/test_demo_agent.py",
    "tests/questions_blind/test_floor.py",
    "tests/unit/agent/asking/suite/",
    "tests/unit/agent/asking/test_docs.py",
    "tests/unit/agent/engine/",
    "tests/unit/agent/llm/",
    "tests/unit/agent/web/test_agent_process.py",
    "tests/unit/agent/web/test_glossary.py",
    "tests/unit/agent/web/test_presence.py",
    "tests/unit/agent/web/test_replacing.py",
    "tests/unit/agent/web/test_saved_answers.py",
    "tests/unit/agent/web/test_verdicts.py",
    "tests/unit/agent/web/test_type_choices.py",
    "tests/unit/agent/web/test_append_files.py",
    "tests/unit/agent/worker/test_choices.py",
    "tests/unit/agent/insights/",
    "tests/unit/edge/gate/test_bulk.py",
    "tests/unit/edge/llm/",
)


# With several workers, each of these is one's alone: they share images, addresses or containers by
# name, or make as much load as the machine bears once.
TOGETHER = {
    "adapters": ("tests/integration/adapters/",),
    "bench": ("tests/integration/bench/",),
    "faults": ("tests/faults/",),
    "host": ("tests/integration/host/",),
    "load": (
        "tests/integration/gate/",
        "tests/integration/stack/engine/",
        "tests/integration/stack/test_fault_daemon.py",
        "tests/integration/stack/test_fault_services.py",
        "tests/integration/stack/test_nights.py",
        "tests/integration/stack/test_swaps.py",
        "tests/integration/stack/test_updates.py",
    ),
}


class Together(LoadScopeScheduling):
    """Of the groups above, or else of a file, one worker runs all tests: fixtures are made once."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return next((name for name, places in TOGETHER.items() if file.startswith(places)), file)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Together | None:
    """For `--dist loadscope`; xdist's own `loadgroup` groups nothing under pytest 9.2."""
    return Together(config, log) if config.getvalue("dist") == "loadscope" else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the slow; browser tests last: Playwright keeps an event loop in the main thread until
    the session's end, and no other test could run one beside it."""
    for item in items:
        if item.nodeid.startswith(SLOW_PLACES):
            item.add_marker(pytest.mark.slow)
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)
