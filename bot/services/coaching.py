"""Coaching: written down once for each form, told to the agent in private, answered once. Nobody else reads it.

Only a lead of a team that the agent belongs to today may write; an admin's role opens nothing here. What was written
stays with the two, also when the agent moves to another team.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from pydantic import TypeAdapter
from sqlmodel import Session

from bot.domain import coaching as domain
from bot.domain import lacking
from bot.domain.coaching import Agent, CoachingPost, Conversation, Draft, Figure, Sheet, Team
from bot.domain.metrics import METRICS
from bot.domain.parts import Parts, join
from bot.domain.people import Reader, Role, Who, first_word, folded
from bot.domain.periods import zone
from bot.domain.programme import Programme, SiteMode
from bot.errors import NotFoundError, RefusedError
from bot.services import outbox, roles
from bot.services import programme as programmes
from bot.store import audit, figures, merging, people, praise, texts
from bot.store import coaching as store
from bot.store.coaching import Kept, Seat

MOST_WRITTEN: Final = 3
"""How many of what a lead wrote for an agent are shown."""

MOST_RECEIVED: Final = 5
"""How many of what an agent received are shown."""

_FIGURE: Final = TypeAdapter(Figure)


@dataclass(frozen=True, slots=True)
class Written:
    """It is kept, and on its way to the agent."""

    name: str


@dataclass(frozen=True, slots=True)
class Wrong:
    """Nothing is kept: what is to be mended, by the field."""

    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Moved:
    """Nothing is kept: the figure has changed since the form was shown; here it is as it stands now."""

    sheet: Sheet
    draft: Draft


@dataclass(frozen=True, slots=True)
class Told:
    """Conversations for one of the two, with the names and texts that are still kept."""

    conversations: Sequence[Conversation]
    reader: Reader
    names: Mapping[int, str] = field(default_factory=dict)
    texts: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answered:
    """A conversation with its one answer; `theirs` is False where another answer had been given before."""

    told: Told
    theirs: bool
    reaches: bool = True
    """Whether the lead who wrote it still works here and is in Slack, and so gets the answer."""


def start(session: Session, at: datetime, who: Who, workspace_id: str, slack_id: str) -> Sheet:
    """Return what the form for somebody in Slack is made of, and write down that their figures were looked at.

    RefusedError where this person may not coach them, says who could.
    """
    stays = people.list_here(session, workspace_id, slack_id)
    _leads_any(session, at, who)
    if not stays:
        raise RefusedError(
            f"Whom you named is not linked to Encore, so they could not read it. Ask {_ask(session, at)} to link them."
        )
    return start_with(session, at, who, stays[0].person_id)


def start_with(session: Session, at: datetime, who: Who, agent_id: int) -> Sheet:
    """Return what the form for a person is made of; as `start` does."""
    programme = programmes.current(session, at)
    seat = _coached(session, at, programme, who, agent_id)
    audit.append(session, at, actor=f"person:{who.person_id}", deed="coaching.look", subject=f"person:{agent_id}")
    return _sheet(session, at, programme, who, seat)


def find_called(session: Session, at: datetime, workspace_id: str, typed: str) -> int | None:
    """Return who of all who work here and are linked has just this name; None where nobody has, or several do."""
    name = typed.removeprefix("@").strip()
    called = praise.list_called(session, workspace_id, first_word(name), at.date())
    stays = [people.list_here(session, workspace_id, one) for one, theirs in called if folded(theirs) == folded(name)]
    return stays[0][0].person_id if len(stays) == 1 and stays[0] else None


def team(session: Session, at: datetime, who: Who) -> Team:
    """Return whom a lead may choose: their agents of today, and those for whom they wrote in the past."""
    programme = programmes.current(session, at)
    seats = [
        seat
        for seat in store.list_seats_of(session, _led(session, who.person_id))
        if seat.covers(_today(at, seat)) and _mode(programme, seat) in _TOLD and seat.person_id != who.person_id
    ]
    now = {seat.person_id: seat.name for seat in seats}
    for away in people.unlinked(session, now):
        del now[away]
    past = people.list_names(session, store.list_coached_by(session, who.person_id) - now.keys())
    own = zone(who.zone)
    last = {n: moment.astimezone(own).date() for n, moment in store.list_last(session, now).items()}
    agents = [Agent(n, name, last.get(n)) for n, name in now.items()]
    return domain.team_of(
        [*agents, *(Agent(n, name, None, now=False) for n, name in past.items())], at.astimezone(own).date()
    )


def write(
    session: Session, at: datetime, key: str, who: Who, agent_id: int, draft: Draft, shown: Mapping[str, str]
) -> Written | Wrong | Moved:  # fmt: skip
    """Keep a coaching and tell the agent; sent again under the same key, it answers the same.

    `shown` has the digest of each figure that the form showed. RefusedError where this person may not coach them, or the
    form was sent before with other words.
    """
    store.alone(session, agent_id)
    merging.hold(session, [who.person_id, agent_id])
    kept = store.find_by_key(session, key)
    if kept is not None:
        if (kept.request_hash, kept.agent_id, kept.lead_id) != (draft.request_hash(), agent_id, who.person_id):
            raise RefusedError("This form was sent already, in other words. Begin anew with /coach.")
        return Written(people.list_names(session, [agent_id]).get(agent_id, ""))
    programme = programmes.current(session, at)
    seat = _coached(session, at, programme, who, agent_id)
    wrong = domain.problems(draft, _today(at, seat)) or _too_old(session, at, seat, draft)
    if wrong:
        return Wrong(wrong)
    figure = _figures(session, at, programme, seat).get(draft.about)
    about_a_figure = draft.about not in {domain.CONTACT, domain.OTHER}
    if about_a_figure and (figure is None or figure.digest() != shown.get(draft.about)):
        return Moved(_sheet(session, at, programme, who, seat), draft)
    _keep(session, at, key, who, seat, draft, figure)
    return Written(seat.name)


def written(session: Session, who: Who, agent_id: int) -> Told:
    """Return the last that this person wrote for another."""
    return _told(session, who.reader, store.list_written(session, who.person_id, agent_id, MOST_WRITTEN))


def received(session: Session, who: Who) -> Told:
    """Return the last that was written for this person."""
    return _told(session, who.reader, store.list_received(session, who.person_id, MOST_RECEIVED))


def one_received(session: Session, who: Who, coaching_id: int) -> Told:
    """Return one that was written for this person. NotFoundError where it was not."""
    return _told(session, who.reader, [_own(store.find(session, coaching_id), who)])


def answer(session: Session, at: datetime, who: Who, coaching_id: int, words: str) -> Answered:
    """Keep the agent's answer and tell the lead; there is one, and whatever comes after it gets that one to see.

    NotFoundError where the coaching was not written for this person.
    """
    kept = _own(store.find(session, coaching_id, to_answer=True), who)
    if kept.answer_text_id is not None:
        told = _told(session, who.reader, [kept])
        return Answered(told, told.texts.get(kept.answer_text_id) == words, _reaches(session, at, kept.lead_id))
    text_id = texts.add(session, at, kind="coaching", body=words)
    kept = store.put_answer(session, at, coaching_id, text_id)
    audit.append(
        session, at, actor=f"person:{who.person_id}", deed="coaching.answer", subject=f"coaching:{coaching_id}"
    )
    _tell_answer(session, at, who, kept)
    return Answered(_told(session, who.reader, [kept]), theirs=True, reaches=_reaches(session, at, kept.lead_id))


_TOLD: Final = frozenset({SiteMode.PRIVATE, SiteMode.LIVE})
"""Where Encore speaks to agents at all."""


def _leads_any(session: Session, at: datetime, who: Who) -> None:
    if not _led(session, who.person_id):
        raise RefusedError(
            "Coaching is written by leads, for the agents of their own team, and you lead none as far as I know. "
            f"If that is wrong, ask {_ask(session, at)}. /coach mine shows what was written for you."
        )


def _coached(session: Session, at: datetime, programme: Programme, who: Who, agent_id: int) -> Seat:
    """Return where the agent is today. RefusedError where this person may not coach them."""
    if agent_id == who.person_id:
        raise RefusedError("Coaching takes two: your own lead can write for you. /coach mine shows what they wrote.")
    _leads_any(session, at, who)
    led = _led(session, who.person_id)
    seat = next(
        (s for s in store.list_seats(session, agent_id) if s.covers(_today(at, s)) and s.team_id in led), None
    )  # fmt: skip
    if seat is None:
        name = people.list_names(session, [agent_id]).get(agent_id, "That colleague")
        raise RefusedError(
            f"{name} is not in a team that you lead today. Only a lead of their own team can write coaching for them, and "
            "Encore shows it to the two of them alone, not even to admins. To thank them, use /kudos."
        )
    mode = _mode(programme, seat)
    if mode not in _TOLD:
        admins = roles.admins(session, at)
        raise RefusedError(
            lacking.words(
                lacking.OF_MODE[mode], admin=who.may(Role.ADMIN), admins=admins, site=f"the site of {seat.name}"
            )
        )
    if people.unlinked(session, [agent_id]):
        raise RefusedError(
            f"{seat.name} is not linked to Encore, so they could not read it. Ask {_ask(session, at)} to link them."
        )
    return seat


def _led(session: Session, person_id: int) -> set[int]:
    grants = people.list_grants(session, person_id)
    return {team_id for role, team_id in grants if role is Role.LEAD and team_id is not None}


def _ask(session: Session, at: datetime) -> str:
    return lacking.whom(roles.admins(session, at))


def _mode(programme: Programme, seat: Seat) -> SiteMode:
    return programme.site(seat.site).mode


def _today(at: datetime, seat: Seat) -> date:
    return at.astimezone(zone(seat.zone)).date()


def _sheet(session: Session, at: datetime, programme: Programme, who: Who, seat: Seat) -> Sheet:
    return Sheet(
        seat.person_id, seat.name, who.reader, tuple(_figures(session, at, programme, seat).values()),
        domain.fresh_days(_today(at, seat)), bool(store.list_written(session, who.person_id, seat.person_id, 1)),
    )  # fmt: skip


def _figures(session: Session, at: datetime, programme: Programme, seat: Seat) -> dict[str, Figure]:
    """Return the figures of the last finished days that a lead may see; where own figures are one's own alone, none."""
    if _mode(programme, seat) is not SiteMode.LIVE:
        return {}
    first, last = domain.fresh_days(_today(at, seat))
    parts: dict[str, list[Parts]] = defaultdict(list)
    cells = figures.list_of(session, "person_id", seat.person_id, first.isoformat(), last.isoformat())
    for cell, found in cells:
        parts[cell.metric].append(found)
    seen = [row for key, row in METRICS.items() if row.leads_see and key in parts]
    joined = [(row, join(row.merge, parts[row.key])) for row in seen]
    return {
        row.key: Figure(row.key, first, last, value, whole.count)
        for row, whole in joined
        if whole.count and (value := row.value(whole)) is not None
    }


