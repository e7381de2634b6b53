"""What must be said in Slack: queued with the fact it tells, settled when Slack has answered."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

from pydantic import TypeAdapter
from sqlmodel import Session

from bot.domain.manners import conversation, queue_of_asking, whom
from bot.domain.programme import SiteMode
from bot.services import manners
from bot.services import programme as programmes
from bot.store import outbox as store
from bot.store import people, workspaces
from bot.store import texts as store_texts
from bot.store.outbox import Status, Waiting

LEASE = timedelta(minutes=5)
"""Longer than asking and posting takes, each with its time-outs; after it the sender counts as gone."""

PAUSE = timedelta(seconds=1)
"""Slack takes one message a second in a channel."""

SHUT_OUT_FOR: Final = timedelta(minutes=1)
"""So long after the next try it still counts as refused: as long as something waits, each try says so anew."""

ANY_WORKSPACE: Final = "*"

LOOKS: Final = 20
"""How many messages one transaction settles at most that are not to be sent now: a few milliseconds each."""

POST, EDIT, LOOK = "post", "edit", "look"
_WAYS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "chat.postMessage": POST, "chat.update": EDIT, "conversations.history": LOOK, "conversations.open": LOOK,
        "users.conversations": LOOK,
    }
)  # fmt: skip
"""What cannot be done while Slack does not want to hear a method."""


@dataclass(frozen=True, slots=True)
class Settled:
    """Some messages are not to be sent now, and there may be others: whoever claims may ask again at once."""

    count: int


def queue(
    session: Session, at: datetime, *, key: str, channel: str, view: str, value: Any, site_id: int | None = None
) -> bool:  # fmt: skip
    """Queue what a view is to say in a channel; False where it was queued before under this key.

    The value is a frozen dataclass of the domain that names people by their ids: names are put in when it is sent. Where
    it is about a site that is not live any more by then, nobody says it.
    """
    return store.add(session, at, key=key, channel=channel, view=view, value=_frozen(value), site_id=site_id)


def tell(
    session: Session, at: datetime, person_id: int, *, key: str, view: str, value: Any, asks: bool = False
) -> bool:
    """Queue what is said to one person, in their hours and as they chose; False where it was queued before.

    `asks`: it asks for their decision. Then it stands by itself, and neither a limit nor news hold it back.
    """
    return store.add(
        session, at, key=key, channel=conversation(person_id), queue=queue_of_asking(person_id) if asks else "",
        view=view, value=_frozen(value), asks=asks,
    )  # fmt: skip


def edit(
    session: Session, at: datetime, of_key: str, *, key: str, view: str, value: Any, needless: bool = False
) -> bool:  # fmt: skip
    """Queue what takes the place of an earlier message; False where there is no such one, or it was queued before.

    It follows the earlier one and waits for nothing else. Where that is never said, or a card says it, it is dropped. `needless`: the earlier one
    asked for what has been decided since. Where it still waits to be said, nobody needs to read either.
    """
    if needless and store.withdraw(session, of_key):
        return False
    target = store.find_target(session, of_key)
    if target is None:
        return False
    edits_id, channel = target
    return store.add(
        session, at, key=key, channel=channel, view=view, value=_frozen(value), edits_id=edits_id
    )  # fmt: skip


def claim(session: Session, at: datetime, workspace_id: str = ANY_WORKSPACE) -> Waiting | Settled | None:
    """Take the next message that may be sent; None where none may.

    What is to be said to a person now, later, in a card or not at all is decided here, in one with the taking: of two
    senders one decides.
    """
    names = {_slow(workspace_id, method): way for method, way in _WAYS.items()}
    closed = {names[name] for name in store.list_slow(session, at, list(names))}
    if POST in closed:
        return None
    store.alone(session)
    for _ in range(LOOKS):
        found = store.find_next(session, at, pause=PAUSE, edits=EDIT not in closed, uncertain=LOOK not in closed)
        if found is None:
            return None
        ready = _prepared(session, at, found, workspace_id)
        if ready is not None:
            store.take(session, at, ready.id, lease=LEASE)
            return replace(ready, lease=at + LEASE)
    return Settled(LOOKS)


def sent(
    session: Session, at: datetime, message_id: int, ts: str, *, posted_in: str | None = None,
    said_to: str | None = None,
) -> None:  # fmt: skip
    """Remember that a message is in Slack, under which `ts`, in which channel by Slack's own answer, and for which account.

    Of a sender that another one has replaced as well: Slack has it. What else such a one tells changes nothing.
    """
    store.mark_sent(session, at, message_id, ts, posted_in=posted_in, said_to=said_to)


def wait(session: Session, claimed: Waiting, *, until: datetime, why: str) -> None:
    """Let a message wait that Slack surely did not take."""
    store.put_back(session, claimed.id, try_after=until, error=why, lease=claimed.lease)


def doubt(session: Session, claimed: Waiting, *, until: datetime, why: str, tried: bool = True) -> None:
    """Let a message wait of which the sender does not know what came of it; then Slack is asked.

    Where Slack itself did not answer it counts as not `tried`.
    """
    store.doubt(session, claimed.id, until=until, error=why, tried=tried, lease=claimed.lease)


def slow_down(
    session: Session, claimed: Waiting, *, until: datetime, workspace_id: str, method: str, uncertain: bool,
    why: str = "ratelimited",
) -> None:  # fmt: skip
    """Let whatever needs this method wait in the whole workspace, for every process: Slack asked for it.

    The message at which it was heard waits as well, and the try does not count. `why` is Slack's word for it.
    """
    leave_alone(session, until=until, workspace_id=workspace_id, method=method)
    if uncertain:
        doubt(session, claimed, until=until, why=why, tried=False)
    else:
        store.put_back(session, claimed.id, try_after=until, error=why, tried=False, lease=claimed.lease)


def is_slow(session: Session, at: datetime, workspace_id: str, method: str) -> bool:
    """Whether Slack does not want to be asked for this now."""
    return bool(store.list_slow(session, at, [_slow(workspace_id, method)]))


def shut_out(
    session: Session, claimed: Waiting, *, until: datetime, workspace_id: str, uncertain: bool, why: str
) -> None:  # fmt: skip
    """Let all wait, since Slack refuses Encore itself, and keep for whoever asks why."""
    slow_down(
        session,
        claimed,
        until=until,
        workspace_id=workspace_id,
        method="chat.postMessage",
        uncertain=uncertain,
        why=why,
    )
    store.slow_down(session, _refuses(workspace_id) + why, until + SHUT_OUT_FOR)


def refused(session: Session, at: datetime, workspace_id: str = "") -> str | None:
    """Return Slack's word for why it refuses Encore itself, in this workspace or any; None where it does not."""
    return store.find_slow(session, at, _refuses(workspace_id) if workspace_id else _refuses("%"))


