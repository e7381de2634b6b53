"""Setting Encore up in Slack: who becomes the first admin, and which steps are done."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from bot.domain.board import BoardPost
from bot.domain.periods import Period
from bot.domain.programme import BoardChoice, SiteMode
from bot.domain.readiness import CHANNEL_ID

_LABEL: Final = b"encore: the first admin"
_LENGTH: Final = 10


def code(secret: str) -> str:
    """Return the setup code of an installation: only who has the bot token, its `secret`, can tell it."""
    digest = hmac.new(secret.encode(), _LABEL, hashlib.sha256).digest()
    return base64.b32encode(digest).decode()[:_LENGTH]


def is_code(typed: str, secret: str) -> bool:
    """Whether that is the setup code, in capitals or not; it takes the same time for every wrong one."""
    return hmac.compare_digest(typed.strip().upper().encode(), code(secret).encode())


class Step(StrEnum):
    """What there is to set up, in the order in which it is best done."""

    SITES = "sites"
    TEAMS = "teams"
    LINKS = "links"
    FIGURES = "figures"
    SHADOW = "shadow"
    LIVE = "live"


@dataclass(frozen=True, slots=True)
class Place:
    """A site as it is set up: its IANA zone, its channel in Slack (an id or a #name), and what it may see."""

    id: int
    name: str
    zone: str
    mode: SiteMode
    live_from: date | None
    channel: str | None
    boards: BoardChoice

    @property
    def channel_id(self) -> str:
        """The channel's id; empty where there is none, or the programme knows it by its name alone."""
        return self.channel if self.channel and CHANNEL_ID.fullmatch(self.channel) else ""


@dataclass(frozen=True, slots=True)
class SiteAsked:
    """A site as it is filled in: `id` None is a new one; `channel` is an id, empty where none is chosen."""

    id: int | None
    name: str
    zone: str
    channel: str
    boards: BoardChoice


@dataclass(frozen=True, slots=True)
class ModeAsked:
    """Another mode for a site; `live_from` is the first local day that is posted, `agreed` whether that was ticked."""

    site_id: int
    mode: SiteMode
    live_from: date | None
    agreed: bool


def problems(place: Place, asked: ModeAsked, today: date) -> dict[str, str]:
    """Return what hinders a site from going live as asked, by the form's field; `today` is the site's local day."""
    if asked.mode is not SiteMode.LIVE:
        return {}
    found = {}
    if place.channel is None:
        found["mode"] = "This site has no channel yet. Choose one with “Sites” first."
    if asked.live_from is None:
        found["live_from"] = "Say from which day on."
    elif asked.live_from < today and not (place.mode is SiteMode.LIVE and asked.live_from == place.live_from):
        found["live_from"] = "A day before today cannot be: what is over is never posted."
    if not asked.agreed:
        found["agreed"] = "Tick this to let the site go live. It is written down who said so."
    return found


@dataclass(frozen=True, slots=True)
class Preview:
    """What a site's first board would say of its last finished period, with names by the person's id.

    `period` None: no board is for this site; `post` None: nothing happened in the period.
    """

    place: Place
    period: Period | None
    post: BoardPost | None
    names: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Imported:
    """What has been imported from one source: how many rows are new by it, of which kinds, and when the newest came, in UTC."""

    source: str
    kinds: tuple[str, ...]
    rows: int
    newest_at: datetime


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an installation is set up. People who left or were merged into somebody else are not counted."""

    places: tuple[Place, ...]
    teams: int
    led: int
    """How many of the teams have a lead."""
    people: int
    linked: int
    imports: tuple[Imported, ...]
    admins: tuple[str, ...]
    """The names of the admins whom Slack knows."""
    locale: str
    zone: str
    """How the admin reads who looks at it."""
    at: datetime
    """When it was looked at, in UTC."""

    def is_done(self, step: Step) -> bool:
        """Whether a step needs nothing more."""
        match step:
            case Step.SITES:
                return bool(self.places) and all(place.channel for place in self.places)
            case Step.TEAMS:
                return 0 < self.teams == self.led
            case Step.LINKS:
                return 0 < self.people == self.linked
            case Step.FIGURES:
                return bool(self.imports)
            case Step.SHADOW:
                return bool(self.places) and all(place.mode is not SiteMode.SHADOW for place in self.places)
            case Step.LIVE:
                return any(place.mode is SiteMode.LIVE for place in self.places)

    @property
    def next(self) -> Step | None:
        """The step that is best done next; None where nothing is missing."""
        return next((step for step in _FIRST if not self.is_done(step)), None)


_FIRST: Final = (Step.SITES, Step.TEAMS, Step.LIVE, Step.LINKS, Step.FIGURES)
"""What is done first: a team can thank each other before there are figures."""