def _too_old(session: Session, at: datetime, seat: Seat, draft: Draft) -> Mapping[str, str]:
    """Return what is wrong with a contact that is known and not of the last days; of another nobody can say."""
    if draft.about != domain.CONTACT:
        return {}
    day = store.contact_day(session, seat.person_id, domain.external_ids(draft.what))
    first, _ = domain.fresh_days(_today(at, seat))
    return domain.OLD_CONTACT if day is not None and day < first.isoformat() else {}


def _keep(
    session: Session, at: datetime, key: str, who: Who, seat: Seat, draft: Draft, figure: Figure | None
) -> None:  # fmt: skip
    def text(body: str) -> int | None:
        return texts.add(session, at, kind="coaching", body=body) if body else None

    kept = store.add(
        session, key=key, request_hash=draft.request_hash(), at=at, lead_id=who.person_id, agent_id=seat.person_id,
        about=draft.about, figure=None if figure is None else _FIGURE.dump_json(figure).decode(),
        about_text_id=text(draft.what), went_well_text_id=text(draft.went_well), own_view_text_id=text(draft.own_view),
        one_thing_text_id=text(draft.one_thing), next_step_text_id=text(draft.next_step), next_on=draft.next_on,
    )  # fmt: skip
    audit.append(
        session, at, actor=f"person:{who.person_id}", deed="coaching.write", subject=f"person:{seat.person_id}",
        after=f"coaching:{kept.id}",
    )  # fmt: skip
    post = CoachingPost(_conversation(kept), Reader(seat.zone, seat.locale or "en"))
    # It has a button: no card may swallow it, nor a choice to hear nothing.
    outbox.tell(session, at, seat.person_id, key=f"coaching:{kept.id}", view="coaching", value=post, asks=True)


