"""Earning: days that are over are judged, what waited for a budget is issued, and people are told."""

import logging
from collections.abc import Sequence
from typing import Final

from bot.context import Context
from bot.errors import DatabaseError
from bot.jobs import apart
from bot.services import earning, issuing

log = logging.getLogger(__name__)

MOST_A_TICK: Final = 50
"""So many transactions of a kind one tick does: boards come with the ticks, and are not to wait for 50,000 people."""


async def run(ctx: Context) -> None:
    """Judge what is due, issue what waited, and tell whom it concerns once all of today's is judged."""
    for _ in range(MOST_A_TICK):
        owners = await ctx.db.read(earning.list_due, ctx.now())
        if not owners or not await _judge(ctx, owners):
            break
    else:
        return
    for _ in range(MOST_A_TICK):
        if not await apart.each(ctx, "earning.release", issuing.waiting_sites, issuing.release):
            break
    await apart.each(ctx, "earning.tell", earning.list_untold, earning.tell)


async def _judge(ctx: Context, owners: Sequence[str]) -> bool:
    """Judge a portion; one who cannot be judged holds up nobody else. Whether there was anything to do."""
    try:
        return bool(await ctx.db.write(earning.judge, ctx.now(), owners))
    except DatabaseError:
        # It is nobody's fault, and could not be written down either.
        raise
    except Exception:
        if len(owners) > 1:
            return any([await _judge(ctx, [owner]) for owner in owners])
        log.exception("What %s earned cannot be judged; it is tried again later.", owners[0])
        await ctx.db.write(earning.failed, ctx.now(), owners[0])
        return True
