"""Somebody is linked to Slack at the very moment at which a message to them is given up, since they are not."""

import threading
from collections.abc import Callable, Iterator
from datetime import date

import pytest
from sqlmodel import Session

from bot.services import leavers, outbox, people
from bot.store import bulk
from tests.encore import House, go_live, house, thursday, until
from tests.jobs.personal import states, tell

LEA = "ULEA"
WAITING = "SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"


@pytest.fixture
def cebu(postgres_url: str) -> Iterator[House]:
    where = house(postgres_url)
    thursday(where, people_count=2)
    go_live(where, boards=[])
    yield where
    where.centre.close()


Deed = Callable[[Session, House], object]


def link(session: Session, where: House, name: str = "Agent 1") -> object:
    return people.link(session, where.clock.now(), where.centre.person(name), slack_id=LEA)


def give_up(session: Session, where: House) -> object:
    return outbox.claim(session, where.clock.now())


def merge(session: Session, where: House) -> object:
    return people.merge(session, where.clock.now(), where.centre.person("Agent 2"), where.centre.person("Agent 1"))


def leave(where: House, on: date | None) -> Deed:
    def deed(session: Session, _: House) -> object:
        return leavers.mark(session, where.clock.now(), where.centre.person("Agent 1"), on, actor="story")

    return deed


async def both(where: House, first: Deed, second: Deed) -> None:
    """Do the first deed, and before it is committed the second, as far as that gets."""
    done, go = threading.Event(), threading.Event()

    def held(session: Session) -> None:
        first(session, where)
        done.set()
        assert go.wait(30)

    threads = [
        threading.Thread(target=where.centre.db.write_now, args=(held,)),
        threading.Thread(target=where.centre.db.write_now, args=(second, where)),
    ]
    threads[0].start()
    await until(done.is_set)
    threads[1].start()
    await until(lambda: not threads[1].is_alive() or is_waiting(where))
    go.set()
    for thread in threads:
        thread.join()


def is_waiting(where: House) -> bool:
    return bool(where.centre.db.read_now(bulk.query, WAITING)[0][0])


@pytest.mark.parametrize(("first", "second"), [(link, give_up), (give_up, link)])
async def test_who_is_linked_meanwhile_gets_it(cebu: House, first: Deed, second: Deed) -> None:
    tell(cebu, "Agent 1", "one", asks=True)
    await both(cebu, first, second)
    assert states(cebu)["one"][0] != "dead"


@pytest.mark.parametrize(("first", "second"), [(merge, give_up), (give_up, merge)])
async def test_what_was_to_go_to_an_entry_that_is_merged_meanwhile_goes_to_the_other(
    cebu: House, first: Deed, second: Deed
) -> None:
    cebu.centre.db.write_now(link, cebu, "Agent 2")
    tell(cebu, "Agent 1", "one", asks=True)
    await both(cebu, first, second)
    assert states(cebu)["one"][0] != "dead"


@pytest.mark.parametrize("gives_up_first", [False, True])
async def test_who_stays_after_all_gets_it(cebu: House, gives_up_first: bool) -> None:
    cebu.centre.db.write_now(link, cebu)
    cebu.centre.db.write_now(leave(cebu, date(2026, 3, 5)), cebu)
    tell(cebu, "Agent 1", "one", asks=True)
    stay = leave(cebu, None)
    await both(cebu, *((give_up, stay) if gives_up_first else (stay, give_up)))
    assert states(cebu)["one"][0] != "dead"
