"""What ends with the stories of killed processes."""

from collections.abc import AsyncIterator

import pytest

from tests.crash.program import end_program


@pytest.fixture(scope="session", autouse=True)
async def _program_ends() -> AsyncIterator[None]:
    yield
    await end_program()
