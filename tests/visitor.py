"""A browser without a screen: cookies, forms and redirects over the wire."""

from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import httpx
from django.conf import settings

from tests.live import LiveSite

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:152.0) Gecko/20100101 Firefox/152.0"


@dataclass
class Visitor:
    """One browser at one site; it follows no redirect by itself."""

    site: LiveSite
    client: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        headers = {"User-Agent": FIREFOX}
        self.client = httpx.Client(base_url=self.site.base_url, headers=headers, timeout=20)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.client.close()

    def get(self, url: str) -> httpx.Response:
        """Open a page."""
        return self.client.get(url)

    def post(self, url: str, **form: str) -> httpx.Response:
        """Send a form, as a page that this browser has just opened would."""
        if settings.CSRF_COOKIE_NAME not in self.client.cookies:
            self.get("/sign-in")
        token = self.client.cookies[settings.CSRF_COOKIE_NAME]
        return self.client.post(url, data=form | {"csrfmiddlewaretoken": token})

    def leave_for(self, provider_id: str, *, next_path: str = "/") -> str:
        """Start to sign in; return the callback URL that the provider sends the browser to."""
        away = self.post("/sign-in", provider=provider_id, next=next_path)
        assert away.status_code == 302, away.text
        back = self.get(away.headers["location"])
        assert back.status_code == 302, back.text
        return str(back.headers["location"])

    def sign_in(self, provider_id: str = "github", *, next_path: str = "/") -> httpx.Response:
        """Sign in all the way; return the answer of the callback."""
        return self.get(self.leave_for(provider_id, next_path=next_path))

    def is_signed_in(self) -> bool:
        """Tell whether a page for signed-in people opens."""
        return self.get("/settings/sessions").status_code == 200

    @property
    def session_key(self) -> str:
        """Return the session cookie's value."""
        return self.client.cookies[settings.SESSION_COOKIE_NAME]
