"""The table of refusals, sent with slack_sdk: each call is refused under Slack's own name, and taken when made right."""

import itertools
import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.api.answer import METHODS
from bot.sandbox.server import Sandbox
from bot.sandbox.workspace import Workspace

from .refusals import REFUSALS, Json, Refusal

NEVER_REFUSE = {"api.test", "auth.test", "apps.connections.open", "usergroups.list"}
"""Methods that refuse nothing but tokens and scopes, which have stories of their own."""

numbers = itertools.count()


# One sandbox for the whole table, and channels and people of its own for each row.
@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(Workspace(rates=False), {}).running() as running:
        yield running


@pytest.fixture
def names(sandbox: Sandbox) -> dict[str, str]:
    return furnish(sandbox.workspace, next(numbers))


def furnish(workspace: Workspace, number: int) -> dict[str, str]:
    """Add channels, people and messages, and return their ids by the names that the rows use."""
    mail = f"ana{number}@sample.example"
    ana = workspace.add_person(f"ana{number}", email=mail).slack_id
    ben, cy, gone = (workspace.add_person(f"{name}{number}").slack_id for name in ("ben", "cy", "gone"))
    workspace.change_person(gone, deleted=True)
    bot = workspace.bot_user.slack_id
    name = f"team{number}"
    team = workspace.add_channel(name, members=[ana, ben]).slack_id
    old = workspace.add_channel(f"old{number}", members=[ana]).slack_id
    said_long_ago = workspace.post_as_bot(old, "long ago").ts
    workspace.archive(old, ana)
    reacted = workspace.post_as_bot(team, "reacted to").ts
    ours, thrown_away, uploaded = (uploaded_file(workspace) for _ in range(3))
    for file_id in (ours, thrown_away):
        upload = workspace.files.received(file_id)
        assert upload is not None
        workspace.files.complete(upload, "", bot, workspace.clock.now())
    workspace.files.delete(thrown_away)
    workspace.react(team, reacted, bot, "tada")
    return {
        "ours": ours, "thrown_away": thrown_away, "uploaded": uploaded,
        "announced": workspace.files.announce("a.csv", 3)[0],
        "ana": ana, "ben": ben, "cy": cy, "gone": gone, "bot": bot, "mail": mail,
        "team": team, "name": name, "old": old, "said_long_ago": said_long_ago, "reacted": reacted,
        "said": workspace.post_as_bot(team, "said").ts,
        "theirs": workspace.post(team, ana, "theirs").ts,
        "whispered": workspace.post_as_bot(team, "whispered", ephemeral_to=ana).ts,
        "outside": workspace.add_channel(f"outside{number}", members=[ana], with_bot=False).slack_id,
        "secret": workspace.add_channel(f"secret{number}", kind="private", members=[ana], with_bot=False).slack_id,
        "leads": workspace.add_channel(f"leads{number}", kind="private", members=[ana]).slack_id,
        "alone": workspace.add_channel(f"alone{number}").slack_id,
        "direct": workspace.conversation_of([bot, ana]).slack_id,
        "group": workspace.add_usergroup(f"leads{number}", "Leads", members=[ana]).slack_id,
        "closed_group": workspace.add_usergroup(f"closed{number}", "Closed", disabled=True).slack_id,
    }  # fmt: skip


def uploaded_file(workspace: Workspace) -> str:
    """Send three bytes to where a file was announced, and return its id."""
    file_id, secret = workspace.files.announce("a.csv", 3)
    workspace.files.receive(secret, b"a,b")
    return file_id


def filled(arguments: Json, names: dict[str, str]) -> Json:
    def named(found: re.Match[str]) -> str:
        return names[found[1]]

    return {
        key: re.sub(r"{(\w+)}", named, value) if isinstance(value, str) else value for key, value in arguments.items()
    }


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("row", REFUSALS, ids=lambda row: row.rule)
async def test_rule(sandbox: Sandbox, names: dict[str, str], row: Refusal) -> None:
    client = AsyncWebClient(sandbox.workspace.bot_token, base_url=sandbox.api_url)
    with pytest.raises(SlackApiError) as caught:
        await client.api_call(row.method, json=filled(row.refused, names))
    assert caught.value.response["error"] == row.error
    assert (await client.api_call(row.method, json=filled(row.allowed, names)))["ok"]


def test_every_rule_has_a_name_of_its_own() -> None:
    assert len({row.rule for row in REFUSALS}) == len(REFUSALS)


def test_every_method_refuses_something() -> None:
    views = {name for name in METHODS if name.startswith("views.")}
    assert {row.method for row in REFUSALS} == set(METHODS) - NEVER_REFUSE - views
