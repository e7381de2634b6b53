"""A contact centre of its own for every story, on SQLite and then on PostgreSQL."""

from collections.abc import Iterator

import pytest

from tests.stories.facts import Centre


@pytest.fixture
def centre(database_url: str) -> Iterator[Centre]:
    """The centre; when its story is told, all figures are held against a computation from nothing."""
    centre = Centre(database_url)
    try:
        yield centre
        centre.check()
    finally:
        centre.close()
