"""Several Encores as processes of their own, which die at named points and from outside and are started again."""

import asyncio
import itertools
import os
import random
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from bot.jobs import delivery
from bot.sandbox.server import Sandbox
from bot.services import outbox
from tests.crash.clock import SharedClock
from tests.crash.process import Giving, Point, Task
from tests.crash.program import Program, end_program, program
from tests.encore import House, until

SOAK: Final = int(os.environ.get("ENCORE_SOAK", "1"))
"""How many times as long the stories last as in every run of the tests: `make soak` says."""
SECONDS: Final = 90 * SOAK
"""How long a story waits at most for something to come true."""
BREATH: Final = 0.02
STEPS: Final = [*[outbox.PAUSE + timedelta(milliseconds=100)] * 6, delivery.DOUBT]
KILLED: Final = -9


class Fleet:
    """Encores in numbered places; whichever dies is started again, as whatever runs Encore does.

    Each dies at the first of the `points` that it comes to and none has died at yet. `blind` ones send again without
    looking. With a `script` they do what people do in it, all of them the same at the same time.
    """

    def __init__(
        self, where: House, sandbox: Sandbox, clock: SharedClock, points: Sequence[Point], *, seed: int,
        blind: bool = False, script: str = "",
    ) -> None:  # fmt: skip
        self.dice: Final = random.Random(seed)
        self.missing: Final = {str(point): point for point in points}
        """The points that none has died at yet."""
        self.givers: Final[dict[int, tuple[str, list[str]]]] = {}
        """Who gives kudos in each place, and to whom."""
        self.given: Final[dict[int, int]] = {}
        """The last number of each place that it was told to be given."""
        self.played: Final[dict[int, int]] = {}
        """How much of the script each place has done."""
        self.ticked: Final[dict[int, datetime]] = {}
        """When the last tick of each place began that is over; none of one that was killed since."""
        self.on_death: Callable[[], None] = lambda: None
        self._clock, self._blind, self._script = clock, blind, script
        self._kind = "sqlite" if where.centre.db.is_sqlite else "postgresql"
        self._settings = {
            "database_url": where.centre.db.url.render_as_string(hide_password=False), "port": 0, "slack_mode": "http",
            "slack_bot_token": where.workspace.bot_token, "slack_signing_secret": where.workspace.signing_secret,
            "slack_api_url": sandbox.api_url,
        }  # fmt: skip
        self._warm = asyncio.Event()
        self._log = ""
        self._program: Program
        self._wanted: set[int] = set()
        self._living: set[int] = set()
        self._leases = 0

    @asynccontextmanager
    async def running(self, log: Path) -> AsyncIterator["Fleet"]:
        """Have the program ready, let time pass and start again what dies, until the block ends."""
        self._log, self._program = str(log), await program(log)
        try:
            async with asyncio.TaskGroup() as group:
                minding = [group.create_task(self._listen()), group.create_task(self._pass_time())]
                if self._kind not in self._program.warm:
                    self._order("warm up", task=self._task())
                    await self._warm.wait()
                    self._program.warm.add(self._kind)
                yield self
                await self.stop()
                for task in minding:
                    task.cancel()
        except BaseException:
            # Nobody knows what it is doing.
            await end_program()
            raise

    def start(self, *places: int) -> None:
        """Have an Encore in each of these places from now on."""
        for place in places:
            self._wanted.add(place)
            self._start(place)

    def kill_one(self) -> None:
        """Kill any of them from outside."""
        if self._living:
            self._order("kill", self.dice.choice(sorted(self._living)))

    def wake(self, place: int) -> None:
        """Let one go on that has halted."""
        self._order("wake", place)

    async def stop(self, *places: int) -> None:
        """Kill these from outside at once (all, where none is named), and start them no more."""
        ending = set(places) or set(self._living)
        self._wanted -= ending
        for place in ending:
            self._order("kill", place)
        await until(lambda: self._living.isdisjoint(ending), seconds=SECONDS)

    def _start(self, place: int) -> None:
        self._living.add(place)
        giver = self.givers.get(place)
        giving = Giving(*giver, self.given.get(place, 0) + 1) if giver else None
        self._order("start", place, self._task([*self.missing.values()], giving, self.played.get(place, 0)))

    def _task(self, points: Sequence[Point] = (), giving: Giving | None = None, first: int = 0) -> Task:
        return Task(
            self._settings, str(self._clock.path), self._log, [*points], giving, self._blind, self._script, first
        )  # fmt: skip

    def _order(self, what: str, place: int = 0, task: Task | None = None) -> None:
        self._program.order(what, place, None if task is None else asdict(task))

    async def _listen(self) -> None:
        async for words in self._program.told():
            match words:
                case ["warm"]:
                    self._warm.set()
                case "given", place, number:
                    self.given[int(place)] = int(number)
                case "played", place, number:
                    self.played[int(place)] = int(number)
                case "ticked", place, at:
                    self.ticked[int(place)] = datetime.fromisoformat(at)
                case "reached", *point:
                    reached = self.missing.pop(" ".join(point), None)
                    self._leases += bool(reached and reached.halts)
                case "ended", place, status:
                    self._died(int(place), int(status))

    def _died(self, place: int, status: int) -> None:
        assert status == KILLED, f"A process ended by itself, with {status}."
        self._living.discard(place)
        self.ticked.pop(place, None)
        self._leases += 1
        self.on_death()
        if place in self._wanted:
            self._start(place)

    async def _pass_time(self) -> None:
        """Let the pause between two messages pass again and again, now and then more; a lease where a process died."""
        for step in itertools.cycle(STEPS):
            await asyncio.sleep(BREATH)
            lease = outbox.LEASE if self._leases else timedelta(0)
            await self._clock.skip_between(step + lease)
            self._leases -= bool(lease)
