"""How a package presents itself to those who choose it, and to the agent that uses it."""

import re
from collections.abc import Iterator, Mapping

from mog_package import Package, PackageType, read_skill
from scanning.rules.rule import Category, Confidence, Remark, Rule, Severity

_SKILL = "content/SKILL.md"
_MANIFEST = "mog.yaml"
_SPECIFICATION = "https://agentskills.io/specification"
_PRACTICES = "https://agentskills.io/skill-creation/best-practices"
_FORMAT = "docs/package-format.md"

# agentskills.io, specification: "Keep your main SKILL.md under 500 lines".
_LINES = 500
# Measured on real packages: what is shorter says nothing.
_README_CHARACTERS = 200
_BODY_CHARACTERS = 200
_DESCRIPTION_CHARACTERS = 40
_LICENCES = re.compile(r"(?:LICEN[CS]E|COPYING|NOTICE)(?:\.md|\.txt)?")
# Words with which a description says when, in the languages that skills are written in.
_WHEN = re.compile(
    r"\b(?:use[ds]?|using|when|whenever|if|for|before|after|during|while|trigger\w*|invoke|helps?"
    r"|quando|cuando|wenn|lorsque|pour|para|per)\b|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]",
    re.I,
)
_FRONT_MATTER = re.compile(r"\A---\r?\n.*?\n---[ \t]*\r?\n", re.S)
_HEADING = re.compile(r"^#+.*$", re.M)


def _rule(name: str, source: str, advice: str) -> Rule:
    return Rule(
        id=f"quality/{name}",
        category=Category.QUALITY,
        severity=Severity.LOW,
        confidence=Confidence.HIGH,
        advice=advice,
        source=source,
    )


THIN_README = _rule(
    "thin-readme",
    _FORMAT,
    "The README says hardly anything. Tell what the package does, how one uses it, what it needs.",
)
NO_WHEN = _rule(
    "description-without-when",
    _SPECIFICATION,
    "The description of SKILL.md does not say when to use the skill. An agent decides by it alone.",
)
SHORT_DESCRIPTION = _rule(
    "short-description",
    _FORMAT,
    "The description in mog.yaml is very short. Say what the package does and for whom.",
)
LONG_SKILL = _rule(
    "long-skill",
    _SPECIFICATION,
    "SKILL.md has more than 500 lines, and all of them are read at every use. Move details to files"
    " of their own.",
)
THIN_SKILL = _rule(
    "thin-skill",
    _PRACTICES,
    "SKILL.md has hardly any instructions beside its front matter. Say what the agent is to do.",
)
NO_LICENCE = _rule(
    "no-licence-text",
    _FORMAT,
    "The package names a licence and does not bring its text. Add a file LICENSE.",
)
NO_KEYWORDS = _rule(
    "no-keywords",
    _FORMAT,
    "mog.yaml has no keywords, by which packages are found. Add some.",
)
NO_ENTRYPOINT = _rule(
    "no-entrypoint",
    _FORMAT,
    "The package has several files, and mog.yaml does not say with which to begin. Name one as"
    " entrypoint.",
)
UNDESCRIBED = _rule(
    "undescribed-variable",
    _FORMAT,
    "A variable of server.env has no description. Say what it is for and where one gets it.",
)
RULES: tuple[Rule, ...] = (
    *(THIN_README, NO_WHEN, SHORT_DESCRIPTION, LONG_SKILL, THIN_SKILL, NO_LICENCE, NO_KEYWORDS),
    *(NO_ENTRYPOINT, UNDESCRIBED),
)


def look(package: Package) -> Iterator[Remark]:
    """Yield what is missing."""
    manifest = package.manifest
    readme = package.tree.read(manifest.readme).decode("utf-8-sig")
    if _characters(readme) < _README_CHARACTERS:
        yield _remark(THIN_README, manifest.readme)
    if len(manifest.description) < _DESCRIPTION_CHARACTERS:
        yield _remark(SHORT_DESCRIPTION, _MANIFEST)
    if not manifest.keywords:
        yield _remark(NO_KEYWORDS, _MANIFEST)
    if not any(_LICENCES.fullmatch(file.path.rpartition("/")[2]) for file in package.files):
        yield _remark(NO_LICENCE, _MANIFEST)
    if manifest.server and any(not each.description for each in manifest.server.env):
        yield _remark(UNDESCRIBED, _MANIFEST)
    if manifest.type is PackageType.SKILL:
        yield from _of_skill(package)
    elif not manifest.entrypoint and not manifest.server and _content_files(package) > 1:
        yield _remark(NO_ENTRYPOINT, _MANIFEST)


