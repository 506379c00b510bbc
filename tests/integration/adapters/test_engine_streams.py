"""Logs and events of a real engine: safe to show, and closable from another thread."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from itertools import islice

import pytest

from orchestrator.adapters.docker_streams import Stream
from tests.integration.adapters.small_world import World, docker

pytestmark = pytest.mark.docker


def test_logs_of_both_streams_cannot_command_a_terminal(world: World) -> None:
    world.start("talker", 20)
    text = world.engine.logs("tenant-talker", 100)
    assert "hello \\x1b[31mred\\x1b]0;title\\x07 from stdout\n" in text
    assert "hello from stderr\n" in text
    assert "\x1b" not in text
    assert len(world.engine.logs("tenant-talker", 1).splitlines()) == 1
    assert world.engine.logs("tenant-talker", 0) == ""


def test_followed_logs_come_line_by_line_and_end_when_closed(world: World) -> None:
    world.start("followed", 21)
    stream = world.engine.follow_logs("tenant-followed", 100)
    assert {line.split()[0] for line in islice(stream, 2)} == {"hello"}
    assert _ends_when_closed(stream)


def test_followed_logs_end_with_the_container(world: World) -> None:
    world.start("ending", 22)
    stream = world.engine.follow_logs("tenant-ending", 100)
    world.engine.stop_container(world.container("ending").id, 1)
    assert sum("hello" in line for line in stream) == 2


def test_events_name_the_tenant(world: World) -> None:
    stream = world.engine.events()
    seen: list[str] = []
    listener = threading.Thread(target=lambda: seen.extend(_first(stream, "eventful", 4)))
    listener.daemon = True
    listener.start()
    world.start("eventful", 23)
    docker("kill", "tenant-eventful")
    listener.join(30)
    assert seen == ["eventful"] * 4
    assert _ends_when_closed(stream)


def test_a_network_removed_by_hand_is_an_event(world: World) -> None:
    spec = world.create("unplugged", 24)
    world.engine.remove_container(world.container("unplugged").id)
    stream = world.engine.events()
    docker("network", "rm", "tenant-unplugged")
    assert _first(stream, spec.id, 1) == [spec.id]
    stream.close()


def _ends_when_closed(stream: Stream) -> bool:
    """Whether a thread that waits for the next line is let go."""
    waiting = threading.Thread(target=lambda: list(stream), daemon=True)
    waiting.start()
    stream.close()
    stream.close()
    waiting.join(10)
    return not waiting.is_alive()


def _first(stream: Iterator[str], tenant_id: str, count: int) -> list[str]:
    """Events of one tenant: other platforms may be at work on this engine."""
    return list(islice((found for found in stream if found == tenant_id), count))
