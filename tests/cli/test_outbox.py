"""`encore outbox`: what was given up is listed with its reason, and brought again."""

from datetime import UTC, datetime

import pytest

from bot.domain.praise import KudosPost
from bot.services import dead_letters, outbox
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