def _tell_answer(session: Session, at: datetime, who: Who, kept: Kept) -> None:
    """Tell the lead, and let the agent's own message show that it is answered."""
    conversation = _conversation(kept)
    post = CoachingPost(conversation, _reader(session, at, kept.lead_id))
    key = f"coaching:{kept.id}"
    if _reaches(session, at, kept.lead_id):
        outbox.tell(session, at, kept.lead_id, key=f"{key}:answer", view="coaching_answer", value=post)
    answered = CoachingPost(conversation, who.reader)
    # Who has found it already and answered need not be sent it as something new.
    outbox.edit(session, at, key, key=f"{key}:answered", view="coaching", value=answered, needless=True)


def _reaches(session: Session, at: datetime, person_id: int) -> bool:
    """Whether somebody works here today, on their own clock, and is in Slack."""
    today = at.astimezone(zone(_reader(session, at, person_id).zone)).date()
    return not people.left_on(session, person_id, today) and not people.unlinked(session, [person_id])


def _reader(session: Session, at: datetime, person_id: int) -> Reader:
    """Return how somebody reads, who may have left by now."""
    seats = store.list_seats(session, person_id)
    seat = next((s for s in seats if s.covers(_today(at, s))), seats[0] if seats else None)
    return Reader("UTC", "en") if seat is None else Reader(seat.zone, seat.locale or "en")


def _own(kept: Kept | None, who: Who) -> Kept:
    if kept is None or kept.agent_id != who.person_id:
        raise NotFoundError("This was not written for you. /coach mine shows what was.")
    return kept


def _told(session: Session, reader: Reader, kept: Iterable[Kept]) -> Told:
    conversations = [_conversation(one) for one in kept]
    names = people.list_names(session, {n for one in conversations for n in (one.lead, one.agent)})
    bodies = texts.list_bodies(session, {n for one in conversations for n in one.text_ids()})
    return Told(conversations, reader, names, bodies)


def _conversation(kept: Kept) -> Conversation:
    return Conversation(
        kept.id, kept.at, kept.lead_id, kept.agent_id, kept.about,
        None if kept.figure is None else _FIGURE.validate_json(kept.figure), kept.about_text_id,
        kept.went_well_text_id, kept.own_view_text_id, kept.one_thing_text_id, kept.next_step_text_id, kept.next_on,
        kept.answer_text_id, kept.answered_at,
    )  # fmt: skip
