"""The platform's files, cut off or garbled at every place: each is read as it was, or refused or
begun anew as a whole; never half of it, and never an exception that nobody expects.

In this process, with the real readers and real files. What the platform does then is shown on the
real engine in tests/integration/stack: test_lost_files.py, test_healing.py, test_bad_files.py.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from orchestrator.adapters.applied_file import JsonAppliedFile
from orchestrator.adapters.ledger import SqliteLedger
from orchestrator.adapters.route_file import TraefikRouteFile
from orchestrator.adapters.tenants_yaml import YamlTenantsFile
from orchestrator.core import guard, routes
from orchestrator.core.applied import Applied
from orchestrator.core.fleet import Fleet
from orchestrator.errors import DataRootError
from orchestrator.ports import Event
from tests.support.fleets import IMAGE, fleet, wanted

pytestmark = pytest.mark.slow

Damage = Callable[[bytes, int], bytes]
HEAD = 136  # bytes: the longest header of SQLite's three files, that of the log's index
TENANTS = [f"customer-{number}" for number in range(6)]

GARBLED: dict[str, Damage] = {
    "a zero": lambda good, place: good[:place] + b"\x00" + good[place + 1 :],
    "garbage": lambda good, place: good[:place] + b"\xff" + good[place + 1 :],
    "zeros from there": lambda good, place: good[:place] + bytes(len(good) - place),
}
DAMAGED = {**GARBLED, "cut off": lambda good, place: good[:place]}


def damaged(path: Path, damage: Damage, *, step: int = 1, head: int = 0) -> Iterator[int]:
    """The file with this damage at one place after another: every byte of its head, and then one
    in every `step`."""
    good = path.read_bytes()
    for place in sorted({*range(min(head, len(good))), *range(0, len(good), step)}):
        path.write_bytes(damage(good, place))
        yield place
    path.write_bytes(good)


@pytest.mark.parametrize("damage", DAMAGED)
def test_the_applied_fleet(tmp_path: Path, damage: str) -> None:
    file = JsonAppliedFile(tmp_path)
    good = Applied(7, fleet(*TENANTS[:2]), {IMAGE: "sha256:" + "a" * 64}, {})
    file.write(good)
    for place in damaged(tmp_path / "applied.json", DAMAGED[damage]):
        try:
            assert file.read() == good, place
        except DataRootError as refusal:
            assert "applied.json" in str(refusal)
    assert file.read() == good


@pytest.mark.parametrize("damage", DAMAGED)
def test_the_routes(tmp_path: Path, damage: str) -> None:
    (tmp_path / "routes").mkdir()
    file = TraefikRouteFile(tmp_path / "routes", tmp_path)
    table = {one.id: routes.entry(one) for one in wanted(*TENANTS[:2]).values()}
    file.write(routes.document(table, generation="g", gate_port=8480))
    for place in damaged(tmp_path / "routes/tenants.yml", DAMAGED[damage]):
        try:
            found = routes.parse(file.read())
        except DataRootError:
            continue
        assert found == ("g", table), place


def tenants_yaml(path: Path) -> Fleet:
    lines = [f"  {one}: {{name: Customer, tier: small}}\n" for one in TENANTS]
    tier = "{users: 5, csv_files: 5, memory: 128m, cpus: 1, disk: 1g, price: 1}"
    head = f"# customers\ndomain: localhost\ntiers:\n  small: {tier}\n"
    path.write_text(f"{head}defaults: {{tier: small, image: {IMAGE}}}\ntenants:\n{''.join(lines)}")
    found = YamlTenantsFile(path).load().fleet
    assert found is not None
    return found


@pytest.mark.parametrize("damage", GARBLED)
def test_a_garbled_tenants_yaml_is_refused_as_a_whole(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "tenants.yaml"
    tenants_yaml(path)
    for place in damaged(path, GARBLED[damage]):
        found = YamlTenantsFile(path).load()
        assert found.problems, place
        assert found.fleet is None
        assert found.fleet_without_bad_tenants is None


def test_a_tenants_yaml_cut_off_anywhere_takes_nobody_away_unasked(tmp_path: Path) -> None:
    path = tmp_path / "tenants.yaml"
    tenants_yaml(path)
    whole = 0
    for place in damaged(path, DAMAGED["cut off"]):
        found = YamlTenantsFile(path).load().fleet
        if found is None:
            continue
        left = {one.id for one in found.tenants}
        assert left <= set(TENANTS), place
        if len(TENANTS) - len(left) > 1:
            assert guard.check(found, TENANTS, TENANTS) is not None, place
        whole += 1
    assert whole >= len(TENANTS)  # cut off between two tenants, it is a file like any other


@pytest.fixture
def good_ledger(tmp_path: Path) -> Path:
    """A directory with a ledger as a kill -9 leaves it: a part of it in its log."""
    work, left = tmp_path / "work", tmp_path / "left"
    work.mkdir()
    ledger = SqliteLedger(work)
    for tenant in TENANTS:
        ledger.allocate(tenant)
        ledger.record(Event(0.0, tenant, "started", "x" * 300))
    shutil.copytree(work, left)
    ledger.close()
    assert (left / "ledger.db-wal").stat().st_size > 0
    return left


@pytest.mark.parametrize("name", ["ledger.db", "ledger.db-wal", "ledger.db-shm", "next_index"])
@pytest.mark.parametrize("damage", DAMAGED)
def test_the_ledger_gives_no_number_twice(
    good_ledger: Path, tmp_path: Path, name: str, damage: str
) -> None:
    size = (good_ledger / name).stat().st_size
    step = max(1, size // 25)  # every page of 4,096 bytes, at another place
    head = HEAD if damage in ("a zero", "garbage") else 0
    for place in damaged(good_ledger / name, DAMAGED[damage], step=step, head=head):
        now = tmp_path / f"now-{place}"
        shutil.copytree(good_ledger, now)
        ledger = SqliteLedger(now)
        found = dict(ledger.indexes())
        assert len(set(found.values())) == len(found)
        known = {number for tenant, number in found.items() if tenant in TENANTS}
        assert ledger.allocate("another") not in known, place
        if name != "next_index":
            assert ledger.indexes()["another"] >= len(TENANTS), place
        ledger.close()
        shutil.rmtree(now)
