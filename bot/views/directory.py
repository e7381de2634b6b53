"""People in setup: a team in one form, and who in Slack is whom."""

from collections.abc import Sequence
from typing import Final

from bot.domain.directory import LeadRemoved, Links, TeamSaved, Unlinked, Unmatched
from bot.domain.setup import Place, Progress
from bot.views.blocks import actions, bullets, button, rich_text, run
from bot.views.figures import count_words
from bot.views.form import MOST_CHOICES, Form, choice_field, people_field, person_field, text_field, ticks_field
from bot.views.message import Block, Message
from bot.views.names import escaped, name_of, one_line
from bot.views.setup import onwards

MOST_IN_A_TEAM: Final = 100
MOST_LEADS: Final = 10
MOST_OF_A_NAME: Final = 48
SAME: Final = "same"

_NOBODY: Final = "Encore knows nobody yet. Add a team, or import a people file."


def team_form(places: Sequence[Place]) -> Form:
    """Return the form of a team."""
    sites = {str(place.id): one_line(place.name) or f"Site {place.id}" for place in places[:MOST_CHOICES]}
    return Form(
        "directory_team", "A team",
        [
            choice_field("site", "Site", sites, initial=next(iter(sites)) if len(sites) == 1 else ""),
            text_field("name", "Name of the team", most=MOST_OF_A_NAME, placeholder="Wow team"),
            people_field("leads", "Leads", most=MOST_LEADS, hint="They coach this team and see its figures."),
            people_field(
                "members", "Members", most=MOST_IN_A_TEAM,
                hint="Up to 100. Whom Encore does not know yet is added; who is in another team moves here today.",
            ),
            actions(button("directory_leads", "Remove a lead…")),
        ],
        submit="Save",
    )  # fmt: skip


def lead_form() -> Form:
    """Return the form in which somebody is to lead a team no more."""
    words = (
        "They stay in their team, and see its figures no more. What waits for their decision goes to its other leads, or to "
        "the admins. What they wrote as coaching stays with them and the agent."
    )
    return Form(
        "directory_leads", "Remove a lead",
        [
            rich_text(run(words)), person_field("lead", "Lead"),
            text_field(
                "team", "Team", most=MOST_OF_A_NAME * 2, optional=True, hint="Needed only where they lead several teams."
            ),
        ],
        submit="Remove", stacked=True,
    )  # fmt: skip


def lead_removed(told: LeadRemoved, progress: Progress) -> Message:
    """Say who leads a team no more."""
    words = f"{one_line(told.name)} does not lead {one_line(told.team)} any more. Open requests went to others."
    return Message(escaped(words), [rich_text(run(words)), onwards(progress)])


def team_saved(told: TeamSaved, progress: Progress) -> Message:
    """Say who is in a team now."""
    name, site = one_line(told.team), one_line(told.site)
    leads = _counted(told.leads, "lead", progress.locale)
    members = _counted(told.members, "member", progress.locale)
    lines = [f"{name} at {site}: {leads}, {members}. {_counted(told.new, 'person is', progress.locale)} new to Encore."]
    doors = [button("directory_team:another", "Another team")]
    if told.namesakes:
        named = ", ".join(one_line(namesake) for namesake in told.namesakes)
        lines.append(
            f"Encore has figures or a file of somebody else of this name, too: {named}. If that is the same person, link "
            "them by hand, and the two entries become one."
        )  # fmt: skip
        doors.append(button("directory_link", "Link by hand"))
    return Message(escaped(" ".join(lines)), [*(rich_text(run(line)) for line in lines), onwards(progress, *doors)])


def links_form(progress: Progress) -> Form:
    """Return what linking by e-mail does, with the button that does it."""
    known = (
        f"{count_words(progress.linked, progress.locale)} of {count_words(progress.people, progress.locale)} people are "
        "linked to Slack."
    )  # fmt: skip
    words = (
        "Encore reads who is in this Slack, and links everybody whose e-mail address it knows. Bots, guests, closed "
        "accounts and addresses that two people share are left alone. In a large workspace it takes some minutes."
    )
    return Form(
        "directory_links", "Link by e-mail",
        [rich_text(run(known)), rich_text(run(words)), actions(button("directory_unlink", "Undo a wrong link…"))],
        submit="Link people",
    )  # fmt: skip


