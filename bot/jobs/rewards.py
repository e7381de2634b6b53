"""Requests for rewards that nobody decides, and pots that are never full."""

from bot.context import Context
from bot.jobs import apart
from bot.services import pots, rewards


async def run(ctx: Context) -> None:
    """Give back what waited longer than the programme says."""
    await apart.each(ctx, "rewards", rewards.list_overdue, rewards.expire)
    await apart.each(ctx, "pots", pots.list_over, pots.lapse)
