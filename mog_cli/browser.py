"""Open a page for the person in front of this computer, when there is one."""

import sys
import webbrowser
from collections.abc import Mapping

from mog_cli import streams


def can_open(environment: Mapping[str, str]) -> bool:
    """Tell whether a browser would appear where the person can see it."""
    if not streams.is_interactive() or environment.get("SSH_CONNECTION"):
        return False
    if sys.platform in {"win32", "darwin"} or environment.get("BROWSER"):
        return True
    # Without a display the standard library would start a text browser inside this terminal.
    return bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


def open_page(url: str) -> None:
    """Try to open the page; the link is on the screen anyway."""
    webbrowser.open(url)
