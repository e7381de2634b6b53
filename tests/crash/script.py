"""What people do in a story of killed processes: each deed at its moment, by every process at once, under the same keys."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final

from sqlmodel import Session

from bot.context import Context
from bot.domain import adjustments as adjusting
from bot.domain.coaching import OTHER, Draft
from bot.domain.directory import SlackUser
from bot.domain.people import Who
from bot.domain.periods import zone
from bot.domain.rewards import Step
from bot.services import adjustments, coaching, directory, disputes, leavers, people, pots, praise, rewards, who
from bot.services.adjustments import Bonus, Correction
from bot.store import bulk
from tests.stories.facts import CEBU
from tests.stories.rewarding import ADA, ANA, LEA, LEO, NAMES, REX

Deed = Callable[[Context], Awaitable[Any]]

LEAVER: Final = "Agent 6"
LEFT_ON: Final = date(2026, 3, 8)
BONUS: Final = 101
PIZZA, CAKE, GONG = 100, 30, 15
"""What rewards cost."""
WRONG: Final = "UWRONG"
"""The account that is linked to the wrong person."""
_QUESTION: Final = "SELECT id FROM dispute"


def cebu(local: str) -> datetime:
    """Return a local time such as `2026-03-06 09:00`."""
    return datetime.fromisoformat(local).replace(tzinfo=zone(CEBU[1])).astimezone(UTC)


async def thank(ctx: Context) -> None:
    asked = praise.Asked("script:thanks", ctx.workspace_id, REX, (ANA,), "helped with the move.", ())
    await ctx.db.write(praise.give, ctx.now(), asked)


async def give_bonus(ctx: Context) -> None:
    receiver = await ctx.db.read(people.find, NAMES[LEO])
    asked = Bonus("script:bonus", await known(ctx, ADA), (receiver.id,), "points", BONUS, "The night shift.")
    await ctx.db.write(adjustments.bonus, ctx.now(), asked)


async def correct_bonus(ctx: Context) -> None:
    entry = await number(
        ctx, "SELECT entry.id FROM entry JOIN txn ON txn.id = txn_id WHERE kind = 'bonus' AND amount > 0"
    )
    asked = Correction("script:wrong", await known(ctx, REX), entry, "It was not his shift.")
    await ctx.db.write(adjustments.correct, ctx.now(), asked)


def approve(key: str, by: str) -> Deed:
    async def deed(ctx: Context) -> None:
        adjustment = await number(ctx, f"SELECT id FROM adjustment WHERE key = '{key}'")
        await ctx.db.write(adjustments.decide, ctx.now(), await known(ctx, by), adjustment, adjusting.Step.APPROVE)

    return deed


async def coach(ctx: Context) -> None:
    agent = await ctx.db.read(people.find, NAMES[ANA])
    draft = Draft(
        OTHER, "The start.", "Kind words.", "I liked it.", "The price first.", "Five calls", date(2026, 3, 13)
    )
    written = await ctx.db.write(
        coaching.write, ctx.now(), "script:coaching", await known(ctx, LEA), agent.id, draft, {}
    )  # fmt: skip
    assert isinstance(written, coaching.Written), written


async def answer(ctx: Context) -> None:
    note = await number(ctx, "SELECT id FROM coaching WHERE key = 'script:coaching'")
    await ctx.db.write(coaching.answer, ctx.now(), await known(ctx, ANA), note, "I shall try it.")


def chip_in(slack_id: str, reward: str, price: int, amount: int) -> Deed:
    async def deed(ctx: Context) -> None:
        asked = pots.Asked(f"script:pot:{slack_id}", ctx.workspace_id, slack_id, reward, price, amount)
        await ctx.db.write(pots.chip_in, ctx.now(), asked)

    return deed


async def ask(ctx: Context) -> None:
    asked = rewards.Asked("script:gong", ctx.workspace_id, REX, "gong", GONG)
    await ctx.db.write(rewards.ask, ctx.now(), asked)


def take(step: Step) -> Deed:
    async def deed(ctx: Context) -> None:
        request = await number(ctx, "SELECT id FROM redemption WHERE pot_id IS NOT NULL")
        await ctx.db.write(rewards.move, ctx.now(), rewards.Wanted(request, step, ctx.workspace_id, ADA))

    return deed


async def question(ctx: Context) -> None:
    entry = await number(
        ctx,
        "SELECT MIN(entry.id) FROM entry JOIN txn ON txn.id = txn_id JOIN account ON account.id = account_id "
        f"JOIN person ON owner = 'person:' || person.id WHERE kind = 'earn' AND name = '{NAMES[ANA]}'",
    )
    asked = disputes.Question("script:question", await known(ctx, ANA), entry, "Was that me?")
    await ctx.db.write(disputes.ask, ctx.now(), asked)


async def pass_on(ctx: Context) -> None:
    await ctx.db.write(disputes.pass_on, ctx.now(), await known(ctx, LEA), await number(ctx, _QUESTION))


async def reply(ctx: Context) -> None:
    given = disputes.Answer(await known(ctx, ADA), await number(ctx, _QUESTION), "It was.")
    await ctx.db.write(disputes.answer, ctx.now(), given)


async def remove_lead(ctx: Context) -> None:
    admin = (await known(ctx, ADA)).person_id
    await ctx.db.write(
        directory.remove_lead, ctx.now(), admin, ctx.workspace_id, LEO, "", key="script:no lead"
    )  # fmt: skip


async def unlink(ctx: Context) -> None:
    admin, user = (await known(ctx, ADA)).person_id, SlackUser(WRONG, "wrong")
    await ctx.db.write(directory.unlink, ctx.now(), admin, ctx.workspace_id, user, key="script:unlink")


async def leave(ctx: Context) -> None:
    person = await ctx.db.read(people.find, LEAVER)
    await ctx.db.write(_mark, ctx.now(), person.id)


def _mark(session: Session, at: datetime, person_id: int) -> None:
    leavers.mark(session, at, person_id, LEFT_ON, actor="script")


async def known(ctx: Context, slack_id: str) -> Who:
    """Return who somebody is, as the guard finds it."""
    found = await ctx.db.read(who.find, ctx.now(), ctx.workspace_id, slack_id)
    assert found is not None
    return found


async def number(ctx: Context, sql: str) -> int:
    """Return the one number that a query finds."""
    rows = await ctx.db.read(bulk.query, sql)
    return int(rows[0][0])


SCRIPTS: Final[Mapping[str, Sequence[tuple[datetime, Deed]]]] = {
    "points": (
        (cebu("2026-03-06 09:00"), thank),
        (cebu("2026-03-06 09:00"), give_bonus),
        (cebu("2026-03-06 10:00"), approve("script:bonus", REX)),
        (cebu("2026-03-06 10:00"), coach),
        (cebu("2026-03-06 11:00"), correct_bonus),
        (cebu("2026-03-06 11:00"), answer),
        (cebu("2026-03-06 12:00"), approve("script:wrong", ADA)),
        (cebu("2026-03-07 09:00"), chip_in(ANA, "pizza", PIZZA, 15)),
        (cebu("2026-03-07 09:00"), chip_in(LEA, "cake", CAKE, 15)),
        (cebu("2026-03-07 09:00"), chip_in(LEO, "cake", CAKE, 15)),
        (cebu("2026-03-07 09:00"), ask),
        (cebu("2026-03-07 09:00"), question),
        (cebu("2026-03-07 10:00"), take(Step.APPROVE)),
        (cebu("2026-03-07 10:00"), pass_on),
        (cebu("2026-03-07 11:00"), take(Step.DONE)),
        (cebu("2026-03-07 11:00"), remove_lead),
        (cebu("2026-03-08 09:00"), leave),
        (cebu("2026-03-08 09:00"), reply),
        (cebu("2026-03-08 09:00"), unlink),
    ),
}
