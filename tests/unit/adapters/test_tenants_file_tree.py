"""YAML → tree: what is refused, in which words, and that nothing large or deep gets through."""

import pytest

from orchestrator.adapters.tenants_file import load_text
from orchestrator.adapters.tenants_file.tree import MAX_DEPTH, parse
from orchestrator.core.document import plain_data

HEAD = """\
tiers: {small: {users: 5, csv_files: 10, memory: 384m, cpus: 0.5, disk: 1g}}
defaults: {tier: small}
tenants:
"""
NO_ANCHORS = (
    "write it out, or move what tenants share into a tier or defaults (a text that starts with '*' "
    "or '&' needs quotes)"
)

SYNTAX = {
    "a: [1, 2\n": "line 2: is not valid YAML in column 1: did not find expected ',' or ']' (while "
    "parsing a flow sequence in line 1); close the '[' of this line",
    "a: {b: 1\nc: 2\n": "line 2: is not valid YAML in column 2: did not find expected ',' or '}' "
    "(while parsing a flow mapping in line 1); close the '{' of this line",
    "a: 'x\nb: 2\n": "line 3: is not valid YAML in column 1: found unexpected end of stream (while "
    "scanning a quoted scalar in line 1); close the quote ' of this line",
    "a:\n\tb: 1\n": "line 2: is not valid YAML in column 1: found character that cannot start any "
    "token; indent with spaces, YAML allows no tabs there",
    "a: b: c\n": "line 1: is not valid YAML in column 5: mapping values are not allowed in this "
    "context; put a value that contains ': ' into quotes",
    "a: @b\n": "line 1: is not valid YAML in column 4: found character that cannot start any "
    "token; put the value that starts with '@' into quotes",
    "a: `b`\n": "line 1: is not valid YAML in column 4: found character that cannot start any "
    "token; put the value that starts with '`' into quotes",
    "a: [*.b]\n": "line 1: is not valid YAML in column 6: did not find expected alphabetic or "
    "numeric character (while scanning an alias in line 1); put the value that starts with '*' "
    "into quotes",
    "a: {b:}\n": "line 1: is not valid YAML in column 6: found unexpected ':' (while scanning a "
    "plain scalar in line 1); write a value after the ':'",
    "a: 1\n  b: 2\n": "line 2: is not valid YAML in column 4: mapping values are not allowed in "
    "this context; check the brackets, quotes and indentation around this line",
    "a: 1\n---\nb: 2\n": "line 2: a second document starts here; remove the line '---' and what "
    "follows, or join the two",
}


@pytest.mark.parametrize("text", SYNTAX)
def test_syntax_errors_are_one_sentence(text):
    validation = load_text(text)
    assert [str(problem) for problem in validation.problems] == [SYNTAX[text]]
    assert validation.fleet_without_bad_tenants is None


REFUSED = {
    "  a: &x {}\n": "line 4: tenants.a: has an anchor '&x'; " + NO_ANCHORS,
    "  a: {name: *x}\n": "line 4: tenants.a.name: refers to '*x'; " + NO_ANCHORS,
    "  a: {<<: *x}\n": "line 4: tenants.a: has a merge key '<<'; " + NO_ANCHORS,
    "  a: !!python/object:os.system {}\n": "line 4: tenants.a: has a tag "
    "'!!python/object:os.system'; remove it: values need no type",
    "  a: {name: !x y}\n": "line 4: tenants.a.name: has a tag '!x'; remove it: values need no type",
    "  a: {name: A}\n  a: {name: B}\n": "line 5: tenants.a: stands twice, in line 4 and in line 5; "
    "remove one of them, or give it another name",
    "  a: {name: A, name: B}\n": "line 4: tenants.a.name: stands twice, in line 4 and in line 4; "
    "remove one of them, or give it another name",
    "  a: {[x]: y}\n": "line 4: tenants.a: has a list or mapping as a key; a key is a single word",
}


@pytest.mark.parametrize("tenants", REFUSED)
def test_parts_of_yaml_that_are_refused_hold_back_their_tenant(tenants):
    validation = load_text(f"{HEAD}{tenants}  good:\n")
    assert [str(problem) for problem in validation.problems] == [REFUSED[tenants]]
    assert validation.tenants_with_problems == {"a"}
    assert [tenant.id for tenant in validation.fleet_without_bad_tenants.tenants] == ["good"]


def test_outside_of_a_tenant_they_hold_back_the_file():
    for text in (
        "x: &x {}\n" + HEAD,
        HEAD + "  a:\ntiers: {}\n",
        HEAD.replace("tenants:", "tenants: &x"),
        HEAD + "  <<: *x\n",
    ):
        assert load_text(text).fleet_without_bad_tenants is None


def test_a_key_that_a_value_was_refused_for_is_not_called_missing():
    text = HEAD.replace("memory: 384m", "memory: *m") + "  a:\n"
    assert len(load_text(text).problems) == 1


def test_scalars_stay_as_they_were_written():
    root = parse("a: no\nb: 0x1F\nc: '~'\nd: ~\ne: \"1\\u00e4\"\nf: [1.50, 2001-01-01]\n").root
    assert plain_data(root) == {
        "a": "no",
        "b": "0x1F",
        "c": "~",
        "d": None,
        "e": "1ä",
        "f": ["1.50", "2001-01-01"],
    }


def test_an_alias_bomb_is_refused_and_not_unfolded():
    bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{new}: &{new} [{', '.join(['*' + old] * 9)}]\n"
        for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    )
    validation = load_text(bomb + HEAD)
    assert validation.fleet_without_bad_tenants is None
    messages = [problem.message for problem in validation.problems]
    assert sum("has an anchor" in message for message in messages) == 9
    assert sum("refers to" in message for message in messages) == 72


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_depth_is_bounded(opening):
    text = opening * 200_000
    assert [str(problem) for problem in load_text(text).problems] == [
        (
            "line 1: is nested more than 12 levels deep; tenants.yaml needs four levels; look for "
            "a bracket too many"
        )
    ]


def test_the_deepest_level_that_is_taken():
    assert parse("[" * MAX_DEPTH + "]" * MAX_DEPTH).root is not None
    assert parse("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1)).root is None


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"tiars{n}: x\n" for n in range(20_000)),
        HEAD + "".join(f" c{n}: {{namee: x, tiar: y}}\n" for n in range(8192)),
        HEAD + "".join(f" c{n}: {{domains: [x.example], renamed_from: x}}\n" for n in range(8192)),
        HEAD + " a:\n" * 50_000,
        "[" + "a," * 100_000 + "]",
        HEAD + " " + "a" * 1_000_000 + ": x\n",
    ],
    ids=["keys", "typing", "clashes", "repeats", "list", "long"],
)
@pytest.mark.timeout(60)
def test_large_nonsense_is_reported_in_bounded_time(text):
    validation = load_text(text)
    assert 1 <= len(validation.problems) <= 501
    assert all(len(str(problem)) < 1000 for problem in validation.problems)
