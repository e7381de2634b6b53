"""For whom a page is drawn: their zone, the sandbox's moment, and how names are shown to them."""

import re
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.sandbox.model import Person
from bot.sandbox.page import dates
from bot.sandbox.page.emoji import glyph
from bot.sandbox.page.markup import Html, esc, join, tag
from bot.sandbox.workspace import Workspace

SHORT_NAME = re.compile(r":([a-z0-9_+'-]+(?:::[a-z0-9-]+)?):")
SAFE_LINK = re.compile(r"(?:https?://|mailto:|tel:)", re.IGNORECASE)


@dataclass(frozen=True)
class Reader:
    """The person looking at the page, in their workspace. `place` begins the ids of what is drawn for them."""

    workspace: Workspace
    person: Person
    place: str = ""

    @property
    def zone(self) -> ZoneInfo:
        """The reader's time zone."""
        return self.person.zone

    @property
    def now(self) -> datetime:
        """The sandbox's moment."""
        return self.workspace.clock.now()

    def user(self, slack_id: str, fallback: str = "") -> Html:
        """Draw a mention of a person."""
        person = self.workspace.people.get(slack_id)
        name = person.real_name if person else fallback or slack_id
        me = slack_id == self.person.slack_id
        return tag("span", esc(f"@{name}"), class_="mention mention-me" if me else "mention")

    def channel(self, slack_id: str, fallback: str = "") -> Html:
        """Draw a mention of a channel."""
        channel = self.workspace.channels.get(slack_id)
        name = channel.name if channel else fallback or slack_id
        return tag("span", esc(f"#{name}"), class_="mention")

    def usergroup(self, slack_id: str, fallback: str = "") -> Html:
        """Draw a mention of a user group."""
        group = self.workspace.usergroups.get(slack_id)
        name = group.handle if group else fallback or slack_id
        mine = group is not None and self.person.slack_id in group.members
        return tag("span", esc(f"@{name}"), class_="mention mention-me" if mine else "mention")

    def broadcast(self, word: str) -> Html:
        """Draw @here, @channel or @everyone."""
        return tag("span", esc(f"@{word}"), class_="mention mention-me")

    def emoji(self, name: str) -> Html:
        """Draw an emoji by its short name; an unknown one stays as it was typed."""
        character = glyph(name)
        typed = f":{name}:"
        if character is None:
            return esc(typed)
        return tag("span", esc(character), class_="emoji", role="img", aria_label=name.replace("_", " "), title=typed)

    def link(self, address: str, label: Html) -> Html:
        """Draw a link; an address that is neither web, mail nor telephone is shown as words alone."""
        if not SAFE_LINK.match(address):
            return label
        return tag("a", label, href=address, rel="noopener noreferrer nofollow", target="_blank")

    def moment(self, seconds: int, pattern: str, fallback: str) -> Html:
        """Draw a moment in the reader's zone, `fallback` if it cannot be written as `pattern` says."""
        try:
            text = dates.written(seconds, pattern, self.zone, self.now)
        except ValueError:
            return esc(fallback)
        return tag("time", esc(text), title=self.workspace_time(seconds))

    def workspace_time(self, seconds: int) -> str:
        """Return a moment in full, with the reader's zone."""
        return dates.written(seconds, "{date_long} {time_secs}", self.zone, self.now) + f" ({self.zone.key})"

    def plain(self, text: str) -> Html:
        """Draw text without markup: emoji and line breaks only."""
        parts: list[Html] = []
        place = 0
        for match in SHORT_NAME.finditer(text):
            parts += [lines(text[place : match.start()]), self.emoji(match.group(1))]
            place = match.end()
        return join([*parts, lines(text[place:])])


def lines(text: str) -> Html:
    """Draw plain text, each line end a line break."""
    return Html("<br>".join(esc(line) for line in text.split("\n")))
