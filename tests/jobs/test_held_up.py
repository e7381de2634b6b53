"""Nothing holds up what waits behind it for ever, and nothing is lost to what passes."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from starlette.responses import JSONResponse, PlainTextResponse, Response

from bot.domain.people import Role
from bot.jobs import delivery, posts
from bot.jobs.rendering import Forms
from bot.services import dead_letters as dead_letter_deeds
from bot.services import leavers, outbox, people
from bot.services.manners import LOOK_AGAIN
from bot.store import dead_letters
from bot.store.outbox import Waiting
from bot.views.blocks import BLOCKS_OF_2026
from bot.views.message import Message
from tests.encore import House, go_live, house, link, sandboxed, serving, thursday
from tests.jobs.personal import choose, grant, heard, local, lose_the_answer, rows, settle, states, tell
from tests.jobs.slack import Slack, context, refusal
from tests.jobs.test_limits import HISTORY, POST, SENT, post
from tests.stories.facts import shift

LEA = "ULEA"
NOTHING = JSONResponse({"ok": True, "messages": []})
OLD = [{"type": "section", "text": {"type": "mrkdwn", "text": "Hello."}}]
BAD = [{"type": "hologram"}]
NEW = [{"type": min(BLOCKS_OF_2026)}, *BAD]


@pytest.fixture
def cebu(database_url: str) -> Iterator[House]:
    where = house(database_url)
    where.workspace.rates = False
    thursday(where, people_count=2)
    go_live(where, boards=[])
    yield where
    where.centre.close()


async def deliver(where: House, url: str, *, times: int = 1, apart: timedelta = timedelta(seconds=1)) -> None:
    """Deliver all that may be sent, so often, and let time pass."""
    ctx = context(where, url)
    for _ in range(times):
        while await delivery.deliver_one(ctx):
            pass
        where.clock.skip(apart)


async def settled(where: House) -> None:
    async with sandboxed(where) as sandbox, serving(where, sandbox) as encore:
        await settle(where, encore)


@pytest.mark.parametrize("answer", [refusal("internal_error"), PlainTextResponse("bad gateway", status_code=502)])
async def test_what_slack_always_fails_at_is_given_up_and_what_waits_behind_goes_on(
    cebu: House, answer: Response
) -> None:
    post(cebu, "poison", "C1")
    post(cebu, "behind", "C1")
    slack = Slack(**{POST: answer, HISTORY: NOTHING})
    apart = delivery.DOUBT + timedelta(seconds=1)
    async with slack.running() as url:
        await deliver(cebu, url, times=delivery.MOST_TRIES - 1, apart=apart)
        assert {row.status for row in rows(cebu)} == {"queued", "sending"}
        await deliver(cebu, url)
        assert states(cebu)["poison"][0] == "dead"
        slack.answers[POST] = SENT
        await deliver(cebu, url, times=2, apart=apart)
        assert states(cebu)["behind"] == ("sent", None)
        # Brought again, it is looked for first.
        slack.asked.clear()
        cebu.centre.db.write_now(dead_letters.revive, cebu.clock.now(), rows(cebu)[0].id or 0)
        await deliver(cebu, url)
    assert slack.asked == [HISTORY, POST]


def crowded(*, more: bool) -> Response:
    """Return a page of a channel where others have said something, and whether there is more of it."""
    cursor = {"response_metadata": {"next_cursor": "more"}} if more else {}
    return JSONResponse({"ok": True, "messages": [{"ts": "1.0", "text": "Hello."}], **cursor})


@pytest.mark.parametrize("answer", [crowded(more=True), refusal("internal_error"), PlainTextResponse("", 502)])
async def test_what_cannot_be_looked_up_for_hours_is_given_up_and_the_admins_hear_that_nobody_knows(
    cebu: House, answer: Response
) -> None:
    link(cebu, "Agent 1", LEA)
    grant(cebu, "Agent 1", Role.ADMIN)
    post(cebu, "board:1", "C1")
    post(cebu, "behind", "C1")
    assert cebu.centre.db.write_now(outbox.claim, cebu.clock.now()) is not None
    cebu.clock.skip(outbox.LEASE)
    began = cebu.clock.now()
    slack = Slack(**{HISTORY: answer, POST: SENT, "conversations.open": refusal("internal_error")})
    async with slack.running() as url:
        await deliver(cebu, url, times=16, apart=delivery.LONGEST_DOUBT)
        assert states(cebu)["board:1"] == ("sending", "not_asked")
        await deliver(cebu, url, times=12, apart=delivery.LONGEST_DOUBT)
    assert states(cebu)["board:1"] == ("dead", "not_looked_up")
    assert states(cebu)["behind"] == ("sent", None)
    assert slack.asked.count(HISTORY) <= posts.MOST_PAGES * delivery.MOST_TRIES
    (notice,) = [row for row in rows(cebu) if row.view == "dead_letter"]
    assert notice.created_at - began > timedelta(hours=4)
    # Whoever has looked and not found it has it sent, although Encore cannot look.
    cebu.centre.db.write_now(dead_letter_deeds.retry, cebu.clock.now(), 1, actor="story", missing=True)
    slack.asked.clear()
    async with slack.running() as url:
        await deliver(cebu, url)
    assert states(cebu)["board:1"] == ("sent", None)
    assert HISTORY not in slack.asked


async def test_a_message_far_down_in_a_crowded_channel_is_found(cebu: House) -> None:
    post(cebu, "board:1", cebu.channel)
    async with sandboxed(cebu) as sandbox, serving(cebu, sandbox) as encore:
        await settle(cebu, encore)
        for n in range(posts.PAGE * 3):
            cebu.workspace.post(cebu.channel, LEA, f"Hello {n}.")
        lose_the_answer(cebu)
        await settle(cebu, encore)
    assert states(cebu)["board:1"] == ("sent", None)
    assert len(cebu.said()) == 1


async def test_while_slack_does_not_answer_no_try_counts(cebu: House) -> None:
    post(cebu, "board:1", "C1")
    apart = delivery.DOUBT + timedelta(seconds=1)
    # An answer without a word of Slack's may come from anything in between.
    slack = Slack(**{POST: JSONResponse({"ok": False}), HISTORY: NOTHING})
    async with slack.running() as url:
        await deliver(cebu, url, times=delivery.MOST_TRIES * 2, apart=apart)
        slack.answers[POST] = refusal("internal_error")
        await deliver(cebu, url, apart=apart)
        assert states(cebu)["board:1"] == ("sending", "internal_error")
        slack.answers[POST] = SENT
        await deliver(cebu, url)
    assert states(cebu)["board:1"] == ("sent", None)


async def test_an_outage_counts_no_try_at_all(cebu: House) -> None:
    post(cebu, "board:1", "C1")
    async with Slack().running() as url:
        pass
    # Nobody is there any more.
    for error in ("no_answer", "not_asked"):
        await deliver(cebu, url, apart=delivery.DOUBT + timedelta(seconds=1))
        assert (rows(cebu)[0].error, rows(cebu)[0].attempts) == (error, 0)


@pytest.mark.parametrize("method", [POST, HISTORY])
async def test_while_slack_refuses_encore_itself_all_waits(cebu: House, method: str) -> None:
    for n in range(5):
        post(cebu, f"board:{n}", f"C{n}")
    if method == HISTORY:
        assert cebu.centre.db.write_now(outbox.claim, cebu.clock.now()) is not None
        cebu.clock.skip(outbox.LEASE)
    slack = Slack(**({POST: SENT, HISTORY: NOTHING} | {method: refusal("token_revoked")}))
    async with slack.running() as url:
        await deliver(cebu, url)
        cebu.clock.skip(delivery.ACCOUNT_WAIT - timedelta(seconds=5))
        await deliver(cebu, url)
        assert slack.asked.count(method) == 1
        assert "dead" not in {row.status for row in rows(cebu)}
        slack.answers[method] = {POST: SENT, HISTORY: NOTHING}[method]
        cebu.clock.skip(timedelta(seconds=10))
        await deliver(cebu, url)
    assert {row.status for row in rows(cebu)} == {"sent"}


def two_senders(where: House) -> tuple[Waiting, Waiting]:
    """Return what two senders claimed, of whom the first stood still for longer than its lease."""
    post(where, "board:1", "C1")
    post(where, "board:2", "C1")
    first = where.centre.db.write_now(outbox.claim, where.clock.now())
    where.clock.skip(outbox.LEASE)
    second = where.centre.db.write_now(outbox.claim, where.clock.now())
    assert isinstance(first, Waiting)
    assert isinstance(second, Waiting)
    return first, second


def test_a_sender_that_another_one_has_replaced_changes_nothing(cebu: House) -> None:
    first, _ = two_senders(cebu)
    before = rows(cebu)
    db, at = cebu.centre.db, cebu.clock.now()
    db.write_now(outbox.wait, first, until=at + timedelta(hours=1), why="odd")
    db.write_now(outbox.doubt, first, until=at, why="odd")
    db.write_now(outbox.drop, first, why="odd")
    db.write_now(outbox.slow_down, first, until=at, workspace_id="T1", method=POST, uncertain=False)
    db.write_now(dead_letter_deeds.give_up, at, first.id, why="odd", lease=first.lease)
    assert rows(cebu) == before


def test_the_first_that_slack_took_is_remembered_whoever_sent_it(cebu: House) -> None:
    first, second = two_senders(cebu)
    for claimed, ts in ((first, "1.0"), (second, "2.0")):
        cebu.centre.db.write_now(outbox.sent, cebu.clock.now(), claimed.id, ts, posted_in="C1")
    cebu.centre.db.write_now(outbox.wait, second, until=cebu.clock.now(), why="odd")
    assert (rows(cebu)[0].status, rows(cebu)[0].ts) == ("sent", "1.0")


async def test_a_shift_of_next_month_does_not_hold_up_what_asks(cebu: House) -> None:
    link(cebu, "Agent 1", LEA)
    cebu.clock.move_to(local("2026-03-06 10:00"))
    cebu.centre.bring(shift("far", "Agent 1", "2026-04-03 09:00", "2026-04-03 17:00"))
    tell(cebu, "Agent 1", "ask", asks=True)
    await settled(cebu)
    assert len(heard(cebu, LEA)) == 1


async def test_a_roster_that_comes_later_is_seen_within_the_hour(cebu: House) -> None:
    link(cebu, "Agent 1", LEA)
    cebu.clock.move_to(local("2026-03-06 10:00"))
    cebu.centre.bring(shift("far", "Agent 1", "2026-04-03 09:00", "2026-04-03 17:00"))
    tell(cebu, "Agent 1", "one")
    await settled(cebu)
    assert heard(cebu, LEA) == []
    cebu.centre.bring(shift("now", "Agent 1", "2026-03-06 09:00", "2026-03-06 17:00"))
    cebu.clock.skip(LOOK_AGAIN)
    await settled(cebu)
    assert len(heard(cebu, LEA)) == 1


async def test_a_card_of_next_month_does_not_hold_up_todays(cebu: House) -> None:
    link(cebu, "Agent 1", LEA)
    choose(cebu, "Agent 1", "after_shift")
    cebu.clock.move_to(local("2026-03-06 10:00"))
    cebu.centre.bring(shift("far", "Agent 1", "2026-04-03 09:00", "2026-04-03 17:00"))
    tell(cebu, "Agent 1", "one")
    await settled(cebu)
    cebu.centre.bring(shift("now", "Agent 1", "2026-03-06 09:00", "2026-03-06 17:00"))
    tell(cebu, "Agent 1", "two")
    await settled(cebu)
    cebu.clock.move_to(local("2026-03-06 17:05"))
    await settled(cebu)
    assert len(heard(cebu, LEA)) == 1


@pytest.mark.parametrize(
    ("blocks", "native", "classic"), [(NEW, False, True), (BAD, False, False), (NEW, True, False)]
)  # fmt: skip
async def test_one_bad_message_does_not_take_the_new_blocks_from_a_workspace(
    cebu: House, blocks: list[dict[str, object]], native: bool, classic: bool
) -> None:
    post(cebu, "board:1", cebu.channel)
    claimed = cebu.centre.db.write_now(outbox.claim, cebu.clock.now())
    assert isinstance(claimed, Waiting)
    async with sandboxed(cebu) as sandbox, serving(cebu, sandbox) as encore:
        if native:
            encore.ctx.native_workspaces.add(encore.ctx.workspace_id)
        await posts.say(encore.ctx, claimed, Forms(Message("Hello.", blocks), Message("Hello.", OLD)))
        assert (encore.ctx.workspace_id in cebu.centre.db.read_now(outbox.classic_workspaces)) is classic
    assert len(cebu.said()) == 1


async def test_what_was_in_doubt_when_somebody_was_unlinked_is_looked_for(cebu: House) -> None:
    link(cebu, "Agent 1", LEA)
    tell(cebu, "Agent 1", "one", asks=True)
    assert isinstance(cebu.centre.db.write_now(outbox.claim, cebu.clock.now()), Waiting)
    cebu.clock.skip(outbox.LEASE)
    cebu.centre.db.write_now(people.unlink, cebu.clock.now(), cebu.centre.person("Agent 1"), slack_id=LEA)
    assert cebu.centre.db.write_now(outbox.claim, cebu.clock.now()) is None
    assert states(cebu)["one"] == ("dead", "not_in_slack")
    assert rows(cebu)[0].doubted


@pytest.mark.parametrize(("days", "count"), [(6, 1), (8, 0)])
async def test_who_is_linked_later_hears_what_is_still_fresh(cebu: House, days: int, count: int) -> None:
    grant(cebu, "Agent 1", Role.ADMIN)
    tell(cebu, "Agent 1", "ask", asks=True)
    await settled(cebu)
    assert states(cebu)["ask"] == ("dead", "not_in_slack")
    cebu.clock.skip(timedelta(days=days))
    cebu.centre.db.write_now(people.link, cebu.clock.now(), cebu.centre.person("Agent 1"), slack_id=LEA)
    await settled(cebu)
    assert len(heard(cebu, LEA)) == count


async def test_who_stays_after_all_hears_what_was_given_up_meanwhile(cebu: House) -> None:
    link(cebu, "Agent 1", LEA)
    db, at, person_id = cebu.centre.db, cebu.clock.now(), cebu.centre.person("Agent 1")
    db.write_now(leavers.mark, at, person_id, date(2026, 3, 5), actor="story")
    tell(cebu, "Agent 1", "ask", asks=True)
    await settled(cebu)
    assert states(cebu)["ask"] == ("dead", "has_left")
    db.write_now(leavers.mark, at, person_id, None, actor="story")
    await settled(cebu)
    assert len(heard(cebu, LEA)) == 1
