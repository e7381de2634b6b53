"""Everything Slack can send. A further one is a further row, and a row of manifest.yml."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from slack_bolt.async_app import AsyncApp

from bot.commands import (
    adjustments,
    catalogue,
    coaching,
    directory,
    disputes,
    encore,
    home,
    kudos,
    mystats,
    points,
    pots,
    preferences,
    report,
    rewards,
    setup,
    sites,
)
from bot.commands.guard import Guard, Row, malformed
from bot.commands.request import Kind
from bot.commands.respond import once
from bot.context import Context
from bot.domain.people import Role

COMMANDS: Final[Mapping[str, Row]] = MappingProxyType(
    {
        "/coach": Row(coaching.handle),
        "/encore": Row(encore.handle, linked=False),
        "/kudos": Row(kudos.handle, linked=False),
        "/mystats": Row(mystats.handle, linked=False),
        "/redeem": Row(rewards.handle),
    }
)
"""By the command as it is typed."""

ACTIONS: Final[Mapping[str, Row]] = MappingProxyType(
    {
        "adjustment_approve": Row(adjustments.approve, Role.ADMIN),
        "adjustment_decline": Row(adjustments.decline, Role.ADMIN),
        "adjustment_look": Row(adjustments.approvals, Role.ADMIN),
        "catalogue_edit": Row(catalogue.edit, Role.ADMIN),
        "catalogue_look": Row(catalogue.look, Role.ADMIN),
        "catalogue_shelve": Row(catalogue.shelve, Role.ADMIN),
        "coaching_answer": Row(coaching.open_answer),
        "coaching_earlier": Row(coaching.earlier),
        "coaching_start": Row(coaching.start),
        "directory_leads": Row(directory.leads, Role.ADMIN),
        "directory_link": Row(directory.by_hand, Role.ADMIN),
        "directory_links": Row(directory.links, Role.ADMIN),
        "directory_team": Row(directory.team, Role.ADMIN),
        "directory_unlink": Row(directory.undo, Role.ADMIN),
        "dispute_answer": Row(disputes.open_answer),
        "dispute_open": Row(disputes.open_question),
        "dispute_pass": Row(disputes.pass_on),
        "encore_look": Row(encore.handle, linked=False),
        "home_look": Row(home.look, linked=False),
        "kudos_write": Row(kudos.handle),
        "mystats_look": Row(mystats.look),
        "mystats_place": Row(mystats.place),
        "points_csv": Row(points.csv),
        "points_look": Row(points.look),
        "points_page": Row(points.page),
        "pot_chip": Row(pots.chip),
        "pot_take_back": Row(pots.take_back),
        "preferences_look": Row(preferences.handle),
        "report_look": Row(report.look, Role.ADMIN),
        "reward_approve": Row(rewards.approve),
        "reward_ask": Row(rewards.ask),
        "reward_cancel": Row(rewards.cancel),
        "reward_decline": Row(rewards.decline),
        "reward_done": Row(rewards.done),
        "reward_give_back": Row(rewards.give_back),
        "reward_page": Row(rewards.page),
        "reward_requests": Row(rewards.requests),
        "reward_words": Row(rewards.approve_in_words),
        "setup_admins": Row(setup.admins, Role.ADMIN),
        "setup_imports": Row(setup.imports, Role.ADMIN),
        "setup_look": Row(setup.look, Role.ADMIN),
        "sites_edit": Row(sites.edit, Role.ADMIN),
        "sites_live": Row(sites.live, Role.ADMIN),
        "sites_look": Row(sites.look, Role.ADMIN),
        "sites_preview": Row(sites.preview, Role.ADMIN),
    }
)
"""By the `action_id` of a button or menu; a colon and what follows it only tells several apart."""

FORMS: Final[Mapping[str, Row]] = MappingProxyType(
    {
        "adjustment_bonus": Row(adjustments.give, Role.ADMIN),
        "catalogue_edit": Row(catalogue.save, Role.ADMIN),
        "coaching_answer": Row(coaching.answer),
        "coaching_choose": Row(coaching.choose),
        "coaching_write": Row(coaching.write),
        "directory_leads": Row(directory.remove_lead, Role.ADMIN),
        "directory_link": Row(directory.link, Role.ADMIN),
        "directory_links": Row(directory.link_all, Role.ADMIN),
        "directory_team": Row(directory.save_team, Role.ADMIN),
        "directory_unlink": Row(directory.unlink, Role.ADMIN),
        "dispute_answer": Row(disputes.answer),
        "dispute_ask": Row(disputes.ask),
        "kudos": Row(kudos.sent),
        "pot_chip": Row(pots.chipped),
        "preferences": Row(preferences.choose),
        "reward_approve": Row(rewards.approved),
        "reward_ask": Row(rewards.asked),
        "reward_decline": Row(rewards.declined),
        "reward_give_back": Row(rewards.given_back),
        "setup_admins": Row(setup.choose_admins, Role.ADMIN),
        "sites_edit": Row(sites.save, Role.ADMIN),
        "sites_live": Row(sites.go, Role.ADMIN),
    }
)
"""By the name of the form."""

SHORTCUTS: Final[Mapping[str, Row]] = MappingProxyType(
    {
        "kudos_message": Row(kudos.about_message),
    }
)
"""By the `callback_id` of the manifest."""

EVENTS: Final[Mapping[str, Row]] = MappingProxyType(
    {
        "app_home_opened": Row(home.opened, linked=False),
    }
)
"""By the `type` of the event."""

_ANY: Final = re.compile("")


def register(bolt: AsyncApp, ctx: Context) -> Guard:
    """Let everything reach its handler, through the guard, which is to be finished before Encore ends."""
    tables = {
        Kind.COMMAND: COMMANDS, Kind.ACTION: ACTIONS, Kind.FORM: FORMS, Kind.SHORTCUT: SHORTCUTS, Kind.EVENT: EVENTS
    }  # fmt: skip
    guard = Guard(ctx, tables)
    bolt.use(once)
    for command in COMMANDS:
        bolt.command(command)(guard.command)
    bolt.action(_ANY)(guard.action)
    bolt.view(_ANY)(guard.form)
    bolt.shortcut(_ANY)(guard.shortcut)
    for event in EVENTS:
        bolt.event(event)(guard.event)
    bolt.error(malformed)
    return guard
