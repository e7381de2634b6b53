"""The Events API: its envelope, the events in it, Socket Mode's messages, and the headers of what is sent again."""

from typing import Final

from .documented_interactions import BLOCKS, BOT_PROFILE, SOCKET_MODE, VIEWS
from .documented_keys import Documented, documented

REFERENCE: Final = "https://docs.slack.dev/reference/events"
GOLDEN: Final = "https://github.com/MercuryTechnologies/slack-web/blob/main/tests/golden/SlackWebhookEvent"
RECORDED: Final = "https://github.com/vercel/chat/blob/main/packages/adapter-slack/sample-messages.md"
NODE_TYPES: Final = "https://github.com/slackapi/node-slack-sdk/blob/main/packages/types/src/events"

_ENVELOPE: Final = (
    "token team_id api_app_id event* type event_id event_time is_ext_shared_channel",
    "authorizations[](enterprise_id team_id user_id is_bot is_enterprise_install)",
    "enterprise_id?",  # on Enterprise Grid
)
_ELSEWHERE: Final = "context_team_id? context_enterprise_id? event_context?"  # for what happens in a conversation
ENVELOPES: Final[dict[str, Documented]] = {
    "event_callback": documented("event_callback", f"{REFERENCE}/reaction_added", *_ENVELOPE, _ELSEWHERE),
    "event_callback/message": documented(
        "event_callback/message", RECORDED, *_ENVELOPE, "context_team_id context_enterprise_id event_context"
    ),
    "event_callback/app_mention": documented("event_callback/app_mention", RECORDED, *_ENVELOPE, "event_context"),
    "event_callback/app_home_opened": documented(
        "event_callback/app_home_opened", f"{GOLDEN}/app_home_opened_home.json", *_ENVELOPE
    ),
    "url_verification": documented(
        "url_verification", "https://api.slack.com/events/url_verification", "token challenge type"
    ),
}

_WHERE: Final = "type channel ts event_ts channel_type"
_EXTRAS: Final = "attachments?[]* files?[]* metadata?(event_type event_payload*)"
_REPLY: Final = "thread_ts parent_user_id"
_MAYBE_REPLY: Final = "thread_ts? parent_user_id?"
_BY_PERSON: Final = f"user text client_msg_id team blocks[]{BLOCKS}"
_BY_APP: Final = f"user text bot_id app_id team bot_profile{BOT_PROFILE} blocks[]{BLOCKS}"
# The message inside an edit or a deletion: of a person or of an app, in a thread or not.
_INNER: Final = (
    f"type ts text user? team? client_msg_id? bot_id? app_id? bot_profile?{BOT_PROFILE} blocks?[]{BLOCKS} subtype?",
    f"username? icons?* edited?(user ts) {_MAYBE_REPLY} reply_count? reply_users_count? latest_reply? reply_users?[]",
    f"is_locked? subscribed? source_team? user_team? reactions?[](name users[] count) {_EXTRAS}",
)

# Slack's examples of a person differ in what is not marked as required here: pictures, huddles, guests.
PROFILE: Final = (
    "title phone? skype? real_name real_name_normalized display_name display_name_normalized fields?* "
    "status_text status_text_canonical? status_emoji status_emoji_display_info?[]* status_expiration? avatar_hash? "
    "first_name? last_name? email? pronouns? huddle_state? huddle_state_expiration_ts? huddle_state_call_id? "
    "start_date? guest_invited_by? guest_expiration_ts? guest_channels? bot_id? api_app_id? always_active? "
    "image_original? is_custom_image? image_24? image_32? image_48? image_72? image_192? image_512? image_1024?"
)
_MEMBER: Final = (
    "id team_id name deleted color? real_name tz tz_label tz_offset is_admin is_owner is_primary_owner is_restricted",
    "is_ultra_restricted is_bot is_app_user updated is_email_confirmed? who_can_share_contact_card? locale? has_2fa?",
    "is_stranger? is_invited_user? is_workflow_bot? has_files? presence? two_factor_type? enterprise_user?*",
    f"profile({PROFILE} team)",
)
_WITH_PERSON: Final = ("type cache_ts event_ts user(", *_MEMBER, ")")
_MOVEMENT: Final = "type user channel channel_type team event_ts enterprise?"
_REACTION: Final = "type user reaction item(type channel ts channel_type?) event_ts"

