"""The loop: every replica ticks, and unique keys in the database make each deed happen once."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.context import Context
from bot.jobs import JOBS, boards, delivery

log = logging.getLogger(__name__)

TICK_SECONDS = 5


class Loop:
    """Starts the jobs on every tick and delivers in between."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._ticking = asyncio.Lock()
        self._stopping = asyncio.Event()

    async def tick(self) -> None:
        """Do once what is due; one job failing never stops the others."""
        async with self._ticking:
            if self._stopping.is_set():
                return
            for name, job in JOBS.items():
                self._ctx.beats["loop"] = self._ctx.now()
                try:
                    await job(self._ctx)
                except Exception:
                    log.exception("The job %s failed; it is tried again with the next tick.", name)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Tick and deliver until the block ends; what is under way is finished first."""
        # The scheduler is only a timer: what has run is remembered in the database.
        scheduler = AsyncIOScheduler(timezone="UTC", job_defaults={"misfire_grace_time": None, "coalesce": True})
        scheduler.add_job(self.tick, "interval", seconds=TICK_SECONDS, max_instances=1)
        scheduler.start()
        first = asyncio.create_task(self.tick())
        delivering = asyncio.create_task(delivery.deliver_until(self._ctx, self._stopping))
        building = asyncio.create_task(boards.refresh_until(self._ctx, self._stopping))
        try:
            yield
        finally:
            # Only paused: shutting the timer down would cancel the tick under way.
            scheduler.pause()
            self._stopping.set()
            self._ctx.wake.set()
            await first
            async with self._ticking:
                pass
            await delivering
            await building
            scheduler.shutdown(wait=False)
