"""Shifts that have ended."""

from bot.context import Context
from bot.services import posting


async def run(ctx: Context) -> None:
    """Count the service level of shifts that have ended since the last look to their end."""
    at = ctx.now()
    for portion in await ctx.db.read(posting.ended_shifts, at):
        await ctx.db.write(posting.close_shifts, at, portion)
    await ctx.db.write(posting.shifts_closed, at)
