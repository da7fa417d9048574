"""A person before a real browser: what they click, and what went wrong in it.

Chromium plays the authenticator of a passkey, so nothing is touched and nothing is kept.
"""

from playwright.sync_api import Browser, CDPSession, Page

PASSWORD = "four plain words here"  # noqa: S105 - of people who do not exist
LOGIN, SECOND = "/en/accounts/login/", "/en/accounts/factors/authenticate/"
INDEX = "/en/accounts/factors/"
ADD, KEYS = "/en/accounts/factors/keys/add/", "/en/accounts/factors/keys/"
PLAYED = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


class Desk:
    """A page of a browser of one's own, its authenticator, and what went wrong in it."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.page: Page = browser.new_context(locale="en").new_page()
        self.address, self.faults = address, list[str]()
        self.page.on("console", lambda said: self._said(said.type, said.text))
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("requestfailed", lambda sent: self._failed(sent.url, str(sent.failure)))
        self.line: CDPSession = self.page.context.new_cdp_session(self.page)
        self.line.send("WebAuthn.enable")
        made = self.line.send("WebAuthn.addVirtualAuthenticator", {"options": PLAYED})
        self.authenticator: str = made["authenticatorId"]

    def _said(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"}:
            self.faults.append(f"{kind}: {text}")

    def _failed(self, address: str, why: str) -> None:
        if why != "net::ERR_ABORTED":  # by going on to the next page
            self.faults.append(f"failed: {address}: {why}")

    def go(self, path: str) -> Page:
        self.page.goto(self.address + path)
        return self.page

    def sign_in(self, name: str = "ana") -> Page:
        page = self.go(f"{LOGIN}?next={INDEX}")
        page.get_by_label("Username").fill(name)
        page.locator("input[name=password]").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        return page

    def add_key(self, *, passkey: bool) -> None:
        page = self.go(ADD)
        page.locator("input[name=name]").fill("blue key")
        page.locator("input[name=passwordless]").set_checked(passkey)
        page.get_by_role("button", name="Add the key").click()
        page.wait_for_url("**/factors/**/codes/")

    def sign_out(self) -> None:
        page = self.go("/en/accounts/logout/")
        page.locator("main").get_by_role("button", name="Sign out").click()
        page.wait_for_url(f"**{LOGIN}*")

    def signed_in(self) -> bool:
        return self.go(INDEX).url == self.address + INDEX
