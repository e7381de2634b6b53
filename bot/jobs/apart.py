"""Deeds of a job that have nothing to do with each other."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from bot.context import Context
from bot.errors import DatabaseError
from bot.services import failures

log = logging.getLogger(__name__)


async def each(
    ctx: Context, job: str, look: Callable[[Any, datetime], Sequence[int]],
    deed: Callable[[Any, datetime, int], object],
) -> int:  # fmt: skip
    """Do a deed for each id that a look finds, each in a transaction of its own; one that fails waits, alone.

    Returns how many of them said that there is more to do (a true value).

    A database that cannot be reached is nobody's fault, and could not be written down either.
    """
    at, more = ctx.now(), 0
    found = await ctx.db.read(look, at)
    for number in await ctx.db.read(failures.without, at, job, found) if found else ():
        try:
            if await ctx.db.write(deed, at, number):
                ctx.wake.set()
                more += 1
        except DatabaseError:
            raise
        except Exception:
            log.exception("The job “%s” cannot do number %s; it is tried again in an hour.", job, number)
            await ctx.db.write(failures.remember, at, job, number)
    return more
