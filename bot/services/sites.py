"""Sites as admins set them up in Slack: where they are, where Encore posts, and what it may do there."""

import json
from dataclasses import replace
from datetime import date, datetime

from sqlmodel import Session

from bot.domain import setup as domain
from bot.domain.periods import nearest_zones, zone
from bot.domain.programme import Programme, SiteMode
from bot.domain.setup import ModeAsked, Place, Preview, SiteAsked
from bot.errors import FormError, InputError, RefusedError
from bot.services import boards, roles
from bot.services import programme as programmes
from bot.store import audit, bulk, people
from bot.store import setup as store
from bot.store.people import SiteRecord


def places(session: Session, at: datetime) -> list[Place]:
    """Return every site as it is set up, by name."""
    programme = programmes.current(session, at)
    return [_place(programme, site) for site in people.list_sites(session)]


def find(session: Session, at: datetime, site_id: int) -> Place:
    """Return a site as it is set up; RefusedError where there is none of that id."""
    return _place(programmes.current(session, at), _site(session, site_id))


def today(place: Place, at: datetime) -> date:
    """Return the local day of a site."""
    return at.astimezone(zone(place.zone)).date()


def save(session: Session, at: datetime, admin_id: int, asked: SiteAsked) -> Place:
    """Add a site or change it; a new one is in shadow. FormError says what cannot be."""
    bulk.alone(session)
    roles.check_admin(session, at, admin_id)
    _check_zone(asked.zone)
    same = _same(session, at, asked)
    if same is not None:
        return same
    site = _add(session, asked) if asked.id is None else _keep(session, asked)
    before = _place(programmes.current(session, at), site)
    # A channel that the programme knows by its name cannot stand in the form.
    channel = asked.channel or (None if before.channel_id else before.channel)
    settings = {"channel": channel, "boards": asked.boards.value}
    actor = f"person:{admin_id}"
    if before.mode is SiteMode.LIVE and channel is None:
        raise FormError({"channel": "This site is live, and needs its channel."})
    changed = programmes.change_site(session, at, site.name, settings, actor=actor)
    if changed or asked.id is None:
        audit.append(
            session, at, actor=actor, deed="site.save", subject=f"site {site.id}",
            after=json.dumps({"name": site.name, "zone": site.zone, **settings}),
        )  # fmt: skip
    return replace(before, channel=channel, boards=asked.boards)


def go(session: Session, at: datetime, admin_id: int, asked: ModeAsked) -> Place:
    """Give a site another mode, with who said so; a site that has it already is left alone. FormError as `save`."""
    bulk.alone(session)
    roles.check_admin(session, at, admin_id)
    site = _site(session, asked.site_id)
    before = _place(programmes.current(session, at), site)
    wrong = domain.problems(before, asked, today(before, at))
    if wrong:
        raise FormError(wrong)
    live_from = asked.live_from if asked.mode is SiteMode.LIVE else None
    settings = {"mode": asked.mode.value, "live_from": None if live_from is None else live_from.isoformat()}
    actor = f"person:{admin_id}"
    if programmes.change_site(session, at, site.name, settings, actor=actor):
        was = {"mode": before.mode.value, "live_from": str(before.live_from) if before.live_from else None}
        audit.append(
            session, at, actor=actor, deed=f"site.{asked.mode}", subject=f"site {site.id}", before=json.dumps(was),
            after=json.dumps({**settings, "name": site.name, "channel": before.channel, "said_yes": asked.agreed}),
        )  # fmt: skip
    return replace(before, mode=asked.mode, live_from=live_from)


def preview(session: Session, at: datetime, site_id: int) -> Preview:
    """Return what a site's first board would say now, and to nobody else."""
    programme, site = programmes.current(session, at), _site(session, site_id)
    board = next((b for b in programme.boards if b.sites is None or site.name in b.sites), None)
    if board is None:
        return Preview(_place(programme, site), None, None, {})
    period, _ = boards.posting(board, site, at)
    post = boards.compose(session, at, board, site, period)
    names = {} if post is None else people.list_names(session, post.person_ids())
    return Preview(_place(programme, site), period, post, names)


def _same(session: Session, at: datetime, asked: SiteAsked) -> Place | None:
    """Return the site that is as a new one is asked for: its form was sent twice, and the second time changes nothing."""
    site = people.find_site(session, asked.name) if asked.id is None and asked.name else None
    if site is None:
        return None
    place = _place(programmes.current(session, at), site)
    wanted = (asked.name, asked.zone, asked.channel or None, asked.boards)
    return place if (place.name, place.zone, place.channel, place.boards) == wanted else None


def _add(session: Session, asked: SiteAsked) -> SiteRecord:
    if not asked.name:
        raise FormError({"name": "Say what the site is called."})
    if people.find_site(session, asked.name) is not None:
        raise FormError({"name": f"There is a site “{asked.name}” already; change it with the button beside it."})
    return people.add_site(session, asked.name, asked.zone)


def _keep(session: Session, asked: SiteAsked) -> SiteRecord:
    assert asked.id is not None
    site = _site(session, asked.id)
    if site.zone == asked.zone:
        return site
    if store.has_facts(session, site.id):
        raise FormError(
            {
                "zone": f"The days of {site.name} are counted in {site.zone} already, and so it stays. Give a new site this zone."
            }
        )
    store.set_zone(session, site.id, asked.zone)
    return SiteRecord(site.id, site.name, asked.zone)


def _check_zone(name: str) -> None:
    try:
        zone(name)
    except InputError as error:
        nearest = nearest_zones(name)
        hint = (
            f" Did you mean {' or '.join(nearest)}?" if nearest else " Write it as a continent and a city: Asia/Manila."
        )
        raise FormError({"zone": f"“{name}” is not a time zone.{hint}"}) from error


def _site(session: Session, site_id: int) -> SiteRecord:
    site = next((site for site in people.list_sites(session) if site.id == site_id), None)
    if site is None:
        raise RefusedError("This site is not there any more.")
    return site


def _place(programme: Programme, site: SiteRecord) -> Place:
    policy = programme.site(site.name)
    return Place(site.id, site.name, site.zone, policy.mode, policy.live_from, policy.channel, policy.boards)
