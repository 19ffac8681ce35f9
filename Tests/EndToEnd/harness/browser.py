"""The admin page in Debian's Chromium. Whatever the page should never do fails the test: see `Visit.faults`."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Playwright, Request, Route, expect

from .instance import Instance

#: How long an expectation may take to come true, in milliseconds.
PATIENCE = 10_000
expect.set_options(timeout=PATIENCE)
#: Evaluated before the page's own scripts: what the policy forbids is told as an error of the console.
WATCH = """
addEventListener('securitypolicyviolation', (event) =>
    console.error('policy: ' + event.violatedDirective + ' ' + event.blockedURI));
window.alert = () => console.error('a stored script ran');
"""


def launch(playwright: Playwright) -> Browser:
    program = shutil.which("chromium")
    assert program, "No chromium: ./install.sh --packages --test"
    # As root Chromium refuses to start with its sandbox; /dev/shm is small in containers.
    return playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-dev-shm-usage"])


class Visit:
    """One visitor in a context of its own."""

    def __init__(self, browser: Browser, instance: Instance, *, url: str | None = None, **options: object) -> None:
        self.instance = instance
        #: Where brook is: the instance's own nginx, unless told.
        self.url = url or instance.url
        self.faults: list[str] = []
        #: Statuses that the test provokes: Chromium writes each failed request to the console.
        self.expected_statuses: set[int] = set()
        #: Whether the test breaks connections, which Chromium writes there too.
        self.expects_broken_connections = False
        settings = {"locale": "en-GB", "timezone_id": "UTC", "viewport": {"width": 1280, "height": 800}, **options}
        self.context = browser.new_context(**settings)
        self.context.grant_permissions(
            ["clipboard-read", "clipboard-write"], origin=re.match(r"https?://[^/]+", self.url)[0]
        )
        self.context.set_default_timeout(PATIENCE)
        self.context.add_init_script(WATCH)
        self.page: Page = self.context.new_page()
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.faults.append(f"an error of the page: {error}"))
        self.page.on("request", self._request)
        self.page.on("dialog", lambda dialog: (self.faults.append(f"a dialog: {dialog.message}"), dialog.dismiss()))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type not in ("error", "warning"):
            return
        provoked = (f"status of {status} " in message.text for status in self.expected_statuses)
        broken = self.expects_broken_connections and "net::ERR_FAILED" in message.text
        if not broken and not any(provoked):
            self.faults.append(f"{message.type} of the console: {message.text}")

    def _request(self, request: Request) -> None:
        if urlsplit(request.url).scheme not in ("data", "blob") and not request.url.startswith(f"{self.url}/"):
            self.faults.append(f"a request to another host or past the prefix: {request.url}")

    def open(self, room: str = "") -> Page:
        self.page.goto(f"{self.url}/manager/{'#/' + room if room else ''}")
        return self.page

    def sign_in(self, key: str | None = None, room: str = "") -> Page:
        """Signs in, as the administrator unless told, and goes to a room."""
        self.open(room)
        self.page.get_by_label("Key").fill(key or self.instance.admin_key)
        self.page.get_by_role("button", name="Sign in").click()
        expect(self.page.locator(".shell")).to_be_attached()
        self.settled()
        return self.page

    def go(self, room: str) -> Page:
        self.page.evaluate("room => { location.hash = '#/' + room }", room)
        self.settled()
        return self.page

    def settled(self) -> None:
        """Nothing loads any more."""
        self.page.wait_for_function(
            "() => document.querySelector('main h1') && !document.querySelector('[aria-busy=true]')"
        )
        expect(self.page.get_by_text("Loading…")).to_have_count(0)
        expect(self.page.locator("main")).not_to_contain_text(re.compile(r"undefined|\[object|NaN"))

    def check_accessibility(self, *rules: str) -> None:
        """What axe finds of WCAG 2.1 A and AA, contrast, labels, names and roles among it; or by these rules alone."""
        options = {"runOnly": list(rules) or ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}
        found = Axe().run(self.page, options=options)
        problems = [
            f"{violation['id']}: {violation['help']}\n    "
            + "\n    ".join(node["html"][:200] for node in violation["nodes"][:4])
            for violation in found.response["violations"]
        ]
        assert not problems, f"{self.page.url}:\n" + "\n".join(problems)

    def end(self) -> None:
        self.context.close()
        assert not self.faults, "The page did what it should not:\n" + "\n".join(self.faults)


MakeVisit = Callable[..., Visit]


class Held:
    """Holds the first request of a kind back until the test takes it; later ones reach the server."""

    def __init__(self, page: Page, pattern: str) -> None:
        self.page = page
        self.pattern = pattern
        self.routes: list[Route] = []
        page.route(pattern, lambda route: self.routes.append(route), times=1)

    def take(self) -> Route:
        """It reaches the test a little after the page has sent it."""
        for _ in range(200):
            if self.routes:
                return self.routes.pop()
            self.page.wait_for_timeout(25)
        raise AssertionError(f"nothing was asked for that matches {self.pattern}")


def row(page: Page, text: str) -> Locator:
    """The row of a table that has a link or text of exactly this."""
    return page.get_by_role("row").filter(has=page.get_by_text(text, exact=True))


def fact(page: Page, name: str) -> str:
    """What stands beside a name in a list of names and values."""
    return page.locator(".facts > div").filter(has=page.get_by_text(name, exact=True)).locator("dd").inner_text()
