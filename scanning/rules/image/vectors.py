"""SVG that grows when it is drawn. What runs or loads anything, the format refuses already."""

from collections.abc import Iterator, Mapping
from xml.parsers import expat

from scanning.rules.rule import Category, Confidence, Rule, Severity, Sighting
from scanning.rules.scanned_file import ScannedFile

_GROWS = Rule(
    id="image/growing-svg",
    category=Category.IMAGE,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    advice="Draw this picture without references to references: it grows without end when opened.",
    source="https://www.w3.org/TR/SVG2/struct.html#UseElement",
)
RULES: tuple[Rule, ...] = (_GROWS,)

# So many copies of elements no picture needs.
_MOST_COPIES = 100_000
_REFERENCES = ("href", "http://www.w3.org/1999/xlink href")


def look(file: ScannedFile) -> Iterator[Sighting]:
    """Yield a picture that is too large when all its references are followed."""
    if file.path.lower().endswith(".svg") and b"<use" in file.data and _grows(file.data):
        start = file.data.index(b"<use")
        yield Sighting(rule_id=_GROWS.id, start=start, end=start + 4, matched=file.data)


def _grows(data: bytes) -> bool:
    drawing = _Drawing()
    parser = expat.ParserCreate("UTF-8", " ")
    parser.StartElementHandler = drawing.start
    parser.EndElementHandler = drawing.end
    try:
        parser.Parse(data, True)  # noqa: FBT003 (the parser's own signature: this is all of it)
    except expat.ExpatError:
        # The format has refused what is no XML; a lone test file may be.
        return False
    return drawing.copies() > _MOST_COPIES


class _Drawing:
    """Which elements with a name refer to which others, and how often."""

    def __init__(self) -> None:
        self._names: list[str] = [""]
        self._uses: dict[str, list[str]] = {"": []}

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Note a name, or a reference inside the innermost one."""
        inside = self._names[-1]
        name = attributes.get("id", "")
        self._names.append(name or inside)
        if name:
            # What stands inside something is drawn with it.
            self._uses.setdefault(name, [])
            self._uses[inside].append(name)
        if tag.rpartition(" ")[2] == "use":
            targets = [attributes[each] for each in _REFERENCES if attributes.get(each)]
            self._uses[name or inside] += [target.removeprefix("#") for target in targets[:1]]

    def end(self, _tag: str) -> None:
        """Leave the innermost element."""
        self._names.pop()

    def copies(self) -> int:
        """Return how many elements are drawn; a circle counts as too many."""
        sizes: dict[str, int] = {}
        open_names = {""}
        path = [("", iter(self._uses[""]))]
        while path:
            name, rest = path[-1]
            used = next((each for each in rest if each not in sizes), None)
            if used is None:
                sizes[name] = 1 + sum(sizes[each] for each in self._uses.get(name, ()))
                sizes[name] = min(sizes[name], _MOST_COPIES + 1)
                open_names.discard(name)
                path.pop()
            elif used in open_names:
                return _MOST_COPIES + 1
            else:
                open_names.add(used)
                path.append((used, iter(self._uses.get(used, ()))))
        return sizes[""]


def _svg(inside: str) -> ScannedFile:
    text = f'<svg xmlns="http://www.w3.org/2000/svg">{inside}</svg>'
    return ScannedFile("content/a.svg", text.encode())


_LAYERS = "".join(
    f'<g id="l{depth}">' + f'<use href="#l{depth - 1}"/>' * 10 + "</g>" for depth in range(1, 8)
)
POSITIVE: Mapping[str, tuple[ScannedFile, ...]] = {
    _GROWS.id: (
        _svg(f'<defs><rect id="l0"/>{_LAYERS}</defs><use href="#l7"/>'),
        _svg('<g id="a"><use href="#a"/></g>'),
    ),
}
NEGATIVE: Mapping[str, tuple[ScannedFile, ...]] = {
    _GROWS.id: (
        _svg('<defs><path id="p" d="M0 0"/></defs>' + '<use href="#p"/>' * 500),
        _svg('<use href="#nowhere"/><use/>'),
    ),
}
