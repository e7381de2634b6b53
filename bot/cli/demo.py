"""`encore demo`: a sample contact centre and a small Slack on this machine."""

import typer


def demo() -> None:
    """Try Encore out."""
    raise typer.Exit(1)
