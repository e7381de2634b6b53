"""Messages out: claimed, sent, settled; what came of an unanswered one is looked up in Slack before it is sent again."""

import asyncio
import logging
from datetime import timedelta
from typing import Final

from slack_sdk.errors import SlackApiError

from bot.context import Context
from bot.domain.manners import whom
from bot.jobs import posts, rendering
from bot.jobs.refusals import ACCOUNT, HOPELESS, NEEDLESS, PASSING_WAIT, Refusal, refusal_of
from bot.services import dead_letters, outbox
from bot.store.outbox import Waiting

log = logging.getLogger(__name__)

MOST_TRIES: Final = 20
"""A refusal that should pass and does not in so many tries, half a minute apart, holds up a channel no longer."""

DOUBT: Final = timedelta(seconds=30)
"""So long after a try without an answer the message may still appear in Slack."""

LONGEST_DOUBT: Final = timedelta(minutes=20)
"""Where Slack cannot tell it is asked after 30 s, 1, 2, 4 ... minutes, and then so often: all tries last five hours."""

ACCOUNT_WAIT: Final = timedelta(minutes=5)
"""So long nothing is sent where Slack refuses Encore itself: an admin needs longer to mend it."""

IDLE_SECONDS: Final = 2.0
"""How long delivery sleeps at most: another process may have queued something."""


async def deliver_until(ctx: Context, stopping: asyncio.Event) -> None:
    """Deliver whatever waits, until told to stop; a failure is written down and delivery goes on."""
    while not stopping.is_set():
        ctx.wake.clear()
        try:
            while not stopping.is_set() and await deliver_one(ctx):
                pass
        except Exception:
            log.exception("Delivery failed; it goes on.")
        try:
            async with asyncio.timeout(IDLE_SECONDS):
                await ctx.wake.wait()
        except TimeoutError:
            continue


async def deliver_one(ctx: Context) -> bool:
    """Send the next message that may be sent, or settle some that may not; False where there is nothing to do."""
    taken_at = ctx.beats["delivery"] = ctx.now()
    waiting = await ctx.db.write(outbox.claim, taken_at, ctx.workspace_id)
    if not isinstance(waiting, Waiting):
        return waiting is not None
    try:
        forms = await rendering.forms(ctx, waiting)
    except rendering.NeedlessError as error:
        await ctx.db.write(outbox.drop, waiting, why=str(error))
        return True
    except rendering.UnsayableError as error:
        log.warning("Message %s cannot be put into words: %s", waiting.id, error)
        await (_try_again(ctx, waiting, error.cause) if error.passing else _give_up(ctx, waiting, error.cause))
        return True
    # An edit that is sent twice is the same edit: only a new message is looked for first.
    try:
        found = await posts.find(ctx, waiting) if waiting.uncertain and waiting.edits is None else []
        # Before it is settled: where this process dies in between, the next one finds the rest again.
        await posts.delete_twins(ctx, waiting.id, found[1:])
    except Exception as error:
        # Not knowing whether Slack has it, it is not sent again before Slack could be asked.
        await _not_looked_up(ctx, waiting, error)
        return True
    said = found[0] if found else None
    if said is None and ctx.now() - taken_at >= outbox.LEASE / 2:
        # This process stood still, as on a machine that slept: another one may be about to take the message. What is
        # left of a lease must do for the answer.
        log.warning("Message %s for %s was taken too long ago to be sent now.", waiting.id, waiting.channel)
        return True
    try:
        if said is None:
            said = await posts.say(ctx, waiting, forms)
    except SlackApiError as error:
        await _refused(ctx, waiting, refusal_of(error))
    except Exception as error:
        log.warning("Slack does not answer: %r", error)
        await _doubt(ctx, waiting, "no_answer", tried=False)
    else:
        said_to = None if whom(waiting.channel) is None else waiting.to
        await ctx.db.write(
            outbox.sent, ctx.now(), waiting.id, said.ts, posted_in=said.channel, said_to=said_to
        )  # fmt: skip
    return True


async def _refused(ctx: Context, waiting: Waiting, refusal: Refusal) -> None:
    if refusal.limited:
        await _slow_down(ctx, waiting, refusal, uncertain=False)
    elif not refusal.definite:
        await _unclear(ctx, waiting, refusal)
    elif refusal.name in ACCOUNT:
        await _shut_out(ctx, waiting, refusal, uncertain=False)
    elif waiting.edits is not None and refusal.name in NEEDLESS:
        await ctx.db.write(outbox.drop, waiting, why=refusal.name)
    elif refusal.name in HOPELESS:
        await _give_up(ctx, waiting, refusal.name)
    else:
        await _try_again(ctx, waiting, refusal.name)


