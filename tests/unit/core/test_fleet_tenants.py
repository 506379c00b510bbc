"""What is wrong inside one tenant, or between two: the words, and whom it holds back."""

import pytest

from orchestrator.adapters.tenants_file import load_text

HEAD = """\
domain: localhost
tiers: {small: {users: 5, csv_files: 10, memory: 384m, cpus: 0.5, disk: 1g}}
defaults: {tier: small}
tenants:
"""


def lines(text):
    return [str(problem) for problem in load_text(text).problems]


def words(text):
    """Line, path and message of each problem, and the mend of the last."""
    problems = load_text(text).problems
    return [(problem.line, problem.path, problem.message) for problem in problems], problems[
        -1
    ].mend


TENANT_PROBLEMS = {
    "nmae: x": ".nmae: is not a known key; did you mean 'name'?",
    "users: 7": ".users: is not a known key; it belongs to a tier",
    "tls: off": ".tls: is not a known key; it belongs to the top of the file",
    "colour: red": ".colour: is not a known key; known here are name, tier, image, state, domains, "
    "sleep_after, always_on, llm_privacy, requests_per_second, requests_at_once, hold_for, "
    "renamed_from",
    "tier: smal": ".tier: there is no tier 'smal'; did you mean 'small'?",
    "tier: platinum": ".tier: there is no tier 'platinum'; known are small",
    "tier: a b": ".tier: 'a b' is not a tier name; use letters, digits, '-' and '_'",
    "tier: ": ".tier: has no value; give one, or remove the line",
    "tier: []": ".tier: is a list; write a single value",
    "tier: {}": ".tier: is a mapping; write a single value",
    "name: '  '": ".name: has no value; give one, or remove the line",
    f"name: {'x' * 81}": ".name: has 81 characters; use at most 80",
    "name: '{{env}}'": ".name: '{{env}}' contains {{; remove it",
    "name: 'a}}'": ".name: 'a}}' contains }}; remove it",
    "name: 'a`b'": ".name: 'a`b' contains `; remove it",
    'name: "a\\tb"': ".name: 'a�b' contains an invisible character; write one line of text",
    'name: "a\\u202eb"': ".name: 'a�b' contains an invisible character; write one line of text",
    "state: off": ".state: 'off' is not a state; write running or suspended",
    "image: 'Data Agent'": ".image: 'Data Agent' is not an image reference; write it as name:tag, "
    "such as data-agent:latest",
    "image: Agent:V1": ".image: 'Agent:V1' is not an image reference; write agent:v1, names have "
    "lower-case letters only",
    "image: 'a:b:c'": ".image: 'a:b:c' is not an image reference; write it as name:tag, such as "
    "data-agent:latest",
    "sleep_after: 30": ".sleep_after: '30' has no unit; write 30m for minutes or 30s",
    "hold_for: 11m": ".hold_for: is too long to be held; give at most 600s",
    "hold_for: never": ".hold_for: is too long to be held; give at most 600s",
    "requests_at_once: 0": ".requests_at_once: '0' is not a whole number from 1 on; write a number "
    "such as 5",
    "requests_per_second: 2000000": ".requests_per_second: '2000000' is too large; give at most "
    "1000000",
    "sleep_after: 10s": ".sleep_after: '10s' is too short; give at least 30s",
    "llm_privacy: all": ".llm_privacy: 'all' is not what an LLM may be told; write nothing, names "
    "or samples",
    "renamed_from: a": ".renamed_from: is the tenant's own id; write the id that it had before",
    "renamed_from: b": ".renamed_from: 'b' is still a tenant of this file; remove b or this line",
    "renamed_from: A": ".renamed_from: 'A' may hold only a-z, 0-9 and '-', and starts and ends "
    "with a letter or digit; write an id such as customer-a",
    "domains: data.example": ".domains: is not a list; write domains: [data.customer-b.example]",
    "domains: ": ".domains: has no value; give one, or remove the line",
    "domains: [a.localhost]": ".domains[0]: 'a.localhost' is the platform's own, at or below "
    "localhost; remove it; the tenant has a.localhost already",
    "domains: [x.example, 10.0.0.1]": ".domains[1]: '10.0.0.1' is an IP address; write a DNS name "
    "that points to it",
    "domains: ['*.example.com']": ".domains[0]: '*.example.com' has a wildcard; write each host "
    "name out",
}


