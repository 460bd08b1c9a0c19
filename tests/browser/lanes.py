"""The lanes of an analysis, as a browser draws them."""

from playwright.async_api import Page, expect


async def drawn(page: Page, address: str) -> None:
    """Open an analysis and wait until its lanes are drawn anew."""
    await page.goto(address)
    await expect(page.locator("[data-lanes]")).to_have_attribute("data-drawn", "")
