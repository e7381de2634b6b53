"""Boards: posted when their period is over, kept fresh for whoever looks."""

import asyncio
import contextlib
import logging
from datetime import timedelta

from bot.context import Context
from bot.errors import DatabaseError
from bot.services import boards, posting

log = logging.getLogger(__name__)

IDLE_SECONDS = 5

FRESH_FOR = timedelta(minutes=1)
"""A board table is built anew at most so often."""


async def run(ctx: Context) -> None:
    """Queue every board that is due, each in a transaction of its own; one that cannot be made holds up no other."""
    for board_key, site_name in await ctx.db.write(posting.schedule, ctx.now()):
        while await _post_one(ctx, board_key, site_name):
            pass


async def _post_one(ctx: Context, board_key: str, site_name: str) -> bool:
    """Queue the earliest board that is due of a schedule; whether another may be due behind it."""
    run = await ctx.db.read(posting.find_due, ctx.now(), board_key, site_name)
    if run is None:
        return False
    try:
        more = await ctx.db.write(posting.post, ctx.now(), board_key, site_name, run)
    except DatabaseError:
        # It is not the board's fault, and could not be written down either.
        raise
    except Exception as error:
        log.exception("The board %s of %s cannot be made; it is tried again later.", board_key, site_name)
        await ctx.db.write(posting.failed, ctx.now(), board_key, site_name, run, type(error).__name__)
        more = False
    ctx.wake.set()
    return more


async def refresh_until(ctx: Context, stopping: asyncio.Event) -> None:
    """Build board tables until told to stop, beside the ticks: reading years of history never delays a board."""
    while not stopping.is_set():
        try:
            while not stopping.is_set() and await refresh_one(ctx):
                continue
        except Exception:
            log.exception("Building the board tables failed; it goes on.")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(IDLE_SECONDS):
                await stopping.wait()


async def refresh(ctx: Context) -> None:
    """Build every board table that may be built now."""
    while await refresh_one(ctx):
        pass


async def refresh_one(ctx: Context) -> bool:
    """Build the newest board table whose figures changed: computed by a reader, written in portions, shown at once."""
    claim = await ctx.db.write(boards.claim_build, ctx.now(), FRESH_FOR)
    if claim is None:
        return False
    build = await ctx.db.read(boards.compute, ctx.now(), claim)
    for portion in boards.places_of(build):
        await ctx.db.write(boards.write_places, portion)
    await ctx.db.write(boards.show, ctx.now(), build)
    while await ctx.db.write(boards.sweep, build):
        pass
    return True
