"""Whether the company is set up: its sites, the channels they post in, its people and admins; for `encore doctor`."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from bot.domain.doctor import Finding, State, several
from bot.domain.programme import SiteMode

CHANNEL_ID: Final = re.compile(r"[CG][A-Z0-9]{6,}")
APPLY: Final = "put it in force with `encore programme apply FILE`"
SETUP: Final = "/encore setup"


@dataclass(frozen=True, slots=True)
class Place:
    """A site with what the programme says of it; `boards` is how many are posted there."""

    name: str
    mode: SiteMode
    live_from: date | None
    channel: str | None
    boards: int


@dataclass(frozen=True, slots=True)
class Readiness:
    """What the company has said of itself so far. People who left or were merged are not counted."""

    places: tuple[Place, ...]
    unknown: tuple[str, ...]
    """Names of sites in the programme that no site has."""
    kudos_channel: str | None
    people: int
    linked: int
    """How many of them are linked to Slack."""
    admins: int
    linked_admins: int

    @property
    def channels(self) -> Mapping[str, list[str]]:
        """What each channel is for, by the name or id that the programme gives it."""
        found: dict[str, list[str]] = {}
        for place in self.places:
            if place.channel is not None and place.mode is not SiteMode.OFF:
                found.setdefault(place.channel, []).append(f"the site {place.name}")
        if self.kudos_channel is not None:
            found.setdefault(self.kudos_channel, []).append("kudos")
        return found


@dataclass(frozen=True, slots=True)
class Seen:
    """A channel as Slack shows it to the bot."""

    name: str
    is_member: bool
    is_archived: bool


def sites(found: Readiness) -> Iterator[Finding]:
    """Tell of each site what it may see, and how it goes live."""
    if not found.places:
        yield Finding(
            State.WARNING, "There is no site yet.",
            f"Add one in Slack with {SETUP}, or with `encore site add NAME ZONE`; a mapping of figures names one too.",
        )  # fmt: skip
    for place in found.places:
        yield _site(place)
    for name in found.unknown:
        yield Finding(
            State.WARNING, f"The programme speaks of “{name}”, and no site has that name.",
            f"Correct the name in the programme, or add the site: `encore site add \"{name}\" ZONE`.",
        )  # fmt: skip


def _site(place: Place) -> Finding:
    if place.mode is SiteMode.OFF:
        return Finding(State.OK, f"{place.name} is off.")
    if place.mode is SiteMode.PRIVATE:
        return Finding(State.OK, f"{place.name} is private: people see their own figures, and nothing is posted.")
    if place.mode is SiteMode.SHADOW:
        return Finding(
            State.WARNING, f"{place.name} is in shadow: everything is computed, and nothing is told.",
            f"When its figures are right, let it go live in Slack with {SETUP}, “Go live”; or write mode, live_from and "
            f'channel under [sites."{place.name}"] of the programme, and {APPLY}.',
        )  # fmt: skip
    if place.channel is None:
        return Finding(
            State.MISSING, f"{place.name} is live and has no channel, so that nothing is posted.",
            f"Choose one in Slack with {SETUP}, “Sites”; or write it under [sites.\"{place.name}\"] of the programme, and "
            f"{APPLY}.",
        )  # fmt: skip
    if not place.boards:
        return Finding(
            State.WARNING, f"{place.name} is live, and no board is for it.", f"Add it to a board of the programme, and {APPLY}."
        )  # fmt: skip
    boards = "1 board is" if place.boards == 1 else f"{place.boards} boards are"
    return Finding(State.OK, f"{place.name} is live from {place.live_from}; {boards} posted there.")


def channel(named: str, uses: list[str], seen: Seen | None, bot: str) -> Finding:
    """Judge a channel of the programme; `seen` None: Slack shows the bot none of that name or id. `bot` is its name."""
    what_for = several(uses)
    if seen is None and CHANNEL_ID.fullmatch(named):
        return Finding(
            State.MISSING, f"Slack shows Encore no channel {named} (for {what_for}).",
            f"In a private channel write /invite @{bot}; else correct the id: it stands in the channel's “About”, at the "
            "bottom.",
        )  # fmt: skip
    if seen is None:
        name = named.removeprefix("#")
        return Finding(
            State.MISSING, f"Encore is in no channel called #{name} (for {what_for}).",
            f"Write /invite @{bot} there, or correct the name in the programme.",
        )  # fmt: skip
    if seen.is_archived:
        return Finding(
            State.MISSING, f"#{seen.name} (for {what_for}) is archived.",
            "Unarchive it in Slack, or name another channel in the programme.",
        )  # fmt: skip
    if not seen.is_member:
        return Finding(
            State.MISSING, f"Encore is not in #{seen.name} (for {what_for}).", f"Write /invite @{bot} in #{seen.name}."
        )  # fmt: skip
    if not named.startswith("#") and not CHANNEL_ID.fullmatch(named):
        return Finding(
            State.WARNING, f"#{seen.name} (for {what_for}) stands in the programme without its #.",
            f"Write it as #{seen.name}, or as its id, which stays when it is renamed, and {APPLY}.",
        )  # fmt: skip
    return Finding(State.OK, f"Encore is in #{seen.name}, for {what_for}.")


def unseen(named: str, uses: list[str], error: str, needed: str) -> Finding:
    """Tell of a channel that Slack refuses to show; `needed` is the scope that it says is missing."""
    why = f"the scope {needed} is missing" if needed else f"Slack refuses to show it: {error}"
    return Finding(State.NOT_CHECKED, f"{named} (for {several(uses)}) is not checked, since {why}.")


def people(found: Readiness) -> Finding:
    """Tell how many people are linked to Slack."""
    if not found.people:
        return Finding(
            State.WARNING, "Nobody is known yet.",
            f"Add a team in Slack with {SETUP}, or import who works here: `encore import people FILE --mapping MAPPING`.",
        )  # fmt: skip
    if not found.linked:
        return Finding(
            State.WARNING, f"None of {found.people:,} people is linked to Slack, so that /mystats answers nobody.",
            f"In Slack {SETUP} links people by their e-mail address; `encore people link NAME --slack ID` links one.",
        )  # fmt: skip
    return Finding(State.OK, f"{found.linked:,} of {found.people:,} people are linked to Slack.")


def admins(found: Readiness) -> Finding:
    """Tell whether there is an admin who can be reached."""
    if not found.admins:
        return Finding(
            State.WARNING, "Nobody is an admin yet.",
            f"Start Encore, and type {SETUP} CODE in Slack; the code stands in Encore's log.",
        )  # fmt: skip
    if not found.linked_admins:
        return Finding(
            State.WARNING, "Nobody who is an admin is linked to Slack.", "Link one: `encore people link NAME --slack ID`."
        )  # fmt: skip
    return Finding(State.OK, f"{found.linked_admins:,} of {found.admins:,} admins are linked to Slack.")
