"""Kudos: given once for each key, posted through the outbox, with points from the giver's monthly allowance."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from bot.domain import praise as domain
from bot.domain.ledger import ISSUER, SINK, Deed, Unit, person, sha256, transfer
from bot.domain.periods import zone
from bot.domain.praise import Allowance, Given, KudosPost
from bot.domain.programme import Programme, SiteMode
from bot.errors import RefusedError
from bot.services import outbox
from bot.services import programme as programmes
from bot.store import ledger, people, texts
from bot.store import praise as store
from bot.store.people import Here


@dataclass(frozen=True, slots=True)
class Asked:
    """One praise as it was asked for: who gives (in Slack), under which key, to whom, in which words."""

    key: str
    workspace_id: str
    giver: str
    receivers: tuple[str, ...]
    words: str
    values: tuple[str, ...]


def give(session: Session, at: datetime, asked: Asked) -> Given:
    """Give a praise: keep it, move the points, queue the post. Asked again under the same key, it answers the same.

    RefusedError where the giver or a receiver is not known here, has left, is the giver, or their site is not live.
    """
    programme = programmes.current(session, at)
    giver = _known(session, at, programme, asked.workspace_id, asked.giver, me=True)
    receivers = [_known(session, at, programme, asked.workspace_id, slack_id) for slack_id in asked.receivers]
    receivers = list({here.person_id: here for here in receivers}.values())
    if giver.person_id in {here.person_id for here in receivers}:
        raise RefusedError("Kudos are for others: you cannot give them to yourself.")
    channel = programme.kudos.channel or programme.site(receivers[0].site or "").channel
    if channel is None:
        raise RefusedError("There is no channel for kudos yet. Ask your admin to name one in the programme.")
    request_hash = sha256("|".join([asked.words, *asked.values, *(str(here.person_id) for here in receivers)]))
    kept = store.find(session, asked.key)
    if kept is None:
        kept = _keep(session, at, asked, programme, giver, receivers, request_hash, channel)
    if kept.request_hash != request_hash:
        raise RefusedError("These kudos were given already, in other words.")
    left = _left(session, at, giver, programme)
    return Given(
        tuple(here.name for here in receivers), kept.points_each, programme.kudos.points, left.left, left.renews_at,
        left.locale, channel,
    )  # fmt: skip


def allowance(session: Session, at: datetime, workspace_id: str, slack_id: str) -> Allowance:
    """Return what somebody in Slack may still give this month. RefusedError where they are not known here."""
    programme = programmes.current(session, at)
    return _left(session, at, _known(session, at, programme, workspace_id, slack_id, me=True), programme)


def _keep(
    session: Session, at: datetime, asked: Asked, programme: Programme, giver: Here, receivers: Sequence[Here],
    request_hash: str, channel: str,
) -> store.Kept:  # fmt: skip
    ids = tuple(here.person_id for here in receivers)
    points_each = _move_points(session, at, asked, programme, giver, ids, request_hash)
    text_id = texts.add(session, at, kind="kudos", body=asked.words)
    new = store.add(
        session, at, key=asked.key, giver_id=giver.person_id, text_id=text_id, request_hash=request_hash,
        points_each=points_each, receivers=ids,
    )  # fmt: skip
    if new:
        post = KudosPost(giver.person_id, ids, text_id, asked.values, points_each)
        outbox.queue(session, at, key=asked.key, channel=channel, view="kudos", value=post)
    kept = store.find(session, asked.key)
    assert kept is not None
    return kept


def _move_points(
    session: Session, at: datetime, asked: Asked, programme: Programme, giver: Here, receivers: tuple[int, ...],
    request_hash: str,
) -> int:  # fmt: skip
    """Move the points from the allowance to the receivers; 0 where the programme has none or the allowance is spent."""
    each = programme.kudos.points
    if not each or not programme.kudos.allowance:
        return 0
    unit = _open_allowance(session, at, giver, programme)
    owner = person(giver.person_id)
    postings = list(transfer(unit, each * len(receivers), source=owner, target=SINK))
    gifts = [transfer(Unit.POINTS, each, source=ISSUER, target=person(receiver))[1] for receiver in receivers]
    postings += [gifts[0]._replace(account=gifts[0].account._replace(owner=ISSUER), amount=-each * len(gifts)), *gifts]
    deed = Deed(asked.key, "kudos", owner, tuple(postings), {"kudos": request_hash})
    return each if ledger.append(session, at, deed).done else 0


def _open_allowance(session: Session, at: datetime, giver: Here, programme: Programme) -> str:
    unit = domain.giving_unit(at, zone(giver.zone or "UTC"))
    owner = person(giver.person_id)
    postings = transfer(unit, programme.kudos.allowance, source=ISSUER, target=owner)
    # Not asked again with another amount: a new allowance of the programme counts from the next month on.
    if ledger.find(session, f"{unit}:{owner}") is None:
        ledger.append(session, at, Deed(f"{unit}:{owner}", "allowance", "programme", postings, {"month": unit}))
    return unit


def _left(session: Session, at: datetime, giver: Here, programme: Programme) -> Allowance:
    here = zone(giver.zone or "UTC")
    unit, owner = domain.giving_unit(at, here), person(giver.person_id)
    opened = ledger.find(session, f"{unit}:{owner}") is not None
    whole = programme.kudos.allowance
    left = ledger.balance(session, owner, unit) if opened else whole
    return Allowance(left, whole, domain.renews_at(at, here), giver.locale or "en")


def _known(
    session: Session, at: datetime, programme: Programme, workspace_id: str, slack_id: str, *, me: bool = False
) -> Here:
    stays = people.list_here(session, workspace_id, slack_id)
    if not stays:
        if me:
            raise RefusedError(f"I do not know you yet. Ask {programme.ask} to link you to Encore.")
        raise RefusedError(
            "Somebody you named is not linked to Encore: bots and guests cannot get kudos, and people who are new here "
            "only when an admin has linked them."
        )
    here = stays[0]
    today = at.astimezone(zone(here.zone or "UTC")).date()
    if people.left_on(session, here.person_id, today):
        raise RefusedError("You have left, as far as I know." if me else f"{here.name} does not work here any more.")
    if programme.site(here.site or "").mode is not SiteMode.LIVE:
        whose = "your site" if me else f"the site of {here.name}"
        raise RefusedError(f"Encore is not live at {whose} yet, so there are no kudos for now.")
    return here
