"""Links of a package's texts that lead to no file of it."""

import re
from collections.abc import Iterator, Mapping
from posixpath import dirname, join, normpath
from urllib.parse import unquote

from mog_package import Package
from scanning.rules.quality import prose
from scanning.rules.quality.prose import Prose
from scanning.rules.rule import Category, Confidence, Remark, Rule, Severity

BROKEN_LINK = Rule(
    id="quality/broken-link",
    category=Category.QUALITY,
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    advice="This link leads to a file that is not in the package. Add the file, or mend the link.",
    source="https://agentskills.io/specification",
)
RULES: tuple[Rule, ...] = (BROKEN_LINK,)

# More of them tell nobody anything new.
_MOST = 20
_LINK = re.compile(r"\]\(\s*<?([^()\s<>]{1,300})>?(?:\s+[\"'][^\"'\n]{0,200}[\"'])?\s*\)")
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//|#|mailto", re.I)
# What explanations write where a path would stand.
_MEANT = re.compile(r"[{}$*|]|\.\.\.|path/to|your[-_]|example|placeholder|\bxxx", re.I)


def look(package: Package) -> Iterator[Remark]:
    """Yield the first links that lead nowhere."""
    files = {file.path for file in package.files}
    folders = {folder for path in files for folder in _folders(path)}
    left = _MOST
    for text in prose.of(package):
        for offset, target in _targets(text):
            if left and not _is_there(target, text.path, files | folders):
                left -= 1
                yield Remark(
                    rule_id=BROKEN_LINK.id,
                    path=text.path,
                    line=text.line_of(offset),
                    matched=target.encode(),
                    excerpt=target,
                )


def _targets(text: Prose) -> Iterator[tuple[int, str]]:
    for link in _LINK.finditer(text.bare):
        target = link[1]
        names_file = "." in target or "/" in target
        if names_file and not _ELSEWHERE.match(target) and not _MEANT.search(target):
            yield link.start(), target


def _is_there(target: str, from_path: str, known: set[str]) -> bool:
    path = unquote(re.split(r"[?#]", target, maxsplit=1)[0]).rstrip("/")
    if not path:
        return True
    folder = dirname(from_path)
    # A README is shown beside the content, too.
    return any(normpath(join(base, path)).rstrip("/") in known for base in (folder, "content"))


def _folders(path: str) -> Iterator[str]:
    folder = dirname(path)
    while folder:
        yield folder
        folder = dirname(folder)
    yield "."


def _text(markdown: str) -> Mapping[str, bytes]:
    return {"content/guide/a.md": markdown.encode(), "content/guide/b.md": b"# B\n"}


POSITIVE: Mapping[str, tuple[Mapping[str, bytes], ...]] = {
    BROKEN_LINK.id: (
        _text("See [the rest](c.md)."),
        _text('![Chart](../images/chart.png "A chart")'),
        _text("[up](../../../other/README.md)"),
    )
}
NEGATIVE: Mapping[str, tuple[Mapping[str, bytes], ...]] = {
    BROKEN_LINK.id: (
        _text("[b](b.md#part) [skill](../SKILL.md) [folder](../guide/) [readme](../../README.md)"),
        _text("[web](https://acme.dev/c.md) [mail](mailto:a@acme.dev) [part](#part) [x](url)"),
        _text("`[code](c.md)`\n\n```markdown\n[code](c.md)\n```\n\n[like](path/to/file.md)"),
    )
}
