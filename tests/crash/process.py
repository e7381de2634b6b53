"""A program that runs several Encores as processes of their own, each of which may kill itself at a named point.

It is told what to do by lines of JSON on its standard input and tells what happens on its standard output; when the
input ends, so does everything. Processes are forked from it, so that each starts at once.

A point is named by a deed (`outbox.sent`: module and function of `bot.services`) or by a method of Slack's, and by a
moment. `before` a deed's commit all of it is written and nothing is committed; `after` it, its caller was not told yet.
`before` a method nothing was sent; `during` it, Slack has been asked and has not answered; `after` it, Slack's answer is
there and nothing was done with it. Encore knows nothing of this: what it calls is wrapped here.
"""

import asyncio
import gc
import itertools
import json
import logging
import os
import select
import signal
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from slack_sdk.web.async_client import AsyncWebClient
from sqlmodel import Session

from bot.app import Running, running
from bot.context import Context
from bot.jobs import delivery
from bot.services import praise
from bot.services.praise import Asked
from bot.settings import Settings
from bot.store.database import Database
from tests.crash.clock import SharedClock

POLL_SECONDS = 0.02
RESTLESS_SECONDS = 0.06
TICK_SECONDS = 0.15
GIVING_SECONDS = 0.1
ON_THE_WAY_SECONDS = 0.005
HALT_SECONDS = 0.1

POST = "chat.postMessage"
HISTORY = "conversations.history"
NOTHING_FOUND = {"ok": True, "messages": [], "has_more": False}


@dataclass(frozen=True, slots=True)
class Point:
    """Where a process kills itself, or only halts, and at which time that it comes there."""

    moment: Literal["before", "during", "after"]
    name: str
    nth: int = 1
    halts: bool = False

    def __str__(self) -> str:
        return f"{self.moment} {self.name}"


@dataclass(frozen=True, slots=True)
class Giving:
    """Kudos that a process asks for, one after the other, in numbers from `first` on."""

    giver: str
    receivers: list[str]
    first: int


@dataclass(frozen=True, slots=True)
class Task:
    """What one process is to be."""

    settings: dict[str, Any]
    clock: str
    point: Point | None
    giving: Giving | None
    blind: bool
    """Whether it sends again without looking, as one would without Encore's care."""


def tell(*words: object) -> None:
    """Write one line for the story; it is out when this returns."""
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


def main() -> None:
    """Do as the input says, and tell of each process that has ended, until the input ends."""
    living: dict[int, int] = {}
    rest = b""
    while True:
        if select.select([0], [], [], POLL_SECONDS)[0]:
            read = os.read(0, 65536)
            if not read:
                break
            *orders, rest = (rest + read).split(b"\n")
            for order in orders:
                obey(living, *json.loads(order))
        for place, pid in list(living.items()):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                del living[place]
                tell("ended", place, os.waitstatus_to_exitcode(status))
    for pid in living.values():
        os.kill(pid, signal.SIGKILL)


def obey(living: dict[int, int], what: str, place: int, task: dict[str, Any] | None) -> None:
    """Carry out one order; `living` are the process numbers by place."""
    if task is not None and what == "warm up":
        asyncio.run(warm_up(read_task(task)))
        # Only a process of one thread may fork.
        assert threading.active_count() == 1
        gc.freeze()
        tell("warm")
    elif task is not None:
        living[place] = start(place, read_task(task))
    elif place in living:
        # It was not waited for yet, so the number is still that of this process.
        os.kill(living[place], {"kill": signal.SIGKILL, "wake": signal.SIGCONT}[what])


def read_task(task: dict[str, Any]) -> Task:
    point, giving = task["point"], task["giving"]
    return Task(**task | {"point": point and Point(**point), "giving": giving and Giving(**giving)})


def start(place: int, task: Task) -> int:
    parent = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    try:
        logging.basicConfig(level=logging.WARNING, format=f"{place} %(asctime)s %(message)s", force=True)
        clock = SharedClock(Path(task.clock))
        keep_clock_while_sending(clock)
        if task.point is not None:
            arm(task.point, clock)
        if task.blind:
            close_eyes()
        asyncio.run(live(place, parent, task, clock))
    except BaseException:
        logging.exception("The process ends.")
    os._exit(1)


async def warm_up(task: Task) -> None:
    """Be an Encore for a moment: what is made at its first use is then there in every process that is forked."""
    async with running(Settings(_env_file=None, **task.settings), clock=SharedClock(Path(task.clock)).now):
        pass


