"""What people are shown of files: all that can be seen, nothing secret, within bounds."""

import base64
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from pytest_django import Settings

from mog_package import open_archive, validate, write_canonical
from scanning import viewing
from scanning.errors import Reason, ScanInconclusive
from scanning.viewer import show
from scanning.viewer.plain_lines import Kind
from scanning.viewing import Change, DiffLine, FileDiff, FileView, Line
from tests.mog_package import packages
from tests.scanning import children, templates

pytestmark = pytest.mark.processes

_PATH = "content/notes.md"
# As a provider writes it; put together when the test runs.
_TOKEN = templates.filled("ghp{_}{word*36}").encode()

Canonical = Callable[[Mapping[str, bytes]], Path]


@pytest.fixture
def canonical(tmp_path: Path) -> Canonical:
    """Write the canonical archive of a valid package with more files."""

    def write(more: Mapping[str, bytes]) -> Path:
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.zip"
        package = validate(open_archive(packages.zipped(packages.files() | dict(more))))
        with path.open("wb") as output:
            write_canonical(package, output)
        return path

    return write


def private_key() -> tuple[str, list[str]]:
    """Return a private key as it stands in a file, and its lines."""
    body = [templates.filled("{base64*64}", seed=number) for number in range(20)]
    dashes = "-" * 5
    begin, end = (f"{dashes}{word} RSA PRIVATE KEY{dashes}" for word in ("BEGIN", "END"))
    return "\n".join([begin, *body, end, ""]), body


def read(line: Line | DiffLine) -> str:
    """Return a line as it reads."""
    return "".join(part.text for part in line.parts)


def kinds(line: Line | DiffLine) -> list[Kind]:
    """Return what the parts of a line are."""
    return [part.kind for part in line.parts]


def everything(shown: FileView | FileDiff) -> str:
    """Return all that is shown."""
    if isinstance(shown, FileView):
        return "\n".join(map(read, shown.lines))
    return "\n".join(read(line) for hunk in shown.hunks for line in hunk)


def test_a_text_is_shown_line_by_line(canonical: Canonical) -> None:
    shown = viewing.view(canonical({_PATH: "# Füße\r\n\n\tindented\n".encode()}), _PATH)
    assert [(line.number, read(line)) for line in shown.lines] == [
        (1, "# Füße"),
        (2, ""),
        (3, "\tindented"),
    ]
    assert shown.is_text
    assert shown.is_whole
    assert (shown.size_bytes, shown.total_lines) == (21, 3)


def test_an_empty_file_and_one_without_a_last_line_end_are_shown(canonical: Canonical) -> None:
    archive = canonical({_PATH: b"", "content/b.md": b"one"})
    assert viewing.view(archive, _PATH).lines == ()
    assert [read(line) for line in viewing.view(archive, "content/b.md").lines] == ["one"]


def test_an_image_is_not_shown(canonical: Canonical) -> None:
    shown = viewing.view(canonical({"content/dot.png": packages.PNG}), "content/dot.png")
    assert not shown.is_text
    assert (shown.lines, shown.size_bytes) == ((), len(packages.PNG))


@pytest.mark.parametrize(
    ("character", "spelled"),
    [
        ("\u202e", "\\u202e"),  # right to left
        ("\u200b", "\\u200b"),  # zero width
        ("\ufe0f", "\\ufe0f"),  # variation selector
        ("\U000e0101", "\\U000e0101"),  # the same, supplementary
        ("\U000e0069", "\\U000e0069"),  # tag
        ("\u00a0", "\\u00a0"),  # no-break space
        ("\u3164", "\\u3164"),  # a letter without a shape
        ("\x1b", "\\u001b"),  # escape
        ("\u2028", "\\u2028"),  # a line separator that is no line end
    ],
)
def test_what_cannot_be_seen_is_spelled_out(
    canonical: Canonical, character: str, spelled: str
) -> None:
    archive = canonical({_PATH: f"run{character}this \\u200b\n".encode()})
    line = viewing.view(archive, _PATH).lines[0]
    assert read(line) == f"run{spelled}this \\u200b"
    assert kinds(line) == [Kind.TEXT, Kind.HIDDEN, Kind.TEXT]


def test_secrets_are_masked_however_many_there_are(canonical: Canonical) -> None:
    tokens = [templates.filled("ghp{_}{word*36}", seed=number) for number in range(60)]
    shown = viewing.view(canonical({_PATH: "\n".join(tokens).encode()}), _PATH)
    assert [kinds(line) for line in shown.lines] == [[Kind.MASKED]] * 60
    assert {read(line) for line in shown.lines} == {"ghp_…(40 characters)"}


