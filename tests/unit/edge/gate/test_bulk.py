"""A hundred megabytes each way, through a few kilobytes of the gate's memory."""

from __future__ import annotations

import asyncio
import tracemalloc

import pytest

from tests.support.gate_world import gate_world, parsed, read_head, request, run

MB = 1_000_000


@pytest.mark.parametrize("chunked", [True, False])
def test_a_hundred_megabytes_go_up_without_being_kept(chunked: bool) -> None:
    size, piece = 100 * MB, b"x" * (MB // 4)
    got = asyncio.Event()
    count = 0

    async def agent(reader, writer) -> None:
        nonlocal count
        await read_head(reader)
        await asyncio.sleep(0.2)  # the sender is faster than the reader
        while count < size:
            data = await reader.read(1 << 16)
            assert data, "the upload was cut off"
            count += len(data)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        await writer.drain()
        got.set()

    async def scene() -> None:
        async with gate_world() as world:
            world.controller.say("forward", address=await world.agent(agent))
            reader, writer = await world.connect()
            framing = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {size}"
            tracemalloc.start()
            writer.write(request("/data", framing, verb="POST"))
            sent = 0
            while sent < size:
                writer.write(b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece)
                await writer.drain()
                sent += len(piece)
            if chunked:
                writer.write(b"0\r\nX-Trailer: yes\r\n\r\n")
            await got.wait()
            _, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            assert parsed(await reader.read()).body == b"ok"
            assert peak < 8 * MB
            writer.close()

    run(scene)


def test_a_hundred_megabytes_come_down_to_a_slow_reader_without_being_kept() -> None:
    size, piece = 100 * MB, b"y" * (MB // 4)

    async def agent(reader, writer) -> None:
        await read_head(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size)
        for _ in range(size // len(piece)):
            writer.write(piece)
            await writer.drain()

    async def scene() -> None:
        async with gate_world() as world:
            world.controller.say("forward", address=await world.agent(agent))
            reader, writer = await asyncio.open_connection("127.0.0.1", world.port, limit=1 << 16)
            tracemalloc.start()
            writer.write(request())
            await asyncio.sleep(0.3)  # nothing is read for a while
            head = await read_head(reader)
            count = 0
            while data := await reader.read(1 << 16):
                count += len(data)
            _, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            assert (head.startswith(b"HTTP/1.1 200"), count) == (True, size)
            assert peak < 8 * MB
            writer.close()

    run(scene)
