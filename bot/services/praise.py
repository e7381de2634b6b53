"""Kudos: given once for each key, said through the outbox, with points from the giver's monthly allowance."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session

from bot.domain import praise as domain
from bot.domain.lacking import Lack
from bot.domain.ledger import ISSUER, SINK, Deed, Unit, person, sha256, transfer
from bot.domain.people import Member, Who
from bot.domain.periods import zone
from bot.domain.praise import Allowance, Given, KudosPost, KudosReceived, ReceiverError, Why
from bot.domain.programme import Programme, SiteMode
from bot.errors import RefusedError
from bot.services import outbox, who
from bot.services import programme as programmes
from bot.store import ledger, people, texts
from bot.store import praise as store


@dataclass(frozen=True, slots=True)
class Asked:
    """One praise as it was asked for: who gives (in Slack), under which key, to whom, in which words."""

    key: str
    workspace_id: str
    giver: str
    receivers: tuple[str, ...]
    words: str
    values: tuple[str, ...]
    private: bool = False
    about: str = ""
    """The message it is for, by its workspace, channel and ts; for one message everybody is thanked once."""
    link: str = ""
    """Where that message can be read, where Slack told."""
    called: Mapping[str, str] = field(default_factory=dict)
    """The names that stood there, by Slack id."""
    members: Mapping[str, Member] = field(default_factory=dict)
    """What Slack says of the receivers, of those it told of."""

    def request_hash(self) -> str:
        """Return the hash by which a repeat is known."""
        return sha256(json.dumps([self.receivers, self.words, self.values, self.private, self.about]))

    def name(self, slack_id: str) -> str:
        """Return how somebody is called whom Encore does not know."""
        member = self.members.get(slack_id)
        return (member.name if member else self.called.get(slack_id)) or "Somebody you named"


def give(session: Session, at: datetime, asked: Asked) -> Given:
    """Give a praise: keep it, move the points, queue what is said. Asked again under the same key, it answers the same.

    RefusedError where the giver is not known here or has left, a site is not live, or nobody named a channel;
    ReceiverError where somebody who is named cannot get kudos.
    """
    programme = programmes.current(session, at)
    giver = _giver(session, at, asked.workspace_id, asked.giver)
    store.alone(session, giver.person_id)
    named = {slack_id: who.find(session, at, asked.workspace_id, slack_id) for slack_id in asked.receivers}
    receivers = list({found.person_id: found for found in named.values() if found is not None}.values())
    people.hold(session, {giver.person_id, *(receiver.person_id for receiver in receivers)})
    kept = store.find(session, asked.key)
    if kept is not None and kept.request_hash != asked.request_hash():
        raise RefusedError("These kudos were given already, in other words.")
    if kept is None:
        _check(session, programme, asked, giver, named)
    quiet = people.list_unannounced(session, [receiver.person_id for receiver in receivers])
    announced = [receiver for receiver in receivers if not asked.private and receiver.person_id not in quiet]
    channel = _channel(session, at, programme, giver, announced)
    points = (
        _keep(session, at, programme, asked, giver, receivers, announced, channel) if kept is None else kept.points_each
    )
    return Given(
        tuple(receiver.name for receiver in announced),
        tuple(receiver.name for receiver in receivers if receiver not in announced),
        channel, points, _left(session, at, giver, programme),
    )  # fmt: skip


def allowance(session: Session, at: datetime, workspace_id: str, slack_id: str) -> Allowance:
    """Return what somebody in Slack may still give this month. RefusedError where they may not give kudos."""
    programme = programmes.current(session, at)
    return _left(session, at, _giver(session, at, workspace_id, slack_id), programme)


def _giver(session: Session, at: datetime, workspace_id: str, slack_id: str) -> Who:
    found = who.find(session, at, workspace_id, slack_id)
    if found is None:
        raise RefusedError(who.unknown(session, at))
    if found.has_left:
        raise RefusedError("You have left, as far as I know. If that is wrong, ask your admin.")
    why = who.not_live(session, at, found)
    if why:
        raise RefusedError(f"There are no kudos for you to give yet. {why}")
    return found


def _check(
    session: Session, programme: Programme, asked: Asked, giver: Who, named: Mapping[str, Who | None]
) -> None:  # fmt: skip
    """Refuse where somebody who is named cannot get these kudos. Raises ReceiverError."""
    ids = [found.person_id for found in named.values() if found is not None]
    if giver.person_id in ids:
        raise ReceiverError("Kudos are for others: you cannot give them to yourself.")
    thanked = store.list_thanked(session, _once_for(asked, giver), ids) if asked.about else set()
    hindered = [
        (found.name if found else asked.name(slack_id), why)
        for slack_id, found in named.items()
        if (why := _hindrance(programme, found, asked.members.get(slack_id), thanked))
    ]
    if hindered:
        raise ReceiverError(domain.refusal(list(dict.fromkeys(hindered))))


def _hindrance(programme: Programme, found: Who | None, member: Member | None, thanked: set[int]) -> Why | None:
    if member is not None and member.bot:
        return Why.BOT
    if (member is not None and member.closed) or (found is not None and found.has_left):
        return Why.LEFT
    if found is None:
        return Why.UNKNOWN
    if not _is_live(programme, found):
        return Why.NOT_LIVE
    return Why.THANKED if found.person_id in thanked else None


def _is_live(programme: Programme, somebody: Who) -> bool:
    return programme.site(somebody.site or "").mode is SiteMode.LIVE


def _once_for(asked: Asked, giver: Who) -> str:
    return f"{asked.about}:{giver.person_id}"


def _channel(session: Session, at: datetime, programme: Programme, giver: Who, announced: Sequence[Who]) -> str:
    """Return where it is said to everybody; empty where nobody is announced."""
    if not announced:
        return ""
    channel = programme.kudos.channel or programme.site(announced[0].site or "").channel
    if channel is None:
        why = who.lacks(session, at, giver, Lack.CHANNEL)
        raise RefusedError(f"{why} Until then kudos can be given privately, with /kudos alone.")
    return channel


def _keep(
    session: Session, at: datetime, programme: Programme, asked: Asked, giver: Who, receivers: Sequence[Who],
    announced: Sequence[Who], channel: str,
) -> int:  # fmt: skip
    """Keep the praise, move the points, queue the post and a message to each receiver; return what each gets."""
    ids = tuple(receiver.person_id for receiver in receivers)
    points = _move_points(session, at, programme, asked, giver, ids)
    text_id = texts.add(session, at, kind="kudos", body=asked.words)
    store.add(
        session, at, key=asked.key, giver_id=giver.person_id, text_id=text_id, request_hash=asked.request_hash(),
        points_each=points, private=asked.private, receivers=ids,
        once_for=_once_for(asked, giver) if asked.about else None,
    )  # fmt: skip
    public = tuple(receiver.person_id for receiver in announced)
    if public:
        post = KudosPost(giver.person_id, public, text_id, asked.values, points, asked.link)
        outbox.queue(session, at, key=asked.key, channel=channel, view="kudos", value=post)
    for number in ids:
        own = KudosReceived(giver.person_id, text_id, asked.values, points, number not in public, asked.link)
        outbox.tell(session, at, number, key=f"{asked.key}:{number}", view="kudos_received", value=own)
    return points


def _move_points(
    session: Session, at: datetime, programme: Programme, asked: Asked, giver: Who, receivers: tuple[int, ...]
) -> int:
    """Move the points from the allowance to the receivers; 0 where the programme has none or the allowance is short."""
    each = domain.points_of(programme.kudos)
    if not each:
        return 0
    unit = _open_allowance(session, at, giver, programme)
    owner = person(giver.person_id)
    postings = list(transfer(unit, each * len(receivers), source=owner, target=SINK))
    gifts = [transfer(Unit.POINTS, each, source=ISSUER, target=person(receiver))[1] for receiver in receivers]
    postings += [gifts[0]._replace(account=gifts[0].account._replace(owner=ISSUER), amount=-each * len(gifts)), *gifts]
    deed = Deed(asked.key, "kudos", owner, tuple(postings), {"kudos": asked.request_hash()})
    return each if ledger.append(session, at, deed).done else 0


def _open_allowance(session: Session, at: datetime, giver: Who, programme: Programme) -> str:
    unit = domain.giving_unit(at, zone(giver.zone))
    owner = person(giver.person_id)
    postings = transfer(unit, programme.kudos.allowance, source=ISSUER, target=owner)
    # Not asked again with another amount: a new allowance of the programme counts from the next month on.
    if ledger.find(session, f"{unit}:{owner}") is None:
        ledger.append(session, at, Deed(f"{unit}:{owner}", "allowance", "programme", postings, {"month": unit}))
    return unit


def _left(session: Session, at: datetime, giver: Who, programme: Programme) -> Allowance:
    here = zone(giver.zone)
    unit, owner = domain.giving_unit(at, here), person(giver.person_id)
    each = domain.points_of(programme.kudos)
    whole = programme.kudos.allowance if each else 0
    opened = each > 0 and ledger.find(session, f"{unit}:{owner}") is not None
    left = ledger.balance(session, owner, unit) if opened else whole
    return Allowance(left, whole, each, domain.renews_at(at, here), giver.locale)
