"""Which files a package holds, by name and by bytes."""

import io
import zipfile

import pytest

from mog_package import PackageType
from mog_package.rules import Rule
from tests.mog_package import packages
from tests.mog_package.forger import Forger

GIF = b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01"
WEBP = bytes.fromhex("524946461a000000574542505650384c0d0000002f00000010071011118888fe0700")


def rule_for(
    name: str, data: bytes, kind: PackageType = PackageType.RULE, more: str = ""
) -> Rule | None:
    """Return the rule that a file in content/ breaks."""
    path = f"content/{name}"
    found = packages.rules({**packages.files(kind, more=more), path: data})
    assert {where for _, where in found} <= {path}
    return found[0][0] if found else None


@pytest.mark.parametrize("kind", list(PackageType))
def test_texts_pictures_and_licences_are_for_every_type(kind: PackageType) -> None:
    for name in ("a.mdx", "a.yaml", "a.yml", "a.json", "a.toml", "a.txt", "a.csv", "A.MD"):
        assert rule_for(name, "naïve\n".encode(), kind) is None
    pictures = {"a.png": packages.PNG, "a.gif": GIF, "a.jpg": JPEG, "a.jpeg": JPEG, "a.webp": WEBP}
    for name, data in pictures.items():
        assert rule_for(name, data, kind) is None
    assert rule_for("a.svg", packages.SVG, kind) is None
    for name in ("LICENSE", "NOTICE", "COPYING", "AUTHORS"):
        assert rule_for(name, b"(c)\n", kind) is None


@pytest.mark.parametrize(
    "name",
    [
        *("a.zip", "a.tar", "a.tgz", "a.7z", "a.jar", "a.whl", "a.exe", "a.dll", "a.so", "a.wasm"),
        *("a.pdf", "a.docx", "a.xlsx", "a.pptx", "a.html", "a.xml", "a.css", "a.pyc", "a.bin"),
        *("Makefile", "Dockerfile", "license", "a", "a.md.exe", "md", "a.ico", "a.bmp", "a.mp4"),
    ],
)
@pytest.mark.parametrize("kind", [PackageType.MCP, PackageType.TEMPLATE])
def test_other_types_of_file_are_refused_everywhere(name: str, kind: PackageType) -> None:
    assert rule_for(name, b"text\n", kind) is Rule.FILE_TYPE


@pytest.mark.parametrize("name", ["a.py", "a.sh", "a.js", "a.mjs", "a.ts", "a.rb", "a.ps1", "A.PY"])
def test_scripts_are_for_servers_and_executable_skills(name: str) -> None:
    data = b"#!/usr/bin/env python3\n"
    assert rule_for(name, data, PackageType.MCP) is None
    assert rule_for(f"scripts/{name}", data, PackageType.SKILL, "executable: true\n") is None


@pytest.mark.parametrize(
    ("kind", "name", "more"),
    [
        (PackageType.SKILL, "scripts/a.py", ""),
        (PackageType.SKILL, "scripts/a.py", "executable: false\n"),
        (PackageType.SKILL, "a.py", "executable: true\n"),
        (PackageType.SKILL, "x/scripts/a.py", "executable: true\n"),
        (PackageType.RULE, "scripts/a.py", ""),
        (PackageType.BUNDLE, "scripts/a.py", ""),
        (PackageType.TEMPLATE, "scripts/a.py", ""),
    ],
)
def test_scripts_anywhere_else_are_refused(kind: PackageType, name: str, more: str) -> None:
    assert rule_for(name, b"print()\n", kind, more) is Rule.SCRIPT


@pytest.mark.parametrize("kind", list(PackageType))
def test_no_script_stands_beside_the_manifest(kind: PackageType) -> None:
    found = packages.rules({**packages.files(kind), "setup.py": b"print()\n"})
    assert (Rule.UNEXPECTED_FILE, "setup.py") in found
    assert (Rule.SCRIPT, "setup.py") in found


@pytest.mark.parametrize(
    ("name", "data", "rule"),
    [
        ("a.png", GIF, Rule.TYPE_AND_BYTES),
        ("a.png", b"# text\n", Rule.TYPE_AND_BYTES),
        ("a.jpg", b"", Rule.TYPE_AND_BYTES),
        ("a.gif", b"MZ" + bytes(80), Rule.TYPE_AND_BYTES),
        ("a.webp", b"\x7fELF" + bytes(80), Rule.TYPE_AND_BYTES),
        ("a.md", packages.PNG, Rule.NOT_TEXT),
        ("a.md", b"\x7fELF\0\0", Rule.NOT_TEXT),
        ("a.json", b"caf\xe9", Rule.NOT_TEXT),
        ("a.txt", "x".encode("utf-16"), Rule.NOT_TEXT),
        ("a.txt", b"a\0b", Rule.NOT_TEXT),
        ("LICENSE", b"\xff\xfe", Rule.NOT_TEXT),
        ("a.md", b"%PDF-1.7\n", Rule.TYPE_AND_BYTES),
        ("a.txt", b"{\\rtf1}", Rule.TYPE_AND_BYTES),
        ("a.txt", b"#!/bin/sh\nrm -r x\n", Rule.SCRIPT),
        ("a.svg", b"not xml", Rule.BAD_SVG),
    ],
)
def test_bytes_must_be_what_the_name_says(name: str, data: bytes, rule: Rule) -> None:
    assert rule_for(name, data) is rule


def _python_zip() -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as archive:
        archive.writestr("a.md", "x")
    return output.getvalue()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.md", _python_zip()),
        ("a.md", b"# Text, then a zip\n" + _python_zip()),
        ("a.png", packages.PNG + _python_zip()),
        ("a.svg", packages.SVG + Forger().add("a.md", b"x").bytes(comment=b"<!-- -->")),
        ("a.py", Forger().bytes()),
    ],
)
def test_no_file_is_an_archive_itself(name: str, data: bytes) -> None:
    assert rule_for(name, data, PackageType.MCP) is Rule.NESTED_ARCHIVE
