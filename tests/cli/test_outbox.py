"""`encore outbox`: what was given up is listed with its reason, and brought again."""

from datetime import UTC, datetime

import pytest
from sqlmodel import Session

from bot.domain.praise import KudosPost
from bot.services import dead_letters, outbox
from bot.store import bulk
from bot.store.database import Database
from bot.store.outbox import Waiting
from tests.cli.conftest import Line

AT = datetime(2026, 3, 6, 9, tzinfo=UTC)


@pytest.fixture
def db(database_url: str) -> Database:
    return Database(database_url)


def given_up(db: Database, channel: str, why: str) -> None:
    post = KudosPost(1, (1,), 1, (), 0)
    db.write_now(outbox.queue, AT, key=channel, channel=channel, view="kudos", value=post)
    claimed = db.write_now(outbox.claim, AT)
    assert isinstance(claimed, Waiting)
    db.write_now(dead_letters.give_up, AT, claimed.id, why=why, lease=claimed.lease)


def test_what_was_given_up_is_listed_with_the_reason_and_what_helps(line: Line, db: Database) -> None:
    given_up(db, "C1", "not_in_channel")
    given_up(db, "C2", "odd_error")
    said = line("outbox", "list")
    assert said.status == 0
    assert "2026-03-06 09:00 UTC  kudos" in said.out
    assert "Encore is not in that channel. Write there: `/invite @encore`." in said.out
    assert "Slack refuses it, and calls that odd_error." in said.out
    assert "2 given up, 0 waiting, 0 being sent." in said.out
    told = line("outbox", "list", "--json").json
    assert [(letter["channel"], letter["cause"], letter["attempts"]) for letter in told["given_up"]] == [
        ("C1", "not_in_channel", 1), ("C2", "odd_error", 1),
    ]  # fmt: skip
    assert (told["waiting"], told["being_sent"]) == (0, 0)
    db.close()


def test_one_is_brought_again_once(line: Line, db: Database) -> None:
    given_up(db, "C1", "not_in_channel")
    number = line("outbox", "list", "--json").json["given_up"][0]["id"]
    assert line("outbox", "retry", number).out == (
        f"Message {number} is tried again; a running Encore sends it within seconds.\n"
    )
    assert line("outbox", "list").out == "0 given up, 1 waiting, 0 being sent.\n"
    again = line("outbox", "retry", number)
    assert (again.status, "was not given up: it is queued" in again.err) == (1, True)
    unknown = line("outbox", "retry", 4711)
    assert (unknown.status, "There is no message 4711" in unknown.err) == (3, True)
    db.close()


def test_many_are_brought_again_by_their_channel_or_their_cause(line: Line, db: Database) -> None:
    for channel, why in (
        ("C1", "not_in_channel"),
        ("C2", "not_in_channel"),
        ("C3", "is_archived"),
        ("C4", "odd_error"),
    ):
        given_up(db, channel, why)
    cases = (["--cause", "not_in_channel"], ["--channel", "C3"])
    assert [line("outbox", "retry", *case).out.split(" ", 1)[0] for case in cases] == ["2", "1"]
    assert line("outbox", "list").out.endswith("1 given up, 3 waiting, 0 being sent.\n")
    kept = db.read_now(bulk.query, "SELECT subject, after FROM audit WHERE deed = 'outbox.retry' ORDER BY id")
    assert kept == [("cause not_in_channel", "2 of them, 1 to 2"), ("channel C3", "1 of them, 3 to 3")]
    nothing = line("outbox", "retry", "--channel", "C4", "--cause", "is_archived")
    assert (nothing.status, "`encore outbox list`" in nothing.err) == (3, True)
    db.close()


def test_more_than_one_transaction_of_them_are_brought_again(line: Line, db: Database) -> None:
    count, post = dead_letters.AT_ONCE + 1, KudosPost(1, (1,), 1, (), 0)

    def deed(session: Session) -> None:
        for n in range(count):
            outbox.queue(session, AT, key=f"C{n}", channel=f"C{n}", view="kudos", value=post)
        bulk.execute(session, "UPDATE outbox SET status = ?, error = ?", [("dead", "not_in_channel")])

    db.write_now(deed)
    assert line("outbox", "retry", "--cause", "not_in_channel").out.startswith(f"{count} messages are")
    assert line("outbox", "list").out == f"0 given up, {count} waiting, 0 being sent.\n"
    db.close()


@pytest.mark.parametrize("asked", [(), ("1", "--channel", "C1"), ("--channel", "C1", "--missing")])
def test_it_is_said_which(line: Line, asked: tuple[str, ...]) -> None:
    refused = line("outbox", "retry", *asked)
    assert refused.status != 0
    assert "ID" in refused.err