def _of_skill(package: Package) -> Iterator[Remark]:
    data = package.tree.read(_SKILL)
    text = data.decode("utf-8-sig")
    if not _WHEN.search(read_skill(data).description):
        yield _remark(NO_WHEN, _SKILL)
    if text.count("\n") > _LINES:
        yield _remark(LONG_SKILL, _SKILL)
    if _characters(_FRONT_MATTER.sub("", text, count=1)) < _BODY_CHARACTERS:
        yield _remark(THIN_SKILL, _SKILL)


def _characters(markdown: str) -> int:
    """Count what is left without headings and white space."""
    return len("".join(_HEADING.sub("", markdown).split()))


def _content_files(package: Package) -> int:
    return sum(file.path.startswith("content/") for file in package.files)


def _remark(rule: Rule, path: str) -> Remark:
    return Remark(rule_id=rule.id, path=path, line=0, matched=rule.id.encode(), excerpt="")


_WORDS = b"Words that say what it does, how one uses it, and what one needs before. " * 5
_HEAD = "name: acme/pdf-tools\nversion: 1.0.0\n"
_LONG = "Reads, splits and fills the forms of PDF files on any computer."


def _skill(description: str, body: bytes = _WORDS) -> Mapping[str, bytes]:
    front = f"---\nname: pdf-tools\ndescription: {description}\n---\n\n"
    return {_SKILL: front.encode() + body}


def _manifest(more: str, *, kind: str = "skill") -> Mapping[str, bytes]:
    return {_MANIFEST: f"{_HEAD}type: {kind}\n{more}".encode()}


def _server(variable: str) -> Mapping[str, bytes]:
    block = f"server:\n  transport: stdio\n  command: acme\n  env:\n    - {{{variable}}}\n"
    return _manifest(f"description: Reads.\n{block}", kind="mcp")


_TWO_FILES = {"content/a.md": b"# A\n", "content/b.md": b"# B\n"}

POSITIVE: Mapping[str, tuple[Mapping[str, bytes], ...]] = {
    THIN_README.id: ({"README.md": b"# PDF tools\n\nA skill.\n"},),
    NO_WHEN.id: (_skill("Reads PDF files and fills forms."),),
    SHORT_DESCRIPTION.id: (_manifest("description: Reads PDFs.\n"),),
    LONG_SKILL.id: (_skill(_LONG, b"Words.\n" * 600),),
    THIN_SKILL.id: (_skill(_LONG, b"# PDF\n\nSee above.\n"),),
    NO_LICENCE.id: ({},),
    NO_KEYWORDS.id: ({},),
    NO_ENTRYPOINT.id: ({**_TWO_FILES, **_manifest("description: Reads.\n", kind="bundle")},),
    UNDESCRIBED.id: (_server("name: ACME"),),
}
NEGATIVE: Mapping[str, tuple[Mapping[str, bytes], ...]] = {
    THIN_README.id: ({"README.md": b"# PDF tools\n\n" + _WORDS},),
    NO_WHEN.id: (_skill("Reads PDF files. Use it whenever a PDF is involved."),),
    SHORT_DESCRIPTION.id: (_manifest(f"description: {_LONG}\n"),),
    LONG_SKILL.id: (_skill(_LONG),),
    THIN_SKILL.id: (_skill(_LONG),),
    NO_LICENCE.id: ({"LICENSE": b"MIT\n"}, {"LICENSE.md": b"MIT\n"}),
    NO_KEYWORDS.id: (_manifest("description: Reads.\nkeywords: [pdf]\n"),),
    NO_ENTRYPOINT.id: (
        {**_TWO_FILES, **_manifest("description: Reads.\nentrypoint: a.md\n", kind="bundle")},
        _TWO_FILES,
    ),
    UNDESCRIBED.id: (_server("name: ACME, description: Where it is"),),
}
