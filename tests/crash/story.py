"""What the stories of killed processes share: a house on a shared clock, a bad day for Slack, and what was said."""

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlmodel import col, select
from typer.testing import CliRunner

from bot.cli import app
from bot.domain.programme import parse_programme
from bot.sandbox.faults import FaultKind
from bot.sandbox.model import Happening, Message
from bot.sandbox.server import Sandbox
from bot.services import programme
from bot.store import tables
from tests.crash.clock import SharedClock
from tests.crash.fleet import SECONDS, Fleet
from tests.crash.process import HISTORY, POST, Point
from tests.encore import House, house, sandboxed

FAULTS: Final[dict[FaultKind, float]] = {
    "lost_after_storing": 0, "dropped_before": 0, "server_error": 0, "slow": 0.05, "ratelimited": 2,
}  # fmt: skip
"""What goes wrong with Slack, and for how many seconds where that means something."""

HOP: Final = timedelta(minutes=20)
HOP_SECONDS: Final = 0.1
"""What waits for hours is waited for in such steps, and for so many real seconds at each."""
SEED: Final = int(os.environ.get("ENCORE_SEED", "1"))
"""Of the dice that say who is killed where and when, and how Slack fails; when each process runs, the system says."""
SINCE: Final = date(2026, 3, 1)


@dataclass(frozen=True, slots=True)
class Story:
    """A centre, its Slack, and the Encores that serve it."""

    where: House
    clock: SharedClock
    sandbox: Sandbox
    fleet: Fleet
    taken_out: list[str]
    """What was said twice and taken out again: who looks before saying it again has nothing to take out."""

    def outbox(self) -> list[tables.Outbox]:
        """Return all that was queued, in order."""
        return self.where.centre.db.read_now(
            lambda s: list(s.exec(select(tables.Outbox).order_by(col(tables.Outbox.id))))
        )

    def posted(self) -> dict[str, list[Message]]:
        """Return what Encore said in each channel, in order."""
        bot = self.where.workspace.bot_user.slack_id
        channels = self.where.workspace.channels.values()
        return {channel.slack_id: [m for m in channel.messages if m.user == bot] for channel in channels}

    def unsent(self) -> bool:
        """Whether something waits to be said."""
        row = tables.Outbox
        query = select(row.id).where(col(row.status).in_(["queued", "sending"])).limit(1)
        return self.where.centre.db.read_now(lambda s: s.exec(query).first()) is not None

    async def spoil(self) -> None:
        """Let calls of Slack go wrong now and then, until cancelled."""
        dice = self.fleet.dice
        while True:
            for method in (POST, HISTORY):
                # Where nobody calls, what is to go wrong does not pile up.
                if not any(told.startswith(method) for told in self.sandbox.faults.waiting()):
                    kind = dice.choice(list(FAULTS))
                    self.sandbox.faults.next(method, kind, seconds=FAULTS[kind])
            await asyncio.sleep(dice.uniform(0.02, 0.1))

    async def finish(self, *places: int) -> None:
        """Kill all at once, let as many new ones say the rest on a good day, and end them."""
        await self.fleet.stop()
        self.sandbox.faults.clear()
        self.fleet.givers.clear()
        self.fleet.start(*places)
        async with asyncio.timeout(SECONDS):
            while self.unsent():
                # What waits for somebody's hours or for the end of their shift is said then.
                await self.clock.skip_between(HOP)
                await asyncio.sleep(HOP_SECONDS)
        await self.fleet.stop()


@asynccontextmanager
async def story(
    url: str, folder: Path, points: Sequence[Point], *, at: datetime, blind: bool = False,
    script: str = "", centre: House | None = None, seed: int = SEED,
) -> AsyncIterator[Story]:  # fmt: skip
    """Begin a story at `at`, in a centre that is empty or in this one; where it goes wrong, the seed of its dice is told."""
    clock = SharedClock(folder / "clock", at)
    where = replace(centre or house(url, at=at), clock=clock)
    # Slack counts calls by real time, which hardly passes here: how far posts are apart is seen in their `ts`.
    where.workspace.rates = False
    taken_out: list[str] = []

    def hear(happening: Happening) -> None:
        if happening.kind == "message_deleted" and happening.before is not None:
            taken_out.append(happening.before.text)

    where.workspace.on_happening(hear)
    try:
        async with sandboxed(where) as sandbox:
            fleet = Fleet(where, sandbox, clock, points, seed=seed, blind=blind, script=script)
            async with fleet.running(folder / "log"):
                yield Story(where, clock, sandbox, fleet, taken_out)
    except Exception as caught:  # noqa: BLE001
        # What went wrong in the story is wanted, and not the group in which it arrives.
        error = caught.exceptions[0] if isinstance(caught, ExceptionGroup) else caught
        said = (folder / "log").read_text()[-4000:]
        error.add_note(f"ENCORE_SEED was {seed}. Nobody had died {list(fleet.missing)}. The processes said:\n{said}")
        raise error from None
    finally:
        where.centre.close()
        clock.close()


def apply(
    where: House, at: datetime, sites: Sequence[tuple[str, str]], *, since: date = SINCE, **document: Any
) -> None:  # fmt: skip
    """Put a programme in force in which these sites are live, each with a channel whose id is its name in capitals."""
    live = {name: {"mode": "live", "live_from": since.isoformat(), "channel": name.upper()} for name, _ in sites}
    parsed = parse_programme({"sites": live, "boards": [], **document}, origin="story")
    where.centre.db.write_now(programme.apply, at, parsed, actor="story")
    for name, _ in sites:
        where.workspace.add_channel(f"{name.lower()}-floor", slack_id=name.upper())


def id_of(message: Message) -> str:
    """Return the opaque id in a message's metadata."""
    assert message.metadata is not None
    return str(message.metadata["event_payload"]["id"])


def assert_verified(where: House) -> None:
    """Fail unless `encore verify` finds nothing."""
    url = where.centre.db.url.render_as_string(hide_password=False)
    result = CliRunner().invoke(app, ["verify"], env={"ENCORE_DATABASE_URL": url})
    assert result.exit_code == 0, result.output
