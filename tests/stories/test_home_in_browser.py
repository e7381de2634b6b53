"""Encore's Home on the page: opened, made anew, and the file that comes of it."""

from collections.abc import Iterator

import pytest
from playwright.async_api import expect

from tests.encore import House
from tests.sandbox.browsing import address, browsing
from tests.stories.pointing import with_admins
from tests.stories.rewarding import ANA, asked, award, open_floor


@pytest.fixture
def cebu(sqlite_url: str) -> Iterator[House]:
    yield from with_admins(sqlite_url)


async def test_home_is_opened_made_anew_and_sends_a_file(cebu: House) -> None:
    award(cebu, ANA, 100)
    asked(cebu, ANA, "lunch", 50)
    async with open_floor(cebu) as at, browsing() as page:
        await page.goto(address(at.sandbox, cebu.workspace.person(ANA), "app", tab="home"))
        home = page.locator(".home-view")
        await expect(home).to_contain_text("You are Agent 1, of team Blue at Cebu.")
        await expect(home).to_contain_text("You have 50 points.")
        await expect(home.get_by_role("table")).to_contain_text("You asked for “Two-hour lunch”")

        award(cebu, ANA, 7)
        await home.get_by_role("button", name="Refresh").click()
        await expect(home).to_contain_text("You have 57 points.")

        await home.get_by_role("button", name="As CSV").click()
        modal = page.get_by_role("dialog")
        await expect(modal).to_contain_text("Your file is there")
        await modal.get_by_role("button", name="Close", exact=True).last.click()
        await page.get_by_role("link", name="Messages", exact=True).click()
        file = page.locator("#messages .file")
        await expect(file).to_contain_text("Your points, entry by entry")
        async with page.expect_download() as download:
            await file.get_by_role("link", name="Download").click()
        had = (await (await download.value).path()).read_text(encoding="utf-8-sig").splitlines()
        assert (had[0], len(had)) == ("entry,when (Asia/Manila),unit,change,balance after it,what for", 4)
