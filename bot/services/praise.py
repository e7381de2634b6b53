"""Kudos: given once for each key, said through the outbox, with points from the giver's monthly allowance."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Final

from pydantic import TypeAdapter
from sqlmodel import Session

from bot.domain import praise as domain
from bot.domain.board import BoardPost
from bot.domain.lacking import Lack
from bot.domain.ledger import ISSUER, SINK, Deed, Unit, person, sha256, transfer
from bot.domain.manners import conversation
from bot.domain.people import Member, Who
from bot.domain.periods import zone
from bot.domain.praise import Allowance, Given, KudosPost, KudosReceived, Opening, Typed, Why
from bot.domain.programme import Programme, SiteMode
from bot.errors import ForbiddenError, FormError, RefusedError
from bot.services import outbox, who
from bot.services import programme as programmes
from bot.store import ledger, merging, people, roles, texts
from bot.store import praise as store
from bot.store.praise import Kept

_POST: Final = TypeAdapter(KudosPost)
_NAMING: Final[Mapping[str, Callable[[str], Iterable[int]]]] = MappingProxyType(
    {
        "kudos": lambda value: _POST.validate_json(value).receivers,
        "kudos_received": lambda value: [TypeAdapter(KudosReceived).validate_json(value).giver],
        "board": lambda value: TypeAdapter(BoardPost).validate_json(value).person_ids(),
    }
)
"""Whom a message of Encore's names to everybody who reads it, by its view."""


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
    members: Mapping[str, Member] = field(default_factory=dict)
    """What Slack says of the receivers, of those it told of."""

    def request_hash(self) -> str:
        """Return the hash by which a repeat is known."""
        return sha256(json.dumps([self.receivers, self.words, self.values, self.private, self.about]))

    def name(self, slack_id: str) -> str:
        """Return how somebody is called whom Encore does not know: never by a handle or an id."""
        member = self.members.get(slack_id)
        return (member.name if member else "") or "Somebody you named"


def give(session: Session, at: datetime, asked: Asked) -> Given:
    """Give a praise: keep it, move the points, queue what is said. Asked again under the same key, it answers the same.

    RefusedError where the giver is not known here or has left, their site is not live, or nobody named a channel;
    FormError where somebody who is named cannot get kudos, or the words are too few or too many: everything at once.
    """
    programme = programmes.current(session, at)
    giver = _known(session, at, asked.workspace_id, asked.giver)
    store.alone(session, giver.person_id)
    named = {slack_id: who.find(session, at, asked.workspace_id, slack_id) for slack_id in asked.receivers}
    receivers = list({found.person_id: found for found in named.values() if found is not None}.values())
    merging.hold(session, {giver.person_id, *(receiver.person_id for receiver in receivers)})
    kept = store.find(session, asked.key)
    if kept is not None:
        # What is done is answered as done, whatever has changed since.
        return _receipt(session, at, programme, asked, giver, receivers, kept)
    _check_live(session, at, giver)
    _check(session, programme, asked, giver, named)
    quiet = people.list_unannounced(session, [receiver.person_id for receiver in receivers])
    announced = [receiver for receiver in receivers if not asked.private and receiver.person_id not in quiet]
    channel = _channel(session, at, programme, giver, announced)
    often = _often(session, at, programme, giver, receivers)
    points = _keep(session, at, programme, asked, giver, receivers, announced, channel, with_points=not often)
    told = _given(receivers, announced, channel, points, _left(session, at, giver, programme))
    return replace(told, often=often, most=programme.kudos.same_pair)


def opening(session: Session, at: datetime, workspace_id: str, slack_id: str) -> Opening:
    """Return what somebody in Slack sees before they give kudos. RefusedError where they may not give any."""
    programme = programmes.current(session, at)
    giver = _known(session, at, workspace_id, slack_id)
    _check_live(session, at, giver)
    for_all = programme.kudos.channel
    return Opening(
        _left(session, at, giver, programme), programme.kudos.values,
        for_all or programme.site(giver.site or "").channel or "", for_all=for_all is not None,
    )  # fmt: skip


def typed(session: Session, at: datetime, workspace_id: str, text: str) -> Typed:
    """Read what was typed, with whole names of people who work here and are linked. InputError as `domain.parse`."""

    def called(first: str) -> list[tuple[str, str]]:
        return store.list_called(session, workspace_id, first, at.date())

    return domain.parse(text, programmes.current(session, at).kudos.values, called)


def named_in(session: Session, workspace_id: str, slack_id: str, channel_id: str, ts: str) -> list[str]:
    """Return the Slack ids of those, but oneself, whom a message of Encore's own names; nobody where it is not known."""
    me = people.find_by_slack(session, workspace_id, slack_id)
    found = store.find_said(session, [channel_id, *([] if me is None else [conversation(me)])], ts)
    naming = None if found is None else _NAMING.get(found[0])
    if found is None or naming is None:
        return []
    ids = [number for number in naming(found[1]) if number != me]
    return roles.list_slack_ids(session, workspace_id, ids)[: domain.MOST_RECEIVERS]


