"""Who works in the sample contact centre, and where. Made up: any likeness to real people is chance."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import lru_cache
from random import Random
from types import MappingProxyType
from typing import Final

SEED: Final = "encore sample 1"
SOURCE: Final = "sample"
"""What the database calls the source of everything here."""

VALUES: Final = ("kindness", "ownership", "teamwork", "curiosity")
"""What the sample's company stands for: four words, as made up as the rest."""

HISTORY_DAYS: Final = 90
NEW_HIRE_DAYS: Final = 21
LEAVE_DAYS: Final = 25
"""So long before and after the opening the person on leave is away: longer than a week, so that both sides are seen."""

HOSTILE_NAME: Final = "Miles <!channel> O'Hara"
"""A name that would ping everybody, if it were ever taken for more than a name."""


@dataclass(frozen=True, slots=True)
class Site:
    """A site with its Slack channel; `zone` is an IANA name."""

    name: str
    zone: str
    locale: str
    channel_id: str
    language: str
    """The language, besides English, in which its customers write comments."""

    @property
    def channel(self) -> str:
        """The channel's name, without the #."""
        return f"{self.name.lower()}-floor"


@dataclass(frozen=True, slots=True)
class Team:
    """A team: when its first shift begins on the site's clock, and on which channels it works (weights)."""

    name: str
    site: Site
    starts: time
    channels: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in the sample. Without a team they take no contacts; not `known`, they are in Slack alone."""

    number: int
    name: str
    title: str
    site: Site
    team: Team | None = None
    role: str | None = None
    starts_on: date | None = None
    leave: tuple[date, date] | None = None
    """The first and the last day of a long absence."""
    known: bool = True
    guest: bool = False

    @property
    def key(self) -> str:
        """The source's id of this person, and the number in their Slack id."""
        return f"S{self.number:02d}"

    @property
    def slack_id(self) -> str:
        """The member id in the sandbox."""
        return f"U0SAMPLE{self.number:02d}"

    @property
    def handle(self) -> str:
        """The name in lower-case ASCII letters, joined by dots."""
        plain = unicodedata.normalize("NFKD", self.name.replace("đ", "dj").replace("<!channel>", ""))
        words = ["".join(c for c in word if c.isascii() and c.isalpha()) for word in plain.lower().split()]
        return ".".join(filter(None, words))

    @property
    def email(self) -> str:
        """An address that cannot exist."""
        return f"{self.handle}@sample.example"

    @property
    def is_lead(self) -> bool:
        """Whether they lead their team, and take a few contacts besides."""
        return self.role == "lead"


@dataclass(frozen=True, slots=True)
class Traits:
    """How somebody works; the same for the same seed and person."""

    load: float
    """The share of the queue time spent with customers, about."""
    warmth: float
    """The chance that a rating has 5 stars."""
    first_day_off: int
    """The first of the two days off in a row; 0 is Monday."""
    later_minutes: int
    """How much after the team's start the shift begins."""


MANILA = Site("Manila", "Asia/Manila", "en-PH", "C0SAMPLEMNL", "fil")
BELGRADE = Site("Belgrade", "Europe/Belgrade", "sr-Latn-RS", "C0SAMPLEBEG", "sr")
MONTERREY = Site("Monterrey", "America/Monterrey", "es-MX", "C0SAMPLEMTY", "es")
SITES: Final = (MANILA, BELGRADE, MONTERREY)
GENERAL_ID: Final = "C0SAMPLEALL"

_VOICE = MappingProxyType({"phone": 6, "chat": 2, "email": 1})
_CHAT = MappingProxyType({"chat": 7, "email": 2})
_MIXED = MappingProxyType({"phone": 3, "chat": 3, "email": 3})

