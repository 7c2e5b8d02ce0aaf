"""The addresses that a text names (RFC 3986), and whose their hosts are."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from scanning.rules import linear

# What ends an address in texts: white space, quotes, brackets.
_END = r"\s\"'<>()\[\]{}|\\^`"
_HOST = linear.compiled(
    rf"(?i)\b(?:https?|wss?|ftp)://(?:([^{_END}/?#]*)@)?(\[[0-9a-f:.]+\]|[^{_END}/?#@:,;]+)"
)
_PROGRAM_ENDINGS = "exe|msi|dmg|pkg|scr|bat|cmd|vbs|ps1|hta|lnk|jar|apk|iso|appimage|zip|rar|7z"
_PROGRAM = linear.compiled(
    rf"(?i)\b(?:https?|ftp)://(?:[^{_END}/?#]*@)?([^{_END}/?#@:,;]+)(?::[0-9]+)?"
    rf"/[^{_END}?#]*\.(?:{_PROGRAM_ENDINGS})(?:[^\w/.-]|\.(?:\W|$)|$)"
)
# Longer ones are no names (RFC 1035, 2.3.4).
_LONGEST_HOST = 253
# Names that are for examples and for one's own machines (RFC 2606, RFC 6761, RFC 8375).
_RESERVED = (
    *(".example", ".test", ".invalid", ".localhost", ".local", ".internal", ".home.arpa"),
    *(".example.com", ".example.org", ".example.net"),
)
# Below these, anybody has a name of his own.
_SHARED = frozenset(
    {
        *("github.io", "gitlab.io", "vercel.app", "netlify.app", "pages.dev", "workers.dev"),
        *("web.app", "firebaseapp.com", "herokuapp.com", "onrender.com", "fly.dev", "surge.sh"),
        *("railway.app", "glitch.me", "replit.app", "repl.co", "azurewebsites.net", "r2.dev"),
        *("blogspot.com", "wordpress.com", "weebly.com", "wixsite.com", "webflow.io", "hf.space"),
        *("notion.site", "gitbook.io", "readthedocs.io", "deno.dev", "val.run", "streamlit.app"),
        *("framer.app", "framer.website", "lovable.app", "bolt.host", "trycloudflare.com"),
        *("ngrok.io", "ngrok-free.app", "ngrok.app", "loca.lt", "cloudfront.net"),
    }
)
# Second levels under which countries give names.
_SECOND_LEVELS = frozenset({"co", "com", "org", "net", "gov", "edu", "ac", "or", "ne", "go"})
_COUNTRY_LETTERS = 2


@dataclass(frozen=True, slots=True)
class Address:
    """The beginning of an address, and its place in the bytes; `user` stands before an @."""

    start: int
    end: int
    user: bytes
    host: bytes


@dataclass(frozen=True)
class Host:
    """A host by its name, in lower case."""

    name: str

    @cached_property
    def is_reserved(self) -> bool:
        """Tell whether nobody can own it, or it is nobody's name."""
        is_bare_word = "." not in self.name and self.name[:1].isalpha()
        return is_bare_word or f".{self.name}".endswith(_RESERVED)

    @cached_property
    def owned(self) -> str:
        """Return the part that somebody has registered, such as `acme.co.uk`."""
        labels = self.name.rsplit(".", 3)
        return ".".join(labels[-_owned_labels(labels) :])

    @cached_property
    def label(self) -> str:
        """Return the word that its owner chose."""
        return self.owned.partition(".")[0]

    @cached_property
    def shared_parent(self) -> str:
        """Return the name under which anybody gets names and it has one; "" for none."""
        parent = self.owned.partition(".")[2]
        return parent if parent in _SHARED else ""


def of(data: bytes) -> Iterator[Address]:
    """Yield every address of a text."""
    for found in _HOST.finditer(data) if b"://" in data else ():
        start, end = found.span()
        yield Address(start, end, user=found[1] or b"", host=found[2])


def of_programs(data: bytes) -> Iterator[Address]:
    """Yield the addresses of programs and archives."""
    for found in _PROGRAM.finditer(data) if b"://" in data else ():
        start, end = found.span()
        yield Address(start, end, user=b"", host=found[1])


def host_of(written: bytes) -> Host | None:
    """Return a host as it is written; None where it cannot be one."""
    if len(written) > _LONGEST_HOST:
        return None
    # NFKC makes three dots of an ellipsis, with which people leave out what stands there.
    name = written.decode(errors="replace").lower().replace("\u2026", "...").strip(".!")
    return Host(name) if name else None


def _owned_labels(labels: list[str]) -> int:
    if ".".join(labels[-2:]) in _SHARED:
        return 3
    is_country = len(labels[-1]) == _COUNTRY_LETTERS
    return 3 if is_country and len(labels) > 2 and labels[-2] in _SECOND_LEVELS else 2