@pytest.mark.parametrize("setting", TENANT_PROBLEMS)
def test_a_problem_in_a_tenant_holds_back_that_tenant(setting):
    validation = load_text(f"{HEAD}  a: {{{setting}}}\n  b: {{name: B}}\n")
    assert [str(problem) for problem in validation.problems] == [
        f"line 5: tenants.a{TENANT_PROBLEMS[setting]}"
    ]
    assert validation.fleet is None
    assert validation.tenants_with_problems == {"a"}
    assert [tenant.id for tenant in validation.fleet_without_bad_tenants.tenants] == ["b"]


ID_PROBLEMS = {
    "Customer-A": "may hold only a-z, 0-9 and '-', and starts and ends with a letter or digit; "
    "write customer-a",
    "a_b": "may hold only a-z, 0-9 and '-', and starts and ends with a letter or digit; write a-b",
    "-": "may hold only a-z, 0-9 and '-', and starts and ends with a letter or digit; write an id "
    "such as customer-a",
    "www": "is reserved for the platform; write an id such as customer-a",
    "xn--a": "may not have '--' at the third place (reserved for international domain names); "
    "write xn-a",
    "a" * 51: "has 51 characters; at most 50 are allowed; write an id such as customer-a",
}


@pytest.mark.parametrize("bad", ID_PROBLEMS)
def test_ids(bad):
    assert lines(f"{HEAD}  '{bad}': {{}}\n") == [
        f"line 5: tenants.{bad}: the id '{bad}' {ID_PROBLEMS[bad]}"
    ]


def test_a_misspelt_id_counts_as_the_tenant_that_was_meant():
    validation = load_text(HEAD + "  Customer-A: {}\n  a_b: {}\n  a-b: {}\n")
    assert validation.tenants_with_problems == {"customer-a", "a_b"}
    assert [tenant.id for tenant in validation.fleet_without_bad_tenants.tenants] == ["a-b"]


def test_a_host_name_belongs_to_one_tenant():
    text = HEAD + "  a: {domains: [x.example]}\n  b: {domains: [y.example, X.EXAMPLE.]}\n  c:\n"
    assert words(text) == (
        [
            (5, "tenants.a.domains[0]", "'x.example' is also a domain of b in line 6"),
            (6, "tenants.b.domains[1]", "'x.example' is also a domain of a in line 5"),
        ],
        "leave it to one tenant, once",
    )
    assert load_text(text).tenants_with_problems == {"a", "b"}


def test_a_host_name_stands_once():
    text = HEAD + "  a:\n    domains:\n      - x.example\n      - x.example\n"
    assert words(text) == (
        [
            (7, "tenants.a.domains[0]", "'x.example' stands twice, also in line 8"),
            (8, "tenants.a.domains[1]", "'x.example' stands twice, also in line 7"),
        ],
        "leave it to one tenant, once",
    )


def test_an_old_id_belongs_to_one_tenant():
    assert words(HEAD + "  a: {renamed_from: old}\n  b: {renamed_from: old}\n") == (
        [
            (5, "tenants.a.renamed_from", "'old' is also claimed by b"),
            (6, "tenants.b.renamed_from", "'old' is also claimed by a"),
        ],
        "its data can move to one tenant only",
    )


def test_a_bad_tenant_that_is_being_renamed_keeps_its_old_self():
    validation = load_text(HEAD + "  new: {renamed_from: old, state: what}\n")
    assert validation.tenants_with_problems == {"new"}
    assert validation.kept == {"new", "old"}


def test_who_names_an_image_is_known():
    fleet = load_text(HEAD + "  a: {}\n  b: {image: data-agent:2}\n").fleet
    assert [tenant.own_image for tenant in fleet.tenants] == [False, True]
