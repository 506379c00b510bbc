"""Budgets over midnight and restarts, bounded books, and slots."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from orchestrator.core.llm_usage import GatewayTenant, GatewayTenants
from orchestrator.edge.llm_gateway.books import Books, Used
from orchestrator.edge.llm_gateway.slots import Slots
from orchestrator.errors import LlmError

TENANT = GatewayTenant("a", "10.200.0.1", "0" * 64, 100, 0)


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 23, 59, 50, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def told(used: int, day: str = "2026-11-23") -> GatewayTenants:
    tenant = GatewayTenant("a", TENANT.gateway, TENANT.token_sha256, 100, used)
    return GatewayTenants(day, {"10.200.0.2": tenant})


def test_what_is_under_way_counts() -> None:
    books = Books(Clock())
    first = books.open(TENANT, 60)
    books.open(TENANT, 60)
    with pytest.raises(LlmError) as refused:
        books.open(TENANT, 1)
    assert (refused.value.kind, refused.value.retry_after_s) == ("budget", 10)
    assert "Today's 100 tokens" in str(refused.value)
    books.settle(first, Used(10, 5, estimated=False))
    assert books.used("a") == 75
    books.open(TENANT, 1)


def test_a_new_day_is_a_new_budget_and_late_answers_belong_to_the_old() -> None:
    clock = Clock()
    books = Books(clock)
    books.learn(told(90))
    opened = books.open(TENANT, 10)
    clock.now = clock.now.replace(day=24, hour=0)
    assert books.used("a") == 0
    books.settle(opened, Used(10, 500, estimated=False))
    assert books.used("a") == 0
    assert [one.day for one in books.pending(9)] == ["2026-11-23"]
    books.learn(told(510))  # the ledger's answer from just before midnight
    assert books.used("a") == 0


def test_the_ledger_may_lag_behind_and_never_forgets() -> None:
    books = Books(Clock())
    books.learn(told(50))
    books.settle(books.open(TENANT, 10), Used(10, 10, estimated=False))
    books.learn(told(50))
    assert books.used("a") == 70
    books.learn(told(70))
    assert books.used("a") == 70


def test_what_was_settled_while_it_was_written_is_written_again() -> None:
    books = Books(Clock())
    opened = books.open(TENANT, 10)
    batch = books.pending(9)
    books.settle(opened, Used(11, 2, estimated=False))
    books.written(batch)
    (later,) = books.pending(9)
    assert (later.key, later.tokens, later.estimated) == (opened.key, 13, False)
    books.written((later,))
    assert books.pending(9) == ()


def test_books_that_are_full_take_no_more() -> None:
    books = Books(Clock(), pending_max=2)
    first = books.open(TENANT, 1)
    books.open(TENANT, 1)
    with pytest.raises(LlmError, match="cannot write down"):
        books.open(TENANT, 1)
    books.settle(first, Used(1, 1, estimated=False))  # what is open can always be settled
    books.written(books.pending(1))
    books.open(TENANT, 1)


async def _hold(slots: Slots, tenant: str, go: asyncio.Event, inside: list[str]) -> None:
    async with slots.taken(tenant):
        inside.append(tenant)
        await go.wait()


def test_slots_of_one_and_of_all() -> None:
    async def scenario() -> None:
        slots, go, inside = Slots(2, 3, patience_s=60), asyncio.Event(), list[str]()
        work = [asyncio.create_task(_hold(slots, tenant, go, inside)) for tenant in "aaaabbb"]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert sorted(inside) == ["a", "a", "b"]
        go.set()
        await asyncio.gather(*work)
        assert sorted(inside) == list("aaaabbb")
        assert (slots._own, slots._inside) == ({}, {})

    asyncio.run(scenario())


def test_a_line_that_is_too_long_or_too_slow_is_refused() -> None:
    async def scenario() -> None:
        go, inside = asyncio.Event(), list[str]()
        slots = Slots(1, 1, patience_s=0.05)
        first = asyncio.create_task(_hold(slots, "a", go, inside))
        await asyncio.sleep(0)
        others = [asyncio.create_task(_hold(slots, one, go, inside)) for one in "aaaaab"]
        ends = await asyncio.gather(*others, return_exceptions=True)
        assert [getattr(end, "kind", "") for end in ends] == ["concurrency"] * 6
        go.set()
        await first
        await _hold(slots, "b", go, inside)
        assert inside == ["a", "b"]

    asyncio.run(scenario())


def test_who_is_cancelled_in_line_leaves_no_slot_behind() -> None:
    async def scenario() -> None:
        go, inside = asyncio.Event(), list[str]()
        slots = Slots(1, 1, patience_s=60)
        work = [asyncio.create_task(_hold(slots, one, go, inside)) for one in "aab"]
        await asyncio.sleep(0)
        for task in work:
            task.cancel()
        await asyncio.gather(*work, return_exceptions=True)
        go.set()
        async with asyncio.timeout(20):
            await asyncio.gather(*(_hold(slots, one, go, inside) for one in "ab"))

    asyncio.run(scenario())
