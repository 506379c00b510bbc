"""Known hosts cost no question, made-up ones two a second, whatever the controller does."""

from __future__ import annotations

import asyncio

import pytest

from orchestrator.client.answers import HostEntry, Hosts
from orchestrator.edge import host_book
from orchestrator.edge.host_book import HostBook
from orchestrator.errors import ControllerUnavailable

HOST = "customer-a.localhost"


class Source:
    def __init__(self) -> None:
        self.asked = 0
        self.more: dict[str, HostEntry] = {}
        self.error: Exception | None = None
        self.release = asyncio.Event()
        self.release.set()

    async def hosts(self) -> Hosts:
        self.asked += 1
        await self.release.wait()
        if self.error:
            raise self.error
        return Hosts("localhost", {HOST: HostEntry("customer-a", "A", "running"), **self.more})


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_hundred_requests_are_one_question():
    async def scene() -> int:
        source = Source()
        book = HostBook(source, Clock())
        source.release.clear()
        waiting = [asyncio.create_task(book.owner(HOST)) for _ in range(100)]
        await asyncio.sleep(0)
        source.release.set()
        assert set(await asyncio.gather(*waiting)) == {"customer-a"}
        return source.asked

    assert asyncio.run(scene()) == 1


def test_a_known_host_is_no_question_and_a_made_up_one_is_two_a_second():
    async def scene() -> None:
        source, clock = Source(), Clock()
        book = HostBook(source, clock)
        for _ in range(10):
            clock.now += 1
            assert await book.owner(HOST) == "customer-a"
        assert source.asked == 1
        for number in range(100):
            clock.now += 0.01
            assert await book.owner(f"{number}.localhost") is None
        assert source.asked == 3

    asyncio.run(scene())


def test_a_new_host_is_found_half_a_second_later_at_most():
    async def scene() -> None:
        source, clock = Source(), Clock()
        book = HostBook(source, clock)
        assert await book.owner("new.localhost") is None
        source.more = {"new.localhost": HostEntry("new", "N", "starting")}
        clock.now += 0.4
        assert await book.owner("new.localhost") is None
        clock.now += 0.2
        assert await book.owner("new.localhost") == "new"

    asyncio.run(scene())


def test_the_last_good_answer_outlives_the_controller(caplog):
    async def scene() -> None:
        source, clock = Source(), Clock()
        book = HostBook(source, clock)
        await book.owner(HOST)
        source.error = ControllerUnavailable("it is away")
        for _ in range(5):
            clock.now += 1
            assert await book.owner(HOST) == "customer-a"
            assert await book.owner("nobody") is None
        source.error = None
        clock.now += 1
        assert await book.owner("nobody") is None

    asyncio.run(scene())
    assert [record.message for record in caplog.records] == [
        "it is away", "the controller answers again",
    ]  # fmt: skip


def test_a_controller_that_was_never_reached_is_not_an_empty_fleet():
    async def scene() -> int:
        source = Source()
        source.error = ControllerUnavailable("it is away")
        book = HostBook(source, Clock())
        for _ in range(3):
            with pytest.raises(LookupError):
                await book.owner(HOST)
        return source.asked

    assert asyncio.run(scene()) == 1


def test_a_controller_that_hangs_is_waited_for_but_not_for_long(monkeypatch):
    monkeypatch.setattr(host_book, "PATIENCE_S", 0.01)

    async def scene() -> None:
        source, clock = Source(), Clock()
        book = HostBook(source, clock)
        await book.owner(HOST)
        source.release.clear()
        clock.now += 1
        assert await book.owner("nobody") is None
        assert await book.owner("nobody") is None
        assert source.asked == 2
        source.release.set()

    asyncio.run(scene())
