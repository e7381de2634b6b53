"""People who have left, and what they still have."""

from bot.context import Context
from bot.services import leavers


async def run(ctx: Context) -> None:
    """Settle what is due, once an hour, each person in a transaction of their own."""
    at = ctx.now()
    if not await ctx.db.read(leavers.may_look, at):
        return
    for person_id in await ctx.db.read(leavers.due, at):
        await ctx.db.write(leavers.settle, at, person_id)
        ctx.wake.set()
    await ctx.db.write(leavers.looked, at)
