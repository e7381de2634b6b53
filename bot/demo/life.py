"""The sample goes on living: as the sandbox's clock moves, what happened meanwhile comes in."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from bot.app import Running
from bot.demo import days
from bot.demo.centre import HISTORY_DAYS
from bot.demo.loading import Intake
from bot.jobs import boards, earning, shifts
from bot.sandbox.clock import Clock
from bot.services.boards import is_due
from bot.store.database import Database

log = logging.getLogger(__name__)

EVERY_SECONDS: Final = 60.0
"""So often new facts come in while nobody moves the clock."""

LOOK_SECONDS: Final = 0.5

AHEAD: Final = timedelta(minutes=5)
"""So far Encore's clock may be ahead of the facts."""

READY_DAYS: Final = 2
"""So many days are loaded before the demo is ready; the rest comes in while it runs."""

DAILY_DAYS: Final = 5
"""What a board of a day looks back on, west of here too: the last finished day and the one before it."""

WEEKLY_DAYS: Final = 23
"""What a board of a week looks back on: the last finished week, the one before it, and the week that has begun."""

CHUNK_DAYS: Final = 3
"""So many days come in between two looks at the clock: a move waits a second or two for them."""


class Life:
    """Keeps the facts up to the clock. `now` is what Encore takes as its clock.

    After a move Encore's clock stands still until the facts of the time between have come in: a board is never counted
    from half a day. `until` is the moment (UTC) of the newest facts that a kept database holds already, `history` the
    number of days to load.
    """

    def __init__(
        self, clock: Clock, opened_on: date, *, until: datetime | None = None, history: int = HISTORY_DAYS
    ) -> None:
        now = clock.now()
        self._clock = clock
        self._opened_on = opened_on
        self._history = history
        # A clock set back before what is known already brings nothing new until it has passed that.
        self._horizon = now if until is None else max(now, until)
        self._past = [] if self._horizon > now else _newest_first(now, history)
        self._shown = now
        self._broken = False
        self._stopping = False
        self._woken = asyncio.Event()
        self._newest = Intake("the newest days")
        self._end_listening = clock.on_move(self._woken.set)

    def now(self) -> datetime:
        """Return Encore's present moment, aware and in UTC."""
        moment = self._clock.now()
        if self._broken or moment <= self._horizon + AHEAD:
            self._shown = moment
        return self._shown

    async def prepare(self, db: Database) -> None:
        """Load the newest days: all that is needed to be useful."""
        ahead = [self._horizon.date() + timedelta(days=2 + n) for n in range(days.ROSTER_DAYS)]
        await self._fill(db, self._newest, [*ahead, *self._past[:READY_DAYS]])

    @contextlib.asynccontextmanager
    async def going_on(self, encore: Running) -> AsyncIterator[None]:
        """Live until the block ends; the page under way is finished first, and its import closed."""
        living = asyncio.create_task(self._live(encore))
        try:
            yield
        finally:
            self._stopping = True
            self._woken.set()
            await living
            self._end_listening()

    async def _live(self, encore: Running) -> None:
        try:
            await self._load_past(encore)
            while not self._stopping:
                await self._catch_up(encore)
                await self._wait(EVERY_SECONDS)
        except Exception:
            self._broken = True
            log.exception("The sample contact centre stopped living; Encore itself goes on.")

    async def _load_past(self, encore: Running) -> None:
        """Load the rest, newest first; nobody's move is followed before all that a board looks back on is there."""
        db = encore.ctx.db
        await self._fill(db, self._newest, self._past[READY_DAYS:DAILY_DAYS])
        await self._newest.finish(db, self._horizon)
        if self._past and not self._stopping:
            await _post(encore)
        for first in range(DAILY_DAYS, len(self._past), CHUNK_DAYS):
            if first >= WEEKLY_DAYS:
                await self._let_build(db)
                await self._catch_up(encore)
            chunk = self._past[first : first + CHUNK_DAYS]
            intake = Intake(f"{chunk[-1]} to {chunk[0]}")
            await self._fill(db, intake, chunk)
            await intake.finish(db, self._horizon)

    async def _let_build(self, db: Database) -> None:
        """Let Encore build its tables of what is there, the newest first, before older days make it more work."""
        while not self._woken.is_set():
            if not await db.read(is_due, self.now(), boards.FRESH_FOR):
                return
            await self._wait(LOOK_SECONDS)

    async def _wait(self, seconds: float) -> None:
        """Wait so long in real time, or until somebody moves the clock or ends the demo."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._woken.wait()

    async def _catch_up(self, encore: Running) -> None:
        """Bring the facts up to the clock; after a move let Encore post at once what is due."""
        while not self._stopping:
            self._woken.clear()
            until = self._clock.now()
            moved = until > self._horizon + AHEAD
            if until > self._horizon:
                since = max(self._horizon, until - timedelta(days=self._history))
                facts = await asyncio.to_thread(days.news, self._opened_on, since, until)
                intake = Intake(f"{since:%Y-%m-%d %H:%M} to {until:%Y-%m-%d %H:%M} UTC")
                await intake.take(encore.ctx.db, until, facts, stopped=self._is_stopping)
                await intake.finish(encore.ctx.db, until)
                if not self._stopping:
                    self._horizon = until
            if self._woken.is_set():
                continue
            if moved and not self._stopping:
                await _post(encore)
            return

    async def _fill(self, db: Database, intake: Intake, chosen: Sequence[date]) -> None:
        for day in chosen:
            if self._stopping:
                return
            facts = await asyncio.to_thread(days.known, self._opened_on, [day], self._horizon)
            await intake.take(db, self._horizon, facts, stopped=self._is_stopping)

    def _is_stopping(self) -> bool:
        return self._stopping


async def _post(encore: Running) -> None:
    """Post what is due now, instead of with the next tick: whoever moved the clock is watching."""
    await shifts.run(encore.ctx)
    await boards.run(encore.ctx)
    await earning.run(encore.ctx)


def _newest_first(now: datetime, history: int) -> list[date]:
    """Return the days to load; somewhere on earth it is tomorrow already."""
    newest = now.date() + timedelta(days=1)
    return [newest - timedelta(days=n) for n in range(history + 1)]
