"""What Slack's methods refuse, one row for each rule: arguments just past the rule, Slack's error, the call made right.

In the arguments stand names of channels, people and messages of a small workspace: `{team}`, `{ana}`, `{said}`.
"""

from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

POST, EPHEMERAL, UPDATE, DELETE = "chat.postMessage", "chat.postEphemeral", "chat.update", "chat.delete"
ADD, REMOVE, GET = "reactions.add", "reactions.remove", "reactions.get"
HISTORY, REPLIES, OPEN = "conversations.history", "conversations.replies", "conversations.open"
UPLOAD, COMPLETE = "files.getUploadURLExternal", "files.completeUploadExternal"
JOIN, LEAVE, INVITE, KICK = (f"conversations.{word}" for word in ("join", "leave", "invite", "kick"))

TEAM: Json = {"channel": "{team}"}
WORDS: Json = TEAM | {"text": "x"}
ASIDE: Json = TEAM | {"user": "{ana}", "text": "x"}
OURS: Json = TEAM | {"ts": "{said}"}
TADA: Json = TEAM | {"timestamp": "{said}", "name": "tada"}
GUESTS: Json = TEAM | {"users": "{cy}"}
NOBODY: Json = {"user": "U0NOBODY"}
NEVER = "1700000000.000001"
CSV: Json = {"filename": "a.csv", "length": 3}
SENT: Json = {"files": '[{"id": "{uploaded}"}]'}
PAYLOAD: Json = {"event_type": "board", "event_payload": {}}


@dataclass(frozen=True)
class Refusal:
    """One rule of a method. `refused` and `allowed` are its arguments."""

    rule: str
    method: str
    refused: Json
    error: str
    allowed: Json


def without(arguments: Json, *names: str) -> Json:
    return {name: value for name, value in arguments.items() if name not in names}


def words(length: int) -> Json:
    return {"text": "x" * length}


