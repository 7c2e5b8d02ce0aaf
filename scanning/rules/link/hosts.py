"""Hosts that are not what they seem, each told once in a text."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from itertools import islice

from scanning.rules import installers, linear
from scanning.rules.link import addresses, brands, names, numbers
from scanning.rules.link.addresses import Address, Host
from scanning.rules.rule import Category, Confidence, Rule, Severity, Sighting
from scanning.rules.scanned_file import ScannedFile

_DOMAINS = "https://attack.mitre.org/techniques/T1583/001/"
_TRANSFER = "https://attack.mitre.org/techniques/T1105/"


def _rule(name: str, confidence: Confidence, advice: str, source: str = _DOMAINS) -> Rule:
    return Rule(
        id=f"link/{name}",
        category=Category.LINK,
        severity=Severity.HIGH,
        confidence=confidence,
        advice=advice,
        source=source,
    )


_RAW = _rule(
    "raw-address",
    Confidence.MEDIUM,
    "Name this host: nobody can tell whose a bare number is.",
    _TRANSFER,
)
_DISGUISED = _rule(
    "disguised-address",
    Confidence.HIGH,
    "Write this address in its usual form: as one number it hides where it leads.",
    "https://attack.mitre.org/techniques/T1027/",
)
_LOOKALIKE = _rule(
    "look-alike-domain",
    Confidence.MEDIUM,
    "This host is nearly spelled like one that people trust. Correct it.",
)
_INSIDE = _rule(
    "trusted-name-inside",
    Confidence.MEDIUM,
    "This host begins like one that people trust and belongs to somebody else. Replace it.",
)
_BORROWED = _rule(
    "borrowed-name",
    Confidence.LOW,
    "This host carries a trusted name and is not its owner's. Link to the owner.",
)
_DOWNLOADS = _rule(
    "borrowed-name-for-downloads",
    Confidence.MEDIUM,
    "This host offers programs or a sign-in in a name that is not its owner's. Link to the owner.",
)
_NOBODYS = _rule(
    "nameless-download-host",
    Confidence.MEDIUM,
    "Nobody can tell whose this host is. Link to a page of the publisher.",
)
_INTERNATIONAL = _rule(
    "international-name",
    Confidence.MEDIUM,
    "This host is written in letters that look like others. Link to a name in plain letters.",
    "https://www.unicode.org/reports/tr39/",
)
_FREE = _rule(
    "free-host",
    Confidence.LOW,
    "Link to a page under the publisher's own name: here anybody gets a name for nothing.",
)
_USER = _rule(
    "trusted-name-before-at",
    Confidence.HIGH,
    "This address shows a trusted host before an @ and leads to another. Write where it leads.",
    "https://datatracker.ietf.org/doc/html/rfc3986#section-7.6",
)
_PROGRAM = _rule(
    "program-for-download",
    Confidence.LOW,
    "Link to the publisher's page rather than to a program.",
    _TRANSFER,
)
_COUNTLESS = _rule(
    "countless-hosts",
    Confidence.MEDIUM,
    "Leave this list out: it names more hosts than anybody can look at.",
    "docs/scanning.md",
)
_OF_HOSTS: tuple[tuple[Rule, Callable[[Host], bool]], ...] = (
    (_RAW, numbers.is_public),
    (_DISGUISED, numbers.is_disguised),
    (_LOOKALIKE, names.is_lookalike),
    (_INSIDE, names.has_trusted_inside),
    (_BORROWED, names.is_borrowed),
    (_DOWNLOADS, names.offers_downloads),
    (_NOBODYS, names.is_nobodys),
    (_INTERNATIONAL, names.is_international),
    (_FREE, names.is_free),
)
RULES: tuple[Rule, ...] = (*(rule for rule, _ in _OF_HOSTS), _USER, _PROGRAM, _COUNTLESS)

_HOST_BEFORE_AT = linear.compiled(
    r"(?i)^(?:[\w-]+\.)+(?:com|org|net|io|dev|ai|app|co|sh|gg|me|so)(?::.*)?$"
)
# A file with more of them is nothing that anybody reads; looking at all takes too long.
_MOST_HOSTS = 5_000
_OF_A_RULE = 20
# Of these one can tell whose they are.
_PUBLIC_BODIES = (".gov", ".edu", ".mil", ".int")
_PUBLISHERS = frozenset(
    {
        *("mozilla.org", "mozilla.net", "gnu.org", "apache.org", "kernel.org", "debian.org"),
        *("ubuntu.com", "fedoraproject.org", "archlinux.org", "go.dev", "rust-lang.org"),
        *("oracle.com", "java.com", "adoptium.net", "eclipse.org", "jetbrains.com", "nvidia.com"),
        *("intel.com", "amd.com", "videolan.org", "ffmpeg.org", "imagemagick.org", "gimp.org"),
        *("sourceforge.net", "7-zip.org", "ollama.com", "anaconda.com", "r-project.org"),
        *("postgresql.org", "mysql.com", "sqlite.org", "mongodb.com", "redis.io", "ss64.com"),
        *("hashicorp.com", "wordpress.org", "kaggle.com", "zenodo.org", "figshare.com", "osf.io"),
        *("arduino.cc", "espressif.com", "raspberrypi.com", "obsidian.md", "unity3d.com"),
    }
)


def look(file: ScannedFile) -> Iterator[Sighting]:
    """Yield what is odd about the addresses of a text."""
    counted: Counter[str] = Counter()
    for sighting in _odd_hosts(file.data):
        counted[sighting.rule_id] += 1
        if counted[sighting.rule_id] <= _OF_A_RULE:
            yield sighting
    programs = (each for each in addresses.of_programs(file.data) if _is_strangers(each.host))
    for address in islice(programs, _OF_A_RULE):
        yield _sighting(_PROGRAM, address)


def _odd_hosts(data: bytes) -> Iterator[Sighting]:
    seen: set[bytes] = set()
    for address in addresses.of(data):
        if address.user and _HOST_BEFORE_AT.search(address.user):
            yield _sighting(_USER, address)
        if address.host in seen:
            continue
        seen.add(address.host)
        if len(seen) > _MOST_HOSTS:
            yield _sighting(_COUNTLESS, address)
            return
        host = addresses.host_of(address.host)
        if host and not host.is_reserved:
            yield from (_sighting(rule, address) for rule, test in _OF_HOSTS if test(host))


@cache
def _is_strangers(written: bytes) -> bool:
    """Tell a host of which nobody knows whose it is."""
    host = addresses.host_of(written)
    if host is None or host.is_reserved or host.name.endswith(_PUBLIC_BODIES):
        return False
    if installers.is_makers(written):
        return False
    return host.owned not in brands.OWNED and host.owned not in _PUBLISHERS


def _sighting(rule: Rule, address: Address) -> Sighting:
    matched = address.user + b"@" + address.host
    return Sighting(rule_id=rule.id, start=address.start, end=address.end, matched=matched)


def _files(*texts: str) -> tuple[ScannedFile, ...]:
    return tuple(
        ScannedFile("content/a.md", f"See https://{text} first.".encode()) for text in texts
    )


POSITIVE: Mapping[str, tuple[ScannedFile, ...]] = {
    _RAW.id: _files("45.83.12.9/setup", "45.83.12.9:8080", "[2a01:4f8:c0c:1::9]/x"),
    _DISGUISED.id: _files("760417289/x", "0x2d530c09/", "055.0123.014.011/", "45.5442569/a"),
    _LOOKALIKE.id: _files(
        *(
            "githup.com/a",
            "gihtub.com",
            "gitlaab.com",
            "paypa1.com",
            "g00gle.com",
            "rnicrosoft.com",
        ),
        *(
            "clawbub-skill.com",
            "xn--pypal-4ve.com",
            "github-.io",
            "p\u0430ypal.com/x",
            "anthropc.ai",
        ),
    ),
    _INSIDE.id: _files(
        "github.com.acme-files.net/a", "accounts.google.com-signin.info", "x.github.com-a.io"
    ),
    _BORROWED.id: _files(
        "openclaw.careers", "support-metamask.io", "metamask.vercel.app", "getopenclaw.xyz"
    ),
    _DOWNLOADS.id: _files(
        *("openclawcli.vercel.app", "claude-login.net", "install-openclaw.com/x"),
        *("openclawcli.forum", "openclaw-core.site/a"),
    ),
    _NOBODYS.id: _files("install.app-distribution.net/a", "download.setup-service.com"),
    _INTERNATIONAL.id: _files("xn--bcher-kva.de", "b\u00fccher.de/x", "b\u00fc\u2026.de"),
    _FREE.id: _files("acme-helper.vercel.app", "a-b.pages.dev/x", "x.acme.workers.dev"),
    _USER.id: _files("github.com@acme-files.net/x", "www.paypal.com:443@acme-files.net"),
    _COUNTLESS.id: _files(" https://".join(f"h{number}.acme.dev" for number in range(5_001))),
    _PROGRAM.id: _files("files.acme-mirror.net/setup.exe", "acme-mirror.net/a.zip?x=1"),
}
NEGATIVE: Mapping[str, tuple[ScannedFile, ...]] = {
    _RAW.id: _files(
        *("127.0.0.1:8000", "192.168.1.7/x", "10.0.0.1", "8.8.8.8/dns", "1.2.3.4/a", "[::1]:80/"),
        *("203.0.113.9/doc", "169.254.169.254/latest", "a.com/45.83.12.9"),
    ),
    _DISGUISED.id: _files("2130706433/", "localhost:8000", "127.1/", "0x7f000001"),
    _LOOKALIKE.id: _files(
        *(
            "github.com",
            "docs.github.com/x",
            "openapis.org",
            "openapi.com",
            "solara.dev",
            "acme.com",
        ),
        *("strive.com", "finance.com", "gitlab.acme.com", "apples.com", "cursor.directory"),
    ),
    _INSIDE.id: _files("google.com.br", "s3.amazonaws.com.cn", "docs.github.com", "api.github.com"),
    _BORROWED.id: _files(
        *("openclaw.ai", "anthropic.github.io/x", "cursor.directory", "awesome-claude.com"),
        *("github.acme.com", "docs.docker.com", "python-poetry.org"),
    ),
    _DOWNLOADS.id: _files(
        *("claude-docs.vercel.app", "login.microsoftonline.com", "docker-cli.dev"),
        *("geminicli.com/docs", "openclaw-core.dev"),
    ),
    _NOBODYS.id: _files("acme-files.net", "app.acme.com", "services.acme.com", "setup.acme-app.io"),
    _INTERNATIONAL.id: _files("acme.com/b\u00fccher", "acme.de", "\u2026", "\u2026/a?b=c"),
    _FREE.id: _files(
        *("acme.github.io", "vercel.app", "acme.readthedocs.io", "acme.dev"),
        *("your-worker.workers.dev", "a.example.workers.dev", "abc123.ngrok.io"),
    ),
    _USER.id: _files(
        "anna@acme.com/x", "anna:pw@acme.com", "token@github.com/a", "medium.com/@anna"
    ),
    _COUNTLESS.id: _files(" https://".join(["acme.dev"] * 5_001)),
    _PROGRAM.id: _files(
        *("nodejs.org/a.msi", "example.com/setup.exe", "ftp.ncbi.nlm.nih.gov/datasets.exe"),
        "resend.com/install.ps1",
        *("github.com/a/b/releases/download/1/a.zip", "acme.com/page.html", "acme.com/exe"),
    ),
}
