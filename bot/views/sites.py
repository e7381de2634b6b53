"""Sites in setup: all of them, the form of one, going live, and a first look at a board."""

from datetime import date
from typing import Final

from bot.domain.people import Reader
from bot.domain.programme import BoardChoice, SiteMode
from bot.domain.setup import Place, Preview, Progress
from bot.views import board
from bot.views.blocks import actions, button, context, plain, rich_text, run, section
from bot.views.figures import period_words
from bot.views.form import Form, channel_field, choice_field, date_field, text_field, ticks_field
from bot.views.message import Block, Message
from bot.views.names import escaped, one_line
from bot.views.setup import channel_words, mode_words, onwards

AGREED: Final = "yes"
MOST_LISTED: Final = 40
"""A modal has 100 blocks at most, and each site takes two."""
MOST_OF_A_NAME: Final = 48
MOST_OF_A_ZONE: Final = 64

_RULES: Final = {
    BoardChoice.OPT_OUT.value: "Everybody is on boards who does not leave them",
    BoardChoice.OPT_IN.value: "Only those are on boards who join",
}
_CHOICES: Final = {
    SiteMode.LIVE.value: "Live: boards are posted, points are awarded",
    SiteMode.PRIVATE.value: "Private: own figures only, nothing is posted",
    SiteMode.SHADOW.value: "Shadow: computed, and nobody is told",
}


def listing(progress: Progress) -> Form:
    """Return every site with what can be done about it."""
    blocks: list[Block] = []
    for place in progress.places[:MOST_LISTED]:
        where = "no channel yet" if place.channel is None else channel_words(place.channel)
        said = f"{escaped(place.zone)}, {where}. It {mode_words(place, progress.locale)}."
        number = str(place.id)
        doors = [
            button(f"sites_edit:{number}", "Change", number),
            button(f"sites_preview:{number}", "Preview", number),
            button(f"sites_live:{number}", "Go live" if place.mode is not SiteMode.LIVE else "Live or not", number),
        ]
        blocks += [section(f"*{escaped(one_line(place.name))}*\n{said}"), actions(*doors)]
    more = len(progress.places) - MOST_LISTED
    if more > 0:
        blocks.append(context(plain(f"{more} more are set up with a programme file.")))
    return Form("", "Sites", [*blocks, actions(button("sites_edit", "Add a site"), button("setup_look", "All steps"))],
                close="Close")  # fmt: skip


def form(place: Place | None, zone: str, channel: str) -> Form:
    """Return the form of a site, or of a new one with the zone and channel of whoever adds it."""
    boards = BoardChoice.OPT_OUT if place is None else place.boards
    named: list[Block] = (
        [text_field("name", "Name", most=MOST_OF_A_NAME, placeholder="Cebu")]
        if place is None
        else [section(f"*{escaped(one_line(place.name))}*")]
    )
    return Form(
        "sites_edit", "A new site" if place is None else "Change a site",
        [
            *named,
            text_field(
                "zone", "Time zone", most=MOST_OF_A_ZONE, initial=zone, placeholder="Asia/Manila",
                hint="Its IANA name. Days begin at midnight there, and boards are posted at 9:00.",
            ),
            channel_field(
                "channel", "Channel", initial=channel, optional=True,
                hint="Boards and kudos stand there. Encore must be in it: write /invite @Encore there first. You can also "
                "name it later.",
            ),
            choice_field("boards", "Who is on boards", _RULES, initial=boards.value, radio=True),
        ],
        submit="Save", note="" if place is None else str(place.id),
    )  # fmt: skip


def saved(place: Place, progress: Progress) -> Message:
    """Say how a site is set up now."""
    name = escaped(one_line(place.name))
    where = "It has no channel yet" if place.channel is None else f"It posts in {channel_words(place.channel)}"
    words = f"{name} is saved. {where} once it is live; now it {mode_words(place, progress.locale)}."
    if place.channel is None:
        words = f"{name} is saved. It has no channel yet; now it {mode_words(place, progress.locale)}."
    return Message(words, [section(words), onwards(progress)])


def live_form(place: Place, today: date, locale: str) -> Form:
    """Return the form that lets a site go live, or back."""
    where = "It has no channel yet" if place.channel is None else f"Its channel is {channel_words(place.channel)}"
    return Form(
        "sites_live", "Live or not" if place.mode is SiteMode.LIVE else "Go live",
        [
            section(f"*{escaped(one_line(place.name))}* {mode_words(place, locale)}. {where}."),
            choice_field("mode", "What Encore does there", _CHOICES, initial=SiteMode.LIVE.value, radio=True),
            date_field(
                "live_from", "Live from", initial=max(today, place.live_from or today),
                hint="What was before this day is never posted and brings no points.",
            ),
            ticks_field(
                "agreed", "To go live, say yes", {AGREED: "Yes: from this day Encore posts there and awards points"}
            ),
        ],
        submit="Save", note=str(place.id),
    )  # fmt: skip


def went(place: Place, progress: Progress) -> Message:
    """Say what Encore does at a site now."""
    name = escaped(one_line(place.name))
    words = f"{name} {mode_words(place, progress.locale)}."
    if place.mode is SiteMode.LIVE:
        words += (
            f" Who said so is written down. Try it in {channel_words(place.channel or '')}: "
            "`/kudos @name what they did`"
        )  # fmt: skip
    return Message(words, [section(words), onwards(progress)])


def preview(shown: Preview, reader: Reader, *, native: bool) -> Message:
    """Return what a site's first board would say, for one pair of eyes; `native` with the blocks of 2026."""
    name = one_line(shown.place.name)
    if shown.period is None:
        return _nothing(f"No board of the programme is for {name}.")
    if shown.post is None:
        when = period_words(shown.period, reader.locale)
        return _nothing(f"There is nothing to show of {when} yet: no figures of {name} were imported for it.")
    post = (board.native if native else board.classic)(shown.post, shown.names)
    words = f"Only you see this. It is what Encore would post at {name} now."
    return Message(f"{escaped(words)} {post.text}", [context(plain(words)), *post.blocks])


def _nothing(words: str) -> Message:
    return Message(escaped(words), [rich_text(run(words)), actions(button("setup_look", "All steps"))])
