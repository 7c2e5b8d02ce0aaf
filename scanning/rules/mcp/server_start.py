"""How a server is started, as its manifest says."""

import ipaddress
import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from mog_package import Package, Server
from scanning.rules.mcp import launch
from scanning.rules.rule import Category, Confidence, Remark, Rule, Severity

_MANIFEST = "mog.yaml"
_PRACTICES = (
    "https://modelcontextprotocol.io/specification/2025-06-18/basic/security_best_practices"
)
_SHELLS = frozenset({"sh", "bash", "zsh", "dash", "fish", "ksh", "cmd", "powershell", "pwsh"})
_SHELL_OPTION = re.compile(r"-[a-z]*c|/c|-command|-enc\w*", re.I)
_FETCHING = re.compile(
    r"\b(?:curl|wget|iwr|irm|invoke-\w+|base64|eval|nc|ncat)\b|/dev/tcp|\|\s*(?:ba|z)?sh\b", re.I
)
_INTERPRETERS = frozenset({"python", "python3", "node", "bun", "ruby", "perl", "php", "deno"})
_CODE_OPTION = frozenset({"-c", "-e", "--eval", "eval", "-r", "-p", "--print"})
_ADDRESS = re.compile(r"https?://[^\s\"']+", re.I)
_TUNNEL = re.compile(
    r"(?:^|\.)(?:ngrok(?:-free)?\.(?:io|app|dev)|trycloudflare\.com|loca\.lt|serveo\.net|bore\.pub"
    r"|localhost\.run|pagekite\.me|webhook\.site|pipedream\.net)$"
)
_SECRET_NAME = re.compile(r"(?:^|_)(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD|APIKEY)(?:_|$)", re.I)
_NO_VALUE = re.compile(r"|[<\[{$].*|your.*|x{3,}|\*{3,}|none|null|change.?me|true|false", re.I)
_POWERS = re.compile(
    r"--privileged|docker\.sock|--(?:pid|ipc|network|net)=?host|--cap-add=?(?:ALL|SYS_ADMIN)"
)
_WHOLE_HOME = re.compile(r"^(?:/|~|\$HOME|\$\{HOME\}|%USERPROFILE%|/home|/Users|/etc|/root)/?:")


def _rule(name: str, severity: Severity, confidence: Confidence, advice: str) -> Rule:
    return Rule(
        id=f"mcp/{name}",
        category=Category.MCP,
        severity=severity,
        confidence=confidence,
        advice=advice,
        source=_PRACTICES,
    )


_UNPINNED = _rule(
    "unpinned-launch",
    Severity.LOW,
    Confidence.HIGH,
    "The server is fetched anew whenever it starts, in whatever version there is then. Name one,"
    " such as @acme/server@1.2.3, acme-server==1.2.3 or an image with its digest.",
)
_ADDRESS_RULE = _rule(
    "launch-from-address",
    Severity.MEDIUM,
    Confidence.MEDIUM,
    "The server is started from an address at which somebody can put something else at any time."
    " Publish it as a package with versions, or name a commit.",
)
_SHELL = _rule(
    "shell-command",
    Severity.LOW,
    Confidence.HIGH,
    "The server is started by a line for a shell. Name the program and its arguments instead.",
)
_FETCHES = _rule(
    "shell-fetches",
    Severity.CRITICAL,
    Confidence.MEDIUM,
    "The line that starts the server fetches or decodes something and runs it. Name a program and"
    " its arguments instead.",
)
_INLINE = _rule(
    "inline-code",
    Severity.MEDIUM,
    Confidence.MEDIUM,
    "The program of this server stands in its arguments. Put it into a file below content/.",
)
_POWER = _rule(
    "container-powers",
    Severity.HIGH,
    Confidence.MEDIUM,
    "The container of this server is given the whole computer. Give it the one folder it needs, and"
    " no privileges.",
)
_PLAIN = _rule(
    "plain-http",
    Severity.HIGH,
    Confidence.MEDIUM,
    "The server is reached or started over plain http, which anybody on the way can change. Use"
    " https.",
)
_RAW = _rule(
    "raw-address",
    Severity.HIGH,
    Confidence.MEDIUM,
    "The server is at a bare number on the internet, which says nothing of its owner. Use a name.",
)
_TUNNELLED = _rule(
    "tunnel",
    Severity.HIGH,
    Confidence.MEDIUM,
    "The server is behind a tunnel to somebody's own computer. Host it at a name of your own.",
)
_UNMARKED = _rule(
    "unmarked-secret",
    Severity.LOW,
    Confidence.HIGH,
    "A variable that looks like a secret is not marked as one. Say `secret: true`, so that it is"
    " stored with care.",
)
_DEFAULT = _rule(
    "secret-by-default",
    Severity.MEDIUM,
    Confidence.MEDIUM,
    "A variable that looks like a secret comes with a value, so all buyers would share it. Leave"
    " the value out, and say `secret: true`.",
)

