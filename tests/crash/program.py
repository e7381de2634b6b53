"""The program from which every process of these stories is forked: begun by the first of them, ended after the last.

To import Encore and use it for the first time takes longer than most of what a story does.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[2]

_RUNNING: Final[list["Program"]] = []


class Program:
    """It takes orders and tells what happens to the processes that it started."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.warm: Final[set[str]] = set()
        """The kinds of database that it has used."""
        self._process: Final = process

    def order(self, what: str, place: int = 0, body: dict[str, Any] | None = None) -> None:
        """Give an order, of which a process hears where it is about one that lives."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps([what, place, body]).encode() + b"\n")

    async def told(self) -> AsyncIterator[list[str]]:
        """Yield what it tells, a line of words each."""
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            yield line.decode().split()
        raise AssertionError("The program that starts the processes has ended.")

    async def end(self) -> None:
        """End it, and with it everything that it has started."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._process.wait()


async def program(log: Path) -> Program:
    """Return the one that runs; where there is none it is begun, and what goes wrong with it stands in `log`."""
    if not _RUNNING:
        pipe = asyncio.subprocess.PIPE
        with log.open("ab") as errors:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tests.crash.process", cwd=ROOT, stderr=errors, stdin=pipe, stdout=pipe
            )
        _RUNNING.append(Program(process))
    return _RUNNING[0]


async def end_program() -> None:
    """End the one that runs, if there is one: the next story begins another."""
    while _RUNNING:
        await _RUNNING.pop().end()
