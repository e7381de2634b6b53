"""Deeds happen one after the other, in an order that real time does not contradict (strict serializability).

Every deed touches two accounts, whose versions say in which order the deeds came there. Put together, these orders and
"ended before the other began" must have no circle.
"""

import random
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import NamedTuple

import pytest

from bot.domain.ledger import ISSUER, Deed, Unit, person, transfer
from bot.store import bulk, ledger
from bot.store.database import Database
from tests.store.test_ledger import AT

PEOPLE, LANES, DEEDS = 3, 6, 20


class Done(NamedTuple):
    """A deed with when it began and ended, and the version it made on each account."""

    key: str
    began: float
    ended: float
    versions: tuple[tuple[int, int], ...]


def contradictions(history: Sequence[Done]) -> bool:
    """Whether no order of the deeds fits both the accounts and the clock."""
    after: dict[str, set[str]] = {deed.key: set() for deed in history}
    of_account: dict[int, list[tuple[int, str]]] = {}
    for deed in history:
        for account, version in deed.versions:
            of_account.setdefault(account, []).append((version, deed.key))
    for order in of_account.values():
        for (_, first), (_, then) in pairwise(sorted(order)):
            after[then].add(first)
    for one in history:
        after[one.key] |= {other.key for other in history if other.ended < one.began}
    try:
        TopologicalSorter(after).prepare()
    except CycleError:
        return True
    return False


@pytest.fixture
def history(database_url: str) -> list[Done]:
    db = Database(database_url)
    for number in range(PEOPLE):
        postings = transfer(Unit.POINTS, 1000, source=ISSUER, target=person(number))
        db.write_now(ledger.append, AT, Deed(f"a{number}", "award", "story", postings, {"to": number}))
    gate, times = threading.Barrier(LANES), dict[str, tuple[float, float]]()

    def lane(number: int) -> None:
        dice = random.Random(number)
        gate.wait()
        for n in range(DEEDS):
            source, target = dice.sample(range(PEOPLE), 2)
            postings = transfer(Unit.POINTS, 1, source=person(source), target=person(target))
            began = time.monotonic()
            db.write_now(ledger.append, AT, Deed(f"{number}:{n}", "gift", "story", postings, {"to": target}))
            times[f"{number}:{n}"] = began, time.monotonic()

    with ThreadPoolExecutor(LANES) as threads:
        list(threads.map(lane, range(LANES)))
    sql = "SELECT t.key, e.account_id, e.version FROM entry e JOIN txn t ON t.id = e.txn_id WHERE t.kind = 'gift'"
    versions: dict[str, list[tuple[int, int]]] = {}
    for key, account, version in db.read_now(bulk.query, sql):
        versions.setdefault(key, []).append((account, version))
    db.close()
    return [Done(key, *times[key], tuple(versions[key])) for key in times]


def test_there_is_one_order_of_all_deeds(history: list[Done]) -> None:
    assert len(history) == LANES * DEEDS
    assert not contradictions(history)


def test_a_shuffled_history_is_found_out(history: list[Done]) -> None:
    dice = random.Random(1)
    versions = [deed.versions for deed in history]
    dice.shuffle(versions)
    assert contradictions([deed._replace(versions=other) for deed, other in zip(history, versions, strict=True)])
