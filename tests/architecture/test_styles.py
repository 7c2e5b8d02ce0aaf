"""Styles and scripts keep to their rules: one order, one place for literals, no inline code."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[2]
_CSS = _ROOT / "static" / "css"
_TEMPLATES = _ROOT / "templates"
_LAYERS = ["reset", "tokens", "base", "layout", "components", "pages", "utilities"]
# The admin's pages load only tokens and these; they set the library's own properties.
_ADMIN = frozenset(_CSS.glob("admin*.css"))
# Frames that pages fill with markup of their own, and what the template tag draws.
_WITHOUT_TEMPLATE = {"disclosure", "icon", "list", "quote", "ticket"}

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_DECLARED = re.compile(r"(?<![\w-])(--[\w-]+)\s*:")
_USED = re.compile(r"var\(\s*(--[\w-]+)")
_COLOUR = re.compile(r"#[0-9a-f]{3,8}\b|\b(?:rgba?|hsla?|oklch|oklab|color-mix|light-dark)\(")
_STACKED = re.compile(r"\bz-index:(?!\s*var\()")
# Sizes in em follow the text they stand in, pixels are for lines.
_LITERAL = re.compile(
    r"\b(?:(?:font-size|letter-spacing|(?:row-|column-)?gap|(?:padding|margin)[a-z-]*):[^;]*?\d(?:rem|vw|vh)\b"
    r"|letter-spacing:[^;]*\dem\b)"
)
_PHYSICAL = re.compile(
    r"(?:^|[;{\s])((?:margin|padding|border)-(?:left|right|top|bottom)|(?:min-|max-)?(?:width|height)"
    r"|left|right|top|bottom|text-align:\s*(?:left|right))\s*[:;]"
)
_INLINE = re.compile(r"<style|\sstyle=|\son[a-z]+=|javascript:|<script(?![^>]*\ssrc=)")
# What a remote address in a style or a template would let a browser fetch.
_REMOTE = re.compile(r"(?:src|href|action)=[\"']https?:|url\([\"']?(?:https?:)?//")


def _text(file: Path) -> str:
    return _COMMENT.sub("", file.read_text(encoding="utf-8"))


def _sheets() -> list[Path]:
    return sorted(_CSS.rglob("*.css"))


def _pages() -> list[Path]:
    return sorted(file for file in _TEMPLATES.rglob("*.html") if "emails" not in file.parts)


def _names(files: Iterator[Path]) -> set[str]:
    return {file.stem for file in files if not file.stem.startswith("_")}


def _found(pattern: re.Pattern[str], files: list[Path]) -> list[str]:
    return [
        f"{file.relative_to(_ROOT)}: {found[0].strip()}"
        for file in files
        for found in pattern.finditer(_text(file))
    ]


def test_the_order_of_layers_is_declared_once() -> None:
    declared = re.findall(r"@layer ([^;{]+);", "".join(_text(file) for file in _sheets()))
    assert declared == [", ".join(_LAYERS)]


def test_every_sheet_is_loaded_once_into_the_layer_of_its_folder() -> None:
    imported = re.findall(r'@import url\("([^"]+)"\) layer\((\w+)\);', _text(_CSS / "app.css"))
    sheets = [file for file in _sheets() if file not in _ADMIN | {_CSS / "app.css"}]
    paths = [file.relative_to(_CSS) for file in sheets]
    expected = {(str(path), path.stem if len(path.parts) == 1 else path.parts[0]) for path in paths}
    assert sorted(imported) == sorted(expected)
    assert imported == sorted(imported, key=lambda one: (_LAYERS.index(one[1]), one[0]))


def test_every_property_that_is_used_is_declared() -> None:
    everything = "".join(_text(file) for file in _sheets())
    assert set(_USED.findall(everything)) - set(_DECLARED.findall(everything)) == set()


def test_every_token_is_used() -> None:
    everything = "".join(_text(file) for file in _sheets())
    tokens = set(_DECLARED.findall(_text(_CSS / "tokens.css")))
    assert tokens - set(_USED.findall(everything)) == set()


def test_colours_and_depths_are_written_among_the_tokens_only() -> None:
    others = [file for file in _sheets() if file.name != "tokens.css"]
    assert _found(_COLOUR, others) + _found(_STACKED, others) == []


def test_space_and_type_are_written_among_the_tokens_only() -> None:
    assert _found(_LITERAL, [file for file in _sheets() if file.name != "tokens.css"]) == []


def test_styles_are_logical() -> None:
    assert _found(_PHYSICAL, _sheets()) == []


def test_every_component_has_a_template_and_a_sheet() -> None:
    templates = _names((_TEMPLATES / "components").glob("*.html"))
    sheets = _names((_CSS / "components").glob("*.css"))
    assert templates - sheets == set()
    assert sheets - templates == _WITHOUT_TEMPLATE


def test_every_script_belongs_to_a_component_and_is_loaded() -> None:
    scripts = _names((_ROOT / "static" / "js" / "components").glob("*.js"))
    frame = (_TEMPLATES / "layouts" / "bare.html").read_text(encoding="utf-8")
    assert scripts - _names((_TEMPLATES / "components").glob("*.html")) == set()
    assert {name for name in scripts if f"js/components/{name}.js" in frame} == scripts


def test_pages_hold_no_code_and_no_foreign_address() -> None:
    assert _found(_INLINE, _pages()) == []
    assert _found(_REMOTE, [*_pages(), *_sheets()]) == []


@pytest.mark.parametrize(
    ("pattern", "fault"),
    [
        (_INLINE, '<p style="color: red">'),
        (_INLINE, "<script>alert()</script>"),
        (_INLINE, '<a href="#" onclick="go()">'),
        (_REMOTE, '<link href="https://fonts.example/a.css">'),
        (_REMOTE, 'src: url("//fonts.example/a.woff2")'),
        (_PHYSICAL, "a { margin-left: 1px; }"),
        (_PHYSICAL, "a { max-width: 1px; }"),
        (_PHYSICAL, "a { text-align: left; }"),
        (_COLOUR, "a { color: #fff; }"),
        (_COLOUR, "a { color: light-dark(black, white); }"),
        (_STACKED, "a { z-index: 3; }"),
        (_LITERAL, "a { font-size: 1.4rem; }"),
        (_LITERAL, "a { padding-block: clamp(1rem, 4vw, 2rem) 0; }"),
        (_LITERAL, "a { letter-spacing: -0.04em; }"),
    ],
)
def test_a_planted_fault_is_found(pattern: re.Pattern[str], fault: str) -> None:
    assert pattern.search(fault)