REFUSALS = [
    Refusal("post to nowhere", POST, WORDS | {"channel": "C0NOWHERE"}, "channel_not_found", WORDS),
    Refusal(
        "post to a name", POST, WORDS | {"channel": "#nowhere"}, "channel_not_found", WORDS | {"channel": "#{name}"}
    ),
    Refusal(
        "post to a secret", POST, WORDS | {"channel": "{secret}"}, "channel_not_found", WORDS | {"channel": "{leads}"}
    ),
    Refusal("post outside", POST, WORDS | {"channel": "{outside}"}, "not_in_channel", WORDS),
    Refusal("post to the archive", POST, WORDS | {"channel": "{old}"}, "is_archived", WORDS),
    Refusal("post to itself", POST, WORDS | {"channel": "{bot}"}, "channel_not_found", WORDS | {"channel": "{ana}"}),
    Refusal("post without a channel", POST, without(WORDS, "channel"), "invalid_arguments", WORDS),
    Refusal("post to an empty channel", POST, WORDS | {"channel": ""}, "channel_not_found", WORDS),
    Refusal("post nothing", POST, TEAM, "no_text", TEAM | {"blocks": [{"type": "divider"}]}),
    Refusal(
        "post into no thread", POST, WORDS | {"thread_ts": "0"}, "invalid_thread_ts", WORDS | {"thread_ts": "{said}"}
    ),
    Refusal(
        "post broken JSON",
        POST,
        WORDS | {"blocks": "[{"},
        "invalid_blocks_format",
        WORDS | {"blocks": [{"type": "divider"}]},
    ),
    Refusal("post a hologram", POST, WORDS | {"blocks": [{"type": "hologram"}]}, "invalid_blocks", WORDS),
    Refusal(
        "post half of metadata",
        POST,
        WORDS | {"metadata": without(PAYLOAD, "event_payload")},
        "invalid_metadata_format",
        WORDS | {"metadata": PAYLOAD},
    ),
    Refusal(
        "post 101 attachments",
        POST,
        WORDS | {"attachments": [{"text": "x"}] * 101},
        "too_many_attachments",
        WORDS | {"attachments": [{"text": "x"}] * 100},
    ),
    Refusal("whisper outside", EPHEMERAL, ASIDE | {"channel": "{outside}"}, "not_in_channel", ASIDE),
    Refusal("whisper in the archive", EPHEMERAL, ASIDE | {"channel": "{old}"}, "is_archived", ASIDE),
    Refusal("whisper to a person's id", EPHEMERAL, ASIDE | {"channel": "{ana}"}, "channel_not_found", ASIDE),
    Refusal("whisper to an outsider", EPHEMERAL, ASIDE | {"user": "{cy}"}, "user_not_in_channel", ASIDE),
    Refusal("whisper to nobody", EPHEMERAL, ASIDE | NOBODY, "user_not_in_channel", ASIDE),
    Refusal("whisper nothing", EPHEMERAL, without(ASIDE, "text"), "no_text", ASIDE),
    Refusal("whisper too much", EPHEMERAL, ASIDE | words(40_001), "msg_too_long", ASIDE | words(40_000)),
    Refusal("change another's words", UPDATE, WORDS | {"ts": "{theirs}"}, "cant_update_message", WORDS | OURS),
    Refusal("change what was never said", UPDATE, WORDS | {"ts": NEVER}, "message_not_found", WORDS | OURS),
    Refusal("change a whisper", UPDATE, WORDS | {"ts": "{whispered}"}, "message_not_found", WORDS | OURS),
    Refusal("change by a name", UPDATE, WORDS | OURS | {"channel": "#{name}"}, "channel_not_found", WORDS | OURS),
    Refusal(
        "change the archive",
        UPDATE,
        {"channel": "{old}", "ts": "{said_long_ago}", "text": "x"},
        "is_inactive",
        WORDS | OURS,
    ),
    Refusal("change to too much", UPDATE, OURS | words(4_001), "msg_too_long", OURS | words(4_000)),
    Refusal("change nothing", UPDATE, OURS, "no_text", WORDS | OURS),
    Refusal("delete another's words", DELETE, TEAM | {"ts": "{theirs}"}, "cant_delete_message", OURS),
    Refusal("delete what was never said", DELETE, TEAM | {"ts": NEVER}, "message_not_found", OURS),
    Refusal("delete by a name", DELETE, OURS | {"channel": "#{name}"}, "channel_not_found", OURS),
    Refusal(
        "link to what was never said",
        "chat.getPermalink",
        TEAM | {"message_ts": NEVER},
        "message_not_found",
        TEAM | {"message_ts": "{theirs}"},
    ),
    Refusal("react without knowing the name", ADD, TADA | {"name": "white_checkmark"}, "invalid_name", TADA),
    Refusal("react with colons", ADD, TADA | {"name": ":tada:"}, "invalid_name", TADA),
    Refusal(
        "react in a seventh tone",
        ADD,
        TADA | {"name": "wave::skin-tone-7"},
        "invalid_name",
        TADA | {"name": "wave::skin-tone-6"},
    ),
    Refusal("react twice", ADD, TADA | {"timestamp": "{reacted}"}, "already_reacted", TADA),
    Refusal("react yesterday", ADD, TADA | {"timestamp": "yesterday"}, "bad_timestamp", TADA),
    Refusal("react to what was never said", ADD, TADA | {"timestamp": NEVER}, "message_not_found", TADA),
    Refusal("react to no message", ADD, without(TADA, "timestamp"), "invalid_arguments", TADA),
    Refusal("react outside", ADD, TADA | {"channel": "{outside}"}, "not_in_channel", TADA),
    Refusal(
        "react in the archive", ADD, TADA | {"channel": "{old}", "timestamp": "{said_long_ago}"}, "is_archived", TADA
    ),
    Refusal("take back nothing", REMOVE, TADA, "no_reaction", TADA | {"timestamp": "{reacted}"}),
    Refusal("take back from nothing", REMOVE, {"name": "tada"}, "no_item_specified", TADA | {"timestamp": "{reacted}"}),
    Refusal("reactions to nothing", GET, TEAM, "no_item_specified", without(TADA, "name")),
    Refusal(
        "reactions to what was never said",
        GET,
        TEAM | {"timestamp": NEVER},
        "message_not_found",
        TEAM | {"timestamp": "{theirs}"},
    ),
    Refusal("describe by a name", "conversations.info", {"channel": "{name}"}, "channel_not_found", TEAM),
    Refusal(
        "describe a secret", "conversations.info", {"channel": "{secret}"}, "channel_not_found", {"channel": "{leads}"}
    ),
    Refusal("list no kind", "conversations.list", {"types": "public"}, "invalid_types", {"types": "public_channel"}),
    Refusal("list somebody's no kind", "users.conversations", {"types": "dm"}, "invalid_types", {"types": "im,mpim"}),
    Refusal("list a wordy limit", "conversations.list", {"limit": "many"}, "invalid_limit", {"limit": "5"}),
    Refusal("list people of nowhere", "conversations.members", {"channel": "C0NOWHERE"}, "channel_not_found", TEAM),
    Refusal("read outside", HISTORY, {"channel": "{outside}"}, "not_in_channel", TEAM),
    Refusal("read by a name", HISTORY, {"channel": "#{name}"}, "channel_not_found", TEAM),
    Refusal("read from another book", HISTORY, TEAM | {"cursor": "page two"}, "invalid_cursor", TEAM | {"cursor": ""}),
    Refusal("read since once", HISTORY, TEAM | {"oldest": "once"}, "invalid_ts_oldest", TEAM | {"oldest": "0"}),
    Refusal("read until infinity", HISTORY, TEAM | {"latest": "inf"}, "invalid_ts_latest", TEAM | {"latest": "now"}),
    Refusal("follow no thread", REPLIES, TEAM | {"ts": NEVER}, "thread_not_found", OURS),
    Refusal("follow an empty thread", REPLIES, TEAM | {"ts": ""}, "thread_not_found", OURS),
    Refusal("follow a whisper", REPLIES, TEAM | {"ts": "{whispered}"}, "thread_not_found", OURS),
    Refusal("follow nothing", REPLIES, TEAM, "invalid_arguments", OURS),
    Refusal("open for nobody", OPEN, {}, "users_list_not_supplied", {"users": "{ana}"}),
    Refusal("open for a stranger", OPEN, {"users": "U0NOBODY"}, "user_not_found", {"users": "{ana}"}),
    Refusal("open for somebody gone", OPEN, {"users": "{gone}"}, "user_disabled", {"users": "{ana}"}),
    Refusal(
        "open for two",
        OPEN,
        {"users": "{ana},{ben}"},
        "method_not_supported_for_channel_type",
        {"users": "{ana},{ana}"},
    ),
    Refusal(
        "open for nine", OPEN, {"users": ",".join(f"U{n}" for n in range(9))}, "too_many_users", {"users": "{ana}"}
    ),
    Refusal("open a channel", OPEN, TEAM, "method_not_supported_for_channel_type", {"channel": "{direct}"}),
    Refusal(
        "join a private channel",
        JOIN,
        {"channel": "{leads}"},
        "method_not_supported_for_channel_type",
        {"channel": "{outside}"},
    ),
    Refusal("join the archive", JOIN, {"channel": "{old}"}, "is_archived", {"channel": "{outside}"}),
    Refusal("leave nobody behind", LEAVE, {"channel": "{alone}"}, "last_member", TEAM),
    Refusal("leave a person", LEAVE, {"channel": "{direct}"}, "method_not_supported_for_channel_type", TEAM),
    Refusal("leave the archive", LEAVE, {"channel": "{old}"}, "is_archived", TEAM),
    Refusal("invite from outside", INVITE, GUESTS | {"channel": "{outside}"}, "not_in_channel", GUESTS),
    Refusal("invite a member", INVITE, GUESTS | {"users": "{ana}"}, "already_in_channel", GUESTS),
    Refusal("invite itself", INVITE, GUESTS | {"users": "{bot}"}, "cant_invite_self", GUESTS),
    Refusal("invite a stranger", INVITE, GUESTS | {"users": "U0NOBODY"}, "user_not_found", GUESTS),
    Refusal("invite nobody", INVITE, GUESTS | {"users": ""}, "no_user", GUESTS),
    Refusal("remove itself", KICK, TEAM | {"user": "{bot}"}, "cant_kick_self", TEAM | {"user": "{ana}"}),
    Refusal("remove nobody", KICK, TEAM, "no_user", TEAM | {"user": "{ana}"}),
    Refusal("remove a stranger", KICK, TEAM | NOBODY, "user_not_found", TEAM | {"user": "{ana}"}),
    Refusal("remove an outsider", KICK, TEAM | {"user": "{cy}"}, "not_in_channel", TEAM | {"user": "{ana}"}),
    Refusal(
        "remove from a talk of two",
        KICK,
        {"channel": "{direct}", "user": "{ana}"},
        "method_not_supported_for_channel_type",
        TEAM | {"user": "{ana}"},
    ),
    Refusal("list people from another book", "users.list", {"cursor": "page two"}, "invalid_cursor", {"limit": 1}),
    Refusal("describe a stranger", "users.info", NOBODY, "user_not_found", {"user": "{gone}"}),
    Refusal("describe nobody", "users.info", {}, "user_not_found", {"user": "{ana}"}),
    Refusal(
        "look a stranger up", "users.lookupByEmail", {"email": "x@y.example"}, "users_not_found", {"email": "{mail}"}
    ),
    Refusal("look nothing up", "users.lookupByEmail", {}, "invalid_arguments", {"email": "{mail}"}),
    Refusal("a stranger's profile", "users.profile.get", NOBODY, "user_not_found", {}),
    Refusal(
        "people of no group",
        "usergroups.users.list",
        {"usergroup": "S0NOBODY"},
        "no_such_subteam",
        {"usergroup": "{group}"},
    ),
    Refusal(
        "people of a disabled group",
        "usergroups.users.list",
        {"usergroup": "{closed_group}"},
        "no_such_subteam",
        {"usergroup": "{closed_group}", "include_disabled": True},
    ),
    Refusal("upload nothing", UPLOAD, CSV | {"length": 0}, "missing_argument", CSV),
    Refusal("upload a wordy length", UPLOAD, CSV | {"length": "many"}, "invalid_arguments", CSV),
    Refusal("upload without a name", UPLOAD, without(CSV, "filename"), "invalid_arguments", CSV),
    Refusal("upload under an empty name", UPLOAD, CSV | {"filename": ""}, "invalid_arguments", CSV),
    Refusal("upload without a length", UPLOAD, without(CSV, "length"), "invalid_arguments", CSV),
    Refusal("upload too much", UPLOAD, CSV | {"length": 1_000_000_001}, "file_upload_size_restricted", CSV),
    Refusal(
        "upload too long a snippet",
        UPLOAD,
        CSV | {"length": 1_000_001, "snippet_type": "csv"},
        "snippet_too_large",
        CSV | {"length": 1_000_000, "snippet_type": "csv"},
    ),
    Refusal(
        "describe at length",
        UPLOAD,
        CSV | {"alt_txt": "x" * 1_001},
        "alt_txt_too_large",
        CSV | {"alt_txt": "x" * 1_000},
    ),
    Refusal("complete nothing", COMPLETE, {"files": "[]"}, "invalid_arguments", SENT),
    Refusal("complete a word", COMPLETE, {"files": "a.csv"}, "invalid_arguments", SENT),
    Refusal("complete without an id", COMPLETE, {"files": [{"title": "a"}]}, "invalid_arguments", SENT),
    Refusal("complete a stranger", COMPLETE, {"files": '[{"id": "F0NOWHERE"}]'}, "file_not_found", SENT),
    Refusal("complete what never came", COMPLETE, {"files": '[{"id": "{announced}"}]'}, "file_not_found", SENT),
    Refusal("complete twice", COMPLETE, {"files": '[{"id": "{ours}"}]'}, "file_not_found", SENT),
    Refusal(
        "complete one as two",
        COMPLETE,
        {"files": '[{"id": "{uploaded}"}, {"id": "{uploaded}"}]'},
        "file_not_found",
        SENT,
    ),
    Refusal("share nowhere", COMPLETE, SENT | {"channel_id": "C0NOWHERE"}, "channel_not_found", SENT),
    Refusal("share with a person's id", COMPLETE, SENT | {"channel_id": "{ana}"}, "channel_not_found", SENT),
    Refusal("share in a secret", COMPLETE, SENT | {"channel_id": "{secret}"}, "channel_not_found", SENT),
    Refusal("share in several nowheres", COMPLETE, SENT | {"channels": "C0NOWHERE"}, "invalid_channel", SENT),
    Refusal("share outside", COMPLETE, SENT | {"channel_id": "{outside}"}, "not_in_channel", SENT),
    Refusal("share in the archive", COMPLETE, SENT | {"channel_id": "{old}"}, "posting_to_channel_denied", SENT),
    Refusal(
        "share in 101 channels",
        COMPLETE,
        SENT | {"channels": ",".join(f"C{n}" for n in range(101))},
        "channels_limit_exceeded",
        SENT | {"channels": "{ana},{team}"},
    ),
    Refusal(
        "share with a hologram",
        COMPLETE,
        SENT | {"channel_id": "{team}", "blocks": '[{"type": "hologram"}]'},
        "invalid_blocks",
        SENT | {"channel_id": "{team}", "blocks": '[{"type": "divider"}]'},
    ),
    Refusal("describe no file", "files.info", {"file": "F0NOWHERE"}, "file_not_found", {"file": "{ours}"}),
    Refusal("describe what is gone", "files.info", {"file": "{thrown_away}"}, "file_deleted", {"file": "{ours}"}),
    Refusal("delete no file", "files.delete", {"file": "F0NOWHERE"}, "file_not_found", {"file": "{ours}"}),
    Refusal("delete what is gone", "files.delete", {"file": "{thrown_away}"}, "file_deleted", {"file": "{ours}"}),
    Refusal("another workspace", "team.info", {"team": "T0ELSEWHERE"}, "team_not_found", {}),
    Refusal("another bot", "bots.info", {"bot": "B0OTHER"}, "bot_not_found", {}),
]
