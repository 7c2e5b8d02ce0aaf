"""Programs in Python, and examples of it in texts, read as the language reads them."""

import re
from collections.abc import Iterator, Mapping

from mog_package import Package
from scanning.rules.code import python_findings, python_samples, python_source
from scanning.rules.code.python_findings import Act, Found
from scanning.rules.code.python_flow import Flow
from scanning.rules.code.python_parts import Tangled
from scanning.rules.code.python_source import Program, Reading
from scanning.rules.rule import Category, Confidence, Remark, Rule, Severity

_ATTACK = "https://attack.mitre.org/techniques"


def _rule(
    name: str, severity: Severity, confidence: Confidence, technique: str, advice: str
) -> Rule:
    return Rule(
        id=f"code/{name}",
        category=Category.CODE,
        severity=severity,
        confidence=confidence,
        advice=advice,
        source=technique if technique.startswith("https:") else f"{_ATTACK}/{technique}/",
        is_malicious=severity is Severity.CRITICAL and confidence is Confidence.HIGH,
    )


_CRITICAL, _HIGH, _MEDIUM, _LOW = reversed(Severity)
_SURE, _LIKELY, _DOUBTFUL = reversed(Confidence)

_OF_ACTS: Mapping[Act, Rule] = {
    Act.RUNS_REVEALED: _rule(
        "runs-encoded-text",
        _CRITICAL,
        _SURE,
        "T1140",
        "This program runs commands that stand in it in encoded form. Write them as plain code.",
    ),
    Act.RUNS_DECODED: _rule(
        "runs-decoded-text",
        _CRITICAL,
        _LIKELY,
        "T1140",
        "This program runs text that it decodes first. Write what runs as plain code.",
    ),
    Act.RUNS_FETCHED: _rule(
        "runs-fetched-text",
        _CRITICAL,
        _LIKELY,
        "T1105",
        "This program runs text that it gets from the network. Ship all code inside the package.",
    ),
    Act.RUNS_FILE: _rule(
        "runs-fetched-file",
        _HIGH,
        _DOUBTFUL,
        "T1105",
        "This program downloads a file and starts it. Let buyers install it from where it is"
        " published, and name it under requires.tools.",
    ),
    Act.LOADS_FETCHED: _rule(
        "loads-fetched-code",
        _CRITICAL,
        _LIKELY,
        "T1129",
        "This program makes what it gets from the network part of itself: as pickled objects, as a"
        " library or as a script. Ship all code inside the package, and fetch plain data only.",
    ),
    Act.SENDS_ENVIRONMENT: _rule(
        "sends-environment",
        _CRITICAL,
        _SURE,
        "T1041",
        "This program sends all environment variables over the network, secrets included. Send only"
        " the values it needs.",
    ),
    Act.SENDS_CREDENTIALS: _rule(
        "sends-credentials",
        _CRITICAL,
        _LIKELY,
        "T1552/001",
        "This program reads a file in which people keep credentials, and sends it over the network."
        " Ask for the one value you need instead, as an environment variable.",
    ),
    Act.SENDS_BY_NAME: _rule(
        "sends-by-name-lookup",
        _CRITICAL,
        _LIKELY,
        "T1048/003",
        "This program makes names of servers out of data and asks for them, which tells the data to"
        " whoever answers. Send what you must in the open.",
    ),
    Act.SENDS_HOME: _rule(
        "sends-whole-folder",
        _CRITICAL,
        _LIKELY,
        "T1560/002",
        "This program packs a folder in which people keep what is theirs, and sends it. Let them"
        " choose the files.",
    ),
    Act.HIDES_ADDRESS: _rule(
        "encoded-address",
        _HIGH,
        _LIKELY,
        "T1140",
        "This program talks to an address that stands in it in encoded form. Write it plainly.",
    ),
    Act.HIDES_NAME: _rule(
        "name-put-together",
        _CRITICAL,
        _LIKELY,
        "T1027",
        "This program puts the name of a system function together from pieces. Call it by its"
        " name.",
    ),
    Act.WAITS_FOR_DATE: _rule(
        "waits-for-date",
        _HIGH,
        _LIKELY,
        "T1480",
        "This program starts or removes something from a fixed date on. Remove that condition.",
    ),
    Act.REMOVES_ITSELF: _rule(
        "removes-itself",
        _HIGH,
        _DOUBTFUL,
        "T1070/004",
        "This program deletes itself. Buyers must be able to see what ran; leave it where it is.",
    ),
    Act.REMOVES_HOME: _rule(
        "removes-home",
        _CRITICAL,
        _LIKELY,
        "T1485",
        "This program deletes a person's whole home folder. Name the folder that is yours.",
    ),
    Act.HOOKS_SETUP: _rule(
        "setup-hook",
        _HIGH,
        _DOUBTFUL,
        "T1195/001",
        "This setup.py runs code of its own during installation. Leave that to an explicit step.",
    ),
}
_EXAMPLE = _rule(
    "dangerous-example",
    _HIGH,
    _LIKELY,
    "T1059/006",
    "An example in this text runs what it fetches or decodes, or sends secrets away. An agent would"
    " do it. Remove it, or use an address of example.com if it only explains.",
)
_EXPLANATION = _rule(
    "explained-danger",
    _LOW,
    _SURE,
    "T1059/006",
    "An example in this text shows something dangerous. Say clearly that it must not be run.",
)
_LARGE = _rule(
    "program-too-large",
    _MEDIUM,
    _LIKELY,
    "T1027/001",
    "This program, or all of them together, is too large to be judged. Split it, or leave out data"
    " and generated code.",
)
_BROKEN = _rule(
    "program-broken",
    _HIGH,
    _DOUBTFUL,
    "https://docs.python.org/3/reference/grammar.html",
    "This program has a syntax error in current versions of Python. Mend it.",
)
# Whatever address they name, or none.
_GRAVE_ANYWHERE = frozenset({Act.RUNS_REVEALED, Act.RUNS_DECODED})
_GRAVE_IN_TEXTS = frozenset(
    {
        *(Act.RUNS_REVEALED, Act.RUNS_DECODED, Act.RUNS_FETCHED, Act.LOADS_FETCHED),
        *(Act.SENDS_ENVIRONMENT, Act.SENDS_CREDENTIALS, Act.SENDS_BY_NAME, Act.SENDS_HOME),
    }
)
# RFC 2606 and RFC 6761, and what people write who explain.
_EXPLAINED = re.compile(
    r"example\.(?:com|org|net)|\.(?:example|test|invalid|local)\b|localhost|127\.0\.0\.1|0\.0\.0\.0"
    r"|evil|attacker|malicious|hacker|your[-_]|<|\{|\.\.\.",
    re.I,
)
_ADDRESS = re.compile(
    r"[a-z]{2,6}://[^\s'\"]{3,80}|\b\d{1,3}(?:\.\d{1,3}){3}\b"
    r"|(?:Connection|SMTP(?:_SSL)?|FTP|connect(?:ion)?)\(+\s*['\"][^'\"]{3,80}|['\"]\.[a-z0-9.-]{3,60}\.[a-z]{2,10}['\"]",
    re.I,
)

