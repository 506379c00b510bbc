"""The text of the firewall table, and what of nft's listing counts. The kernel: integration."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from orchestrator.adapters.firewall import HostFirewall, render, stable
from orchestrator.adapters.nft_sources import Sources
from orchestrator.errors import FirewallError


def test_nothing_but_answers_comes_in_from_a_tenant() -> None:
    text = render("t", "brt", ())
    assert [line.strip() for line in text.splitlines() if "brt*" in line] == [
        'iifname "brt*" ct state established,related accept',
        'iifname "brt*" counter drop',
        'iifname "brt*" counter drop',
        'oifname "brt*" counter drop',
    ]
    assert 'iifname "brt*" tcp dport { 8482, 8483 } accept' in render("t", "brt", (8483, 8482))


def test_connections_are_counted_by_address_but_not_those_of_this_machine() -> None:
    text = render("t", "brt", (), Sources((80,), 512))
    lines = [line.strip() for line in text[text.index("chain sources") :].splitlines()]
    assert lines[2:5] == [
        'iifname "lo" accept',
        "tcp dport { 80 } ct state new add @sources4 { ip saddr ct count over 512 } counter drop",
        (
            "tcp dport { 80 } ct state new add @sources6 "
            "{ ip6 saddr & ffff:ffff:ffff:ffff:: ct count over 512 } counter drop"
        ),
    ]
    assert render("t", "brt", (), Sources((80,), 0)) == render("t", "brt", ())


def test_a_kernel_that_cannot_count_closes_the_host_all_the_same(tmp_path: Path) -> None:
    nft = tmp_path / "nft.py"
    nft.write_text(
        "import sys\n"
        "text = sys.stdin.read() if '-f' in sys.argv else ''\n"
        "if 'ct count' in text: sys.exit('no such expression')\n"
        "print('{\"nftables\": []}')\n"
    )
    command = (sys.executable, str(nft))
    counting = HostFirewall("btu", command=command, sources=Sources((80,), 5))
    counting.ensure()
    assert not counting.counts_sources


def test_handles_and_counters_are_no_difference() -> None:
    listed = {"nftables": [{"metainfo": {"version": "1"}}, {"rule": {"handle": 4, "expr": [
        {"counter": {"packets": 7, "bytes": 9}}, {"drop": None}]}}]}  # fmt: skip
    assert stable(listed) == {
        "nftables": [{}, {"rule": {"expr": [{"counter": {}}, {"drop": None}]}}]
    }
    counted = {"set": {"name": "sources4", "flags": ["dynamic"], "elem": ["192.0.2.1"]}}
    assert stable(counted) == {"set": {"name": "sources4", "flags": ["dynamic"]}}


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (("/no/such/nft",), "no nft"),
        ((sys.executable, "-c", "import sys; sys.exit('not permitted')"), "not permitted"),
        ((sys.executable, "-c", "print('{}')"), "unknown form"),
        ((sys.executable, "-c", "print('hello')"), "unknown form"),
        ((sys.executable, "-c", "import time; time.sleep(60)"), "no answer"),
    ],
)
def test_whatever_goes_wrong_is_a_firewall_error(command: tuple[str, ...], says: str) -> None:
    with pytest.raises(FirewallError, match=says) as error:
        HostFirewall("btu", command=command, timeout_s=2).ensure()
    assert error.value.mend
