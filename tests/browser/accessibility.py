"""axe against WCAG 2.2 AA and best practice, reported as something a person can act on."""

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RULES = {
    "runOnly": {"type": "tag", "values": TAGS},
    "resultTypes": ["violations"],  # what else it found takes longer to tell than to find
}


async def violations(page: Page) -> list[str]:
    """One line per element at fault, once the page is loaded: rule, selector, markup."""
    await page.wait_for_load_state()
    answer = (await Axe().run(page, options=RULES)).response
    return [
        f"{rule['id']}: {node['target']} {node['html'][:120]}"
        for rule in answer["violations"]
        for node in rule["nodes"]
    ]


async def nothing_sticks_out(page: Page) -> None:
    """Return once no part of the page lies beyond its right edge; in five seconds it has to."""
    fits = "() => document.documentElement.scrollWidth <= innerWidth"
    await page.wait_for_function(fits, timeout=5_000)