RULES: tuple[Rule, ...] = (
    *(_UNPINNED, _ADDRESS_RULE, _SHELL, _FETCHES, _INLINE, _POWER, _PLAIN, _RAW, _TUNNELLED),
    *(_UNMARKED, _DEFAULT),
)


def look(package: Package) -> Iterator[Remark]:
    """Yield what the server block shows."""
    server = package.manifest.server
    if server is None:
        return
    lines = package.tree.read(_MANIFEST).decode(errors="replace").split("\n")
    for rule, what in (*_of_start(server), *_of_addresses(server), *_of_variables(server)):
        yield Remark(
            rule_id=rule.id,
            path=_MANIFEST,
            line=_line(what, lines),
            matched=what.encode(),
            excerpt=what,
        )


def _of_start(server: Server) -> Iterator[tuple[Rule, str]]:
    started = launch.of(server)
    if started and _ADDRESS.search(started.wanted) and not started.is_pinned:
        yield _ADDRESS_RULE, started.wanted
    elif started and not started.is_pinned:
        yield _UNPINNED, started.wanted
    if started and started.is_image:
        yield from ((_POWER, word) for word in started.options if _is_power(word))
    command = server.command.lower().removesuffix(".exe")
    line = " ".join(server.args)
    if command in _SHELLS and any(_SHELL_OPTION.fullmatch(word) for word in server.args):
        yield (_FETCHES if _FETCHING.search(line) else _SHELL), line
    elif command in _INTERPRETERS and _CODE_OPTION.intersection(server.args[:3]):
        yield (_FETCHES if _FETCHING.search(line) else _INLINE), line


def _is_power(option: str) -> bool:
    return _POWERS.search(option) is not None or _WHOLE_HOME.match(option) is not None


def _of_addresses(server: Server) -> Iterator[tuple[Rule, str]]:
    for address in _ADDRESS.findall(" ".join((server.url, *server.args))):
        host = _host(address)
        is_near = _is_near(host)
        if address.lower().startswith("http:") and not is_near:
            yield _PLAIN, address
        if _is_number(host) and not is_near:
            yield _RAW, address
        if _TUNNEL.search(host):
            yield _TUNNELLED, address


def _of_variables(server: Server) -> Iterator[tuple[Rule, str]]:
    for variable in server.env:
        if variable.secret or not _SECRET_NAME.search(variable.name):
            continue
        has_value = variable.default and not _NO_VALUE.fullmatch(variable.default)
        yield (_DEFAULT if has_value else _UNMARKED), variable.name


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_near(host: str) -> bool:
    """Tell this computer and one's own network from the rest."""
    if host in ("localhost", "host.docker.internal") or host.endswith((".local", ".internal")):
        return True
    return _is_number(host) and ipaddress.ip_address(host).is_private


def _line(what: str, lines: list[str]) -> int:
    """Return the line in which something stands, as far as one holds all of its first word."""
    first = what.split(" ", maxsplit=1)[0]
    return next((number for number, line in enumerate(lines, 1) if first and first in line), 0)


_HEAD = "name: acme/pdf-tools\nversion: 1.0.0\ntype: mcp\ndescription: Reads PDFs.\nserver:\n"


def _stdio(command: str, *args: str) -> Mapping[str, bytes]:
    listed = ", ".join(f'"{each}"' for each in args)
    return _manifest(f"  transport: stdio\n  command: {command}\n  args: [{listed}]\n")


def _http(url: str) -> Mapping[str, bytes]:
    return _manifest(f"  transport: http\n  url: {url}\n")


def _env(variable: str) -> Mapping[str, bytes]:
    return _manifest(f"  transport: stdio\n  command: acme\n  env:\n    - {{{variable}}}\n")


