"""People, channels and messages in the JSON that Slack answers with."""

from bot.sandbox.clock import Clock
from bot.sandbox.model import Channel, Json, Message, Person
from bot.sandbox.workspace import Workspace


def user(person: Person, workspace: Workspace) -> Json:
    """Return a person the way users.info does."""
    offset = workspace.clock.now().astimezone(person.zone).utcoffset()
    profile: Json = {
        "title": person.title,
        "real_name": person.real_name,
        "real_name_normalized": person.real_name,
        "display_name": person.name,
        "display_name_normalized": person.name,
        "status_text": "",
        "status_emoji": "",
        "team": workspace.team_id,
    }
    if person.email is not None:
        profile["email"] = person.email
    if person.slack_id == workspace.bot_user.slack_id:
        profile |= {"bot_id": workspace.bot_id, "api_app_id": workspace.app_id}
    return {
        "id": person.slack_id,
        "team_id": workspace.team_id,
        "name": person.name,
        "deleted": person.deleted,
        "real_name": person.real_name,
        "tz": person.tz,
        "tz_label": person.tz,
        "tz_offset": int(offset.total_seconds()) if offset else 0,
        "profile": profile,
        "is_admin": person.is_admin,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": person.is_restricted,
        "is_ultra_restricted": False,
        "is_bot": person.is_bot,
        "is_app_user": False,
        "updated": 0,
    }


def channel(found: Channel, workspace: Workspace) -> Json:
    """Return a channel the way conversations.info does."""
    bot = workspace.bot_user.slack_id
    shape: Json = {
        "id": found.slack_id,
        "created": int(found.created_at.timestamp()),
        "is_im": found.is_im,
        "is_mpim": False,
        "is_archived": found.is_archived,
        "is_private": found.kind != "public",
        "is_org_shared": False,
        "context_team_id": workspace.team_id,
    }
    if found.is_im:
        other = next((slack_id for slack_id in found.members if slack_id != bot), bot)
        return shape | {"user": other, "is_open": True}
    return shape | {
        "name": found.name,
        "name_normalized": found.name,
        "is_channel": True,
        "is_group": False,
        "is_general": False,
        "is_member": bot in found.members,
        "is_shared": False,
        "is_ext_shared": False,
        "creator": found.creator,
        "num_members": len(found.members),
        "topic": {"value": found.topic, "creator": found.creator, "last_set": 0},
        "purpose": {"value": found.purpose, "creator": found.creator, "last_set": 0},
        "previous_names": [],
    }


def message(said: Message, workspace: Workspace, *, with_metadata: bool = True) -> Json:
    """Return a message the way conversations.history and chat.postMessage do."""
    shape: Json = {"type": "message", "user": said.user, "ts": said.ts, "text": said.text, "team": workspace.team_id}
    if said.bot_id is not None:
        shape |= {"bot_id": said.bot_id, "app_id": said.app_id, "bot_profile": bot_profile(workspace)}
    optional = {"blocks": said.blocks, "attachments": said.attachments, "thread_ts": said.thread_ts}
    shape |= {key: value for key, value in optional.items() if value}
    if said.edited_ts is not None:
        shape["edited"] = {"user": said.user, "ts": said.edited_ts}
    if said.metadata is not None and with_metadata:
        shape["metadata"] = said.metadata
    if said.reactions:
        shape["reactions"] = [
            {"name": name, "users": users, "count": len(users)} for name, users in said.reactions.items()
        ]
    return shape


def bot_profile(workspace: Workspace) -> Json:
    """Return the app as messages name it."""
    return {
        "id": workspace.bot_id,
        "app_id": workspace.app_id,
        "name": workspace.app_name,
        "user_id": workspace.bot_user.slack_id,
        "deleted": False,
        "updated": 0,
        "icons": {},
        "team_id": workspace.team_id,
    }


def seconds(clock: Clock) -> int:
    """Return the clock's moment as whole seconds since 1970."""
    return int(clock.now().timestamp())