RULES: tuple[Rule, ...] = (*_OF_ACTS.values(), _EXAMPLE, _EXPLANATION, _LARGE, _BROKEN)
POSITIVE = python_samples.POSITIVE
NEGATIVE = python_samples.NEGATIVE


def look(package: Package) -> Iterator[Remark]:
    """Yield what every program of a package shows, each rule once for a line."""
    for program in python_source.of(package):
        seen: set[tuple[str, int]] = set()
        for remark in _remarks(program):
            if (remark.rule_id, remark.line) not in seen:
                seen.add((remark.rule_id, remark.line))
                yield remark


def _remarks(program: Program) -> Iterator[Remark]:
    if program.reading is Reading.TOO_LARGE:
        yield _remark(program, _LARGE, line=1, excerpt="")
    elif program.reading is Reading.BROKEN and program.is_script and program.first_line == 1:
        yield _remark(program, _BROKEN, line=1, excerpt="")
    try:
        found = list(python_findings.of(Flow(program.tree)))
    except (RecursionError, Tangled):
        # Nested deeper than anybody writes.
        yield _remark(program, _LARGE, line=1, excerpt="")
        return
    for each in found:
        if rule := _rule_for(each, program):
            yield _remark(program, rule, line=each.line, excerpt=f"{each.function}: {each.act}")


def _rule_for(found: Found, program: Program) -> Rule | None:
    if program.is_script:
        return _OF_ACTS[found.act]
    if found.act not in _GRAVE_IN_TEXTS:
        return None
    if found.act in _GRAVE_ANYWHERE or _names_real_address(program.text):
        return _EXAMPLE
    return _EXPLANATION


def _names_real_address(text: str) -> bool:
    return any(not _EXPLAINED.search(found.group()) for found in _ADDRESS.finditer(text))


def _remark(program: Program, rule: Rule, *, line: int, excerpt: str) -> Remark:
    written = program.text.split("\n")[line - 1].strip()
    return Remark(
        rule_id=rule.id,
        path=program.path,
        line=program.first_line + line - 1,
        matched=written.encode(),
        excerpt=excerpt,
    )
