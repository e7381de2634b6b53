"""`encore manifest`: what Slack is told when the app is made."""

from bot import manifest as source
from bot.cli.console import show


def manifest() -> None:
    """Print the manifest of Encore's Slack app, to be pasted at api.slack.com/apps."""
    show(source.text().rstrip())
