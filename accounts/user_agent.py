"""What a person may recognise of a browser: its name and system, never used for decisions."""

_PRODUCT_LENGTH = 40
# The first that occurs wins: every browser names its ancestors too.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("Windows", "Windows"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def summary(user_agent: str) -> str:
    """Return for example `Firefox on Linux`, or a plain word for what nobody knows."""
    browser = _first(_BROWSERS, user_agent)
    system = _first(_SYSTEMS, user_agent)
    if browser and system:
        return f"{browser} on {system}"
    return browser or system or "Unknown browser"


def software(user_agent: str) -> str:
    """Return a browser's summary, or how a program names itself first, such as `mog/0.1.0`."""
    if _first(_BROWSERS, user_agent):
        return summary(user_agent)
    product = user_agent.split(" ", 1)[0]
    is_shown = 0 < len(product) <= _PRODUCT_LENGTH and product.isprintable()
    return product if is_shown else "Unknown program"


def _first(marks: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((name for mark, name in marks if mark in user_agent), "")
