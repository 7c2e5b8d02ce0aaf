"""Whether an SVG is a still picture: no script, nothing loaded from elsewhere, no definitions."""

import re
from xml.parsers import expat

from mog_package.errors import Problem
from mog_package.rules import Rule

_NAMESPACE = "http://www.w3.org/2000/svg"

# SVG 2, chapters 5.11, 11 and 15: what runs, embeds foreign markup or changes attributes later.
_REFUSED_ELEMENTS = frozenset(
    {
        *("script", "foreignobject", "handler", "listener", "iframe", "object", "embed"),
        *("audio", "video", "canvas", "set", "animate", "animatemotion", "animatetransform"),
    }
)
_HARMLESS_REFERENCE = re.compile(r"#[\w.:-]*|data:image/(?:png|jpeg|gif|webp);base64,[\w+/=\s]*")
_LOADS = re.compile(
    r"url\(\s*[\"']?(?!\s*[\"']?#)|@import|image-set|expression\(|javascript:|\\", re.I
)


class _Refused(Exception):
    """Ends the parsing; carries the reason."""


def problem(path: str, data: bytes) -> Problem | None:
    """Return what is wrong with an SVG, with its line; None when it is a still picture."""
    parser = expat.ParserCreate("UTF-8", " ")
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.ProcessingInstructionHandler = _refuse_instruction
    parser.XmlDeclHandler = _check_declaration
    picture = _Picture()
    parser.StartElementHandler = picture.start
    parser.EndElementHandler = picture.end
    parser.CharacterDataHandler = picture.text
    try:
        parser.Parse(data, True)  # noqa: FBT003 (the parser's own signature: this is all of it)
    except _Refused as reason:
        return Problem(Rule.BAD_SVG, str(reason), path, parser.CurrentLineNumber)
    except expat.ExpatError as error:
        return Problem(Rule.BAD_SVG, expat.ErrorString(error.code), path, error.lineno)
    return None


class _Picture:
    """Judges elements as they come."""

    def __init__(self) -> None:
        self._depth = 0
        self._open_styles = 0
        self._style: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        namespace, _, local = name.rpartition(" ")
        if not self._depth and (namespace, local) != (_NAMESPACE, "svg"):
            raise _Refused("the root is no svg element")
        self._depth += 1
        if local.lower() in _REFUSED_ELEMENTS:
            raise _Refused(f"element {local}")
        if local.lower() == "style":
            self._open_styles += 1
        for attribute, value in attributes.items():
            _check_attribute(attribute.rpartition(" ")[2].lower(), value)

    def end(self, name: str) -> None:
        self._depth -= 1
        if name.rpartition(" ")[2].lower() == "style":
            self._open_styles -= 1
            # Pieces may be cut anywhere, so what was gathered is judged as a whole.
            if _LOADS.search("".join(self._style)):
                raise _Refused("its style loads something or escapes characters")

    def text(self, data: str) -> None:
        if self._open_styles:
            self._style.append(data)


def _check_attribute(name: str, value: str) -> None:
    if name.startswith("on"):
        raise _Refused(f"attribute {name}")
    if name in ("href", "src", "base"):
        if not _HARMLESS_REFERENCE.fullmatch(value.strip()):
            raise _Refused(f"attribute {name} leads elsewhere")
    elif _LOADS.search(value):
        raise _Refused(f"attribute {name} loads something or escapes characters")


def _refuse_doctype(*_: object) -> None:
    raise _Refused("a document type")


def _refuse_instruction(target: str, _: str) -> None:
    raise _Refused(f"a processing instruction: {target}")


def _check_declaration(_version: str, encoding: str | None, _standalone: int) -> None:
    if encoding is not None and encoding.lower() != "utf-8":
        raise _Refused(f"encoding {encoding}")
