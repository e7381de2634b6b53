"""Slash commands: those the manifest names, what is sent for one, and what the person sees."""

import re
from collections.abc import Callable, Mapping

from bot.sandbox.content import ContentError
from bot.sandbox.delivery import DeliveryError
from bot.sandbox.gateway import Gateway, Outcome
from bot.sandbox.manifest import Command
from bot.sandbox.model import Json
from bot.sandbox.responses import Answer, Conversation, Responses
from bot.sandbox.shapes import channel_name
from bot.sandbox.workspace import Workspace

ENTITY = re.compile(r"(?<![\w<|@#])([@#])([\w][\w.-]*)|(https?://[^\s<>|]+)")


class Commands:
    """Runs commands for the people of a workspace."""

    def __init__(
        self,
        workspace: Workspace,
        table: Mapping[str, Command],
        gateway: Gateway,
        responses: Responses,
        response_url: Callable[[Conversation], str],
    ) -> None:
        self.table = table
        self._workspace = workspace
        self._gateway = gateway
        self._responses = responses
        self._response_url = response_url

    async def run(self, user_id: str, channel_id: str, name: str, text: str) -> tuple[Answer, Conversation]:
        """Send a command and show the person what came of it within Slack's three seconds.

        Returns what they saw, and the conversation in which later answers arrive. Raises NotFoundError for an unknown
        person or channel.
        """
        self._workspace.person(user_id)
        self._workspace.channel(channel_id)
        typed = f"{name} {text}".strip()
        conversation = self._responses.open(channel_id, user_id, typed)
        command = self.table.get(name)
        if command is None or not self._workspace.installed:
            return self._slack_says(conversation, unknown_text(name), "unknown_command"), conversation
        outcomes = await self._gateway.deliver("slash_commands", name, self._payload(command, conversation, text))
        answers = [self._shown(conversation, name, outcome) for outcome in outcomes]
        return answers[0], conversation

    def _shown(self, conversation: Conversation, name: str, outcome: Outcome) -> Answer:
        if isinstance(outcome, DeliveryError):
            return self._failed(conversation, name, outcome.error)
        if not {"text", "blocks", "attachments"} & outcome.keys():
            return Answer()
        try:
            return self._responses.say(conversation, outcome)
        except ContentError:
            return self._failed(conversation, name, "invalid_command_response")

    def _payload(self, command: Command, conversation: Conversation, text: str) -> Json:
        workspace = self._workspace
        channel = workspace.channel(conversation.channel_id)
        return {
            "token": workspace.verification_token,
            "team_id": workspace.team_id,
            "team_domain": workspace.domain,
            "channel_id": channel.slack_id,
            "channel_name": channel_name(channel),
            "user_id": conversation.user_id,
            "user_name": workspace.person(conversation.user_id).name,
            "command": command.name,
            "text": escaped(text, workspace) if command.should_escape else text,
            "api_app_id": workspace.app_id,
            "is_enterprise_install": "false",
            "response_url": self._response_url(conversation),
            "trigger_id": workspace.triggers.issue(conversation.user_id),
        }

    def _failed(self, conversation: Conversation, name: str, error: str) -> Answer:
        return self._slack_says(conversation, f'{name} failed with the error "{error}"', error)

    def _slack_says(self, conversation: Conversation, text: str, error: str) -> Answer:
        said = self._workspace.post(
            conversation.channel_id,
            self._workspace.slackbot.slack_id,
            text,
            ephemeral_to=conversation.user_id,
            command=conversation.typed,
        )
        return Answer(text, [], ephemeral=True, ts=said.ts, error=error)


def unknown_text(name: str) -> str:
    """Return what Slack says to somebody who typed a command that no app has."""
    return (
        f'{name} is not a valid command. In Slack, all messages that start with the "/" character are interpreted as '
        'commands.\n\nIf you are trying to send a message and not run a command, try preceding the "/" with an empty '
        "space."
    )


def escaped(text: str, workspace: Workspace) -> str:
    """Write `text` as Slack sends it: & < > escaped, known @names and #channels and addresses as entities."""
    plain = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    def entity(match: re.Match[str]) -> str:
        sign, name, address = match.groups()
        if address:
            return f"<{address}>"
        bare = name.rstrip(".-_")
        rest = name[len(bare) :]
        if sign == "@":
            person = workspace.person_named(name) or workspace.person_named(bare)
            rest = "" if person is not None and person.name.casefold() == name.casefold() else rest
            return f"<@{person.slack_id}|{person.name}>{rest}" if person else match.group()
        channel = workspace.channel_named(bare)
        return f"<#{channel.slack_id}|{channel.name}>{rest}" if channel else match.group()

    return ENTITY.sub(entity, plain)
