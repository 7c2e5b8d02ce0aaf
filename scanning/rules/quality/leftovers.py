"""What a draft or the author's own computer left in a text."""

import re
from collections.abc import Iterator, Mapping

from mog_package import Package, PackageType
from scanning.rules.quality import prose
from scanning.rules.quality.prose import Prose
from scanning.rules.rule import Category, Confidence, Remark, Rule, Severity


def _rule(name: str, advice: str) -> Rule:
    return Rule(
        id=f"quality/{name}",
        category=Category.QUALITY,
        severity=Severity.LOW,
        confidence=Confidence.MEDIUM,
        advice=advice,
        source="https://agentskills.io/skill-creation/best-practices",
    )


UNFINISHED = _rule("unfinished", "This text has a part that is not written yet. Write or drop it.")
MACHINE_PATH = _rule(
    "machine-path",
    "This text names a folder of one person's computer. Write a path that exists for everybody.",
)
RULES: tuple[Rule, ...] = (UNFINISHED, MACHINE_PATH)

_UNFINISHED = re.compile(
    r"^[ \t>*-]{0,12}(?:TODO|TBD|FIXME)\b[: \t-]"
    r"|(?i:\blorem ipsum dolor\b|^[ \t>*-]{0,12}coming soon\b)",
    re.M,
)
_MACHINE_PATH = re.compile(r"(?:/Users/|/home/|\b[A-Z]:\\Users\\)([A-Za-z][\w.-]{1,30})(?=[/\\])")
_ANYBODY = re.compile(
    r"(?:you|my|some|the|user|owner|me$|name|node|ubuntu|runner|claude|codespace|vscode|app|coder"
    r"|alice|bob|jane|john|jdoe|dev|example|shared|pi$|ec2|vagrant|linuxbrew|git|agent|admin|test"
    r"|openclaw|public|default|root|work|project|x+$|foo|username).*",
    re.I,
)


def look(package: Package) -> Iterator[Remark]:
    """Yield the first leftover of each kind in every text."""
    is_template = package.manifest.type is PackageType.TEMPLATE
    for text in prose.of(package):
        unfinished = None if is_template else _UNFINISHED.search(text.bare)
        if unfinished:
            yield _remark(UNFINISHED, text, unfinished)
        for path in _MACHINE_PATH.finditer(text.text):
            if not _ANYBODY.fullmatch(path[1]):
                yield _remark(MACHINE_PATH, text, path)
                break


def _remark(rule: Rule, text: Prose, met: re.Match[str]) -> Remark:
    return Remark(
        rule_id=rule.id,
        path=text.path,
        line=met.string.count("\n", 0, met.start()) + 1,
        matched=met.group().strip().encode(),
        excerpt=met.group(),
    )


def _text(markdown: str) -> Mapping[str, bytes]:
    return {"content/a.md": markdown.encode()}


POSITIVE: Mapping[str, tuple[Mapping[str, bytes], ...]] = {
    UNFINISHED.id: (_text("# A\n\nTODO: explain\n"), _text("Lorem ipsum dolor sit amet.")),
    MACHINE_PATH.id: (_text("cd /Users/mkowalski/code/acme"), _text(r"C:\Users\mkowalski\acme")),
}
NEGATIVE: Mapping[str, tuple[Mapping[str, bytes], ...]] = {
    UNFINISHED.id: (_text("Find every TODO of the code.\n\n```\nTODO: explain\n```\n"),),
    MACHINE_PATH.id: (_text("/Users/yourname/acme and /Users/user/acme and /home/"),),
}
