from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.edge.hostname import host_name


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("customer-a.localhost", "customer-a.localhost"),
        ("Customer-A.Localhost.:8080", "customer-a.localhost"),
        ("127.0.0.1:80", "127.0.0.1"),
        ("[::1]:8480", "[::1]"),
        ("[::1]", "[::1]"),
        ("a:", "a"),
        ("::1", None),
        ("", None),
        (None, None),
        ("a b", None),
        (".", None),
        ("a..", None),
        ("a" * 254, None),
        ("a" * 253 + ".:65535", "a" * 253),
        ("ü.example", None),
        ("\u212a.example", None),  # the Kelvin sign: its lower case is k
        ("a\n", None),
    ],
)
def test_host_names(header, name):
    assert host_name(header) == name


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=300))
def test_whatever_comes_is_a_plain_name_or_none(header):
    name = host_name(header)
    assert name is None or (name.isascii() and len(name) <= 260 and " " not in name)
