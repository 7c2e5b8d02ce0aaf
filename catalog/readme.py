"""Turn a README into HTML that nothing can hide in, once per release."""

import html
import re
from collections.abc import Sequence

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

# Rendering takes 0.7 s for 150 KB; what is longer is cut at a line.
LONGEST_BYTES = 256 * 1024
_SEARCHED_CHARACTERS = 20_000

_ELEMENTS = {
    "a", "blockquote", "br", "code", "del", "em", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol",
    "p", "pre", "s", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_ALIGNMENTS = {"align-left", "align-center", "align-right"}
_SCHEMES = {"http", "https", "mailto"}
_REL = "nofollow ugc noopener noreferrer"
# Controls that turn the direction of what follows (Unicode Standard Annex 9).
_UNSEEN = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_SPACES = re.compile(r"\s+")

_PARSER = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


def render(text: str) -> str:
    """Return a README as HTML: CommonMark with tables, no raw HTML, no images, no script.

    Headings begin at h2, below the page's own. Links carry `rel` and lead to http, https and mailto
    only; relative ones lead nowhere, so their text stays alone.
    """
    tokens = _PARSER.parse(_UNSEEN.sub("", _cut(text)))
    _adapt(tokens)
    rendered = str(_PARSER.renderer.render(tokens, _PARSER.options, {}))
    return nh3.clean(
        rendered,
        tags=_ELEMENTS,
        attributes={"a": {"href", "title"}, "ol": {"start"}},
        allowed_classes={"td": _ALIGNMENTS, "th": _ALIGNMENTS},
        url_schemes=_SCHEMES,
        url_relative="deny",
        link_rel=_REL,
    )


def plain(rendered: str) -> str:
    """Return the words of a rendered README for search, as many as are searched."""
    spaced = rendered.replace("<", " <")
    without = nh3.clean(spaced, tags=set())
    return _SPACES.sub(" ", html.unescape(without)).strip()[:_SEARCHED_CHARACTERS]


def _cut(text: str) -> str:
    data = text.encode()
    if len(data) <= LONGEST_BYTES:
        return text
    return data[:LONGEST_BYTES].rpartition(b"\n")[0].decode(errors="ignore")


def _adapt(tokens: Sequence[Token]) -> None:
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(int(token.tag[1]) + 1, 6)}"
        if "style" in token.attrs:  # the only one is a table cell's alignment
            side = str(token.attrs.pop("style")).removeprefix("text-align:")
            token.attrSet("class", f"align-{side}")
        if token.children:
            token.children = [_without_image(child) for child in token.children]


def _without_image(token: Token) -> Token:
    """Return an image's description in its place: pictures would be loaded from elsewhere."""
    if token.type != "image":
        return token
    return Token("text", "", 0, content=token.content)
