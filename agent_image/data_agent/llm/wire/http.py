"""One HTTP/1.1 request over asyncio's own streams; h11 speaks the protocol.

Everything that can go wrong on the way leaves as ModelFailed, with a reason that names the host and
never the key.
"""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

import h11

from data_agent.errors import ModelFailed
from data_agent.llm.text.problems import OPERATOR, WAIT
from data_agent.llm.wire.address import Address
from data_agent.llm.wire.packed import Unpacker

READ_BYTES = 16 * 1024


@dataclass(frozen=True)
class Request:
    """`body` None: a GET. `called`: what people know the other end by, else its host. Header values
    may hold a key: no repr shows them."""

    address: Address
    headers: dict[str, str]
    body: bytes | None = None
    called: str = ""

    def __repr__(self) -> str:
        return f"Request({self.address.authority})"


class Reply:
    """Status and headers, then the body piece by piece. Header names are in lower case."""

    def __init__(self, connection: h11.Connection, reader: asyncio.StreamReader, host: str) -> None:
        self._connection, self._reader, self._host = connection, reader, host
        self._ended = False
        self.status = 0
        self.headers: dict[str, str] = {}

    async def head(self) -> None:
        """Read up to the body. ModelFailed."""
        with _mapped(self._host):
            while True:
                event = await self._event()
                if isinstance(event, h11.Response):
                    break
                if isinstance(event, h11.ConnectionClosed):
                    raise _broken(self._host)
        self.status = event.status_code
        self.headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in event.headers}

    async def pieces(self) -> AsyncIterator[bytes]:
        """The body. ModelFailed when it breaks off before its end."""
        unpacker = Unpacker(self.headers.get("content-encoding", ""))
        while True:
            with _mapped(self._host):
                event = await self._event()
            if not isinstance(event, h11.Data):
                return
            for piece in unpacker.feed(bytes(event.data)):
                yield piece

    async def read(self, most: int) -> bytes:
        """The whole body. ModelFailed when it has more bytes than `most`."""
        found = bytearray()
        async for piece in self.pieces():
            found += piece
            if len(found) > most:
                raise ModelFailed("The language model's endpoint answered with far too much.")
        return bytes(found)

    async def _event(self) -> object:
        while (event := self._next()) is h11.NEED_DATA:
            data = await self._reader.read(READ_BYTES)
            self._ended = not data
            self._connection.receive_data(data)
        return event

    def _next(self) -> object:
        """h11 has one error for answers that end too early and for what is no HTTP at all."""
        try:
            return self._connection.next_event()
        except h11.RemoteProtocolError:
            if self._ended:
                raise _broken(self._host) from None
            raise


@asynccontextmanager
async def sent(request: Request, *, connect_s: float) -> AsyncIterator[Reply]:
    """Send it and hand out the reply; leaving the block closes the connection, whatever happened,
    so that an endpoint learns at once that nobody waits any more. ModelFailed."""
    host = request.called or request.address.authority
    with _mapped(host):
        async with asyncio.timeout(connect_s):
            reader, writer = await _connected(request.address)
    try:
        connection = h11.Connection(h11.CLIENT)
        reply = Reply(connection, reader, host)
        with _mapped(host):
            writer.write(_head_and_body(connection, request))
            await writer.drain()
        await reply.head()
        yield reply
    finally:
        writer.transport.abort()


async def _connected(address: Address) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    # The bundle is read anew each time: it may change, and its megabytes are gone afterwards.
    context = await asyncio.to_thread(ssl.create_default_context) if address.tls else None
    return await asyncio.open_connection(
        address.host,
        address.port,
        ssl=context,
        server_hostname=address.host if address.tls else None,
        happy_eyeballs_delay=0.25,
    )


def _head_and_body(connection: h11.Connection, request: Request) -> bytes:
    body = request.body or b""
    headers = [("Host", request.address.authority), *request.headers.items()]
    headers += [("Connection", "close"), ("Content-Length", str(len(body)))]
    head = connection.send(
        h11.Request(
            method="GET" if request.body is None else "POST",
            target=request.address.target,
            headers=headers,
        )
    )
    data = connection.send(h11.Data(data=body)) if body else b""
    end = connection.send(h11.EndOfMessage())
    return (head or b"") + (data or b"") + (end or b"")


@contextmanager
def _mapped(host: str) -> Iterator[None]:
    """Foreign exceptions stop here."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise ModelFailed(
            f"The certificate of {host} is not trusted ({error.verify_message}). An own "
            "certificate authority is named by SSL_CERT_FILE."
        ) from None
    except ssl.SSLError as error:
        raise ModelFailed(
            f"{host} does not speak TLS as it should ({error.reason}). {OPERATOR}"
        ) from None
    except TimeoutError:
        raise ModelFailed(
            f"{host} did not answer the connection in time. {WAIT}", again=True
        ) from None
    except socket.gaierror:
        raise ModelFailed(
            f"There is no host {host}, or names cannot be looked up here. {OPERATOR}"
        ) from None
    except h11.LocalProtocolError:
        raise ModelFailed(
            "The key or a header for the language model has characters that no header may have. "
            + OPERATOR
        ) from None
    except h11.RemoteProtocolError:
        raise ModelFailed(f"{host} does not speak HTTP as it should. {OPERATOR}") from None
    except OSError as error:
        why = os.strerror(error.errno).lower() if error.errno else "the connection failed"
        raise ModelFailed(f"{host} cannot be reached: {why}. {WAIT}", again=True) from None


def _broken(host: str) -> ModelFailed:
    return ModelFailed(f"{host} broke off its answer. {WAIT}", again=True)
