"""What waits for somebody who may not decide it any more."""

from bot.context import Context
from bot.jobs import apart
from bot.services import handing_on


async def run(ctx: Context) -> None:
    """Ask others for it, once a minute."""
    at = ctx.now()
    if await ctx.db.read(handing_on.may_look, at):
        for what, (look, deed) in handing_on.WAYS.items():
            await apart.each(ctx, f"handing_on.{what}", look, deed)
        await ctx.db.write(handing_on.looked, at)
