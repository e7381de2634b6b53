"""Rewards are taken in several processes, each with several lanes, which are killed until all have an answer.

Whoever was killed asks again for everything under the same keys. Every answer is a line of the file `answers`, and when
this ends, everybody has one.
"""

import os
import random
import signal
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from bot.services import rewards
from bot.services.rewards import Asked
from bot.store import ledger
from bot.store.database import Database

POINTS: Final = ("written", "kept", "committed")
"""The ledger has it and the request is not there; all of it is there and not committed; committed and not told."""


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be taken: one piece of a reward for each of so many people, who are called U0, U1 and so on."""

    url: str
    workspace_id: str
    at: str
    reward: str
    price: int
    people: int
    processes: int
    lanes: int
    blows: int
    """How many are killed from outside, at any moment, besides those that kill themselves at each of the points."""
    answers: str
    log: str
    seed: int
    blind: bool = False
    """Whether whoever was killed asks again under other keys, as one would without Encore's care."""


def take_in_turns(job: Job) -> None:
    """Run the processes until everybody has an answer. To be called where there is one thread."""
    dice = random.Random(job.seed)
    # What a first use makes is then there in every process that is forked.
    Database(job.url).close()
    assert threading.active_count() == 1
    points, blows = [*POINTS] * (1 + job.blows // len(POINTS)), job.blows
    living: dict[int, int] = {}
    waiting = list(range(job.processes))
    while living or waiting:
        for place in waiting:
            living[fork(job, place, points.pop() if points else None, dice.randrange(1, 20))] = place
        waiting = []
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid:
            place, code = living.pop(pid), os.waitstatus_to_exitcode(status)
            assert code in {0, -signal.SIGKILL}, f"A process ended by itself, with {code}."
            if code:
                waiting.append(place)
        elif blows and dice.random() < 0.05:
            blows -= 1
            os.kill(dice.choice(list(living)), signal.SIGKILL)
        else:
            time.sleep(0.01)


def fork(job: Job, place: int, point: str | None, nth: int) -> int:
    """Start the process of a place, which is to die at a point when it comes there for the nth time."""
    pid = os.fork()
    if pid:
        return pid
    try:
        if point is not None:
            arm(point, nth)
        take_all(job, place)
        os._exit(0)
    finally:
        # After the traceback, if there is one.
        sys.excepthook(*sys.exc_info())
        os._exit(1)


def take_all(job: Job, place: int) -> None:
    """Take for everybody whose turn it is in this place, each lane for some of them, one after the other."""
    db = Database(job.url)
    at, answers = datetime.fromisoformat(job.at), os.open(job.answers, os.O_WRONLY | os.O_APPEND)

    def lane(number: int) -> None:
        for n in range(place + number * job.processes, job.people, job.processes * job.lanes):
            key = f"take:{n}:{os.getpid()}" if job.blind else f"take:{n}"
            asked = Asked(key, job.workspace_id, f"U{n}", job.reward, job.price)
            bid = db.write_now(rewards.ask, at + timedelta(seconds=n), asked)
            os.write(answers, f"{n} {'nothing' if bid.case is None else bid.case.id}\n".encode())

    with ThreadPoolExecutor(job.lanes) as lanes:
        list(lanes.map(lane, range(job.lanes)))


def arm(point: str, nth: int) -> None:
    """Let this process kill itself when it comes to a point for the nth time."""
    times = iter(range(1, nth))

    def reached() -> None:
        if next(times, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)

    def then(do: Callable[..., Any], wanted: Callable[..., bool] = lambda *_args: True) -> Callable[..., Any]:
        def done(*args: Any, **named: Any) -> Any:
            result = do(*args, **named)
            if wanted(*args):
                reached()
            return result

        return done

    if point == "written":
        ledger.append = then(ledger.append)
    elif point == "kept":
        rewards.ask = then(rewards.ask)
    else:
        Database.write_now = then(Database.write_now, lambda *args: args[1] is rewards.ask)  # type: ignore[method-assign]
