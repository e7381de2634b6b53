"""Boards: posted when their period is over, kept fresh for whoever looks."""

from datetime import timedelta

from bot.context import Context
from bot.services import boards, posting

FRESH_FOR = timedelta(minutes=1)
"""A board table is built anew at most so often."""


async def run(ctx: Context) -> None:
    """Queue every board that is due, each in a transaction of its own."""
    for board_key, site_name in await ctx.db.write(posting.schedule, ctx.now()):
        if await ctx.db.write(posting.post, ctx.now(), board_key, site_name):
            ctx.wake.set()


async def refresh(ctx: Context) -> None:
    """Build every board table whose figures changed: computed by a reader, written in portions, shown at once."""
    while build := await ctx.db.read(boards.next_to_build, ctx.now(), FRESH_FOR):
        for portion in boards.places_of(build):
            await ctx.db.write(boards.write_places, portion)
        await ctx.db.write(boards.show, ctx.now(), build)
        while await ctx.db.write(boards.sweep, build):
            pass
