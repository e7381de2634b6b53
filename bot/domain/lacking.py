"""What Encore says where something is not set yet: to an admin what to do, to everybody else whom to ask."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from bot.domain.programme import SiteMode

SETUP: Final = "/encore setup"
INSTALLER: Final = "whoever installed Encore here"
_MOST_NAMED: Final = 3


class Lack(StrEnum):
    """What may not be set yet."""

    LINK = "link"
    """Nobody has said who they are."""
    SITE = "site"
    """They belong to no site."""
    OFF = "off"
    SHADOW = "shadow"
    PRIVATE = "private"
    """Their site is not live, but in another mode."""
    CHANNEL = "channel"
    """Their site has no channel."""


OF_MODE: Final[Mapping[SiteMode, Lack]] = MappingProxyType(
    {SiteMode.OFF: Lack.OFF, SiteMode.SHADOW: Lack.SHADOW, SiteMode.PRIVATE: Lack.PRIVATE}
)

_SAID: Final[Mapping[Lack, str]] = MappingProxyType(
    {
        Lack.LINK: "I do not know you yet.",
        Lack.SITE: "You belong to no site yet.",
        Lack.OFF: "Encore is switched off at {site}.",
        Lack.SHADOW: "Encore is not live at {site} yet: it is being tried out, and tells nothing.",
        Lack.PRIVATE: "Encore is not live at {site} yet: everybody sees their own figures, and nothing is posted.",
        Lack.CHANNEL: "{site} has no channel yet in which Encore could post.",
    }
)
_ADMIN: Final[Mapping[Lack, str]] = MappingProxyType(
    {
        Lack.LINK: f"{SETUP} links you.",
        Lack.SITE: f"{SETUP} adds you to a team, with “Add a team”.",
        Lack.OFF: f"{SETUP} lets it go live, with “Go live”.",
        Lack.SHADOW: f"{SETUP} lets it go live, with “Go live”.",
        Lack.PRIVATE: f"{SETUP} lets it go live, with “Go live”.",
        Lack.CHANNEL: f"{SETUP} names one, with “Sites”.",
    }
)
_ASKED: Final[Mapping[Lack, str]] = MappingProxyType(
    {
        Lack.LINK: "Ask {ask} to link you to Encore.",
        Lack.SITE: "Ask {ask} to add you to a team.",
        Lack.OFF: "Ask {ask} when it starts.",
        Lack.SHADOW: "Ask {ask} when it starts.",
        Lack.PRIVATE: "Ask {ask} when it starts.",
        Lack.CHANNEL: "Ask {ask} to name one.",
    }
)
GUEST: Final = (
    "You are a guest here, and Encore is for the people who work here. You can read what it posts in this workspace."
)
NO_ADMIN: Final = (
    f"Encore has no admin yet: {INSTALLER} finds a setup code in its log, and types {SETUP} CODE in Slack."
)


def words(lack: Lack, *, admin: bool, admins: Sequence[str], site: str = "your site") -> str:
    """Return what is lacking, and what helps: `admin` is whether an admin reads it, `admins` are the admins' names."""
    said = _SAID[lack].format(site=site)
    if admin:
        return f"{said} {_ADMIN[lack]}"
    if lack is Lack.LINK and not admins:
        return f"{said} {NO_ADMIN}"
    return f"{said} {_ASKED[lack].format(ask=whom(admins))}"


def whom(admins: Sequence[str]) -> str:
    """Return whom to ask about how Encore is set up."""
    *most, last = admins[:_MOST_NAMED] or (INSTALLER,)
    return f"{', '.join(most)} or {last}" if most else last
