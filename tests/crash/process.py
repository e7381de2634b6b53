"""A program that runs several Encores as processes of their own, each of which may kill itself at a named point.

It is told what to do by lines of JSON on its standard input and tells what happens on its standard output; when the
input ends, so does everything. Processes are forked from it, so that each starts at once.

A point is named by a deed (`outbox.sent`: module and function of `bot.services`) or by a method of Slack's, and by a
moment; behind a colon stands the view of the message that it is about, where it is to be of that view (`outbox.sent:card`).
At each point one process dies, whichever comes there first. `before` a deed's commit all of it is written and nothing is committed; `after` it, its caller was not told yet.
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
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, Literal

from slack_sdk.web.async_client import AsyncWebClient
from sqlmodel import Session

from bot.app import Running, running
from bot.context import Context
from bot.jobs import delivery
from bot.jobs.loop import Loop
from bot.services import praise
from bot.services.praise import Asked
from bot.settings import Settings
from bot.store.database import Database
from tests.crash import taking
from tests.crash.clock import SharedClock
from tests.crash.script import SCRIPTS

POLL_SECONDS = 0.02
RESTLESS_SECONDS = 0.06
TICK_AFTER = timedelta(minutes=15)
"""A tick comes as soon as so much time has passed on the story's clock, which is at once where the story moves it."""
GIVING_SECONDS = 0.1
ON_THE_WAY_SECONDS = 0.005
HALT_SECONDS = 0.1

POST = "chat.postMessage"
EDIT = "chat.update"
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
    log: str
    """The file in which it says what it has to say."""
    points: list[Point]
    """Where it dies, if nobody has died there yet."""
    giving: Giving | None = None
    blind: bool = False
    """Whether it sends again without looking, as one would without Encore's care."""
    script: str = ""
    """The name of what people do meanwhile, of which it does everything from this number on."""
    first: int = 0


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


def obey(living: dict[int, int], what: str, place: int, body: dict[str, Any] | None) -> None:
    """Carry out one order; `living` are the process numbers by place."""
    if body is None:
        if place in living:
            # It was not waited for yet, so the number is still that of this process.
            os.kill(living[place], {"kill": signal.SIGKILL, "wake": signal.SIGCONT}[what])
    elif what == "warm up":
        asyncio.run(warm_up(read_task(body)))
        # Only a process of one thread may fork.
        assert threading.active_count() == 1
        gc.freeze()
        tell("warm")
    else:
        living[place] = start(place, body["log"], {"start": begin, "take": take}[what], body)


def read_task(task: dict[str, Any]) -> Task:
    giving = task["giving"]
    points = [Point(**point) for point in task["points"]]
    return Task(**task | {"points": points, "giving": giving and Giving(**giving)})


def start(place: int, log: str, run: Callable[[int, int, dict[str, Any]], None], body: dict[str, Any]) -> int:
    """Fork a process that does as the body of its order says, and return its number."""
    parent = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    try:
        os.dup2(os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), 2)
        logging.basicConfig(level=logging.WARNING, format=f"{place} %(asctime)s %(message)s", force=True)
        run(place, parent, body)
        os._exit(0)
    except BaseException:
        logging.exception("The process ends.")
    os._exit(1)


def take(_place: int, _parent: int, body: dict[str, Any]) -> None:
    taking.take_in_turns(taking.Job(**body))


def begin(place: int, parent: int, body: dict[str, Any]) -> None:
    """Be an Encore, with what is to happen to it."""
    task = read_task(body)
    clock = SharedClock(Path(task.clock))
    keep_clock_while_sending(clock)
    tell_of_ticks(place, clock)
    arm(task.points, clock)
    if task.blind:
        close_eyes()
    asyncio.run(live(place, parent, task, clock))


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
        if task.script:
            group.create_task(play(encore, place, task))


async def be_restless(encore: Running, parent: int, *, ticking: bool) -> None:
    """Tick and deliver without the pauses of real time, as long as somebody is there to see it."""
    ctx, ticked_at = encore.ctx, encore.ctx.now()
    while os.getppid() == parent:
        ctx.wake.set()
        if ticking and ctx.now() - ticked_at >= TICK_AFTER:
            ticked_at = ctx.now()
            await encore.loop.tick()
        await asyncio.sleep(RESTLESS_SECONDS)
    os._exit(1)


