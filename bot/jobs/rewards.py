"""Requests for rewards that nobody decides."""

from bot.context import Context
from bot.services import rewards


async def run(ctx: Context) -> None:
    """Give back what waited longer than the programme says, each request by itself."""
    at = ctx.now()
    for request_id in await ctx.db.read(rewards.list_overdue, at):
        if await ctx.db.write(rewards.expire, at, request_id):
            ctx.wake.set()
