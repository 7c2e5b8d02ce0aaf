"""SKILL.md: YAML front matter, then instructions (agentskills.io, specification).

What the reference validator, skills-ref, accepts is accepted. Beyond it, keys it does not know and
YAML in flow style are welcome: many good skills have them, so the former are warnings.
"""

import unicodedata
from dataclasses import dataclass

from mog_package import yaml_reader
from mog_package.errors import ManifestError, Problem, SkillError
from mog_package.rules import Rule
from mog_package.shapes import nearest
from mog_package.yaml_reader import Document, Plain

FILE = "content/SKILL.md"

_NAME_CHARACTERS = 64
_DESCRIPTION_CHARACTERS = 1024
_COMPATIBILITY_CHARACTERS = 500
_KNOWN = ("name", "description", "license", "compatibility", "allowed-tools", "metadata")
_FENCE = "---"


@dataclass(frozen=True, slots=True)
class Skill:
    """What a skill says of itself; texts are empty where it says nothing."""

    name: str
    description: str
    license: str
    compatibility: str
    allowed_tools: str
    warnings: tuple[Problem, ...]


def read_skill(data: bytes) -> Skill:
    """Read SKILL.md.

    Raises SkillError with everything that is wrong.
    """
    document = _front_matter(data)
    if not isinstance(document.value, dict):
        raise SkillError.of(Rule.SKILL_FRONT_MATTER, "it is no mapping", path=FILE)
    reading = _Reading(document, document.value)
    skill = Skill(
        name=reading.name(),
        description=reading.description(),
        license=reading.text("license"),
        compatibility=reading.compatibility(),
        allowed_tools=reading.tools(),
        warnings=tuple(reading.unknown_keys()),
    )
    if reading.problems:
        raise SkillError(reading.problems)
    return skill


def _front_matter(data: bytes) -> Document:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SkillError.of(Rule.NOT_TEXT, path=FILE) from None
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if lines[0].rstrip() != _FENCE:
        raise SkillError.of(Rule.SKILL_FRONT_MATTER, f"its first line is not {_FENCE}", path=FILE)
    end = next((n for n, line in enumerate(lines) if n and line.rstrip() == _FENCE), None)
    if end is None:
        raise SkillError.of(Rule.SKILL_FRONT_MATTER, f"it has no closing {_FENCE}", path=FILE)
    try:
        front_matter = "\n".join(lines[1:end]).encode()
        # As in the reference, `name: true` and `version: 1.10` are texts.
        return yaml_reader.read(front_matter, file=FILE, first_line=2, is_all_text=True)
    except ManifestError as error:
        raise SkillError(error.problems) from None


class _Reading:
    """Reads the keys of one front matter and notes what is wrong with them."""

    def __init__(self, document: Document, values: dict[str, Plain]) -> None:
        self._document = document
        self._values = values
        self.problems: list[Problem] = []

    def name(self) -> str:
        text = unicodedata.normalize("NFKC", self.text("name", rule=Rule.SKILL_NAME))
        if not text:
            self._refuse(Rule.SKILL_NAME, "it is missing", "name")
        elif len(text) > _NAME_CHARACTERS:
            detail = f"{len(text)} characters, at most {_NAME_CHARACTERS}"
            self._refuse(Rule.SKILL_NAME, detail, "name")
        elif text != text.lower():
            self._refuse(Rule.SKILL_NAME, "it must be lowercase", "name")
        elif text.strip("-") != text or "--" in text:
            self._refuse(Rule.SKILL_NAME, "hyphens stand alone, between other characters", "name")
        elif not all(character.isalnum() or character == "-" for character in text):
            self._refuse(Rule.SKILL_NAME, "letters, digits and hyphens only", "name")
        return text

    def description(self) -> str:
        text = self.text("description", rule=Rule.SKILL_DESCRIPTION)
        if not text:
            self._refuse(Rule.SKILL_DESCRIPTION, "it is missing", "description")
        elif len(text) > _DESCRIPTION_CHARACTERS:
            detail = f"{len(text):,} characters, at most {_DESCRIPTION_CHARACTERS:,}"
            self._refuse(Rule.SKILL_DESCRIPTION, detail, "description")
        return text

    def compatibility(self) -> str:
        text = self.text("compatibility")
        if len(text) > _COMPATIBILITY_CHARACTERS:
            detail = f"{len(text):,} characters, at most {_COMPATIBILITY_CHARACTERS}"
            self._refuse(Rule.SKILL_FIELD, detail, "compatibility")
        return text

    def tools(self) -> str:
        value = self._values.get("allowed-tools")
        if isinstance(value, list):
            return " ".join(str(each) for each in value)
        return "" if value is None else str(value)

    def text(self, key: str, *, rule: Rule = Rule.SKILL_FIELD) -> str:
        """Return a scalar as it was written, stripped."""
        value = self._values.get(key)
        if isinstance(value, (list, dict)):
            self._refuse(rule, "it must be text", key)
            return ""
        return "" if value is None else str(value).strip()

    def unknown_keys(self) -> list[Problem]:
        return [
            self._problem(Rule.UNKNOWN_KEY, f"{key[:60]!r}{nearest(key, _KNOWN)}", key)
            for key in self._values
            if key not in _KNOWN
        ]

    def _refuse(self, rule: Rule, detail: str, key: str) -> None:
        if not any(problem.key == key for problem in self.problems):
            self.problems.append(self._problem(rule, detail, key))

    def _problem(self, rule: Rule, detail: str, key: str) -> Problem:
        return Problem(rule, detail, FILE, self._document.line_of((key,)), key)
