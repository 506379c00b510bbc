"""The text of the firewall table, and what of nft's listing counts. The kernel: integration."""

from __future__ import annotations

import sys

import pytest

from orchestrator.adapters.firewall import HostFirewall, render, stable
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


def test_handles_and_counters_are_no_difference() -> None:
    listed = {"nftables": [{"metainfo": {"version": "1"}}, {"rule": {"handle": 4, "expr": [
        {"counter": {"packets": 7, "bytes": 9}}, {"drop": None}]}}]}  # fmt: skip
    assert stable(listed) == {
        "nftables": [{}, {"rule": {"expr": [{"counter": {}}, {"drop": None}]}}]
    }


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
