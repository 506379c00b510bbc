"""The controller's and edge's own settings: what cannot work is refused before anything starts."""

from __future__ import annotations

import pytest

from orchestrator.errors import OrchestratorError
from orchestrator.settings import Settings


@pytest.mark.parametrize("prefix", ["brt", "customer", "a" * 10])
def test_a_bridge_prefix(monkeypatch: pytest.MonkeyPatch, prefix: str) -> None:
    monkeypatch.setenv("ORCHESTRATOR_BRIDGE_PREFIX", prefix)
    assert Settings.from_env().bridge_prefix == prefix


@pytest.mark.parametrize(
    "prefix", ["eth", "docker", "br", "veth", "lo", "en", "BRT", "b7", "b-t", "a" * 11, "ü"]
)
def test_a_bridge_prefix_that_would_match_other_interfaces_is_refused(
    monkeypatch: pytest.MonkeyPatch, prefix: str
) -> None:
    """The firewall closes every interface that begins so: a wrong one cuts the host off."""
    monkeypatch.setenv("ORCHESTRATOR_BRIDGE_PREFIX", prefix)
    with pytest.raises(OrchestratorError) as refused:
        Settings.from_env()
    assert "BRIDGE_PREFIX" in str(refused.value)
    assert refused.value.mend
