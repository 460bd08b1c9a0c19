"""What no page of ours may do in a browser: break its policy, throw, interrupt, or call others."""

from urllib.parse import urlsplit

from playwright.async_api import BrowserContext, Dialog, Page, Route

OURS = {"127.0.0.1", "localhost", "::1", None}


class Faults:
    """Collects faults of every page of a context; a test forgives those it provokes."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.forgiven: list[str] = []

    def forgive(self, text: str) -> None:
        """Expect faults that contain `text`, such as the console's line about a 503."""
        self.forgiven.append(text)

    @property
    def unforgiven(self) -> list[str]:
        """Faults that the test did not provoke."""
        return [fault for fault in self.found if not any(text in fault for text in self.forgiven)]

    async def watch(self, context: BrowserContext) -> None:
        """Note the faults of all pages of `context`, and let no request leave the machine."""
        context.on("page", self._watch_page)
        await context.route("**/*", self._own_origin_only)

    def _watch_page(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.found.append(f"uncaught: {error}"))
        page.on("console", lambda line: self._hear(line.type, line.text))
        page.on("dialog", self._dismiss)
        page.on("websocket", lambda socket: self.found.append(f"web socket: {socket.url}"))

    def _hear(self, kind: str, text: str) -> None:
        if kind == "error" or "Content Security Policy" in text:
            self.found.append(f"console {kind}: {text}")

    async def _dismiss(self, dialog: Dialog) -> None:
        self.found.append(f"dialog: {dialog.message}")
        await dialog.dismiss()

    async def _own_origin_only(self, route: Route) -> None:
        url = route.request.url
        if urlsplit(url).hostname in OURS:
            await route.continue_()
        else:
            self.found.append(f"off-origin request: {url}")
            await route.abort()
