"""The firewall table in a real kernel, set by nft as the controller's container runs it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest

from orchestrator.adapters.firewall import HostFirewall
from orchestrator.errors import FirewallError
from tests.integration.adapters.small_world import NFT

pytestmark = pytest.mark.docker


@pytest.fixture
def firewall() -> Iterator[HostFirewall]:
    made = HostFirewall("btf", command=NFT, timeout_s=60)
    yield made
    made.remove()


def test_it_is_set_once(firewall: HostFirewall) -> None:
    assert [firewall.ensure(), firewall.ensure()] == [True, False]
    assert HostFirewall("btf", command=NFT, timeout_s=60).ensure() is False


@pytest.mark.parametrize(
    "by_hand",
    [
        "delete table inet orchestrator_btf",
        "flush chain inet orchestrator_btf input",
        "insert rule inet orchestrator_btf input accept",
        "add table inet orchestrator_btf { flags dormant; }",
        "add chain inet orchestrator_btf more",
    ],
)
def test_what_was_changed_by_hand_is_restored(firewall: HostFirewall, by_hand: str) -> None:
    firewall.ensure()
    good = _nft("--stateless", "list", "table", "inet", firewall.table)
    _nft(by_hand)
    assert [firewall.ensure(), firewall.ensure()] == [True, False]
    assert _nft("--stateless", "list", "table", "inet", firewall.table) == good


def test_counters_are_no_change(firewall: HostFirewall) -> None:
    firewall.ensure()
    _nft("reset", "counters", "table", "inet", firewall.table)
    assert firewall.ensure() is False


def test_another_platforms_table_is_left_alone(firewall: HostFirewall) -> None:
    other = HostFirewall("btg", command=NFT, timeout_s=60)
    try:
        other.ensure()
        firewall.ensure()
        firewall.remove()
        firewall.remove()
        assert other.ensure() is False
    finally:
        other.remove()


def test_without_the_capability_the_mend_is_told() -> None:
    powerless = [part for part in NFT if part not in ("--cap-add", "NET_ADMIN")]
    with pytest.raises(FirewallError) as error:
        HostFirewall("btf", command=powerless, timeout_s=60).ensure()
    assert "NET_ADMIN" in error.value.mend


def _nft(*arguments: str) -> str:
    done = subprocess.run(
        [*NFT, *arguments], capture_output=True, text=True, timeout=60, check=True
    )
    return done.stdout
