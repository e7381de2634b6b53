"""The heads of the ledger's accounts, kept outside the database: what was there then must be there still.

A chain of hashes shows what was changed in the middle of it; that its end was cut off, with the balance beside it, only
shows against a copy of the head that is kept elsewhere (RELIABILITY.md, 7).
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from bot.domain.ledger import sha256
from bot.errors import InputError

KIND: Final = "encore ledger heads"
FORMAT: Final = 1


class Head(NamedTuple):
    """A tracked account as it stood: how many entries it had, and the hash of the last one."""

    account_id: int
    version: int
    head: str


@dataclass(frozen=True, slots=True)
class Heads:
    """The heads of all tracked accounts at a moment (UTC), in the order of their ids."""

    at: datetime
    heads: Sequence[Head]

    @property
    def digest(self) -> str:
        """The SHA-256 over every account's id, version and head, a line each."""
        return sha256("".join(f"{account_id}|{version}|{head}\n" for account_id, version, head in self.heads))

    def dump(self) -> str:
        """Return it as a JSON document."""
        document = {
            "kind": KIND, "format": FORMAT, "at": self.at.isoformat(), "accounts": len(self.heads),
            "sha256": self.digest, "heads": self.heads,
        }  # fmt: skip
        return json.dumps(document, indent=None, separators=(",", ":")) + "\n"


def load(text: str, *, origin: str) -> Heads:
    """Read what `dump` wrote. InputError where it is something else, or was changed since."""
    try:
        document = json.loads(text)
        at = datetime.fromisoformat(document["at"])
        heads = Heads(at, [Head(int(number), int(version), str(head)) for number, version, head in document["heads"]])
        stated, kind, count = document["sha256"], document["kind"], document["accounts"]
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{origin} is not an export of `encore verify`.") from error
    if kind != KIND or stated != heads.digest or count != len(heads.heads) or at.tzinfo is None:
        raise InputError(
            f"{origin} is not as `encore verify` wrote it: its own digest does not fit. Take another copy."
        )
    return heads


def missing(
    then: Iterable[Head], now: Mapping[int, int], hashes: Mapping[tuple[int, int], str]
) -> list[tuple[int, str]]:
    """Return which accounts are not what they were, with why, in words.

    `now` has how many entries each account has by now, `hashes` the hash of the entry that was the last one then.
    """
    found = []
    for account_id, version, head in then:
        has = now.get(account_id)
        if has is None:
            found.append((account_id, "is gone"))
        elif has < version:
            found.append((account_id, f"had {version:,} entries, and has {has:,}"))
        elif version and hashes.get((account_id, version)) != head:
            found.append((account_id, f"has another entry {version:,} than it had"))
    return found
