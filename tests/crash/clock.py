"""One clock for several processes, in a small file: the same moment for all, moved by the story while nobody sends.

A lease is longer than any living sender's try. So that this holds while minutes pass in no time, a sender keeps the
clock for as long as its try takes, and the story moves it only in between. The system lets go of what a killed process
kept.
"""

import asyncio
import fcntl
import os
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from bot.sandbox.clock import Clock

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)
LOOK_SECONDS: Final = 0.003


class SharedClock(Clock):
    """The system's monotonic clock, which all processes share, and an offset in a file."""

    def __init__(self, path: Path, start_at: datetime | None = None) -> None:
        """Open the clock at `path`; with `start_at` (aware) it shows this moment from now on."""
        super().__init__(start_at)
        self.path: Final = path
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        self._door = os.open(path.with_suffix(".door"), os.O_RDWR | os.O_CREAT, 0o600)
        if start_at is not None:
            self._write(start_at)

    def now(self) -> datetime:
        """Return the moment that every process sees, in UTC. It never goes backwards."""
        return EPOCH + timedelta(microseconds=self._offset_now() + time.monotonic_ns() // 1000)

    def move_to(self, moment: datetime) -> datetime:
        """Move forwards for all processes at once, whether or not somebody keeps the clock."""
        if moment > self.now():
            self._write(moment)
        return self.now()

    async def skip_between(self, step: timedelta) -> None:
        """Move forwards by `step` as soon as nobody keeps the clock; who wants to keep it next waits for that."""
        try:
            for lock in (self._door, self._file):
                while not _locked(lock):
                    await asyncio.sleep(LOOK_SECONDS)
            self.skip(step)
        finally:
            for lock in (self._file, self._door):
                fcntl.flock(lock, fcntl.LOCK_UN)

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Let nobody skip while the block lasts; several processes may keep it at the same time."""
        fcntl.flock(self._door, fcntl.LOCK_SH)
        fcntl.flock(self._file, fcntl.LOCK_SH)
        fcntl.flock(self._door, fcntl.LOCK_UN)
        try:
            yield
        finally:
            self.let_go()

    def let_go(self) -> None:
        """Keep the clock no longer, although the block goes on."""
        fcntl.flock(self._file, fcntl.LOCK_UN)

    def close(self) -> None:
        os.close(self._file)
        os.close(self._door)

    def _offset_now(self) -> int:
        return int(struct.unpack("q", os.pread(self._file, 8, 0))[0])

    def _write(self, moment: datetime) -> None:
        os.pwrite(self._file, struct.pack("q", (moment - EPOCH) // MICROSECOND - time.monotonic_ns() // 1000), 0)


def _locked(file: int) -> bool:
    """Take a lock for oneself alone, if nobody has it."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
