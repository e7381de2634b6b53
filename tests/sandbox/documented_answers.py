"""What the Web API answers to the methods around views, reactions, groups, profiles and threads, and what apps answer."""

from typing import Final

from .documented_events import PROFILE
from .documented_interactions import BLOCKS, BOT_PROFILE, OPTION, TEXT, VIEWS
from .documented_keys import Documented, documented

METHODS: Final = "https://docs.slack.dev/reference/methods"
JAVA: Final = "https://github.com/slackapi/java-slack-sdk/blob/main/json-logs/samples/api"
BOLT_JS: Final = "https://docs.slack.dev/tools/bolt-js/reference/interfaces"

_OK: Final = "ok warning? response_metadata?*"
_MODAL: Final = {"modal": VIEWS["modal"]}
_MESSAGE: Final = (
    f"type ts text user? team? bot_id? app_id? bot_profile?{BOT_PROFILE} client_msg_id? subtype? username? icons?*",
    f"blocks?[]{BLOCKS} edited?(user ts) reactions?[](name users[] count) attachments?[]* files?[]*",
    "metadata?(event_type event_payload*)",  # in lists only when all metadata were asked for
)

_FILE: Final = (
    "id created timestamp name title mimetype filetype pretty_type user user_team editable size mode is_external "
    "external_type is_public public_url_shared display_as_bot username url_private url_private_download "
    "media_display_type? permalink permalink_public is_starred has_rich_preview file_access? shares?* channels[] groups[] "
    "ims[] comments_count? alt_txt? updated? editor? preview? preview_highlight? preview_is_truncated? lines? lines_more? "
    "edit_link? has_more_shares?"
)

ANSWERS: Final[dict[str, Documented]] = {
    row.name: row
    for row in (
        documented("views.open", f"{METHODS}/views.open", _OK, "view<view>", view=_MODAL),
        documented("views.push", f"{METHODS}/views.push", _OK, "view<view>", view=_MODAL),
        documented(
            "views.update",
            "https://github.com/BlakeWilliams/Elixir-Slack/blob/master/lib/slack/web/docs/views.update.json",
            _OK,
            "view<view>",
            view=VIEWS,
        ),
        documented("views.publish", VIEWS["home"].source, _OK, "view<view>", view={"home": VIEWS["home"]}),
        documented(
            "reactions.get",
            f"{JAVA}/reactions.get.json",
            _OK,
            "type channel",
            *("message(", *_MESSAGE, "permalink thread_ts? parent_user_id?)"),
        ),
        documented(
            "usergroups.list",
            "https://docs.slack.dev/reference/objects/usergroup-object",
            f"{_OK} usergroups[](id team_id is_usergroup name description handle is_external prefs(channels[] groups[])",
            "date_create date_update date_delete auto_provision auto_type created_by updated_by deleted_by",
            "users?[]",  # with include_users
            "user_count?",  # with include_count
            "channel_count? is_subteam? enterprise_subteam_id? is_section? is_idp_group? is_visible? is_org_level?",
            "is_editing_restricted? is_membership_locked?)",
        ),
        documented("files.getUploadURLExternal", f"{METHODS}/files.getUploadURLExternal", _OK, "upload_url file_id"),
        documented("files.completeUploadExternal", f"{METHODS}/files.completeUploadExternal", _OK, f"files[]({_FILE})"),
        documented(
            "files.info",
            f"{JAVA}/files.info.json",
            _OK,
            f"file({_FILE})",
            "comments[]* paging?*",
            "is_truncated?",
        ),
        documented("usergroups.users.list", f"{JAVA}/usergroups.users.list.json", _OK, "users[]"),
        documented("users.profile.get", f"{METHODS}/users.profile.get", _OK, "profile(", PROFILE, "team?)"),
        documented(
            "conversations.replies",
            "https://apidog.com/apidoc/docs-site/347399/api-3545283",
            _OK,
            "has_more",
            *("messages[](", *_MESSAGE, "thread_ts?"),  # a message without replies comes alone and has no thread
            "parent_user_id?",  # of a reply
            "reply_count? reply_users_count? latest_reply? reply_users?[] is_locked? subscribed? last_read?",  # of a parent
            "unread_count?)",
        ),
    )
}

RESPONSE_ACTIONS: Final[dict[str, Documented]] = {
    row.name: row
    for row in (
        documented(
            "response_action/errors", f"{BOLT_JS}/ViewErrorsResponseAction", "response_action errors{}"
        ),  # by block_id
        documented("response_action/update", f"{BOLT_JS}/ViewUpdateResponseAction", "response_action view*"),
        documented("response_action/push", f"{BOLT_JS}/ViewPushResponseAction", "response_action view*"),
        documented("response_action/clear", f"{BOLT_JS}/ViewClearResponseAction", "response_action"),
        documented("suggestions/options", f"{BOLT_JS}/BlockOptions", f"options[]({OPTION})"),
        documented(
            "suggestions/option_groups",
            "https://github.com/slackapi/bolt-python/blob/main/tests/scenario_tests/test_block_suggestion.py",
            f"option_groups[](label({TEXT}) options[]({OPTION}))",
        ),
    )
}
