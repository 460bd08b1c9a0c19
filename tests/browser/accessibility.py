"""axe against WCAG 2.2 AA, reported as something a person can act on."""

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

WCAG = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
}


async def violations(page: Page) -> list[str]:
    """One line per element at fault: rule, selector, markup."""
    answer = (await Axe().run(page, options=WCAG)).response
    return [
        f"{rule['id']}: {node['target']} {node['html'][:120]}"
        for rule in answer["violations"]
        for node in rule["nodes"]
    ]
