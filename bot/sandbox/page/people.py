"""People as the page shows them: their picture, and several of them in one sentence."""

import zlib
from collections.abc import Sequence

from bot.sandbox.model import Person
from bot.sandbox.page.markup import Html, esc, tag
from bot.sandbox.page.reader import Reader

AVATAR_COLOURS = 8


def avatar(person: Person, size: str = "") -> Html:
    """Draw a person's initials on a ground of their own colour; `size` may be small or large."""
    words = [word for word in person.real_name.split() if word[0].isalnum()]
    initials = "".join(word[0] for word in words[:2]).upper() or "?"
    kind = "avatar-app" if person.is_bot else f"avatar-{zlib.crc32(person.slack_id.encode()) % AVATAR_COLOURS}"
    marks = f"avatar {kind}" + (f" avatar-{size}" if size else "")
    return tag("span", esc(initials), class_=marks, aria_hidden="true")


def named(slack_ids: Sequence[str], reader: Reader) -> str:
    """Return people's names as a list in words, the reader as "you" and first."""
    mine = reader.person.slack_id
    people = reader.workspace.people
    names = ["you"] if mine in slack_ids else []
    names += [people[one].real_name if one in people else one for one in slack_ids if one != mine]
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + f" and {names[-1]}"
