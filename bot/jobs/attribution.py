"""Facts follow the people whom they are of by now, where whoever linked or merged them was cut short."""

from typing import Final

from bot.context import Context
from bot.services import people

MOST_A_TICK: Final = 50
"""So many transactions one tick does: boards come with the ticks, and are not to wait for ten years of facts."""


async def run(ctx: Context) -> None:
    """Attribute what is still to be attributed, a page in each transaction."""
    pages = 0
    for identity in await ctx.db.read(people.list_to_attribute, MOST_A_TICK):
        left = 1
        while left and pages < MOST_A_TICK:
            left = await ctx.db.write(people.attribute_page, ctx.now(), identity)
            pages += 1
