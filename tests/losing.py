"""A way to PostgreSQL on which answers to a COMMIT are lost: it was committed, and nobody is told."""

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator, Callable

from sqlalchemy.engine import make_url


@contextlib.asynccontextmanager
async def losing(url: str, lose: Callable[[], bool]) -> AsyncIterator[str]:
    """Give an address of the same database; whether an answer to a COMMIT is lost, `lose` says each time."""
    there = make_url(url)
    ways: set[asyncio.Task[None]] = set()

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, asks: bool) -> None:
        with contextlib.suppress(OSError):
            while piece := await reader.read(65536):
                if not asks and b"COMMIT" in piece and lose():
                    break
                writer.write(piece)
                await writer.drain()
        with contextlib.suppress(OSError):
            writer.close()
            await writer.wait_closed()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        ways.add(task)
        name = f"{there.query['host']}/.s.PGSQL.{there.query['port']}"
        answers, asks = await asyncio.open_unix_connection(name)
        await asyncio.gather(carry(reader, asks, asks=True), carry(answers, writer, asks=False))

    with tempfile.TemporaryDirectory(prefix="encore-") as folder:
        server = await asyncio.start_unix_server(connected, f"{folder}/.s.PGSQL.1")
        async with server:
            yield there.set(query={"host": folder, "port": "1"}).render_as_string(hide_password=False)
            await asyncio.gather(*ways)
