"""Powers that a package has and does not declare."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mog_package import Package, PackageType, read_skill
from scanning.rules.capability import uses
from scanning.rules.capability.uses import Sort, Uses
from scanning.rules.code.stores import is_secret_path
from scanning.rules.rule import Category, Confidence, Remark, Rule, Severity

_SKILL = "content/SKILL.md"
_SKILLS_PAGE = "https://agentskills.io/specification"
_FORMAT = "docs/package-format.md"
# POSIX utilities and interpreters that every computer for agents has.
_UTILITIES = """
awk base64 basename bash bc cat chmod chown clear cmp comm cp curl cut date dd df diff dirname
du egrep env expr fgrep file find fold grep gzip gunzip head hexdump hostname id install join
less ln ls md5sum mkdir mktemp more mv nl nohup od open paste printenv ps pgrep pkill python
python3 readlink realpath rm rmdir sed seq sh sha1sum sha256sum shasum sleep sort split stat
stty sudo tail tar tee timeout touch tput tr uname uniq unzip wc whereis which who whoami xargs
xxd zip zsh
"""
_EVERYWHERE = frozenset(_UTILITIES.split())
_SECRET_NAME = re.compile(
    r"(?:^|_)(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIALS?|APIKEY|PAT|AUTH)(?:_|$)",
    re.I,
)
_ANY_COMMAND = re.compile(r"\bBash(?:\(\s*\*?(?::\*)?\s*\))?(?=$|[\s,])")


def _rule(rule_id: str, severity: Severity, source: str, advice: str) -> Rule:
    return Rule(
        id=rule_id,
        category=Category(rule_id.partition("/")[0]),
        severity=severity,
        confidence=Confidence.HIGH,
        advice=advice,
        source=source,
    )


_SECRET = _rule(
    "mcp/undeclared-secret",
    Severity.MEDIUM,
    "https://modelcontextprotocol.io/specification/2025-06-18/basic/security_best_practices",
    "A script reads a secret from the environment that mog.yaml does not name. Declare it under"
    " server.env with `secret: true`, or stop reading it.",
)
_ENV = _rule(
    "capability/undeclared-env",
    Severity.LOW,
    _FORMAT,
    "A script reads environment variables that mog.yaml does not name. Declare them under"
    " server.env.",
)
_TOOLS = _rule(
    "capability/undeclared-tools",
    Severity.LOW,
    _FORMAT,
    "This package starts programs that mog.yaml does not name. List them under requires.tools; its"
    " page tells which.",
)
_SHELL = _rule(
    "capability/undeclared-shell",
    Severity.LOW,
    _SKILLS_PAGE,
    "SKILL.md has commands to run, and its allowed-tools name no shell. Add what it needs, such as"
    " Bash(git:*).",
)
_ANY = _rule(
    "capability/any-command",
    Severity.LOW,
    _SKILLS_PAGE,
    "The allowed-tools of SKILL.md let it run any command without asking. Name the commands it"
    " needs, such as Bash(git:*).",
)
_NEEDLESS = _rule(
    "capability/needless-executable",
    Severity.LOW,
    _FORMAT,
    "mog.yaml says `executable: true`, and there is no script. Leave it out, so that buyers are not"
    " asked in vain.",
)
_PATH = _rule(
    "capability/credential-path",
    Severity.LOW,
    "https://attack.mitre.org/techniques/T1552/001/",
    "A script names a file in which people keep credentials. Say in the README what for.",
)

RULES: tuple[Rule, ...] = (_SECRET, _ENV, _TOOLS, _SHELL, _ANY, _NEEDLESS, _PATH)


@dataclass(frozen=True, slots=True)
class Undeclared:
    """Names by what they are of: variables that scripts read, and programs that are started."""

    env_names: tuple[str, ...]
    binaries: tuple[str, ...]


def of(package: Package, used: Uses) -> Undeclared:
    """Compare what is used with what the manifest declares; only servers declare variables."""
    manifest = package.manifest
    server = manifest.server
    declared = {each.name for each in server.env} if server else set()
    read = used.of_scripts[Sort.ENV] if manifest.type is PackageType.MCP else ()
    needed = {*manifest.requires_tools, *([server.command] if server else [])}
    return Undeclared(
        env_names=tuple(sorted(set(read) - declared)),
        binaries=tuple(sorted(set(used.names[Sort.BINARY]) - needed - _EVERYWHERE)),
    )


def look(package: Package) -> Iterator[Remark]:
    """Yield every power that is not declared."""
    used = uses.of(package)
    missing = of(package, used)
    for name in missing.env_names:
        rule = _SECRET if _SECRET_NAME.search(name) else _ENV
        path, line = used.of_scripts[Sort.ENV][name]
        yield _remark(rule, name, path=path, line=line)
    if missing.binaries:
        yield _remark(_TOOLS, ", ".join(missing.binaries))
    for name, place in used.of_scripts[Sort.PATH].items():
        if is_secret_path(name):
            yield _remark(_PATH, name, path=place.path, line=place.line)
    if package.manifest.executable and not package.runs_code:
        yield _remark(_NEEDLESS, "", path="mog.yaml")
    yield from _of_skill(package, used)


def _of_skill(package: Package, used: Uses) -> Iterator[Remark]:
    if package.manifest.type is not PackageType.SKILL:
        return
    allowed = read_skill(package.tree.read(_SKILL)).allowed_tools
    if _ANY_COMMAND.search(allowed):
        yield _remark(_ANY, allowed, path=_SKILL)
    elif allowed and "bash" not in allowed.lower() and used.names[Sort.BINARY]:
        yield _remark(_SHELL, allowed, path=_SKILL)


def _remark(rule: Rule, what: str, *, path: str = "", line: int = 0) -> Remark:
    return Remark(rule_id=rule.id, path=path, line=line, matched=what.encode(), excerpt=what)


_MCP = (
    "name: acme/pdf-tools\nversion: 1.0.0\ntype: mcp\ndescription: Reads PDFs.\n"
    "server:\n  transport: stdio\n  command: python3\n  args: ['{dir}/server.py']\n"
    "  env:\n    - {name: ACME_TOKEN, secret: true}\n    - {name: ACME_REGION}\n"
)
_SKILL_TEXT = "---\nname: pdf-tools\ndescription: Reads PDFs.\n%s---\n\n```bash\n%s\n```\n"


def _server(code: str) -> Mapping[str, bytes]:
    return {"mog.yaml": _MCP.encode(), "content/server.py": code.encode()}


def _skill(front: str, command: str = "git status") -> Mapping[str, bytes]:
    return {_SKILL: (_SKILL_TEXT % (front, command)).encode()}


_DECLARED = _server('import os\na = os.environ["ACME_TOKEN"]\nb = os.getenv("ACME_REGION")\n')
_SCRIPT = "content/scripts/a.py"

POSITIVE: Mapping[str, tuple[Mapping[str, bytes], ...]] = {
    _SECRET.id: (
        _server('import os\na = os.environ["GITHUB_TOKEN"]\n'),
        {"mog.yaml": _MCP.encode(), "content/a.js": b"const k = process.env.STRIPE_SECRET_KEY\n"},
    ),
    _ENV.id: (_server('import os\na = os.getenv("ACME_COLOUR")\n'),),
    _TOOLS.id: (_skill("", "ffmpeg -i a.mp4 b.mp3"),),
    _SHELL.id: (_skill("allowed-tools: Read Grep\n"),),
    _ANY.id: (_skill("allowed-tools: Bash, Read\n"), _skill("allowed-tools: 'Bash(*)'\n")),
    _NEEDLESS.id: ({},),
    _PATH.id: ({_SCRIPT: b'open(os.path.expanduser("~/.aws/credentials"))\n'},),
}
NEGATIVE: Mapping[str, tuple[Mapping[str, bytes], ...]] = {
    _SECRET.id: (_DECLARED, {_SCRIPT: b'import os\na = os.environ["GITHUB_TOKEN"]\n'}),
    _ENV.id: (_DECLARED,),
    _TOOLS.id: (_skill("", "grep -r word . | sort"), _skill("", "MODE=1 ./run.sh")),
    _SHELL.id: (_skill("allowed-tools: Bash(git:*) Read\n"), _skill("")),
    _ANY.id: (_skill("allowed-tools: Bash(git:*) Read\n"), _skill("")),
    _NEEDLESS.id: ({_SCRIPT: b"print(1)\n"},),
    _PATH.id: ({_SCRIPT: b'open(os.path.expanduser("~/.acme/settings"))\n'},),
}