async def live(place: int, parent: int, task: Task, clock: SharedClock) -> None:
    """Be an Encore until killed."""
    settings = Settings(_env_file=None, **task.settings)
    async with running(settings, clock=clock.now) as encore, asyncio.TaskGroup() as group:
        group.create_task(be_restless(encore, parent, ticking=task.giving is None))
        if task.giving is not None:
            group.create_task(give(encore, place, task.giving))


async def be_restless(encore: Running, parent: int, *, ticking: bool) -> None:
    """Tick and deliver without the pauses of real time, as long as somebody is there to see it."""
    while os.getppid() == parent:
        encore.ctx.wake.set()
        if ticking:
            await encore.loop.tick()
            await asyncio.sleep(TICK_SECONDS)
        await asyncio.sleep(RESTLESS_SECONDS)
    os._exit(1)


async def give(encore: Running, place: int, giving: Giving) -> None:
    """Ask for kudos; whoever is killed while it asks, asks again for the same under the same key."""
    ctx = encore.ctx
    for number in itertools.count(giving.first):
        asked = asked_for(place, number, ctx.workspace_id, giving.giver, giving.receivers)
        await ctx.db.write(praise.give, ctx.now(), asked)
        tell("given", place, number)
        # Ever slower, so that on a busy machine there are not many more.
        await asyncio.sleep(GIVING_SECONDS * number)


def asked_for(place: int, number: int, workspace_id: str, giver: str, receivers: Sequence[str]) -> Asked:
    """Return kudos of a place and a number: the same every time."""
    receiver = receivers[number % len(receivers)]
    return Asked(f"story:{place}:{number}", workspace_id, giver, (receiver,), words_of(place, number), ())


def words_of(place: int, number: int) -> str:
    return f"helped with case {place}-{number}."


def keep_clock_while_sending(clock: SharedClock) -> None:
    """Let no lease run out under a sender that lives."""
    deliver_one = delivery.deliver_one

    async def patient(ctx: Context) -> bool:
        with clock.kept():
            return await deliver_one(ctx)

    delivery.deliver_one = patient


def close_eyes() -> None:
    """Find nothing in Slack's history, so that whatever is uncertain is sent again."""
    call = AsyncWebClient.api_call

    async def blind(self: AsyncWebClient, api_method: str, **arguments: Any) -> Any:
        return NOTHING_FOUND if api_method == HISTORY else await call(self, api_method, **arguments)

    AsyncWebClient.api_call = blind  # type: ignore[method-assign, assignment]


def arm(point: Point, clock: SharedClock) -> None:
    """Let this process die or halt at a point."""
    times = itertools.count(1)

    def reached() -> None:
        if next(times) != point.nth:
            return
        if point.halts:
            clock.let_go()
        tell("reached", point)
        os.kill(os.getpid(), signal.SIGSTOP if point.halts else signal.SIGKILL)
        # The system may take a moment; this thread does nothing more until then.
        time.sleep(HALT_SECONDS)

    watch_deeds(point, reached)
    watch_slack(point, reached)


NOTHING: Final[Mapping[str, Any]] = {"outbox.claim": None, "posting.post": False}
"""What a deed answers that found nothing to do."""


def watch_deeds(point: Point, reached: Callable[[], None]) -> None:
    write_now = Database.write_now

    def idle(result: Any) -> bool:
        return point.name in NOTHING and result == NOTHING[point.name]

    def watched(self: Database, deed: Callable[..., Any], *args: Any, **named: Any) -> Any:
        if f"{deed.__module__.rpartition('.')[2]}.{deed.__name__}" != point.name:
            return write_now(self, deed, *args, **named)

        def doomed(session: Session, *args: Any, **named: Any) -> Any:
            result = deed(session, *args, **named)
            session.flush()
            if not idle(result):
                reached()
            return result

        if point.moment == "before":
            return write_now(self, doomed, *args, **named)
        result = write_now(self, deed, *args, **named)
        if not idle(result):
            reached()
        return result

    Database.write_now = watched  # type: ignore[method-assign]


def watch_slack(point: Point, reached: Callable[[], None]) -> None:
    api_call = AsyncWebClient.api_call

    async def watched(self: AsyncWebClient, api_method: str, **arguments: Any) -> Any:
        if api_method != point.name:
            return await api_call(self, api_method, **arguments)
        if point.moment == "before":
            reached()
        calling = asyncio.ensure_future(api_call(self, api_method, **arguments))
        if point.moment == "during":
            await asyncio.sleep(ON_THE_WAY_SECONDS)
            reached()
        answer = await calling
        if point.moment == "after":
            reached()
        return answer

    AsyncWebClient.api_call = watched  # type: ignore[method-assign, assignment]


if __name__ == "__main__":
    main()
