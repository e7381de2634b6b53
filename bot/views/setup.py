"""Setting Encore up: the steps with their state, and what comes next."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from bot.domain.programme import SiteMode
from bot.domain.readiness import CHANNEL_ID
from bot.domain.setup import Imported, Place, Progress, Step
from bot.views.blocks import actions, bullets, button, context, header, plain, rich_text, run, section
from bot.views.figures import ago_words, count_words, date_words, moment_words
from bot.views.form import Form, page, people_field
from bot.views.message import Block, Message
from bot.views.names import escaped, one_line

MOST_NAMED: Final = 5
MOST_ADMINS: Final = 50

TITLES: Final[Mapping[Step, str]] = {
    Step.SITES: "Sites", Step.TEAMS: "People and teams", Step.LINKS: "Link by e-mail", Step.FIGURES: "Figures",
    Step.SHADOW: "Shadow", Step.LIVE: "Go live",
}  # fmt: skip
_MODES: Final[Mapping[SiteMode, str]] = {
    SiteMode.OFF: "is switched off",
    SiteMode.SHADOW: "is in shadow: everything is computed, and nobody is told",
    SiteMode.PRIVATE: "is private: everybody sees their own figures, and nothing is posted",
}
_NO_IMPORT: Final = "Nothing was imported yet."
IMPORTS: Final = (
    "encore import feedback surveys.csv --mapping feedback.toml",
    "encore import interactions calls.csv --mapping calls.toml",
    "encore import people staff.csv --mapping people.toml",
)


def checklist(progress: Progress, greeting: str = "", *, stays: bool = True) -> Message:
    """Return every step with its state and the button that does it; one that `stays` can be brought up to date."""
    intro = greeting or (
        "Each step can be done again." if progress.is_done(Step.LIVE)
        else "Nothing is posted and nobody is told anything before a site goes live."
    )  # fmt: skip
    blocks = [header("Setting up Encore"), rich_text(run(intro))]
    lines = [escaped(intro)]
    for number, step in enumerate(Step, 1):
        state, said = _STATES[step](progress)
        title = f"{number} · {TITLES[step]}"
        door = door_to(step, progress)
        blocks.append(section(f"*{title}* — {state}\n{said}", door))
        lines.append(f"{title} — {state}. {said}")
    admins = _named([escaped(one_line(name)) for name in progress.admins])
    blocks.append(section(f"*Admins* — {admins}", button("setup_admins", "Admins")))
    if stays:
        blocks.append(actions(button("setup_look", "Refresh")))
    return Message("\n".join([*lines, f"Admins — {admins}."]), blocks)


def door_to(step: Step, progress: Progress, *, label: str = "", style: str = "") -> Block | None:
    """Return the button that does a step; None where another has to be done before."""
    style = style or ("primary" if progress.next is step else "")
    several = len(progress.places) > 1
    only = str(progress.places[0].id) if progress.places else ""
    match step:
        case Step.SITES:
            first = not progress.places
            return button(
                "sites_edit" if first else "sites_look", label or ("Add a site" if first else "Sites"), style=style
            )
        case Step.TEAMS:
            return button("directory_team", label or "Add a team", style=style) if only else None
        case Step.LINKS:
            return button("directory_links", label or "Link people", style=style)
        case Step.FIGURES:
            return button("setup_imports", label or "How to import", style=style)
        case Step.SHADOW:
            return _of_a_site("sites_preview", label or "Preview", only, several=several, style=style)
        case Step.LIVE:
            return _of_a_site("sites_live", label or live_label(progress), only, several=several, style=style)


def live_label(progress: Progress) -> str:
    """Return what the button reads that lets a site go live or back."""
    return "Live or not" if progress.is_done(Step.LIVE) else "Go live"


def _of_a_site(action: str, label: str, only: str, *, several: bool, style: str) -> Block | None:
    if not only:
        return None
    # Each step's button has a name of its own within one message.
    return button(f"sites_look:{action}", label, style=style) if several else button(action, label, only, style=style)


def onwards(progress: Progress, *others: Block) -> Block:
    """Return the buttons at the end of a page: what comes next, anything else, and all steps."""
    step = progress.next
    following = None if step is None else door_to(step, progress, label=_NEXT[step], style="primary")
    return actions(*([following] if following else []), *others, button("setup_look", "All steps"))


_NEXT: Final[Mapping[Step, str]] = {
    Step.SITES: "Next: sites", Step.TEAMS: "Next: add a team", Step.LINKS: "Next: link people",
    Step.FIGURES: "Next: figures", Step.SHADOW: "Preview", Step.LIVE: "Next: go live",
}  # fmt: skip


def imports(progress: Progress) -> Form:
    """Say what was imported so far, and how a file comes in."""
    told = [_imported(progress, one) for one in progress.imports]
    so_far = bullets(*[(run(line),) for line in told]) if told else rich_text(run(_NO_IMPORT))
    how = (
        "Files come in where Encore runs, on the command line. A mapping says what each column is; docs/examples has "
        "mappings to begin from, and docs/import.md is the guide:"
    )
    again = "Importing a file again changes nothing, and corrected rows replace the old ones."
    blocks = [
        so_far, rich_text(run(how)), bullets(*[(run(line, code=True),) for line in IMPORTS]), context(plain(again)),
        actions(button("setup_look", "All steps")),
    ]  # fmt: skip
    return page("Figures", Message(escaped("\n".join([*(told or [_NO_IMPORT]), how, *IMPORTS, again])), blocks))


def admins_form(slack_ids: Sequence[str], others: Sequence[str]) -> Form:
    """Return the form in which admins are chosen; `others` are admins whom this workspace does not know."""
    blocks = [
        people_field(
            "admins", "Admins", most=MOST_ADMINS, initial=slack_ids,
            hint="They set Encore up and award points by hand. Whoever is left out is no longer one.",
        )
    ]  # fmt: skip
    if others:
        named = _named([one_line(name) for name in others])
        blocks.append(context(plain(f"Also admins, and unknown in this workspace: {named}.")))
    return Form("setup_admins", "Admins", blocks, submit="Save", note=" ".join(slack_ids))


def admins_saved(names: Sequence[str], progress: Progress) -> Message:
    """Say who is an admin now."""
    words = f"Admins are now: {_named([one_line(name) for name in names])}."
    return Message(escaped(words), [rich_text(run(words)), onwards(progress)])


def channel_words(channel: str) -> str:
    """Return a channel for mrkdwn; one that the programme knows by its name alone stays a name."""
    return f"<#{channel}>" if CHANNEL_ID.fullmatch(channel) else f"#{escaped(one_line(channel.lstrip('#')))}"


def mode_words(place: Place, locale: str) -> str:
    """Say what a site may see, after its name."""
    if place.mode is SiteMode.LIVE and place.live_from is not None:
        return f"is live from {date_words(place.live_from, locale)} on"
    return _MODES.get(place.mode, "is live")


def _sites(progress: Progress) -> tuple[str, str]:
    if not progress.places:
        return (
            "missing",
            "A site is a place of work with its own clock. Write `/invite @Encore` in its channel, then add it.",
        )
    told = [_site(place) for place in progress.places[:MOST_NAMED]]
    more = len(progress.places) - len(told)
    said = "; ".join([*told, *([f"and {more} more"] if more else [])])
    return _state(progress, Step.SITES), f"{said}."


def _site(place: Place) -> str:
    where = "no channel yet" if place.channel is None else channel_words(place.channel)
    return f"{escaped(one_line(place.name))} ({escaped(place.zone)}), {where}"


def _teams(progress: Progress) -> tuple[str, str]:
    if not progress.teams:
        after = "" if progress.places else " A site comes first."
        return "missing", f"Choose a lead and their people in one form, and Encore knows them.{after}"
    leaderless = progress.teams - progress.led
    lacking = f"; {leaderless} without a lead" if leaderless else ", each with a lead"
    return _state(progress, Step.TEAMS), f"{_counted(progress.teams, 'team', progress)}{lacking}."


def _links(progress: Progress) -> tuple[str, str]:
    if not progress.people:
        return "later", "People who come in with a file are found in Slack by their e-mail address."
    if progress.linked == progress.people:
        return "nothing to do", "Everybody whom Encore knows is linked to Slack."
    linked, people = (count_words(count, progress.locale) for count in (progress.linked, progress.people))
    return "missing", f"{linked} of {people} people are linked to Slack."


def _figures(progress: Progress) -> tuple[str, str]:
    if not progress.imports:
        return "not yet", "Boards and `/mystats` need figures. Kudos work without."
    told = [f"• {_imported(progress, one)}" for one in progress.imports[:MOST_NAMED]]
    more = len(progress.imports) - len(told)
    return "done", escaped("\n".join([*told, *([f"and {more} more"] if more else [])]))


def _shadow(progress: Progress) -> tuple[str, str]:
    shaded = [place for place in progress.places if place.mode is SiteMode.SHADOW]
    if not progress.places:
        return "later", "Each site begins in shadow: everything is computed, and nobody is told."
    if not shaded:
        return "done", "No site is in shadow. You can still look at a board before it is posted."
    names = _named([escaped(one_line(place.name)) for place in shaded])
    return "on", f"{names}: everything is computed, and nobody is told. See what the first board would say, you alone."


def _live(progress: Progress) -> tuple[str, str]:
    live = [place for place in progress.places if place.mode is SiteMode.LIVE]
    if not live:
        return "missing", "No site is live: Encore posts nothing and awards nothing."
    told = [f"{escaped(one_line(place.name))} {mode_words(place, progress.locale)}" for place in live[:MOST_NAMED]]
    return "done", f"{'; '.join(told)}."


_STATES: Final[Mapping[Step, Callable[[Progress], tuple[str, str]]]] = {
    Step.SITES: _sites, Step.TEAMS: _teams, Step.LINKS: _links, Step.FIGURES: _figures, Step.SHADOW: _shadow,
    Step.LIVE: _live,
}  # fmt: skip


def _state(progress: Progress, step: Step) -> str:
    return "done" if progress.is_done(step) else "missing"


def _imported(progress: Progress, one: Imported) -> str:
    """Return a source on one line: what it is called, how fresh it is, how much came from it and what."""
    newest = moment_words(one.newest_at, progress.zone, progress.locale)
    fresh = ago_words(progress.at - one.newest_at, progress.locale)
    rows = _counted(one.rows, "row", progress)
    return f"{one_line(one.source)}: read {fresh}, {newest}; {rows} of {', '.join(one.kinds)}"


def _counted(count: int, what: str, progress: Progress) -> str:
    return f"{count_words(count, progress.locale)} {what}{'' if count == 1 else 's'}"


def _named(names: Sequence[str]) -> str:
    if len(names) > MOST_NAMED:
        return f"{', '.join(names[:MOST_NAMED])} and {len(names) - MOST_NAMED} more"
    *most, last = names or ("nobody",)
    return f"{', '.join(most)} and {last}" if most else last
