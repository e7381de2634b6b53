"""People, channels, groups and messages in the JSON that Slack answers with."""

import zlib
from collections.abc import Iterable
from typing import Final

from bot.sandbox.clock import Clock
from bot.sandbox.files import File
from bot.sandbox.model import Channel, Json, Message, Person, UserGroup
from bot.sandbox.workspace import Workspace

NEVER: Final = "0000000000.000000"
"""Slack's ts for "not yet"."""

IMAGE_SIZES: Final = (24, 32, 48, 72, 192, 512)
MOST_REPLY_USERS: Final = 5


def user(person: Person, workspace: Workspace, *, with_email: bool = True) -> Json:
    """Return a person the way users.info does; of those who left Slack says little."""
    shape: Json = {
        "id": person.slack_id,
        "team_id": workspace.team_id,
        "name": person.name,
        "deleted": person.deleted,
        "profile": profile(person, workspace, with_email=with_email),
        "is_bot": person.is_bot,
        "is_app_user": False,
        "updated": 0,
    }
    if person.deleted:
        return shape
    offset = workspace.clock.now().astimezone(person.zone).utcoffset()
    return shape | {
        "color": f"{_mark(person):06x}"[-6:],
        "real_name": person.real_name,
        "tz": person.tz,
        "tz_label": person.tz,
        "tz_offset": int(offset.total_seconds()) if offset else 0,
        "is_admin": person.is_admin,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": person.is_restricted,
        "is_ultra_restricted": False,
        "is_email_confirmed": not person.is_bot,
        "has_2fa": False,
        "who_can_share_contact_card": "EVERYONE",
    }


def profile(person: Person, workspace: Workspace, *, with_email: bool = True) -> Json:
    """Return a person's profile."""
    first, _, last = person.real_name.partition(" ")
    shape: Json = {
        "title": person.title,
        "phone": "",
        "skype": "",
        "real_name": person.real_name,
        "real_name_normalized": person.real_name,
        "display_name": person.name,
        "display_name_normalized": person.name,
        "first_name": first,
        "last_name": last,
        "status_text": "",
        "status_text_canonical": "",
        "status_emoji": "",
        "status_emoji_display_info": [],
        "status_expiration": 0,
        "avatar_hash": f"g{_mark(person):08x}",
        "team": workspace.team_id,
        **images(f"g{_mark(person):08x}", IMAGE_SIZES),
    }
    if person.email is not None and with_email:
        shape["email"] = person.email
    if person.slack_id == workspace.bot_user.slack_id:
        shape |= {"bot_id": workspace.bot_id, "api_app_id": workspace.app_id, "always_active": False}
    return shape


def channel(found: Channel, workspace: Workspace) -> Json:
    """Return a channel the way conversations.list does."""
    bot = workspace.bot_user.slack_id
    created = int(found.created_at.timestamp())
    shape: Json = {
        "id": found.slack_id,
        "created": created,
        "is_im": found.is_im,
        "is_archived": found.is_archived,
        "is_org_shared": False,
        "context_team_id": workspace.team_id,
        "updated": created * 1_000,
    }
    if found.is_im:
        other = next((slack_id for slack_id in found.members if slack_id != bot), bot)
        left = workspace.people[other].deleted
        return shape | {"user": other, "is_user_deleted": left, "is_open": True, "priority": 0}
    return shape | {
        "name": found.name,
        "name_normalized": found.name,
        "is_channel": True,
        "is_group": False,
        "is_mpim": False,
        "is_private": found.kind != "public",
        "is_general": False,
        "is_member": bot in found.members,
        "is_shared": False,
        "is_ext_shared": False,
        "is_pending_ext_shared": False,
        "pending_shared": [],
        "pending_connected_team_ids": [],
        "shared_team_ids": [workspace.team_id],
        "parent_conversation": None,
        "unlinked": 0,
        "creator": found.creator,
        "topic": {"value": found.topic, "creator": found.creator, "last_set": created if found.topic else 0},
        "purpose": {"value": found.purpose, "creator": found.creator, "last_set": created if found.purpose else 0},
        "previous_names": [],
        "properties": {},
        "num_members": len(found.members),
    }


def usergroup(group: UserGroup, workspace: Workspace, *, with_users: bool = False, with_count: bool = False) -> Json:
    """Return a user group the way usergroups.list does."""
    created = int(group.created_at.timestamp())
    shape: Json = {
        "id": group.slack_id,
        "team_id": workspace.team_id,
        "is_usergroup": True,
        "is_subteam": True,
        "name": group.name,
        "description": group.description,
        "handle": group.handle,
        "is_external": False,
        "date_create": created,
        "date_update": created,
        "date_delete": created if group.disabled else 0,
        "auto_type": None,
        "auto_provision": False,
        "enterprise_subteam_id": "",
        "created_by": workspace.slackbot.slack_id,
        "updated_by": workspace.slackbot.slack_id,
        "deleted_by": workspace.slackbot.slack_id if group.disabled else None,
        "prefs": {"channels": [], "groups": []},
        "channel_count": 0,
    }
    if with_users:
        shape["users"] = list(group.members)
    if with_count:
        shape["user_count"] = len(group.members)
    return shape