def _receipt(
    session: Session, at: datetime, programme: Programme, asked: Asked, giver: Who, receivers: Sequence[Who], kept: Kept
) -> Given:  # fmt: skip
    """Return what was told when it was given. RefusedError where other kudos were given under this key."""
    if kept.request_hash != asked.request_hash():
        raise RefusedError("These kudos were given already, in other words.")
    posted = store.find_post(session, asked.key)
    channel, public = ("", ()) if posted is None else (posted[0], _POST.validate_json(posted[1]).receivers)
    announced = [receiver for receiver in receivers if receiver.person_id in public]
    told = _given(receivers, announced, channel, kept.points_each, _left(session, at, giver, programme))
    often = () if kept.points_each else _often(session, kept.at, programme, giver, receivers, before=kept.id)
    return replace(told, often=often, most=programme.kudos.same_pair)


def _given(
    receivers: Sequence[Who], announced: Sequence[Who], channel: str, points: int, left: Allowance
) -> Given:  # fmt: skip
    privately = tuple(receiver.name for receiver in receivers if receiver not in announced)
    return Given(tuple(receiver.name for receiver in announced), privately, channel, points, left)


def _known(session: Session, at: datetime, workspace_id: str, slack_id: str) -> Who:
    found = who.find(session, at, workspace_id, slack_id)
    if found is None:
        raise ForbiddenError(who.unknown(session, at))
    if found.has_left:
        raise ForbiddenError("You have left, as far as I know. If that is wrong, ask your admin.")
    return found


def _check_live(session: Session, at: datetime, giver: Who) -> None:
    why = who.not_live(session, at, giver)
    if why:
        raise RefusedError(f"There are no kudos for you to give yet. {why}")


def _check(
    session: Session, programme: Programme, asked: Asked, giver: Who, named: Mapping[str, Who | None]
) -> None:  # fmt: skip
    """Raise FormError where somebody who is named cannot get these kudos, or their words do not fit; what weighs most first."""
    wrong = {
        "to": _hindrances(session, programme, asked, giver, named),
        "words": domain.problem_with(asked.words, programme.kudos.minimum_words),
    }
    if any(wrong.values()):
        raise FormError({field: words for field, words in wrong.items() if words})


def _hindrances(
    session: Session, programme: Programme, asked: Asked, giver: Who, named: Mapping[str, Who | None]
) -> str:  # fmt: skip
    ids = [found.person_id for found in named.values() if found is not None]
    thanked = store.list_thanked(session, _once_for(asked, giver), ids) if asked.about else set()
    hindered = [
        (found.name if found else asked.name(slack_id), why)
        for slack_id, found in named.items()
        if (why := _hindrance(programme, found, asked.members.get(slack_id), thanked))
    ]
    own = ["Kudos are for others: you cannot give them to yourself."] if giver.person_id in ids else []
    return " ".join([*own, *([domain.refusal(list(dict.fromkeys(hindered)))] if hindered else [])])


def _hindrance(programme: Programme, found: Who | None, member: Member | None, thanked: set[int]) -> Why | None:
    of_account = None if member is None else domain.OF_ACCOUNT.get(member.account)
    if found is None or of_account is Why.BOT:
        return of_account or Why.UNKNOWN
    if found.has_left or of_account is Why.LEFT:
        return Why.LEFT
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
    announced: Sequence[Who], channel: str, *, with_points: bool,
) -> int:  # fmt: skip
    """Keep the praise, move the points, queue the post and a message to each receiver; return what each gets."""
    ids = tuple(receiver.person_id for receiver in receivers)
    points = _move_points(session, at, programme, asked, giver, ids) if with_points else 0
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


def _often(
    session: Session, at: datetime, programme: Programme, giver: Who, receivers: Sequence[Who], *,
    before: int | None = None,
) -> tuple[str, ...]:  # fmt: skip
    """Return who got points from the giver as often in their month as one person's kudos can bring them to another.

    Whoever gives is alone at it (`store.alone`), so that of two at once the second counts the first.
    """
    if not domain.points_of(programme.kudos, giver.roles):
        return ()
    since = domain.began_at(at, zone(giver.zone))
    ids = [receiver.person_id for receiver in receivers]
    counts = store.count_with_points(session, giver.person_id, ids, since, before=before)
    return tuple(r.name for r in receivers if counts.get(r.person_id, 0) >= programme.kudos.same_pair)


def _move_points(
    session: Session, at: datetime, programme: Programme, asked: Asked, giver: Who, receivers: tuple[int, ...]
) -> int:
    """Move the points from the allowance to the receivers; 0 where the programme has none or the allowance is short."""
    each = domain.points_of(programme.kudos, giver.roles)
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
    postings = transfer(unit, programme.kudos.allowance_of(giver.roles), source=ISSUER, target=owner)
    # Not asked again with another amount: a new allowance of the programme counts from the next month on.
    if ledger.find(session, f"{unit}:{owner}") is None:
        ledger.append(session, at, Deed(f"{unit}:{owner}", "allowance", "programme", postings, {"month": unit}))
    return unit


def _left(session: Session, at: datetime, giver: Who, programme: Programme) -> Allowance:
    here = zone(giver.zone)
    unit, owner = domain.giving_unit(at, here), person(giver.person_id)
    each = domain.points_of(programme.kudos, giver.roles)
    whole = programme.kudos.allowance_of(giver.roles) if each else 0
    opened = each > 0 and ledger.find(session, f"{unit}:{owner}") is not None
    left = ledger.balance(session, owner, unit) if opened else whole
    return Allowance(left, whole, each, domain.renews_at(at, here), giver.locale)
