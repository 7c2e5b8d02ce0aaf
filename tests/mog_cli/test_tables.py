"""Tables: columns that line up, whatever stands in them."""

import pytest

from mog_cli import streams, tables

HEAD = ("Name", "Amount", "Note")


def test_columns_line_up_and_amounts_at_the_right() -> None:
    rows = [("a", "1.00", ""), ("longer name", "-20.00", "late")]
    assert tables.lines(HEAD, rows, right=("Amount",)).splitlines() == [
        "Name         Amount  Note",
        "a              1.00",
        "longer name  -20.00  late",
    ]


def test_wide_and_combining_characters_take_the_columns_that_a_terminal_gives_them() -> None:
    rows = [("日本", "1", "x"), ("e\N{COMBINING ACUTE ACCENT}", "1", "x"), ("abcd", "1", "x")]
    assert tables.lines(HEAD, rows).splitlines()[1:] == [
        "日本  1       x",
        "e\N{COMBINING ACUTE ACCENT}     1       x",
        "abcd  1       x",
    ]


def test_a_strangers_text_begins_no_row_of_its_own() -> None:
    assert len(tables.lines(HEAD, [("a\nb", "\t", "\x1b[2J")]).splitlines()) == 2


def test_without_a_row_there_is_no_table() -> None:
    assert tables.lines(HEAD, []) == ""


def test_what_does_not_fit_is_broken_between_words_in_the_last_column(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(streams, "out_columns", lambda: 30)
    rows = [("a", "1.00", "bought acme/pdf-tools again"), ("b", "2.00", "x")]
    assert tables.lines(HEAD, rows).splitlines() == [
        "Name  Amount  Note",
        "a     1.00    bought",
        "              acme/pdf-tools",
        "              again",
        "b     2.00    x",
    ]


def test_a_strangers_spaces_alone_are_no_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "out_columns", lambda: 30)
    assert tables.lines(HEAD, [("a", "1.00", " " * 40)]).splitlines()[1:] == ["a     1.00"]


def test_where_nothing_fits_a_row_becomes_a_block(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "out_columns", lambda: 20)
    rows = [("a long name indeed", "1.00", "x"), ("b", "", "y")]
    assert tables.lines(HEAD, rows).splitlines() == [
        "a long name indeed",
        "  Amount: 1.00",
        "  Note: x",
        "b",
        "  Note: y",
    ]


def test_a_table_that_fits_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    wide = tables.lines(HEAD, [("a", "1.00", "x" * 10)])
    monkeypatch.setattr(streams, "out_columns", lambda: 24)
    assert tables.lines(HEAD, [("a", "1.00", "x" * 10)]) == wide