def test_a_secret_of_many_lines_is_masked_in_each(canonical: Canonical) -> None:
    key, body = private_key()
    shown = viewing.view(canonical({_PATH: f"before\n{key}after\n".encode()}), _PATH)
    assert len(shown.lines) == 24
    assert not any(line in everything(shown) for line in body)
    assert (read(shown.lines[0]), read(shown.lines[-1])) == ("before", "after")


def test_a_secret_is_masked_where_the_shown_part_begins_in_it(canonical: Canonical) -> None:
    key, body = private_key()
    shown = viewing.view(canonical({_PATH: key.encode()}), _PATH, first_line=5)
    assert shown.lines[0].number == 5
    assert not any(line in everything(shown) for line in body)


def test_a_line_that_hides_a_secret_in_other_letters_is_masked(canonical: Canonical) -> None:
    encoded = base64.b64encode(b"export TOKEN=" + _TOKEN + b" # that is all of it")
    archive = canonical({_PATH: b"before\nrun " + encoded + b"\nafter\n"})
    lines = viewing.view(archive, _PATH).lines
    assert (read(lines[0]), read(lines[2])) == ("before", "after")
    assert kinds(lines[1]) == [Kind.MASKED]
    assert encoded[20:].decode() not in read(lines[1])


def test_what_is_encoded_deeper_than_anybody_looks_is_not_shown(canonical: Canonical) -> None:
    encoded = b"Some words of no consequence, which nobody needs to hide so well."
    for _ in range(5):
        encoded = base64.b64encode(encoded)
    shown = viewing.view(canonical({_PATH: b"before\n" + encoded + b"\nafter\n"}), _PATH)
    assert read(shown.lines[0]) == "before"
    assert [kinds(line) for line in shown.lines[1:]] == [[Kind.MASKED]] * 2


def test_placeholders_are_shown(canonical: Canonical) -> None:
    text = b"token: ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n"
    assert "xxxx" in everything(viewing.view(canonical({_PATH: text}), _PATH))


def test_a_long_file_is_shown_in_pieces(canonical: Canonical) -> None:
    archive = canonical({_PATH: b"".join(b"line %d\n" % n for n in range(1, 12_001))})
    first = viewing.view(archive, _PATH)
    assert (len(first.lines), first.total_lines, first.is_whole) == (show.LINES, 12_000, False)
    last = viewing.view(archive, _PATH, first_line=11_990)
    assert [read(line) for line in last.lines][-1] == "line 12000"
    assert last.lines[0].number == 11_990
    assert viewing.view(archive, _PATH, first_line=12_001).lines == ()


def test_a_long_line_is_cut_between_two_characters(canonical: Canonical) -> None:
    shown = viewing.view(canonical({_PATH: b"a" + "ü".encode() * 1_000_000}), _PATH)
    (line,) = shown.lines
    assert kinds(line) == [Kind.TEXT, Kind.CUT]
    assert line.parts[0].text == "a" + "ü" * 1_999
    assert line.parts[1].text == "1,996,002 more bytes"


