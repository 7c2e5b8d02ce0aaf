"""Hosts whose names pretend: likes of trusted ones, trusted ones inside, words of nobody."""

from collections.abc import Collection

from scanning.rules.link import brands
from scanning.rules.link.addresses import Host

# What people are made to do in a borrowed name.
_ENTER = frozenset({"login", "signin", "verify", "verification", "wallet"})
_FETCH = frozenset(
    {"install", "installer", "setup", "download", "downloads", "update", "updates", "upgrade"}
)
_PROGRAM = frozenset({"cli", "core", "desktop", "driver"})
_PROMISES = frozenset(
    {
        *(_ENTER | _FETCH | _PROGRAM),
        *("auth", "secure", "security", "support", "account", "accounts", "billing", "core"),
        *("get", "official", "connect", "sso", "skill", "skills", "pro", "plus"),
    }
)
_GENERIC = frozenset(
    {
        *(_FETCH | {"app", "apps", "distribution", "dist", "service", "services", "software"}),
        *("cdn", "file", "files", "system", "client", "package", "packages", "secure", "core"),
    }
)
_NAMES = tuple(brands.NAMES)
# Under these, others than the maker tell of a tool in its name; under the rest hardly anybody does.
_OF_MAKERS = frozenset({"com", "org", "net", "io", "dev", "ai", "app", "sh", "co", "md", "cloud"})
_ENDINGS = ("com-", "org-", "net-", "io-", "ai-", "app-", "dev-")
_COUNTRY_LETTERS = 2
_LABELS_OF_A_NAME = 2
# There a name belongs to whoever has the account of that name.
_OF_ACCOUNTS = frozenset({"github.io", "gitlab.io", "readthedocs.io"})
# There names are known by what is published under them, or are hosts of machines.
_OF_WORKS = _OF_ACCOUNTS | {"gitbook.io", "notion.site", "hf.space", "cloudfront.net"}

# What documentation writes where the name of one's own would stand.
_STANDING_FOR_ONE = frozenset({"abc123", "example", "my-app", "myapp", "xxxx"})


def is_lookalike(host: Host) -> bool:
    """Tell a name that is made to be taken for a trusted one."""
    if host.owned in brands.OWNED:
        return False
    if "-" not in host.label or host.label.startswith("xn--"):
        return bool(brands.looks_like(host.label))
    joined = host.label.replace("-", "")
    words = (joined, *host.label.split("-"))
    return joined in brands.NAMES or any(map(brands.looks_like, words))


def has_trusted_inside(host: Host) -> bool:
    """Tell `github.com.acme.io` and `github.com-acme.io`, which are hosts of acme."""
    labels = host.name.split(".")
    if len(labels) <= _LABELS_OF_A_NAME or host.owned in brands.OWNED:
        return False
    return any(_is_trusted(labels, at) for at in range(1, len(labels) - 1))


def _is_trusted(labels: list[str], at: int) -> bool:
    name = f"{labels[at - 1]}.{labels[at]}"
    # `google.com.br` is a name of its own.
    is_country = at == len(labels) - 2 and len(labels[-1]) == _COUNTRY_LETTERS
    is_dressed = labels[at].startswith(_ENDINGS) and labels[at - 1] in brands.NAMES
    return is_dressed or (name in brands.OWNED and not is_country)


def is_borrowed(host: Host) -> bool:
    """Tell a trusted name under an ending that is not its owner's, or with a promise beside it."""
    if host.owned in brands.OWNED:
        return False
    if brands.stands_alone(host.label):
        parent = host.shared_parent
        return parent not in _OF_ACCOUNTS and not parent.startswith(host.label)
    return not _PROMISES.isdisjoint(_words_beside(host.label))


def offers_downloads(host: Host) -> bool:
    """Tell a page that offers programs or asks for a sign-in in a borrowed name."""
    if host.owned in brands.OWNED:
        return False
    is_odd = host.shared_parent or host.name.rpartition(".")[2] not in _OF_MAKERS
    promises = _ENTER | _FETCH | _PROGRAM if is_odd else _ENTER | _FETCH
    return not promises.isdisjoint(_words_beside(host.label))


def is_nobodys(host: Host) -> bool:
    """Tell a name that says nothing but what is to be fetched there."""
    return "-" in host.label and _GENERIC.issuperset(host.label.split("-"))


def is_international(host: Host) -> bool:
    """Tell a name that is not written in plain letters."""
    return not host.name.isascii() or "xn--" in host.name


def is_free(host: Host) -> bool:
    """Tell a page for which nobody has paid or signed, and which no template writes."""
    parent = host.shared_parent
    is_filled_in = host.label.startswith("your") or host.label in _STANDING_FOR_ONE
    return bool(parent) and parent not in _OF_WORKS and not is_filled_in


def _words_beside(label: str) -> Collection[str]:
    """Return the words that stand beside a trusted name, hyphens or not."""
    words = label.split("-")
    if not brands.NAMES.isdisjoint(words):
        return words
    if not label.startswith(_NAMES) and not label.endswith(_NAMES):
        return ()
    return {label.removeprefix(name).removesuffix(name).strip("-") for name in _NAMES} - {label}
