"""Random fleets, files and edits: what is written is read, and nothing makes validation fail."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestrator.adapters.tenants_file import editing, load_fleet, load_text
from orchestrator.adapters.tenants_file.render import flow
from orchestrator.core import units
from orchestrator.core.dns import is_at_or_below
from orchestrator.core.fleet import (
    Fleet,
    Tenant,
    Tier,
    fleet_from_json,
    fleet_to_json,
    merge_last_good,
)
from orchestrator.core.names import id_problem

FULL = (Path(__file__).parents[2] / "docs" / "examples" / "full.yaml").read_bytes()
MIB = 1024**2
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

ids = st.from_regex(r"[a-z0-9]{1,3}(-[a-z0-9]{1,3})?", fullmatch=True).filter(
    lambda text: id_problem(text) is None
)
texts = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=30)
display_names = st.lists(texts, min_size=1, max_size=2).map(" ".join)
good_names = display_names.filter(lambda t: not any(mark in t for mark in ("{{", "}}", "`")))
limits = st.none() | st.integers(1, 10**9)
durations = st.none() | st.integers(30, 365 * 86400)


@st.composite
def tiers(draw, name):
    return Tier(
        name=name,
        users=draw(limits),
        csv_files=draw(limits),
        memory=draw(st.integers(128, 10**6)) * MIB,
        millicpus=draw(st.integers(100, 64000)),
        disk=draw(st.integers(64, 10**6)) * MIB,
        questions_per_day=draw(limits),
        llm_tokens_per_day=draw(limits),
        price=draw(st.none() | st.integers(0, 10**8).map(lambda cents: cents / 100)),
    )


@st.composite
def fleets(draw):
    names = draw(st.lists(st.sampled_from(["small", "Big", "no", "7"]), min_size=1, unique=True))
    tenants = []
    for number, tenant_id in enumerate(draw(st.lists(ids, max_size=6, unique=True))):
        domains = tuple(f"h{number}-{one}.example" for one in range(draw(st.integers(0, 2))))
        tenants.append(
            Tenant(
                id=tenant_id,
                name=draw(good_names),
                tier=draw(st.sampled_from(names)),
                image=draw(
                    st.sampled_from(["data-agent:latest", "r.example:5000/a/b@sha256:" + "0" * 64])
                ),
                state=draw(st.sampled_from(["running", "suspended"])),
                domains=domains,
                sleep_after=draw(durations),
                llm_privacy=draw(st.sampled_from(["nothing", "names", "samples"])),
                renamed_from=draw(st.none() | st.just(f"was-{number}x")),
                own_image=True,
            )
        )
    return Fleet(
        domain=draw(st.sampled_from(["localhost", "data.example.com"])),
        tls="off",
        watch=draw(st.booleans()),
        tiers={name: draw(tiers(name)) for name in names},
        tenants=tuple(tenants),
    )


def tier_settings(tier):
    settings = {
        "users": units.format_limit(tier.users),
        "csv_files": units.format_limit(tier.csv_files),
        "memory": units.format_size(tier.memory),
        "cpus": units.format_cpus(tier.millicpus),
        "disk": units.format_size(tier.disk),
        "questions_per_day": units.format_limit(tier.questions_per_day),
        "llm_tokens_per_day": units.format_limit(tier.llm_tokens_per_day),
    }
    return settings if tier.price is None else settings | {"price": f"{tier.price:.2f}"}


def tenant_settings(tenant):
    settings = {
        "name": tenant.name,
        "tier": tenant.tier,
        "image": tenant.image,
        "state": tenant.state,
        "domains": list(tenant.domains),
        "sleep_after": units.format_duration(tenant.sleep_after),
        "llm_privacy": tenant.llm_privacy,
        "renamed_from": tenant.renamed_from,
    }
    return {key: value for key, value in settings.items() if value is not None}


def lines_of(mapping, indent, in_blocks):
    """A mapping of mappings, each in braces or on lines of its own."""
    for key, value in mapping.items():
        if not in_blocks or not value:
            yield f"{' ' * indent}{flow(key)}: {flow(value)}  # about {key}\n"
            continue
        yield f"{' ' * indent}{flow(key)}:\n"
        yield from (f"{' ' * indent * 2}{flow(k)}: {flow(v)}\n" for k, v in value.items())


def written(fleet, *, indent=2, in_blocks=False):
    """The fleet as a file."""
    tiers = {name: tier_settings(tier) for name, tier in fleet.tiers.items()}
    tenants = {tenant.id: tenant_settings(tenant) for tenant in fleet.tenants}
    return "".join(
        (
            f"domain: {fleet.domain}\ntls: off\nwatch: {flow(fleet.watch)}\ntiers:\n",
            *lines_of(tiers, indent, in_blocks),
            "# customers\ntenants:\n",
            *lines_of(tenants, indent, in_blocks),
            "# end\n",
        )
    )


@given(fleets(), st.integers(1, 5), st.booleans())
@UNHURRIED
def test_a_fleet_that_is_written_is_read(fleet, indent, in_blocks):
    validation = load_text(written(fleet, indent=indent, in_blocks=in_blocks))
    assert validation.problems == ()
    assert validation.fleet == fleet
    assert validation.fleet_without_bad_tenants == fleet


@given(fleets())
@UNHURRIED
def test_a_fleet_survives_json(fleet):
    assert fleet_from_json(json.loads(json.dumps(fleet_to_json(fleet)))) == fleet


changes = st.fixed_dictionaries(
    {},
    optional={
        "name": st.none() | good_names,
        "state": st.none() | st.sampled_from(["running", "suspended"]),
        "domains": st.none() | st.just(["new.example"]) | st.just([]),
        "sleep_after": st.none() | st.sampled_from(["never", "30m"]),
    },
)
edits = st.lists(
    st.tuples(st.sampled_from(["add", "set", "remove"]), st.integers(0, 20), ids, changes),
    max_size=6,
)


@given(fleets(), st.booleans(), st.booleans(), edits)
@UNHURRIED
def test_edits_do_what_they_say_and_touch_nothing_else(fleet, in_blocks, windows, steps):
    text = written(fleet, in_blocks=in_blocks)
    text = text.replace("\n", "\r\n") if windows else text
    model = {tenant.id: tenant_settings(tenant) for tenant in fleet.tenants}
    first_tenant = text.index("tenants:")
    for kind, number, new, values in steps:
        there = list(model)[number % len(model)] if model else None
        if kind == "add" and new not in model:
            given_ = {"tier": next(iter(fleet.tiers)), **values}
            edit = editing.add(text, new, given_)
            model[new] = {key: value for key, value in given_.items() if value is not None}
        elif kind == "set" and there is not None:
            edit = editing.set_values(text, there, values)
            for key, value in values.items():
                model[there] |= {key: value}
                if value is None:
                    del model[there][key]
        elif kind == "remove" and there is not None:
            edit = editing.remove(text, there)
            del model[there]
        else:
            continue
        assert edit.text[:first_tenant] == text[:first_tenant]
        assert edit.text.endswith("# end\r\n" if windows else "# end\n")
        assert edit.text.count("\n") - edit.text.count("\r\n") == (
            0 if windows else edit.text.count("\n")
        )
        text = edit.text
    validation = load_text(text)
    assert list(validation.order) == list(model)
    for tenant in (validation.fleet_without_bad_tenants or fleet).tenants:
        assert tenant.name == model[tenant.id].get("name", tenant.id)
        assert tenant.state == model[tenant.id].get("state", "running")


broken = st.sampled_from(["", "state: what", "domains: [h0-0.example]", "renamed_from: a", "x: 1"])


@given(fleets(), fleets(), st.data())
@UNHURRIED
def test_what_is_merged_is_a_fleet(last, new, data):
    text = written(new)
    for tenant in new.tenants:
        damage = data.draw(broken)
        text = text.replace(f"{flow(tenant.id)}: {{name:", f"{flow(tenant.id)}: {{{damage}, name:")
    validation = load_text(text.replace("{, ", "{"))
    merged = merge_last_good(validation, last)
    kept = {tenant.id for tenant in last.tenants} & validation.tenants_with_problems
    assert kept <= {tenant.id for tenant in merged.tenants}
    assert all(tenant.tier in merged.tiers for tenant in merged.tenants)
    ids_ = [tenant.id for tenant in merged.tenants]
    assert len(ids_) == len(set(ids_))
    hosts = [host for tenant in merged.tenants for host in tenant.domains]
    assert len(hosts) == len(set(hosts))
    assert not any(is_at_or_below(host, merged.domain) for host in hosts)


@given(st.binary(max_size=300))
@settings(UNHURRIED, max_examples=300)
def test_garbage_is_only_ever_reported(tmp_path_factory, content):
    check(tmp_path_factory.getbasetemp() / "garbage.yaml", content)


@given(st.text(st.sampled_from("ab:{}[],&*!|>'\"#%@`-? \n\t~<.é\u2028"), max_size=60))
@settings(UNHURRIED, max_examples=1000)
def test_whatever_looks_like_yaml_is_only_ever_reported(text):
    validation = load_text("tiers:\n  " + text)
    assert validation.ok or validation.problems
    assert load_text(text).problems


def test_a_file_cut_off_anywhere_is_only_ever_reported(tmp_path):
    content = b"\xef\xbb\xbf" + FULL.replace(b"\n", b"\r\n")
    for length in range(len(content)):
        check(tmp_path / "tenants.yaml", content[:length])


@pytest.mark.parametrize("byte", [b"\0", b"\xff", b"{", b"\t", b'"'])
def test_a_wrong_byte_anywhere_is_only_ever_reported(tmp_path, byte):
    for place in range(0, len(FULL), 3):
        check(tmp_path / "tenants.yaml", FULL[:place] + byte + FULL[place + 1 :])


def check(path, content):
    """There is a fleet, or a reason why not; never both, and never an exception."""
    path.write_bytes(content)
    validation = load_fleet(path)
    assert (validation.fleet is None) == bool(validation.problems)
    assert all(str(problem).isprintable() for problem in validation.problems)
