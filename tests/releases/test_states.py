"""The table of moves: the code's, the documentation's, and what the database lets happen."""

import re
from itertools import product
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from releases.errors import WrongState
from releases.models import Release
from releases.states import MOVES, State
from tests.factories.releases import ReleaseFactory, WaitingReleaseFactory

_PAGE = Path(__file__).resolve().parents[2] / "docs" / "releases.md"
_WAITING = {State.UPLOADED, State.SCANNING}


def _in(state: State) -> Release:
    factory = WaitingReleaseFactory if state in _WAITING else ReleaseFactory
    release: Release = factory.create(state=state, published_at=timezone.now())
    return release


def _changes(to: State) -> dict[str, object]:
    return {"upload_key": "uploads/again", "lease_until": timezone.now()} if to in _WAITING else {}


@pytest.mark.django_db
@pytest.mark.parametrize(("before", "after"), list(product(State, State)))
def test_a_release_moves_by_the_table_only(before: State, after: State) -> None:
    release = _in(before)
    if after in MOVES[before]:
        release.move(after, _changes(after))
    else:
        with pytest.raises(WrongState):
            release.move(after, _changes(after))
    release.refresh_from_db()
    assert release.state == (after if after in MOVES[before] else before)


@pytest.mark.django_db
def test_of_two_who_saw_the_same_state_one_moves() -> None:
    first = _in(State.ACCEPTED)
    second = Release.objects.get(pk=first.pk)
    first.move(State.PUBLISHED, {})
    with pytest.raises(WrongState):
        second.move(State.PUBLISHED, {})


def test_the_documentation_has_the_same_table() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.+?) \|", _PAGE.read_text(encoding="utf-8"), re.M)
    written = {State(name): set(re.findall(r"`(\w+)`", moves)) for name, moves in rows}
    assert written == {state: {str(after) for after in moves} for state, moves in MOVES.items()}


@pytest.mark.django_db
def test_a_version_is_taken_until_it_is_rejected() -> None:
    release = ReleaseFactory.create()
    with pytest.raises(IntegrityError), transaction.atomic():
        ReleaseFactory.create(listing=release.listing)
    Release.objects.update(state=State.REJECTED)
    ReleaseFactory.create(listing=release.listing)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fields",
    [
        {"state": "lost"},
        {"version": "1.0"},
        {"version": "01.0.0"},
        {"upload_sha256": "abc"},
        {"published_at": None},
        {"state": State.UPLOADED, "upload_key": ""},
    ],
)
def test_the_database_refuses_what_cannot_be(fields: dict[str, object]) -> None:
    numbers = {"major": 1, "minor": 0, "patch": 0}
    with pytest.raises(IntegrityError), transaction.atomic():
        ReleaseFactory.create(**numbers | fields)
