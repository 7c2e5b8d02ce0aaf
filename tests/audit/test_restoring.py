"""Going on after a restored backup: deliberately, and not without a trace."""

from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from audit.actions import Action
from audit.models import Event, Seal
from audit.sealer import seal
from audit.verify import verify
from tests.audit import attacker

pytestmark = pytest.mark.django_db(transaction=True, databases=attacker.DATABASES)

Write = Callable[..., list[Event]]


@pytest.fixture
def restored(sealed: list[Event]) -> list[Event]:
    """A trail whose last three events are younger than the backup."""
    with attacker.in_the_database() as cursor:
        for event in sealed[7:]:
            cursor.execute("DELETE FROM audit_event WHERE uid = %s", [event.uid])
        cursor.execute("DELETE FROM audit_seal WHERE sequence > 7")
    return sealed[:7]


def run(*arguments: str) -> str:
    """Run the command and return what it printed."""
    out = StringIO()
    call_command("accept_restored_audit", *arguments, stdout=out)
    return out.getvalue()


def test_a_trail_that_holds_is_left_alone(sealed: list[Event]) -> None:
    assert run("--yes") == "every chain holds the link that its anchor shows\n"
    assert Event.objects.count() == 10


def test_without_the_word_nothing_is_changed(restored: list[Event], now: datetime) -> None:
    with pytest.raises(CommandError, match="Nothing was changed"):
        run()
    assert seal(now=now) == 0
    assert list(verify())


def test_with_it_the_chain_goes_on_and_says_so(
    restored: list[Event], write: Write, now: datetime, settings: Settings
) -> None:
    assert run("--yes").startswith("security: 7 links, its anchor shows link 10\n")
    write(2)
    assert seal(now=now) == 3
    assert list(verify()) == []
    event = Event.objects.get(action=Action.AUDIT_RESTORED)
    assert (event.subject, event.data) == ("audit:security", '{"anchored":10,"head":7}')
    assert Seal.objects.get(sequence=8).event_uid == event.uid
    kept = list(Path(settings.AUDIT_ANCHOR_DIR).glob("set-aside/*/*.json"))
    assert {path.name for path in kept} == {"security.json", "security-2026-06-01.json"}


def test_the_anchors_of_days_before_the_backup_stay(
    write: Write, now: datetime, settings: Settings
) -> None:
    for day in range(3):
        write(2)
        seal(now=now + timedelta(days=day))
    with attacker.in_the_database() as cursor:
        cursor.execute(
            "DELETE FROM audit_event WHERE id IN (SELECT e.id FROM audit_event e"
            " JOIN audit_seal s ON s.event_uid = e.uid WHERE s.sequence > 4)"
        )
        cursor.execute("DELETE FROM audit_seal WHERE sequence > 4")
    run("--yes")
    seal(now=now + timedelta(days=3))
    assert list(verify()) == []
    days = sorted(path.name for path in Path(settings.AUDIT_ANCHOR_DIR).glob("security-*.json"))
    assert [name[-7:-5] for name in days] == ["01", "02", "04"]


def test_an_anchor_that_is_gone_or_unreadable_is_accepted_the_same_way(
    sealed: list[Event], now: datetime, settings: Settings
) -> None:
    (Path(settings.AUDIT_ANCHOR_DIR) / "security.json").write_text("{")
    assert "its anchor shows nothing readable" in run("--yes")
    assert seal(now=now) == 1
    assert list(verify()) == []
