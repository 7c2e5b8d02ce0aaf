"""An SVG is a still picture."""

import pytest

from mog_package import svg
from mog_package.rules import Rule

XLINK = 'xmlns:xlink="http://www.w3.org/1999/xlink"'


def picture(inside: str, attributes: str = "") -> bytes:
    """Draw a picture."""
    return f'<svg xmlns="http://www.w3.org/2000/svg" {attributes}>{inside}</svg>'.encode()


@pytest.mark.parametrize(
    "data",
    [
        picture(""),
        b'<?xml version="1.0" encoding="UTF-8"?>\n<!-- made by hand -->\n' + picture("<g/>"),
        picture('<style>.a { fill: url("#g") } </style><path class="a" style="fill:#fff"/>'),
        picture('<use href="#a"/><use xlink:href="#b"/>', XLINK),
        picture('<image href="data:image/png;base64,iVBORw0KGgo="/>'),
        picture("<text>see https://example.org, url(http://x) and javascript: too</text>"),
        picture('<path fill="url(#gradient)" d="M0 0"/>'),
    ],
)
def test_pictures_are_welcome(data: bytes) -> None:
    assert svg.problem("a.svg", data) is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg/>",
        b"<html xmlns='http://www.w3.org/1999/xhtml'/>",
        picture("<g>"),
        picture("") + picture(""),
        picture("<script>alert(1)</script>"),
        picture("<SCRIPT/>"),
        picture('<x:script xmlns:x="http://www.w3.org/2000/svg"/>'),
        picture('<h:script xmlns:h="http://www.w3.org/1999/xhtml"/>'),
        picture("", 'onload="alert(1)"'),
        picture('<g ONCLICK="x"/>'),
        picture("<foreignObject/>"),
        picture('<a href="javascript:alert(1)"><text>x</text></a>'),
        picture('<a xlink:href="https://example.org">x</a>', XLINK),
        picture('<a href="&#106;avascript:x"/>'),
        picture('<image href="https://example.org/pixel.png"/>'),
        picture('<image href="data:image/svg+xml;base64,PHN2Zy8+"/>'),
        picture('<use href="other.svg#x"/>'),
        picture('<set attributeName="href" to="javascript:x"/>'),
        picture('<animate attributeName="href" values="javascript:x"/>'),
        picture("<style>@import 'https://example.org/a.css';</style>"),
        picture("<style>.a { fill: u<!-- -->rl(https://example.org) }</style>"),
        picture("<style><style/>.a { fill: url(https://example.org) }</style>"),
        picture("<style>.a { fill: \\75rl(https://example.org) }</style>"),
        picture("<path style=\"fill: url( '//example.org/x' )\"/>"),
        picture('<path fill="url(https://example.org/x)"/>'),
        picture("", 'xml:base="https://example.org/"'),
        b'<!DOCTYPE svg [<!ENTITY x "y">]>' + picture("&x;"),
        b"<!DOCTYPE svg>" + picture(""),
        b'<?xml-stylesheet href="a.css"?>' + picture(""),
        b'<?xml version="1.0" encoding="ISO-8859-1"?>' + picture(""),
    ],
)
def test_anything_that_acts_or_leads_elsewhere_is_refused(data: bytes) -> None:
    problem = svg.problem("a.svg", data)
    assert problem
    assert problem.rule is Rule.BAD_SVG


def test_a_problem_tells_its_line() -> None:
    problem = svg.problem("a.svg", picture("\n\n<script/>"))
    assert problem
    assert (problem.line, problem.detail) == (3, "element script")
