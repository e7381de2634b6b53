"""Messages to one person: to whom they go, when, how many, and what one card says for several."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.domain.people import Role
from bot.jobs import delivery
from bot.services import outbox
from bot.services.manners import LOOK_AGAIN
from bot.services.outbox import Settled
from bot.store.outbox import Waiting
from tests.encore import House, go_live, house, link, sandboxed, serving, thursday, until
from tests.jobs.personal import choose, grant, heard, local, rows, settle, states, tell, words_to
from tests.stories.facts import shift
from tests.views.values import DAY

LEA = "ULEA"
LIMIT = 6


@pytest.fixture
def cebu(database_url: str) -> Iterator[House]:
    where = house(database_url)
    # Slack counts by real time; here the clock of the story counts.
    where.workspace.rates = False
    thursday(where, people_count=2)
    link(where, "Agent 1", LEA)
    go_live(where, boards=[])
    yield where
    where.centre.close()


async def settled(where: House, *, seconds: int = 0) -> None:
    """Start Encore, deliver what may be sent, a second after another, and stop it."""
    async with sandboxed(where) as sandbox, serving(where, sandbox) as encore:
        await settle(where, encore)
        for _ in range(seconds):
            where.clock.skip(timedelta(seconds=1))
            await settle(where, encore)


async def test_a_message_goes_to_the_person_behind_the_number(cebu: House) -> None:
    assert tell(cebu, "Agent 1", "one", "helped <!channel>")
    assert not tell(cebu, "Agent 1", "one", "helped again")
    async with sandboxed(cebu) as sandbox, serving(cebu, sandbox) as encore:
        await settle(cebu, encore)
        await until(lambda: len(heard(cebu, LEA)) == 1)
    assert words_to(cebu, LEA) == ["Agent 1 thanks Agent 1: helped &lt;!channel&gt;"]
    assert cebu.said() == []
    (row,) = rows(cebu)
    # Slack's own name of the conversation is kept: an edit needs it.
    assert row.posted_in == cebu.workspace.conversation_of([cebu.workspace.bot_user.slack_id, LEA]).slack_id


async def test_an_uncertain_message_is_looked_for_in_the_conversation(cebu: House) -> None:
    tell(cebu, "Agent 1", "one")
    async with sandboxed(cebu) as sandbox, serving(cebu, sandbox) as encore:
        sandbox.faults.next("chat.postMessage", "lost_after_storing")
        await until(lambda: rows(cebu)[0].error == "no_answer")
        cebu.clock.skip(delivery.DOUBT)
        await settle(cebu, encore)
        await until(lambda: states(cebu)["one"] == ("sent", None))
    assert len(heard(cebu, LEA)) == 1
    assert rows(cebu)[0].posted_in is not None


@pytest.mark.parametrize(("error", "gone"), [("not_in_slack", False), ("has_left", True)])
async def test_who_is_not_there_is_left_alone_and_nobody_is_bothered(cebu: House, error: str, gone: bool) -> None:
    grant(cebu, "Agent 2", Role.ADMIN)
    name = "Agent 1" if gone else "Agent 2"
    if gone:
        cebu.centre.db.write_now(
            lambda s: s.connection().execute(text("UPDATE person SET left_on = '2026-03-01' WHERE name = 'Agent 1'"))
        )
    tell(cebu, name, "one")
    await settled(cebu)
    assert states(cebu) == {"one": ("dead", error)}


async def test_of_two_entries_of_one_person_the_kept_one_gets_it(cebu: House) -> None:
    tell(cebu, "Agent 2", "one")
    cebu.centre.merge("Agent 1", "Agent 2")
    await settled(cebu)
    assert len(heard(cebu, LEA)) == 1


async def test_at_night_it_waits_for_the_morning(cebu: House) -> None:
    cebu.clock.move_to(local("2026-03-06 22:00"))
    tell(cebu, "Agent 1", "one", asks=True)
    await settled(cebu)
    assert heard(cebu, LEA) == []
    cebu.clock.move_to(local("2026-03-07 07:59"))
    await settled(cebu)
    assert heard(cebu, LEA) == []
    cebu.clock.move_to(local("2026-03-07 08:00"))
    await settled(cebu)
    assert len(heard(cebu, LEA)) == 1


async def test_off_shift_it_waits_for_the_next_shift(cebu: House) -> None:
    cebu.centre.bring(
        shift("a", "Agent 1", "2026-03-05 22:00", "2026-03-06 06:00"),
        shift("b", "Agent 1", "2026-03-06 22:00", "2026-03-07 06:00"),
    )
    tell(cebu, "Agent 1", "one")
    await settled(cebu)
    assert heard(cebu, LEA) == []
    # By the quiet hours it would be too late now; the roster says that they work.
    cebu.clock.move_to(local("2026-03-06 22:00"))
    await settled(cebu)
    assert len(heard(cebu, LEA)) == 1


async def test_over_the_daily_limit_one_card_says_the_rest(cebu: House) -> None:
    for n in range(LIMIT + 3):
        tell(cebu, "Agent 1", f"m{n}", f"did & said *thing* <{n}>")
    tell(cebu, "Agent 1", "ask", "decide", asks=True)
    await settled(cebu, seconds=LIMIT + 1)
    # What asks for a decision is over no limit, and comes before any news.
    assert len(heard(cebu, LEA)) == LIMIT + 1
    assert words_to(cebu, LEA)[0].endswith("decide")
    kept = [row for row in rows(cebu) if row.status == "folded"]
    (card,) = [row for row in rows(cebu) if row.view == "card"]
    assert [row.key for row in kept] == [f"m{n}" for n in range(LIMIT, LIMIT + 3)]
    assert {row.folded_into_id for row in kept} == {card.id}
    cebu.clock.move_to(local("2026-03-06 16:59"))
    await settled(cebu)
    assert len(heard(cebu, LEA)) == LIMIT + 1
    cebu.clock.move_to(local("2026-03-06 17:00"))
    await settled(cebu)
    *_, last = heard(cebu, LEA)
    assert last.text.splitlines() == [
        "While you worked:",
        *(f"• Agent 1 thanks Agent 1: did &amp; said *thing* &lt;{n}&gt;" for n in range(LIMIT, LIMIT + 3)),
    ]
    # The next day begins at nothing.
    cebu.clock.move_to(local("2026-03-07 09:00"))
    tell(cebu, "Agent 1", "next")
    await settled(cebu)
    assert len(heard(cebu, LEA)) == LIMIT + 3


async def test_what_asks_and_what_is_edited_takes_nothing_of_the_days_messages(cebu: House) -> None:
    tell(cebu, "Agent 1", "ask", "decide", asks=True)
    cebu.centre.db.write_now(outbox.edit, cebu.clock.now(), "ask", key="edit", view="board", value=DAY)
    for n in range(LIMIT):
        tell(cebu, "Agent 1", f"m{n}")
    await settled(cebu, seconds=LIMIT + 2)
    assert {row.status for row in rows(cebu)} == {"sent"}


async def test_who_wants_one_card_gets_it_at_the_end_of_the_shift_and_no_other(cebu: House) -> None:
    cebu.centre.bring(shift("a", "Agent 1", "2026-03-06 08:00", "2026-03-06 13:00"))
    choose(cebu, "Agent 1", "after_shift")
    tell(cebu, "Agent 1", "one", "first")
    await settled(cebu)
    tell(cebu, "Agent 1", "two", "second")
    tell(cebu, "Agent 1", "ask", "decide", asks=True)
    await settled(cebu)
    # The card that waits for the evening holds up nothing.
    assert [words[-6:] for words in words_to(cebu, LEA)] == ["decide"]
    cebu.clock.move_to(local("2026-03-06 13:00"))
    await settled(cebu)
    assert "first" in words_to(cebu, LEA)[1]
    assert "second" in words_to(cebu, LEA)[1]
    # Later that day there is a second shift on nobody's roster: it waits for tomorrow's card.
    tell(cebu, "Agent 1", "three", "third")
    cebu.clock.move_to(local("2026-03-06 16:00"))
    await settled(cebu)
    assert len(heard(cebu, LEA)) == 2
    cebu.clock.move_to(local("2026-03-07 17:00"))
    await settled(cebu)
    assert "third" in words_to(cebu, LEA)[2]


async def test_a_card_that_was_missed_waits_for_the_next_shift(cebu: House) -> None:
    choose(cebu, "Agent 1", "after_shift")
    tell(cebu, "Agent 1", "one")
    await settled(cebu)
    cebu.clock.move_to(local("2026-03-06 23:00"))
    await settled(cebu)
    assert heard(cebu, LEA) == []
    cebu.clock.move_to(local("2026-03-07 08:00"))
    await settled(cebu)
    assert len(heard(cebu, LEA)) == 1


async def test_who_wants_to_hear_nothing_hears_only_what_they_must_decide(cebu: House) -> None:
    choose(cebu, "Agent 1", "never")
    tell(cebu, "Agent 1", "one")
    tell(cebu, "Agent 1", "ask", "decide", asks=True)
    await settled(cebu, seconds=1)
    assert [words[-6:] for words in words_to(cebu, LEA)] == ["decide"]
    assert states(cebu)["one"] == ("folded", "unwanted")


async def test_erased_words_are_in_no_card(cebu: House) -> None:
    choose(cebu, "Agent 1", "after_shift")
    tell(cebu, "Agent 1", "one", "a secret")
    await settled(cebu)
    cebu.centre.db.write_now(lambda s: s.connection().execute(text("DELETE FROM text")))
    cebu.clock.move_to(local("2026-03-06 17:00"))
    await settled(cebu)
    assert words_to(cebu, LEA) == ["While you worked:\n• Agent 1 thanks Agent 1: (the words are no longer kept)"]


async def test_what_cannot_be_shown_does_not_hold_up_the_card(cebu: House) -> None:
    choose(cebu, "Agent 1", "after_shift")
    tell(cebu, "Agent 1", "one", "first")
    tell(cebu, "Agent 1", "two", "second")
    await settled(cebu)
    cebu.centre.db.write_now(lambda s: s.connection().execute(text("UPDATE outbox SET value = '{}' WHERE key = 'one'")))
    cebu.clock.move_to(local("2026-03-06 17:00"))
    await settled(cebu)
    assert words_to(cebu, LEA) == ["While you worked:\n• Agent 1 thanks Agent 1: second"]
    assert states(cebu)["one"] == ("dead", "cannot_be_read")


async def test_a_message_in_doubt_at_the_end_of_the_shift_is_not_sent_in_the_night(cebu: House) -> None:
    tell(cebu, "Agent 1", "one")
    claimed = cebu.centre.db.write_now(outbox.claim, local("2026-03-06 19:59"))
    assert isinstance(claimed, Waiting)
    cebu.clock.move_to(local("2026-03-06 20:10"))
    await settled(cebu)
    assert states(cebu) == {"one": ("sending", "waits_for_their_hours")}
    cebu.clock.move_to(local("2026-03-07 08:00"))
    await settled(cebu)
    assert len(heard(cebu, LEA)) == 1


def together(count: int, deed: Callable[[], object]) -> list[object]:
    """Do the same in so many threads at once."""
    gate, done = threading.Barrier(count), []

    def run() -> None:
        gate.wait()
        done.append(deed())

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return done


@pytest.mark.both_databases
def test_many_senders_at_once_keep_the_limit_and_make_one_card(cebu: House) -> None:
    """Whoever claims, claims each message once, in order; nothing goes into a card that has left."""
    for n in range(LIMIT + 10):
        tell(cebu, "Agent 1", f"m{n}")
    at = cebu.clock.now()

    def send() -> list[str]:
        sent: list[str] = []
        nothing = 0
        while nothing < 20:
            moment = at + timedelta(minutes=2 * len(sent))
            claimed = cebu.centre.db.write_now(outbox.claim, moment)
            nothing = nothing + 1 if claimed is None else 0
            if isinstance(claimed, Waiting):
                cebu.centre.db.write_now(outbox.sent, moment, claimed.id, f"{claimed.id}.0")
                sent.append(claimed.view)
        return sent

    views = [view for sent in together(4, send) for view in sent]  # type: ignore[attr-defined]
    assert sorted(views) == ["kudos"] * LIMIT
    by_status = [row.status for row in rows(cebu) if row.view == "kudos"]
    assert sorted(by_status) == ["folded"] * 10 + ["sent"] * LIMIT
    assert len([row for row in rows(cebu) if row.view == "card"]) == 1
    # At the end of the day the card leaves once.
    cards = together(4, lambda: cebu.centre.db.write_now(outbox.claim, local("2026-03-06 17:00")))
    (card,) = [claimed for claimed in cards if isinstance(claimed, Waiting)]
    assert len(card.folded) == 10


def test_a_card_that_has_just_left_gets_nothing_more(cebu: House) -> None:
    choose(cebu, "Agent 1", "after_shift")
    tell(cebu, "Agent 1", "one")
    assert cebu.centre.db.write_now(outbox.claim, cebu.clock.now()) is None
    tell(cebu, "Agent 1", "two")
    # A sender whose clock is ahead takes the card; another one then meets the second message.
    card = cebu.centre.db.write_now(outbox.claim, local("2026-03-06 17:00"))
    assert isinstance(card, Waiting)
    assert cebu.centre.db.write_now(outbox.claim, cebu.clock.now() + timedelta(seconds=2)) is None
    assert [folded.id for folded in card.folded] == [1]
    assert states(cebu)["two"][0] == "folded"
    assert len([row for row in rows(cebu) if row.view == "card"]) == 2


def test_a_claim_settles_only_so_many_at_once(cebu: House) -> None:
    """Thousands that come in the night are told to wait in many short transactions."""
    names = [f"Agent x{n}" for n in range(outbox.LOOKS + 5)]
    for n, name in enumerate(names):
        cebu.centre.hire(name, site="Cebu")
        link(cebu, name, f"U{n:05}")
        tell(cebu, name, name)
    night = local("2026-03-06 23:00")
    assert cebu.centre.db.write_now(outbox.claim, night) == Settled(outbox.LOOKS)
    assert cebu.centre.db.write_now(outbox.claim, night) is None
    # The roster may change until the morning: it is looked again every hour.
    assert {row.try_after for row in rows(cebu)} == {night + LOOK_AGAIN}


async def test_what_comes_while_one_waits_waits_as_well(cebu: House) -> None:
    night = local("2026-03-06 23:00")
    cebu.clock.move_to(night)
    tell(cebu, "Agent 1", "one")
    tell(cebu, "Agent 1", "two")
    await settled(cebu)
    tell(cebu, "Agent 1", "three")
    (waits,) = {row.try_after for row in rows(cebu)}
    # The sandbox's clock goes on while they are queued.
    assert night + LOOK_AGAIN <= waits < night + LOOK_AGAIN + timedelta(minutes=1)
