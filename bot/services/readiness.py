"""What the company has said of itself so far: sites, channels, people."""

from datetime import datetime

from sqlmodel import Session

from bot.domain.programme import Programme
from bot.domain.readiness import Place, Readiness
from bot.services import programme as programmes
from bot.store import people, roles
from bot.store import readiness as store


def look(session: Session, at: datetime) -> Readiness:
    """Return how far the company is set up at a moment."""
    programme = programmes.current(session, at)
    names = [site.name for site in people.list_sites(session)]
    everybody, linked = store.count_people(session, at.date())
    admins = roles.list_admins(session, at.date())
    return Readiness(
        tuple(_place(programme, name) for name in names), tuple(sorted(set(programme.sites) - set(names))),
        programme.kudos.channel, everybody, linked, len(admins), sum(admin.linked for admin in admins),
    )  # fmt: skip


def _place(programme: Programme, name: str) -> Place:
    policy = programme.site(name)
    boards = sum(board.sites is None or name in board.sites for board in programme.boards)
    return Place(name, policy.mode, policy.live_from, policy.channel, boards)