def unlink_form() -> Form:
    """Return the form in which a wrong link is undone."""
    account = (
        "Choose the account that is linked to the wrong person. From then on it reads nothing of theirs: its open forms and "
        "buttons say that Encore does not know it. What Encore wrote to it before stays in its Slack."
    )
    person = (
        "The person keeps everything: their figures, points and coaching, and the kudos and points that came while the "
        "account was linked to them. The account's e-mail address is taken from them as well, so that it is not linked "
        "again by it. What waits for their decision goes to others."
    )
    return Form(
        "directory_unlink", "Undo a wrong link",
        [rich_text(run(account)), rich_text(run(person)), person_field("slack", "In Slack")],
        submit="Undo the link", stacked=True,
    )  # fmt: skip


def unlinked(told: Unlinked, progress: Progress) -> Message:
    """Say whose account it is no more, and how it gets its own person."""
    words = (
        f"{one_line(told.account)} in Slack is not {one_line(told.person)} in Encore any more, and reads nothing of theirs. "
        "“Link by hand” says who somebody is."
    )
    return Message(
        escaped(words), [rich_text(run(words)), onwards(progress, button("directory_link", "Link by hand"))]
    )  # fmt: skip


def links_told(links: Links, progress: Progress) -> Message:
    """Say how many were linked, and who is still unmatched."""
    locale = progress.locale
    if not links.linked and not links.unmatched_count:
        return Message(_NOBODY, [rich_text(run(_NOBODY)), onwards(progress)])
    lines = []
    if links.looked_at:
        looked = _counted(links.looked_at, "account", locale)
        lines.append(f"Slack has {looked}. {_counted(links.linked_now, 'person was', locale)} linked just now.")
    if links.without_addresses:
        lines.append("Slack told no e-mail address: the app lacks the scope users:read.email. Install it again.")
    if links.shared:
        lines.append(f"{_counted(links.shared, 'address is', locale)} shared by two accounts, and left alone.")
    lines.append(_state(links, locale))
    names = [_named(one) for one in links.unmatched]
    rest = links.unmatched_count - len(names)
    names += [f"and {count_words(rest, locale)} more"] if rest > 0 else []
    blocks: list[Block] = [rich_text(run("\n".join(lines)))]
    if names:
        blocks.append(bullets(*[(run(name),) for name in names]))
    doors = [button("directory_link", "Link by hand")] if names else []
    return Message(escaped("\n".join([*lines, *names])), [*blocks, onwards(progress, *doors)])


def link_form(unmatched: Sequence[Unmatched]) -> Form:
    """Return the form in which one person is linked by hand."""
    people = {str(one.person_id): _named(one) for one in unmatched[:MOST_CHOICES]}
    return Form(
        "directory_link", "Link by hand",
        [
            choice_field("person", "Person", people, hint="Whom Encore knows, and nobody in Slack is yet."),
            person_field("slack", "In Slack"),
            ticks_field(
                "same", "If they are somebody in Encore already",
                {SAME: "Both are the same person: make the two entries one"},
            ),
        ],
        submit="Link",
    )  # fmt: skip


def linked(name: str, progress: Progress) -> Message:
    """Say who was linked."""
    words = f"{one_line(name)} is linked."
    doors = [button("directory_link", "Link another")] if progress.linked < progress.people else []
    return Message(escaped(words), [rich_text(run(words)), onwards(progress, *doors)])


def nobody_left() -> Message:
    """Say that there is nobody to link by hand."""
    words = "Everybody whom Encore knows is linked to Slack."
    return Message(words, [rich_text(run(words))])


def _state(links: Links, locale: str) -> str:
    people = links.linked + links.unmatched_count
    linked = f"{count_words(links.linked, locale)} of {_counted(people, 'person is', locale)} linked."
    return linked if not links.unmatched_count else f"{linked} These are not in Slack, or under another address:"


def _named(one: Unmatched) -> str:
    name = name_of(one.person_id, {one.person_id: one.name})
    place = ", ".join(filter(None, (one_line(word or "") for word in (one.site, one.team))))
    return f"{name} ({place})" if place else name


def _counted(count: int, what: str, locale: str) -> str:
    """Return a number with its word: “person is”, “person was” and the like change as a whole."""
    noun, _, verb = what.partition(" ")
    several = {"person": "people", "address": "addresses"}.get(noun, f"{noun}s")
    verbs = {"is": "are", "was": "were"}
    words = what if count == 1 else " ".join(filter(None, (several, verbs.get(verb, verb))))
    return f"{count_words(count, locale)} {words}"