def channel_name(found: Channel) -> str:
    """Return a channel's name as payloads have it: those of private channels and conversations are not told."""
    names = {"im": "directmessage", "private": "privategroup"}
    return names.get(found.kind, found.name)


def message(said: Message, workspace: Workspace, *, with_metadata: bool = True, channel: Channel | None = None) -> Json:
    """Return a message the way conversations.history and chat.postMessage do.

    With the `channel` it was said in, it also tells of its thread: replies to it, or the message it replies to.
    """
    shape: Json = {"type": "message", "user": said.user, "ts": said.ts, "text": said.text, "team": workspace.team_id}
    if said.bot_id is not None:
        shape |= {"bot_id": said.bot_id, "app_id": said.app_id, "bot_profile": bot_profile(workspace)}
    optional = {"blocks": said.blocks, "attachments": said.attachments, "thread_ts": said.thread_ts}
    shape |= {key: value for key, value in optional.items() if value}
    if said.files:
        shape |= {"files": [file(one, workspace) for one in said.files], "upload": True, "display_as_bot": False}
    if said.edited_ts is not None:
        shape["edited"] = {"user": said.user, "ts": said.edited_ts}
    if said.metadata is not None and with_metadata:
        shape["metadata"] = said.metadata
    if said.reactions:
        shape["reactions"] = [
            {"name": name, "users": users, "count": len(users)} for name, users in said.reactions.items()
        ]
    if channel is not None:
        shape |= _of_reply(said, channel, workspace) if said.is_reply else _of_parent(said, channel, workspace)
    return shape


def file(found: File, workspace: Workspace) -> Json:
    """Return a file the way files.info does; of one that was deleted Slack says no more than that.

    Its addresses lead nowhere: the sandbox hands files to people on its page alone.
    """
    if found.deleted:
        return {"id": found.slack_id, "mode": "tombstone"}
    created, of = int(found.created_at.timestamp()), f"{workspace.team_id}-{found.slack_id}"
    shared = [workspace.channels[channel_id] for channel_id in found.channels]
    return {
        "id": found.slack_id,
        "created": created,
        "timestamp": created,
        "name": found.name,
        "title": found.title,
        "mimetype": found.mimetype,
        "filetype": found.ending,
        "pretty_type": found.ending.upper(),
        "user": found.user,
        "user_team": workspace.team_id,
        "editable": False,
        "size": found.size,
        "mode": "hosted",
        "is_external": False,
        "external_type": "",
        "is_public": any(one.kind == "public" for one in shared),
        "public_url_shared": False,
        "display_as_bot": False,
        "username": "",
        "url_private": f"https://files.invalid/files-pri/{of}/{found.name}",
        "url_private_download": f"https://files.invalid/files-pri/{of}/download/{found.name}",
        "permalink": f"https://files.invalid/files/{found.user}/{found.slack_id}/{found.name}",
        "permalink_public": f"https://files.invalid/{of}",
        "is_starred": False,
        "has_rich_preview": False,
        "file_access": "visible",
        "channels": [one.slack_id for one in shared if one.kind == "public"],
        "groups": [one.slack_id for one in shared if one.kind == "private"],
        "ims": [one.slack_id for one in shared if one.is_im],
        "comments_count": 0,
    }


def replies_to(said: Message, channel: Channel) -> list[Message]:
    """Return the replies in a message's thread that everybody sees, the oldest first."""
    return [
        reply
        for reply in channel.messages
        if reply.is_reply and reply.thread_ts == said.ts and reply.ephemeral_to is None
    ]


def bot_profile(workspace: Workspace) -> Json:
    """Return the app as messages name it."""
    return {
        "id": workspace.bot_id,
        "app_id": workspace.app_id,
        "name": workspace.app_name,
        "user_id": workspace.bot_user.slack_id,
        "deleted": False,
        "updated": 0,
        "icons": images("app", (36, 48, 72)),
        "team_id": workspace.team_id,
    }


def images(name: str, sizes: Iterable[int]) -> Json:
    """Return addresses of a picture, as image_24 and so on. Nothing answers there: .invalid is never anybody's."""
    return {f"image_{size}": f"https://avatars.invalid/{name}-{size}.png" for size in sizes}


def seconds(clock: Clock) -> int:
    """Return the clock's moment as whole seconds since 1970."""
    return int(clock.now().timestamp())


def _of_parent(said: Message, channel: Channel, workspace: Workspace) -> Json:
    replies = replies_to(said, channel)
    if not replies:
        return {}
    authors = list(dict.fromkeys(reply.user for reply in replies))
    return {
        "thread_ts": said.ts,
        "reply_count": len(replies),
        "reply_users_count": len(authors),
        "latest_reply": replies[-1].ts,
        "reply_users": authors[:MOST_REPLY_USERS],
        "is_locked": False,
        "subscribed": workspace.bot_user.slack_id in {said.user, *authors},
    }


def _of_reply(said: Message, channel: Channel, workspace: Workspace) -> Json:
    parent = next((other for other in channel.messages if other.ts == said.thread_ts), None)
    if parent is None:
        return {}
    shape: Json = {"parent_user_id": parent.user}
    if said.broadcast:
        shape |= {"subtype": "thread_broadcast", "root": message(parent, workspace, channel=channel)}
    return shape


def _mark(person: Person) -> int:
    return zlib.crc32(person.slack_id.encode())
