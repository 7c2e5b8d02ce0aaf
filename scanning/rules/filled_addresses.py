"""Addresses of images in which a place is left for whoever writes them down."""

import re

_HOST = re.compile(rb"https?://(?:[^/@\s]*@)?([^/:?#\s]+)", re.I)
_VALUE = re.compile(rb"[?&;]([\w.-]{1,40})=([^&\s)>\"']*)")
_PLACE = re.compile(
    rb"\{\{?[^{}]{1,60}\}\}?|\$\{?[A-Za-z_]\w{0,60}\}?|<[^<>]{1,60}>?|%7b[^%]{1,60}%7d|\[[^\[\]]{1,60}\]"
    rb"|%[A-Z_]{3,40}%|\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b|\b[A-Z]{4,30}\b|\.\.\.|\xe2\x80\xa6"
)
# Draw what stands in the address, and are known for it.
_DRAW = re.compile(
    rb"(?:^|\.)(?:shields\.io|badgen\.net|quickchart\.io|mermaid\.ink|kroki\.io|star-history\.com"
    rb"|contrib\.rocks|github(?:usercontent)?\.com|github\.io|gitlab\.com|codecov\.io|qrserver\.com"
    rb"|googleapis\.com|google\.com|placehold\.co|placeholder\.com|picsum\.photos|unsplash\.com"
    rb"|dicebear\.com|gravatar\.com|ui-avatars\.com|mapbox\.com|codecogs\.com|plantuml\.com"
    rb"|openstreetmap\.org|wikimedia\.org|localhost|vercel\.app|cloudinary\.com|imgix\.net"
    rb"|pollinations\.ai)$|^(?:127\.|0\.0\.0\.0|localhost)",
    re.I,
)
# Stands for an ending, and is none.
_NOBODYS = re.compile(rb"\.tld$", re.I)
# What an image looks like, and whose account it is; nothing that anybody said.
_LOOKS = re.compile(
    rb"(?i)\b(?:width|height|size|w|h|scale|dpi|zoom|colou?r|theme|style|bg|background|font|format|label"
    rb"|logo|icon|owner|repo|repository|branch|version|tag|lang|locale|language|id|uuid|slug|seed"
    rb"|lat|lon|lng|latitude|longitude|page|index|count|number|date|time|timestamp|year|month|symbol"
    rb"|ticker|your|api_?key|width_?px|variant|crop|quality|aspect|ratio|package|workflow)\b"
)


def is_unfilled(markup: bytes) -> bool:
    """Tell whether an image of a little-known host has a place for anything in its query."""
    host = _HOST.search(markup)
    if host is None or _DRAW.search(host[1]) or _NOBODYS.search(host[1]):
        return False
    return any(_says_something(name, value) for name, value in _VALUE.findall(markup))


def _says_something(name: bytes, value: bytes) -> bool:
    place = _PLACE.search(value)
    words = name + b" " + value.replace(b"_", b" ").replace(b"-", b" ")
    return place is not None and not _LOOKS.search(words)