_TEAMS: Final = (
    (Team("Manila Nights", MANILA, time(22), _VOICE),
     ("Amihan Reyes", "Benjie Santos", "Carmela Dizon", "Dante Villanueva", "Esperanza Cruz", "Felix Magsaysay",
      "Grace Tolentino")),
    (Team("Manila Days", MANILA, time(7), _MIXED),
     ("Hilda Bautista", "Isko Ramirez", "Joy Panganiban", "Kiko Mercado", "Liwayway Ocampo", HOSTILE_NAME,
      "Nonoy Salazar")),
    (Team("Belgrade Care", BELGRADE, time(8), _MIXED),
     ("Ana Kovačević", "Bojan Petrović", "Dragana Ilić", "Filip Stojanović", "Gordana Nikolić", "Jovana Đorđević",
      "Luka Marković")),
    (Team("Belgrade Chat", BELGRADE, time(12), _CHAT),
     ("Milica Pavlović", "Nemanja Ristić", "Olivera Savić", "Petar Tomić", "Sanja Vuković", "Uroš Živković")),
    (Team("Monterrey Care", MONTERREY, time(7), _VOICE),
     ("Alejandra Garza", "Beto Cantú", "Citlali Treviño", "Diego Elizondo", "Elena Sada", "Gael Montemayor",
      "Itzel Villarreal")),
    (Team("Monterrey Orders", MONTERREY, time(13), _MIXED),
     ("Jimena Cavazos", "Leonel Garza", "Mariana Lozano", "Nicolás Zambrano", "Paulina Sepúlveda", "Rodrigo Tijerina")),
)  # fmt: skip
"""Each team with its people; the second of each is its lead."""

NEW_HIRE: Final = "Nonoy Salazar"
ON_LEAVE: Final = "Gordana Nikolić"
ADMIN: Final = "Teodora Lazić"
WITHOUT_FIGURES: Final = "Ximena Rangel"
UNLINKED: Final = "Robin Example"
GUEST: Final = "Kim Guest"


@lru_cache(maxsize=4)
def members(opened_on: date) -> tuple[Member, ...]:
    """Return everybody, agents first. `opened_on` is the day the sample began to live."""
    found: list[Member] = []
    for team, names in _TEAMS:
        for position, name in enumerate(names):
            lead = position == 1
            new = name == NEW_HIRE
            started_on = (
                opened_on - timedelta(days=NEW_HIRE_DAYS) if new else date(opened_on.year - 2 - len(found) % 4, 3, 1)
            )
            away = (opened_on - timedelta(days=LEAVE_DAYS), opened_on + timedelta(days=LEAVE_DAYS))
            title = f"{'Lead' if lead else 'New agent' if new else 'Agent'}, {team.name}"
            found.append(
                Member(
                    len(found) + 1, name, f"{title} (on leave)" if name == ON_LEAVE else title, team.site, team,
                    "lead" if lead else "agent", started_on, away if name == ON_LEAVE else None,
                )
            )  # fmt: skip
    number = len(found)
    return (
        *found,
        Member(number + 1, ADMIN, "Admin of Encore", BELGRADE, role="admin", starts_on=date(opened_on.year - 6, 9, 1)),
        Member(
            number + 2,
            WITHOUT_FIGURES,
            "Quality coach, no contacts",
            MONTERREY,
            starts_on=date(opened_on.year - 3, 5, 2),
        ),
        Member(number + 3, UNLINKED, "Planner, not linked to Encore", MANILA, known=False),
        Member(number + 4, GUEST, "Guest of a sample partner", BELGRADE, known=False, guest=True),
    )


def named(opened_on: date, name: str) -> Member:
    """Return the member of that name."""
    return next(m for m in members(opened_on) if m.name == name)


@lru_cache(maxsize=256)
def traits(number: int) -> Traits:
    """Return how the member of this number works."""
    dice = Random(f"{SEED}/traits/{number}")
    return Traits(
        load=dice.uniform(0.70, 0.88),
        warmth=dice.uniform(0.60, 0.86),
        first_day_off=(number * 2 + dice.choice((0, 5))) % 7,
        later_minutes=dice.choice((0, 0, 30, 60)),
    )
