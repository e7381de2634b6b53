"""Shifts that have ended."""

from bot.context import Context
from bot.services import posting


async def run(ctx: Context) -> None:
    """Count the service level of shifts that have ended since the last look to their end."""
    await ctx.db.write(posting.close_shifts, ctx.now())
