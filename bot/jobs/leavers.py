"""People who have left, and what they still have."""

from bot.context import Context
from bot.jobs import apart
from bot.services import leavers


async def run(ctx: Context) -> None:
    """Settle what is due, once an hour."""
    at = ctx.now()
    if await ctx.db.read(leavers.may_look, at):
        await apart.each(ctx, "leavers", leavers.due, leavers.settle)
        await ctx.db.write(leavers.looked, at)