async def _unclear(ctx: Context, waiting: Waiting, refusal: Refusal) -> None:
    """Ask Slack soon what came of it; what Slack itself fails at so often holds up a channel no longer.

    It was looked for before this try: if it comes to stand in Slack yet, whoever brings it again hears so first.
    """
    why = refusal.name or f"status_{refusal.status}"
    if refusal.answered and waiting.uncertain and waiting.attempts >= MOST_TRIES:
        log.warning("Slack goes on to fail at message %s: %s", waiting.id, why)
        await _give_up(ctx, waiting, "slack_fails")
    else:
        await _doubt(ctx, waiting, why, tried=refusal.answered)


async def _not_looked_up(ctx: Context, waiting: Waiting, error: Exception) -> None:
    """Ask Slack later; one that goes on to refuse the answer, or to have none, holds up the channel no longer.

    Then nobody knows whether it was said, and the admins are told just that. While Slack is out of reach it is waited.
    """
    refusal = refusal_of(error) if isinstance(error, SlackApiError) else None
    tried = isinstance(error, posts.TooMuchError) or (refusal is not None and refusal.answered)
    log.warning("Slack could not be asked for message %s: %r", waiting.id, error)
    if refusal is not None and refusal.limited:
        await _slow_down(ctx, waiting, refusal, uncertain=True)
    elif refusal is not None and refusal.name in ACCOUNT:
        await _shut_out(ctx, waiting, refusal, uncertain=True)
    elif tried and waiting.attempts >= MOST_TRIES:
        await _give_up(ctx, waiting, "not_looked_up")
    elif refusal is not None and refusal.definite:
        await _doubt(ctx, waiting, "not_asked", tried=True)
    else:
        wait = min(DOUBT * 2 ** (waiting.attempts - 1), LONGEST_DOUBT)
        await _doubt(ctx, waiting, "not_asked", tried=tried, wait=wait)


async def _doubt(ctx: Context, waiting: Waiting, why: str, *, tried: bool, wait: timedelta = DOUBT) -> None:
    """Ask Slack soon whether it has the message: this try is over, and so nobody sends it meanwhile.

    If even that cannot be written down, the sender's lease runs out and the same happens later.
    """
    log.warning("Message %s for %s is uncertain; Slack is asked again. %s", waiting.id, waiting.channel, why)
    await ctx.db.write(outbox.doubt, waiting, until=ctx.now() + wait, why=why, tried=tried)


async def _try_again(ctx: Context, waiting: Waiting, why: str) -> None:
    """Let a message wait whose refusal should pass, but not for ever."""
    if waiting.attempts >= MOST_TRIES:
        await _give_up(ctx, waiting, why)
        return
    log.warning("Message %s for %s waits: %s", waiting.id, waiting.channel, why)
    await ctx.db.write(outbox.wait, waiting, until=ctx.now() + PASSING_WAIT, why=why)


async def _give_up(ctx: Context, waiting: Waiting, why: str) -> None:
    """Give up what no later try would change, and would hold up all that waits behind it; admins hear of it."""
    log.error("Message %s for %s is given up: %s", waiting.id, waiting.channel, why)
    await ctx.db.write(dead_letters.give_up, ctx.now(), waiting.id, why=why, lease=waiting.lease)


async def _slow_down(ctx: Context, waiting: Waiting, refusal: Refusal, *, uncertain: bool) -> None:
    """Obey Slack's Retry-After: it holds for the method in the whole workspace."""
    await ctx.db.write(
        outbox.slow_down, waiting, until=ctx.now() + refusal.wait, workspace_id=ctx.workspace_id,
        method=refusal.method, uncertain=uncertain,
    )  # fmt: skip


async def _shut_out(ctx: Context, waiting: Waiting, refusal: Refusal, *, uncertain: bool) -> None:
    """Send nothing for a while: it is Encore that Slack refuses, and every message would be refused like this one."""
    log.error("Slack refuses Encore itself (%s): nothing is sent before `encore doctor` finds it well.", refusal.name)
    await ctx.db.write(
        outbox.shut_out, waiting, until=ctx.now() + ACCOUNT_WAIT, workspace_id=ctx.workspace_id, uncertain=uncertain,
        why=refusal.name,
    )  # fmt: skip