def accepted(session: Session, workspace_id: str) -> None:
    """Forget that Slack refused Encore: it has just taken the token."""
    store.forget_slow(session, _refuses(workspace_id))


def leave_alone(session: Session, *, until: datetime, workspace_id: str, method: str) -> None:
    """Let whatever needs this method wait in the whole workspace, for every process: Slack asked for it."""
    store.slow_down(session, _slow(workspace_id, method), until)


def drop(session: Session, claimed: Waiting, *, why: str) -> None:
    """Let nobody say a message that has become needless."""
    store.fold(session, claimed.id, None, error=why, lease=claimed.lease)


def counts(session: Session) -> dict[str, int]:
    """Return how many messages wait, are with a sender, or were given up."""
    return store.counts(session)


def names(session: Session, person_ids: set[int]) -> dict[int, str]:
    """Return the names of people, by id; who was erased is not among them."""
    return people.list_names(session, person_ids)


def locale_of(session: Session, person_id: int) -> str:
    """Return how somebody writes numbers; English where that is not known."""
    return people.find_locale(session, person_id) or "en"


def texts(session: Session, text_ids: set[int]) -> dict[int, str]:
    """Return what people wrote, by id; what was erased is not among it."""
    return store_texts.list_bodies(session, text_ids)


def remember_classic(session: Session, workspace_id: str) -> None:
    """Remember that a workspace refused the blocks of 2026."""
    workspaces.remember_classic(session, workspace_id)


def classic_workspaces(session: Session) -> set[str]:
    """Return the workspaces that get the classic form."""
    return workspaces.list_classic(session)


def _prepared(session: Session, at: datetime, message: Waiting, workspace_id: str) -> Waiting | None:
    """Return a message with everything that its sender needs; None where it is not to be sent now."""
    if message.edits_id is not None:
        status, said, until = store.find_said(session, message.edits_id)
        if status in {Status.DEAD, Status.FOLDED}:
            store.fold(session, message.id, None, error="edits_what_was_never_said")
            return None
        if said is None:
            # Before that nobody says it, and so it need not be looked at.
            store.put_back(session, message.id, try_after=max(until, at + PAUSE), error=None)
            return None
        message = replace(message, edits=said)
    if whom(message.channel) is not None:
        return manners.last_word(message) or manners.prepare(session, at, message, workspace_id)
    if message.site is not None and programmes.current(session, at).site(message.site).mode is not SiteMode.LIVE:
        store.fold(session, message.id, None, error=manners.SILENT_SITE)
        return None
    return replace(message, to=message.channel)


def _slow(workspace_id: str, method: str) -> str:
    return f"slack:{workspace_id}:{method}"


def _refuses(workspace_id: str) -> str:
    return f"slack:{workspace_id}:refuses:"


def _frozen(value: Any) -> str:
    shape = type(value)
    if shape not in _ADAPTERS:
        _ADAPTERS[shape] = TypeAdapter(shape)
    return _ADAPTERS[shape].dump_json(value).decode()


_ADAPTERS: Final[dict[type[Any], TypeAdapter[Any]]] = {}
"""What writes the values of each type: to make it takes longer than the rest of a deed."""
