"""Deliveries that need not be remembered any longer."""

from bot.context import Context
from bot.services import who


async def run(ctx: Context) -> None:
    """Forget them, once an hour."""
    if await ctx.db.read(who.may_forget, ctx.now()):
        await ctx.db.write(who.forget_old, ctx.now())
