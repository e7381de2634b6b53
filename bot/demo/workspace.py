"""The sample's people and channels in the sandbox's Slack."""

from datetime import date
from functools import partial
from typing import Final

from bot.demo.centre import ADMIN, GENERAL_ID, SITES, VALUES, members, named
from bot.demo.days import next_shift
from bot.domain.programme import Programme
from bot.sandbox.clock import Clock, Move
from bot.sandbox.workspace import Workspace

WELCOME: Final = (
    "*Welcome to the sample contact centre.* Everybody and every figure here is made up; nothing leaves this machine.\n"
    "• Type `/mystats` below: it answers you alone. `/mystats month` and `/mystats today` work too.\n"
    "• Thank a colleague: `/kudos @name what they did`, with one of the sample's values behind it if you like: {values}. "
    "It stands in their site's channel a moment later.\n"
    "• The boards of each site are in its own channel, {channels}.\n"
    "• *Skip to tomorrow 09:00* moves the sandbox's clock: the day is worked, and the next boards are posted.\n"
    "• Under *You are*, be somebody else: an agent in Manila, a lead, a new agent, a guest.\n"
    "In the first minutes the weeks before are still being read, so older figures and targets move. "
    "A kept sample goes on where it ended; what was posted before is not kept."
)


EMPTY: Final = (
    "*A Slack of made-up people, and an Encore that nobody has set up yet.* Nothing leaves this machine.\n"
    "• Under *You are*, be whoever is to be the admin, and type `/encore setup` with the code from the terminal.\n"
    "• The channels {channels} are there for your sites; Encore is in them."
)


def build(opened_on: date, clock: Clock, *, welcome: str = WELCOME) -> Workspace:
    """Return the workspace with its people and channels, as Slack would have it before Encore says anything."""
    workspace = Workspace(clock)
    workspace.moves = (
        Move(
            "shift", "Skip to next shift", "Next shift", partial(next_shift, opened_on),
            "They have no shift in the weeks ahead.",
        ),
    )  # fmt: skip
    everybody = members(opened_on)
    for member in everybody:
        workspace.add_person(
            member.handle,
            real_name=member.name,
            slack_id=member.slack_id,
            email=member.email,
            tz=member.site.zone,
            title=member.title,
            is_admin=member.role == "admin",
            is_restricted=member.guest,
        )
    # The guest sees one channel; who takes no contacts belongs to none of the floors.
    staff = [m.slack_id for m in everybody if not m.guest]
    topic = "Sample data: everybody here is made up"
    general = workspace.add_channel(
        "general", members=[m.slack_id for m in everybody], slack_id=GENERAL_ID, topic=topic
    )
    floors = []
    for site in SITES:
        here = [m.slack_id for m in everybody if m.site is site and m.slack_id in staff]
        about = f"{site.name} ({site.zone}), a sample site"
        floor = workspace.add_channel(site.channel, members=here, slack_id=site.channel_id, topic=about)
        floors.append(f"<#{floor.slack_id}|{floor.name}>")
    said = welcome.format(channels=", ".join(floors), values=", ".join(f"#{value}" for value in VALUES))
    workspace.post(general.slack_id, named(opened_on, ADMIN).slack_id, said)
    return workspace


def add_channels(workspace: Workspace, programme: Programme, opened_on: date) -> None:
    """Add the channels of sites that are not the sample's own, so that their boards can be posted too."""
    staff = [m.slack_id for m in members(opened_on) if not m.guest]
    for name, policy in programme.sites.items():
        wanted = policy.channel
        if wanted is None or wanted in workspace.channels or workspace.channel_named(wanted.lstrip("#")) is not None:
            continue
        is_id = wanted.isalnum() and wanted.isupper()
        called = "".join(c if c.isalnum() else "-" for c in name.lower()) if is_id else wanted.lstrip("#")
        workspace.add_channel(called, members=staff, slack_id=wanted if is_id else None, topic=f"{name}, imported")
