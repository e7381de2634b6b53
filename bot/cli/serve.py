"""`encore serve`: Encore itself."""

import asyncio
import gc
import logging
import signal

from bot.cli.console import plain_errors
from bot.settings import Settings, load_settings


def serve() -> None:
    """Run Encore: answer in Slack, post the boards. Ctrl-C or SIGTERM ends it in order."""
    with plain_errors():
        settings = load_settings()
        logging.basicConfig(level=settings.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s")
        # The timer tells every five seconds that it ticked.
        logging.getLogger("apscheduler").setLevel(logging.WARNING)
        asyncio.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    from bot.app import running

    async with running(settings):
        # What stands now stays: portions of thousands of rows would let it be looked through for garbage again and again.
        gc.freeze()
        await until_stopped()


async def until_stopped() -> None:
    """Wait for Ctrl-C or SIGTERM."""
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    await stopped.wait()