EVENTS: Final[dict[str, Documented]] = {
    row.name: row
    for row in (
        documented("message", RECORDED, _WHERE, _BY_PERSON, _EXTRAS),
        documented("message/im", f"{GOLDEN}/messageIm.json", _WHERE, _BY_PERSON, _EXTRAS),
        documented("message/thread_reply", RECORDED, _WHERE, _BY_PERSON, _REPLY, _EXTRAS),
        documented("message/own", RECORDED, _WHERE, _BY_APP, _MAYBE_REPLY, _EXTRAS),
        documented(
            "message/bot_message",  # by response_url, or under another name
            f"{GOLDEN}/message_subtype_bot_message.json",
            _WHERE,
            f"subtype text bot_id app_id? username? icons?* blocks?[]{BLOCKS}",
            _MAYBE_REPLY,
            _EXTRAS,
        ),
        documented(
            "message/file_share",
            f"{GOLDEN}/message_file_share.json",
            _WHERE,
            f"subtype text user upload display_as_bot files[]* client_msg_id? blocks?[]{BLOCKS} attachments?[]*",
            f"bot_id? app_id? bot_profile?{BOT_PROFILE}",  # of an app
            _MAYBE_REPLY,
        ),
        documented(
            "message/message_changed",
            RECORDED,
            _WHERE,
            "subtype hidden",
            *("message(", *_INNER, ") previous_message(", *_INNER, ")"),
        ),
        documented(
            "message/message_deleted",
            f"{GOLDEN}/message_deleted.json",
            _WHERE,
            "subtype hidden deleted_ts",
            *("previous_message(", *_INNER, ")"),
        ),
        documented(
            "message/channel_join",
            f"{GOLDEN}/joinChannel.json",
            _WHERE,
            "subtype user text inviter? team?",  # inviter: when somebody invited them
        ),
        documented(
            "app_mention",
            RECORDED,
            f"type user text ts team blocks[]{BLOCKS} channel event_ts",
            "client_msg_id? bot_id? app_id?",  # the first by a person, the others by an app
            f"bot_profile?{BOT_PROFILE} edited?(user ts) {_MAYBE_REPLY} {_EXTRAS}",
        ),
        documented("reaction_added", f"{REFERENCE}/reaction_added", _REACTION, "item_user?"),  # but for webhooks
        documented("reaction_removed", f"{NODE_TYPES}/reaction.ts", _REACTION, "item_user?"),
        documented(
            "app_home_opened",
            "https://api.slack.com/events/app_home_opened",
            "type user channel tab event_ts view?<view>",  # on the home tab, once a view was published
            view={"home": VIEWS["home"]},
        ),
        documented("member_joined_channel", f"{REFERENCE}/member_joined_channel", _MOVEMENT, "inviter?"),  # if invited
        documented("member_left_channel", f"{NODE_TYPES}/member.ts", _MOVEMENT),
        documented("team_join", f"{REFERENCE}/team_join", *_WITH_PERSON),
        documented("user_change", f"{REFERENCE}/user_change", *_WITH_PERSON),
        documented("user_profile_changed", "https://api.slack.com/events/user_profile_changed", *_WITH_PERSON),
        documented("channel_archive", f"{NODE_TYPES}/channel.ts", "type channel user is_moved? event_ts"),
        documented("channel_unarchive", f"{NODE_TYPES}/channel.ts", "type channel user event_ts"),
        documented(
            "channel_rename",
            f"{NODE_TYPES}/channel.ts",
            "type channel(id name name_normalized created is_channel is_mpim) event_ts",
        ),
        documented("app_uninstalled", "https://api.slack.com/events/app_uninstalled", "type event_ts?"),
        documented("tokens_revoked", f"{REFERENCE}/tokens_revoked", "type tokens(oauth?[] bot?[]) event_ts?"),
    )
}

# The first of them is sent about ten seconds ahead of the end.
DISCONNECT_REASONS: Final = frozenset({"warning", "refresh_requested", "link_disabled", "too_many_websockets"})
RETRY_REASONS: Final = frozenset(
    {"http_timeout", "too_many_redirects", "connection_failed", "ssl_error", "http_error", "unknown_error"}
)
SOCKET_MODE_RETRY_REASONS: Final = frozenset({"", "timeout"})
RETRIED_AFTER_SECONDS: Final = (0, 60, 300)
_TIMEOUTS: Final = "https://github.com/slackapi/bolt-js/issues/2487"

DELIVERY: Final[dict[str, Documented]] = {
    row.name: row
    for row in (
        documented(
            "socket_mode/hello",
            SOCKET_MODE,
            "type num_connections connection_info(app_id)",
            "debug_info(host build_number approximate_connection_time)",
        ),
        documented(
            "socket_mode/disconnect",
            "https://github.com/slackapi/node-slack-sdk/pull/1762",
            "type reason debug_info?(host)",
        ),
        documented("socket_mode/slash_commands", SOCKET_MODE, "envelope_id payload* type accepts_response_payload"),
        documented("socket_mode/interactive", SOCKET_MODE, "envelope_id payload* type accepts_response_payload"),
        documented(
            "socket_mode/events_api",
            _TIMEOUTS,
            "envelope_id payload* type accepts_response_payload retry_attempt retry_reason",
        ),
    )
}
HEADERS: Final = frozenset({"X-Slack-Signature", "X-Slack-Request-Timestamp"})
RETRY_HEADERS: Final = frozenset({"X-Slack-Retry-Num", "X-Slack-Retry-Reason"})
NO_RETRY_HEADER: Final = "X-Slack-No-Retry"