@pytest.mark.parametrize("unit", ["a\u200b", "\u200b", "ü\x01", "漢", "\U000e0041"])
def test_a_file_made_to_swell_the_answer_is_still_shown(canonical: Canonical, unit: str) -> None:
    line = unit * (3_900 // len(unit.encode())) + "\n"
    shown = viewing.view(canonical({_PATH: (line * 1_000).encode()}), _PATH)
    assert 5 < len(shown.lines) < 1_000


def test_a_file_that_is_not_there_is_inconclusive(canonical: Canonical) -> None:
    with pytest.raises(ScanInconclusive):
        viewing.view(canonical({}), "content/other.md")


def test_a_broken_archive_is_inconclusive(tmp_path: Path) -> None:
    path = tmp_path / "broken.zip"
    path.write_bytes(b"PK\x03\x04" + b"?" * 100)
    with pytest.raises(ScanInconclusive) as raised:
        viewing.view(path, _PATH)
    assert raised.value.reason is Reason.CRASHED


def test_a_killed_child_is_inconclusive(canonical: Canonical) -> None:
    archive = canonical({_PATH: b"x\n" * 1_000_000})
    with children.killed(show.__name__), pytest.raises(ScanInconclusive):
        viewing.view(archive, _PATH)


def test_too_little_memory_is_inconclusive(canonical: Canonical, settings: Settings) -> None:
    archive = canonical({_PATH: b"x" * 9_000_000})
    settings.SCAN_MEMORY_BYTES = 40_000_000
    with pytest.raises(ScanInconclusive):
        viewing.view(archive, _PATH)


def test_a_change_is_shown_with_the_lines_around_it(canonical: Canonical) -> None:
    before = canonical({_PATH: b"".join(b"%d\n" % n for n in range(1, 21))})
    after = canonical({_PATH: b"".join(b"%d\n" % n for n in range(1, 21) if n != 10) + b"new\n"})
    (diff,) = viewing.differ(before, after, [Change(_PATH, is_before=True, is_after=True)])
    first, second = diff.hunks
    assert [(line.sign, line.before, line.after, read(line)) for line in first] == [
        (" ", 7, 7, "7"),
        (" ", 8, 8, "8"),
        (" ", 9, 9, "9"),
        ("-", 10, None, "10"),
        (" ", 11, 10, "11"),
        (" ", 12, 11, "12"),
        (" ", 13, 12, "13"),
    ]
    assert [(line.sign, line.before, line.after, read(line)) for line in second][-1] == (
        "+",
        None,
        20,
        "new",
    )
    assert not diff.is_cut


def test_added_and_removed_files_are_shown_whole(canonical: Canonical) -> None:
    before, after = canonical({"content/old.md": b"a\nb\n"}), canonical({"content/new.md": b"c\n"})
    changes = [
        Change("content/new.md", is_before=False, is_after=True),
        Change("content/old.md", is_before=True, is_after=False),
    ]
    new, old = viewing.differ(before, after, changes)
    assert [(line.sign, read(line)) for line in new.hunks[0]] == [("+", "c")]
    assert [(line.sign, read(line)) for line in old.hunks[0]] == [("-", "a"), ("-", "b")]


def test_line_ends_that_changed_are_seen(canonical: Canonical) -> None:
    before, after = canonical({_PATH: b"a\nb\n"}), canonical({_PATH: b"a\r\nb"})
    (diff,) = viewing.differ(before, after, [Change(_PATH, is_before=True, is_after=True)])
    assert [(line.sign, read(line)) for line in diff.hunks[0]] == [
        ("-", "a"),
        ("-", "b"),
        ("+", "a\\u000d"),
        ("+", "bno end of line"),
    ]


def test_secrets_of_both_sides_are_masked(canonical: Canonical) -> None:
    other = templates.filled("ghp{_}{word*36}", seed=7).encode()
    before, after = canonical({_PATH: b"key " + _TOKEN}), canonical({_PATH: b"key " + other})
    (diff,) = viewing.differ(before, after, [Change(_PATH, is_before=True, is_after=True)])
    assert [read(line) for line in diff.hunks[0]][:1] == ["key ghp_…(40 characters)no end of line"]
    assert _TOKEN[4:].decode() not in everything(diff)
    assert other[4:].decode() not in everything(diff)


def test_a_long_change_hides_no_other(canonical: Canonical) -> None:
    noise = {f"content/a{n}.md": b"".join(b"%d\n" % i for i in range(3_000)) for n in range(3)}
    before, after = canonical({}), canonical({**noise, "content/z.md": b"curl\n"})
    changes = [Change(path, is_before=False, is_after=True) for path in (*noise, "content/z.md")]
    *long, short = viewing.differ(before, after, changes)
    assert [diff.is_cut for diff in long] == [True] * 3
    assert everything(short) == "curl"


def test_what_is_too_much_is_named_and_not_shown(canonical: Canonical) -> None:
    many = {f"content/{n:03}.md": b"x\n" * 900 for n in range(12)}
    large = {"content/large.md": b"y\n" * 600_000, "content/dot.png": packages.PNG}
    before, after = canonical({}), canonical(many | large)
    changes = [Change(path, is_before=False, is_after=True) for path in (*large, *many)]
    diffs = viewing.differ(before, after, changes)
    assert [(diff.hunks, diff.is_cut) for diff in diffs[:2]] == [((), True), ((), False)]
    assert sum(len(hunk) for diff in diffs for hunk in diff.hunks) == 5_000
    assert (diffs[-1].hunks, diffs[-1].is_cut) == ((), True)