def _manifest(block: str) -> Mapping[str, bytes]:
    return {"mog.yaml": (_HEAD + block).encode()}


_OWN = _stdio("python3", "{dir}/server.py")

POSITIVE: Mapping[str, tuple[Mapping[str, bytes], ...]] = {
    _UNPINNED.id: (
        _stdio("npx", "-y", "@acme/server"),
        _stdio("npx", "-y", "@acme/server@latest"),
        _stdio("npx", "-p", "acme@^1.2.0", "acme-server"),
        _stdio("uvx", "acme-server"),
        _stdio("uvx", "--from", "acme-server>=1", "acme"),
        _stdio("pipx", "run", "acme-server"),
        _stdio("docker", "run", "-i", "--rm", "-e", "A", "acme/server"),
        _stdio("docker", "run", "acme/server:latest"),
        _stdio("bunx", "acme"),
        _stdio("pnpm", "dlx", "acme"),
    ),
    _ADDRESS_RULE.id: (
        _stdio("uvx", "--from", "git+https://acme.dev/server", "acme"),
        _stdio("npx", "-y", "https://acme.dev/server.tgz"),
        _stdio("deno", "run", "-A", "https://acme.dev/server.ts"),
    ),
    _SHELL.id: (_stdio("bash", "-c", "cd /srv && ./start"), _stdio("cmd", "/c", "npx acme@1.2.3")),
    _FETCHES.id: (
        _stdio("sh", "-c", "curl -s https://acme.dev/i | sh"),
        _stdio("bash", "-lc", "eval $(echo aGk= | base64 -d)"),
    ),
    _INLINE.id: (_stdio("python3", "-c", "import acme; acme.run()"), _stdio("node", "-e", "run()")),
    _POWER.id: (
        _stdio("docker", "run", "--privileged", "acme/server:1.0.0"),
        _stdio("docker", "run", "-v", "/:/host", "acme/server:1.0.0"),
        _stdio("docker", "run", "-v", "/var/run/docker.sock:/s", "acme/server:1.0.0"),
    ),
    _PLAIN.id: (_stdio("npx", "-y", "mcp-remote@0.1.0", "http://mcp.acme.dev/sse"),),
    _RAW.id: (_http("https://8.8.8.8/mcp"), _http("https://1.1.1.1:8443/mcp")),
    _TUNNELLED.id: (_http("https://a1b2.ngrok-free.app/mcp"),),
    _UNMARKED.id: (_env("name: ACME_TOKEN"),),
    _DEFAULT.id: (_env("name: ACME_API_KEY, default: q8Zt2mVw"),),
}
NEGATIVE: Mapping[str, tuple[Mapping[str, bytes], ...]] = {
    _UNPINNED.id: (
        _OWN,
        _stdio("npx", "-y", "@acme/server@1.2.3"),
        _stdio("uvx", "acme-server==1.2.3"),
        _stdio("uvx", "acme-server@1.2.3"),
        _stdio("docker", "run", "-i", "acme/server:1.2.3"),
        _stdio("node", "{dir}/index.js"),
        _stdio("uv", "run", "--directory", "{dir}", "server.py"),
    ),
    _ADDRESS_RULE.id: (
        _stdio("uvx", "--from", f"git+https://acme.dev/server@{'0a' * 20}", "acme"),
        _stdio("npx", "-y", "acme@1.2.3", "https://acme.dev/mcp"),
    ),
    _SHELL.id: (_OWN, _stdio("bash", "{dir}/start.sh")),
    _FETCHES.id: (_stdio("bash", "-c", "cd /srv && ./start"), _OWN),
    _INLINE.id: (_OWN, _stdio("python3", "-m", "acme")),
    _POWER.id: (_stdio("docker", "run", "-v", "/srv/acme:/data", "acme/server:1.0.0"),),
    _PLAIN.id: (_http("http://localhost:8000/mcp"), _http("https://mcp.acme.dev")),
    _RAW.id: (_http("http://127.0.0.1:8000/mcp"), _http("https://mcp.acme.dev")),
    _TUNNELLED.id: (_http("https://mcp.acme.dev"),),
    _UNMARKED.id: (_env("name: ACME_TOKEN, secret: true"), _env("name: ACME_REGION")),
    _DEFAULT.id: (_env("name: ACME_API_KEY, default: YOUR_KEY"), _env("name: A, default: b")),
}
