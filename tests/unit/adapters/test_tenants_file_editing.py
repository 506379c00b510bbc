"""Edits of tenants.yaml: the diff is what was asked for and not one character more."""

from pathlib import Path

import pytest

from orchestrator.adapters.tenants_file import editing
from orchestrator.errors import FleetInvalid, Refused, UnknownTenant
from tests.unit.adapters.tenants_texts import (
    HEAD,
    IN_BLOCKS,
    IN_BRACES,
    IN_LINES,
    IN_WIDE_BRACES,
    NEW,
    NEW_LINE,
    edited,
)

PROJECTS_OWN = (Path(__file__).parents[3] / "tenants.yaml").read_text()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (PROJECTS_OWN, [f"+  {NEW_LINE}"]),
        (PROJECTS_OWN.rstrip("\n"), [f"+  {NEW_LINE}"]),
        (IN_LINES, [f"+  {NEW_LINE}"]),
        (
            IN_BLOCKS,
            [
                "+    customer-z:",
                '+        name: "Zed & Söhne"',
                "+        tier: small",
                "+        domains: [z.example]",
            ],
        ),
        (
            IN_BRACES,
            [
                "-tenants: {customer-a: {name: A}, customer-b: , customer-c: {}}",
                "+tenants: {customer-a: {name: A}, customer-b: , customer-c: {}, " + NEW_LINE + "}",
            ],
        ),
        (
            IN_WIDE_BRACES,
            [
                "-  customer-c: {name: C}  # c",
                "+  customer-c: {name: C},  # c",
                f"+  {NEW_LINE}",
            ],
        ),
        (HEAD + "tenants:  # none\n", [f"+  {NEW_LINE}"]),
        (
            HEAD + "tenants: {}  # none\nwatch: true\n",
            ["-tenants: {}  # none", "+tenants:  # none", f"+  {NEW_LINE}"],
        ),
        (HEAD + "tenants: ~\n", ["-tenants: ~", "+tenants:", f"+  {NEW_LINE}"]),
        (HEAD + "watch: true", ["+tenants:", f"+  {NEW_LINE}"]),
        (HEAD + "tenants:\n  a:\n...\n", [f"+  {NEW_LINE}"]),
    ],
)
def test_add(text, expected):
    assert edited(text, lambda text: editing.add(text, "customer-z", NEW)) == (
        expected,
        ["tenants.customer-z added"],
    )


def test_add_without_settings():
    assert edited(IN_BLOCKS, lambda text: editing.add(text, "customer-z", {})) == (
        ["+    customer-z: {}"],
        ["tenants.customer-z added"],
    )


@pytest.mark.parametrize(
    ("text", "tenant", "expected"),
    [
        (PROJECTS_OWN, "customer-a", ["-  customer-a: {name: Customer A}"]),
        (PROJECTS_OWN, "customer-b", ["-  customer-b: {name: Customer B}"]),
        (IN_LINES, "customer-b", ["-  customer-b:"]),
        (
            IN_BLOCKS,
            "customer-a",
            [
                "-    customer-a:        # pays late",
                '-        name: "Customer A"   # quoted',
                "-        # on their own",
                "-        domains:       # theirs",
                "-            # before",
                "-            - data.a.example   # x",
                "-            - b.a.example",
            ],
        ),
        (IN_BLOCKS, "customer-b", ["-    customer-b:"]),
        (
            IN_BRACES,
            "customer-b",
            [
                "-tenants: {customer-a: {name: A}, customer-b: , customer-c: {}}",
                "+tenants: {customer-a: {name: A}, customer-c: {}}",
            ],
        ),
        (
            IN_BRACES,
            "customer-c",
            [
                "-tenants: {customer-a: {name: A}, customer-b: , customer-c: {}}",
                "+tenants: {customer-a: {name: A}, customer-b: }",
            ],
        ),
        (IN_WIDE_BRACES, "customer-a", ["-  customer-a: {name: A},  # a"]),
        (IN_WIDE_BRACES, "customer-c", ["-  customer-c: {name: C}  # c"]),
        (HEAD + "tenants: {a: {},}\n", "a", ["-tenants: {a: {},}", "+tenants: {}"]),
    ],
)
def test_remove(text, tenant, expected):
    assert edited(text, lambda text: editing.remove(text, tenant)) == (
        expected,
        [f"tenants.{tenant} removed"],
    )


def test_who_is_not_there():
    for edit in (
        lambda: editing.remove(IN_LINES, "customer-x"),
        lambda: editing.set_values(IN_LINES, "customer-x", {"name": "X"}),
        lambda: editing.remove(HEAD, "customer-x"),
    ):
        with pytest.raises(UnknownTenant, match=r"there is no tenant customer-x in tenants\.yaml"):
            edit()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("defaults: {tier: s, image: a}  # old\n", "defaults: {tier: s, image: b}  # old\n"),
        ("defaults:\n  image: a # why\n", "defaults:\n  image: b # why\n"),
        ("defaults:\n  tier: s\n", "defaults:\n  tier: s\n  image: b\n"),
        ("defaults:\n", "defaults:\n  image: b\n"),
        ("tenants: {}\n", "tenants: {}\ndefaults:\n  image: b\n"),
        ("defaults: {image: b}\n", "defaults: {image: b}\n"),
    ],
)
def test_the_image_of_all(before, after):
    edit = editing.set_default(before, "image", "b")
    assert edit.text == after
    assert bool(edit.changes) == (before != after)


def test_who_is_there_already():
    with pytest.raises(Refused, match="there is a tenant customer-b already"):
        editing.add(IN_LINES, "customer-b", {})


def test_a_file_that_cannot_be_read_is_not_edited():
    with pytest.raises(FleetInvalid) as refused:
        editing.add("a: [1\n", "customer-x", {})
    assert str(refused.value) == "tenants.yaml cannot be edited while it cannot be read"
    assert refused.value.problems[0].startswith("line 2: is not valid YAML")


@pytest.mark.parametrize(
    ("tenants", "edit"),
    [
        (
            "tenants: {customer-a: {name}}\n",
            lambda text: editing.set_values(text, "customer-a", {"name": "C"}),
        ),
        (
            "tenants:\n  customer-a: {name: A}\n  customer-a: {name: B}\n",
            lambda text: editing.remove(text, "customer-a"),
        ),
        (
            "tenants: {customer-a: {}, # customer-b,\n  customer-b: {}}\n",
            lambda text: editing.set_values(text, "customer-b", {"name": "a\ud800"}),
        ),
    ],
)
def test_what_would_not_come_out_as_asked_is_refused(tenants, edit):
    with pytest.raises(Refused, match="written in a way that cannot be edited safely"):
        edit(HEAD + tenants)