async def play(encore: Running, place: int, task: Task) -> None:
    """Do what people do, each at its moment; whoever was killed meanwhile does the same again."""
    for number, (at, deed) in enumerate(SCRIPTS[task.script]):
        if number >= task.first:
            while encore.ctx.now() < at:
                await asyncio.sleep(RESTLESS_SECONDS)
            await deed(encore.ctx)
            tell("played", place, number + 1)


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


def tell_of_ticks(place: int, clock: SharedClock) -> None:
    """Tell of each tick that is over when it began."""
    tick = Loop.tick

    async def told(self: Loop) -> None:
        at = clock.now()
        await tick(self)
        tell("ticked", place, at.isoformat())

    Loop.tick = told  # type: ignore[method-assign]


def close_eyes() -> None:
    """Find nothing in Slack's history, so that whatever is uncertain is sent again."""
    call = AsyncWebClient.api_call

    async def blind(self: AsyncWebClient, api_method: str, **arguments: Any) -> Any:
        return NOTHING_FOUND if api_method == HISTORY else await call(self, api_method, **arguments)

    AsyncWebClient.api_call = blind  # type: ignore[method-assign, assignment]


def arm(points: Sequence[Point], clock: SharedClock) -> None:
    """Let this process die or halt at whichever of the points it comes to first."""
    armed = {str(point): (point, itertools.count(1)) for point in points}

    def reached(moment: str, *names: str) -> None:
        for point, times in filter(None, (armed.get(f"{moment} {name}") for name in names)):
            if next(times) < point.nth or not is_first(point, clock):
                continue
            if point.halts:
                clock.let_go()
            tell("reached", point)
            os.kill(os.getpid(), signal.SIGSTOP if point.halts else signal.SIGKILL)
            # The system may take a moment; this thread does nothing more until then.
            time.sleep(HALT_SECONDS)

    watch(reached)


def is_first(point: Point, clock: SharedClock) -> bool:
    """Whether nobody else has come to a point: of several processes that do, one dies."""
    try:
        os.close(os.open(clock.path.with_suffix(f".{point}"), os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return False
    return True


NOTHING: Final[Mapping[str, Any]] = {"outbox.claim": None, "posting.post": False, "leavers.settle": None}
"""What a deed answers that found nothing to do."""


def watch(reached: Callable[..., None]) -> None:
    """Tell of each moment of a deed and of a call of Slack's method, and of which view the message is, if it is of one."""
    write_now, api_call = Database.write_now, AsyncWebClient.api_call
    sending = [""]

    def watched(self: Database, deed: Callable[..., Any], *args: Any, **named: Any) -> Any:
        name = f"{deed.__module__.rpartition('.')[2]}.{getattr(deed, '__name__', '')}"

        def told(moment: str, result: Any) -> None:
            if name == "outbox.claim":
                sending[0] = getattr(result, "view", "")
            if name not in NOTHING or result != NOTHING[name]:
                reached(moment, name, f"{name}:{sending[0]}")

        def doomed(session: Session, *args: Any, **named: Any) -> Any:
            result = deed(session, *args, **named)
            session.flush()
            told("before", result)
            return result

        result = write_now(self, doomed, *args, **named)
        told("after", result)
        return result

    async def called(self: AsyncWebClient, api_method: str, **arguments: Any) -> Any:
        names = (api_method, f"{api_method}:{sending[0]}")
        reached("before", *names)
        calling = asyncio.ensure_future(api_call(self, api_method, **arguments))
        if api_method in {POST, HISTORY, EDIT}:
            await asyncio.sleep(ON_THE_WAY_SECONDS)
            reached("during", *names)
        answer = await calling
        reached("after", *names)
        return answer

    Database.write_now = watched  # type: ignore[method-assign]
    AsyncWebClient.api_call = called  # type: ignore[method-assign, assignment]


if __name__ == "__main__":
    main()
