"""What a picture has that pictures do not need."""

from collections.abc import Iterator, Mapping

from scanning.rules import linear
from scanning.rules.image import pictures, samples
from scanning.rules.image.picture import Picture
from scanning.rules.rule import Category, Confidence, Rule, Severity, Sighting
from scanning.rules.scanned_file import ScannedFile

_STEGANOGRAPHY = "https://attack.mitre.org/techniques/T1027/003/"


def _rule(name: str, severity: Severity, advice: str, source: str) -> Rule:
    return Rule(
        id=f"image/{name}",
        category=Category.IMAGE,
        severity=severity,
        confidence=Confidence.MEDIUM,
        advice=advice,
        source=source,
    )


_BEHIND = _rule(
    "data-after-end",
    Severity.MEDIUM,
    "Save this picture again: data stand behind its end, which no viewer shows.",
    _STEGANOGRAPHY,
)
_BROKEN = _rule(
    "broken",
    Severity.MEDIUM,
    "Save this picture again: it breaks off, or is not put together as its format says.",
    "https://cwe.mitre.org/data/definitions/20.html",
)
_CHECKSUM = _rule(
    "wrong-checksum",
    Severity.MEDIUM,
    "Save this picture again: a checksum in it is wrong, as if it had been changed by hand.",
    "https://www.w3.org/TR/png-3/#5CRC-algorithm",
)
_FLOOD = _rule(
    "too-large",
    Severity.HIGH,
    "Make this picture smaller: unpacked, it fills the memory of whoever opens it.",
    "https://cwe.mitre.org/data/definitions/409.html",
)
_TEXT = _rule(
    "too-much-text",
    Severity.MEDIUM,
    "Save this picture without its metadata: more text stands in it than anybody reads.",
    _STEGANOGRAPHY,
)
_PROGRAM = _rule(
    "program-in-image",
    Severity.HIGH,
    "Save this picture without its metadata: a program stands in them.",
    "https://attack.mitre.org/techniques/T1027/009/",
)
RULES: tuple[Rule, ...] = (_BEHIND, _BROKEN, _CHECKSUM, _FLOOD, _TEXT, _PROGRAM)

_LONGEST_SIDE = 12_000
_MOST_PIXELS = 50_000_000
# Of all frames together.
_MOST_MOVING_PIXELS = 1_000_000_000
_PROGRAM_BEGINS = linear.compiled(
    r"(?i)<(?:script|iframe|html|body)\b|<\?php\b|#!/(?:usr/)?bin/|%PDF-1\.[0-9]|@echo off\b"
    r"|\b(?:Invoke-Expression|DownloadString)\b|\b(?:eval|exec)\((?:atob|base64|compile|Function)\b"
)
# Editors leave a line end or some zeros.
_PADDING = b"\x00\r\n \xff"


def look(file: ScannedFile) -> Iterator[Sighting]:
    """Yield what is odd about a picture."""
    if file.is_text or (picture := pictures.read(file.data)) is None:
        return
    start = len(file.data) if picture.end is None else picture.end
    if behind := file.data[start:].strip(_PADDING):
        yield Sighting(rule_id=_BEHIND.id, start=start, end=len(file.data), matched=behind)
    for rule in _faults(picture):
        yield Sighting(rule_id=rule.id, start=0, end=0, matched=file.data)
    if found := _PROGRAM_BEGINS.search(pictures.text_of(file.data)):
        yield Sighting(rule_id=_PROGRAM.id, start=0, end=0, matched=found.group())


def _faults(picture: Picture) -> Iterator[Rule]:
    if picture.end is None:
        yield _BROKEN
    if picture.has_wrong_checksum:
        yield _CHECKSUM
    if picture.text.is_cut:
        yield _TEXT
    sides = max(picture.width, picture.height)
    moving = picture.pixels * picture.frames
    if sides > _LONGEST_SIDE or picture.pixels > _MOST_PIXELS or moving > _MOST_MOVING_PIXELS:
        yield _FLOOD


def _files(contents: Mapping[str, bytes]) -> tuple[ScannedFile, ...]:
    return tuple(ScannedFile(f"content/{name}", data) for name, data in contents.items())


_WHOLE = _files(samples.WHOLE)
_PNG = samples.WHOLE["a.png"]
POSITIVE: Mapping[str, tuple[ScannedFile, ...]] = {
    _BEHIND.id: _files({name: data + b"#!/bin/sh" for name, data in samples.WHOLE.items()}),
    _BROKEN.id: _files({name: data[:-2] for name, data in samples.WHOLE.items()}),
    _CHECKSUM.id: _files({"a.png": _PNG.replace(b"A cat", b"A dog")}),
    _FLOOD.id: _files(samples.FLOODS),
    _TEXT.id: _files({"a.jpg": samples.wordy_jpeg()}),
    _PROGRAM.id: _files(
        {
            "a.png": samples.png(b"tEXtComment\x00<script src=x></script>"),
            "a.jpg": samples.jpeg(b"\xe1Exif\x00\x00<?php system($_GET[0]); ?>"),
            "a.gif": samples.gif(b"#!/bin/sh\nls -a"),
            "a.webp": samples.WHOLE["a.webp"] + b"%PDF-1.7 a document",
        }
    ),
}
NEGATIVE: Mapping[str, tuple[ScannedFile, ...]] = {
    _BEHIND.id: (*_WHOLE, *_files({name: data + b"\r\n" for name, data in samples.WHOLE.items()})),
    _BROKEN.id: _WHOLE,
    _CHECKSUM.id: _WHOLE,
    _FLOOD.id: (*_WHOLE, *_files({"a.png": samples.png(width=7_680, height=4_320)})),
    _TEXT.id: _WHOLE,
    _PROGRAM.id: (
        *_WHOLE,
        *_files({"a.png": samples.png(b"iTXtXML\x00\x00\x00\x00\x00<x:xmpmeta>")}),
    ),
}
