"""The platform's own disk is full: customers are served as before, what cannot be written is said,
and with room again all goes on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support import small_disk
from tests.support.docker_cli import docker
from tests.support.stack import Stack
from tests.support.stack_fleet import Fleet

pytestmark = pytest.mark.docker


@pytest.fixture(scope="module")
def stack(platform_images: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A platform of its own, whose ledger, routes and secrets have 8 MiB together."""
    made = Stack(tmp_path_factory.mktemp("full"))
    mounted = False
    try:
        made.prepare()
        small_disk.mount(made.root / "platform", 8)
        mounted = True
        made.start()
        yield made
    finally:
        made.remove()
        if mounted:
            small_disk.unmount(made.root / "platform")


def test_a_full_disk_of_the_platform_hurts_no_customer_and_passes(
    stack: Stack, fleet: Fleet
) -> None:
    calm, hurt = fleet.start("calm", "hurt")
    before, routes = fleet.life(calm), stack.routes_file.read_text()
    filler = stack.root / "platform/filler"
    with stack.visitors(calm) as visits:
        small_disk.fill(filler)
        late = fleet.add("late")
        refused = stack.tenantctl("apply")
        assert refused.code == 1
        assert "No space left on device" in refused.out + refused.err
        assert stack.tenantctl("status").code == 0
        assert stack.routes_file.read_text() == routes

        docker("kill", f"tenant-{hurt}")
        stack.wait_until("the other is healed", lambda: stack.get(hurt).status == 200, 60)
        docker("restart", stack.service("controller"), timeout=60)
        assert [stack.get(one).status for one in (calm, hurt)] == [200, 200]

        filler.unlink()
        stack.wait_for_controller()
        stack.wait_until("it is settled", lambda: stack.status()["converged"], 60)
        fleet.apply()
        assert stack.get(late).status == 200
    assert visits.failures == {}
    assert fleet.life(calm) == before
    assert stack.status().get("problems", []) == []
    assert stack.plan()["tenants"] == []
