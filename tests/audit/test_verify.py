"""Finding what was done to the trail behind the application's back."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django import Settings

from audit import macs
from audit.models import Event, Seal
from audit.sealer import seal
from audit.verify import verify, verify_task
from tests.audit import attacker

pytestmark = pytest.mark.django_db(transaction=True, databases=attacker.DATABASES)

Write = Callable[..., list[Event]]


def faults() -> list[tuple[int, str]]:
    return [(fault.sequence, fault.what) for fault in verify()]


def test_an_untouched_trail_has_no_fault(sealed: list[Event], write: Write) -> None:
    write(3)
    assert faults() == []


def test_an_empty_trail_has_no_fault() -> None:
    assert faults() == []


def test_an_edited_event_is_found(sealed: list[Event]) -> None:
    with attacker.in_the_database() as cursor:
        cursor.execute(
            "UPDATE audit_event SET actor_id = 'usr_bob' WHERE uid = %s", [sealed[4].uid]
        )
    assert faults() == [(5, "the event was changed")]


def test_an_edited_event_with_a_copied_mac_is_found(sealed: list[Event]) -> None:
    with attacker.in_the_database() as cursor:
        cursor.execute(
            "UPDATE audit_event SET mac = %s WHERE uid = %s", [sealed[5].mac, sealed[4].uid]
        )
    assert faults() == [(5, "the event was changed")]


def test_a_deleted_event_is_found(sealed: list[Event]) -> None:
    with attacker.in_the_database() as cursor:
        cursor.execute("DELETE FROM audit_event WHERE uid = %s", [sealed[4].uid])
    assert faults() == [(5, "the event was deleted")]


def test_a_deleted_event_with_its_link_is_found(sealed: list[Event]) -> None:
    with attacker.in_the_database() as cursor:
        cursor.execute("DELETE FROM audit_event WHERE uid = %s", [sealed[4].uid])
        cursor.execute("DELETE FROM audit_seal WHERE sequence = 5")
    assert (4, "links after 4 are missing up to 6") in faults()


def test_a_deleted_event_is_found_when_the_links_close_the_gap(sealed: list[Event]) -> None:
    with attacker.in_the_database() as cursor:
        cursor.execute("DELETE FROM audit_event WHERE uid = %s", [sealed[4].uid])
        cursor.execute("DELETE FROM audit_seal WHERE sequence = 5")
        for sequence in range(6, 11):
            cursor.execute(
                "UPDATE audit_seal SET sequence = %s WHERE sequence = %s", [sequence - 1, sequence]
            )
    assert (5, "the link does not follow the one before it") in faults()
    assert any("the tail is missing" in what for _, what in faults())


def test_an_inserted_event_is_found(sealed: list[Event], now: datetime) -> None:
    with attacker.in_the_database() as cursor:
        cursor.execute(
            "INSERT INTO audit_event (uid, chain, action, at, actor_kind, actor_id, credential_id,"
            " organization_id, subject, request_id, data, mac) SELECT 'forged', chain, action, at,"
            " actor_kind, actor_id, credential_id, organization_id, subject, request_id, data, mac"
            " FROM audit_event WHERE uid = %s",
            [sealed[0].uid],
        )
    assert faults() == [(0, "event forged is neither sealed nor queued")]


def test_an_event_inserted_while_the_triggers_stand_is_queued_and_found(
    sealed: list[Event], now: datetime
) -> None:
    forged = sealed[0]
    forged.pk, forged.uid = None, "forged"
    forged.save(force_insert=True)
    expected = [(0, "event forged was written or changed by somebody else")]
    assert faults() == expected
    assert seal(now=now) == 0
    assert faults() == expected


def test_a_forged_event_does_not_stop_the_sealer(
    sealed: list[Event], write: Write, now: datetime
) -> None:
    forged = sealed[0]
    forged.pk, forged.uid = None, "forged"
    forged.save(force_insert=True)
    write(2)
    assert seal(now=now) == 2
    assert Seal.objects.count() == 12


def test_an_inserted_link_is_found(sealed: list[Event]) -> None:
    with attacker.in_the_database() as cursor:
        cursor.execute(
            "INSERT INTO audit_seal (chain, sequence, event_uid, event_mac, previous_mac, mac,"
            " sealed_at) SELECT chain, 11, 'forged', event_mac, mac, mac, sealed_at"
            " FROM audit_seal WHERE sequence = 10"
        )
    assert (11, "the link was changed or made by somebody else") in faults()
    assert (11, "the event was deleted") in faults()


def test_two_events_that_changed_places_are_found(sealed: list[Event]) -> None:
    with attacker.in_the_database() as cursor:
        for old, new in [(3, 99), (4, 3), (99, 4)]:
            cursor.execute("UPDATE audit_seal SET sequence = %s WHERE sequence = %s", [new, old])
    assert {3, 4} <= {sequence for sequence, _ in faults()}


def test_a_cut_tail_is_found(sealed: list[Event]) -> None:
    with attacker.in_the_database() as cursor:
        for event in sealed[7:]:
            cursor.execute("DELETE FROM audit_event WHERE uid = %s", [event.uid])
        cursor.execute("DELETE FROM audit_seal WHERE sequence > 7")
    assert faults() == [(7, "the tail is missing: an anchor knows a link 10")]


def test_an_emptied_trail_is_found(sealed: list[Event]) -> None:
    with attacker.in_the_database() as cursor:
        cursor.execute("DELETE FROM audit_event")
        cursor.execute("DELETE FROM audit_seal")
    assert faults() == [(0, "the tail is missing: an anchor knows a link 10")]


def test_links_removed_to_unseal_events_are_found(sealed: list[Event]) -> None:
    with attacker.in_the_database() as cursor:
        cursor.execute("DELETE FROM audit_seal WHERE sequence > 7")
    assert sum("neither sealed nor queued" in what for _, what in faults()) == 3


def test_an_event_deleted_before_it_was_sealed_is_found(write: Write) -> None:
    (event,) = write(1)
    with attacker.in_the_database() as cursor:
        cursor.execute("DELETE FROM audit_event WHERE uid = %s", [event.uid])
    assert faults() == [(0, f"event number {event.pk} was deleted before it was sealed")]


def test_an_event_taken_out_of_the_queue_is_found(write: Write) -> None:
    (event,) = write(1)
    with attacker.in_the_database() as cursor:
        cursor.execute("DELETE FROM audit_unsealed")
    assert faults() == [(0, f"event {event.uid} is neither sealed nor queued")]


def test_a_chain_rebuilt_with_a_stolen_key_differs_from_the_anchor(
    sealed: list[Event], now: datetime
) -> None:
    last = Seal.objects.get(sequence=10)
    forged = sealed[9]
    forged.uid = "rewritten"
    forged.mac = last.event_mac = macs.of_event(forged)
    last.event_uid = forged.uid
    last.mac = macs.of_seal(last)
    with attacker.in_the_database() as cursor:
        cursor.execute(
            "UPDATE audit_event SET uid = %s, mac = %s WHERE id = %s",
            [forged.uid, forged.mac, forged.pk],
        )
        cursor.execute(
            "UPDATE audit_seal SET event_uid = %s, event_mac = %s, mac = %s WHERE sequence = 10",
            [last.event_uid, last.event_mac, last.mac],
        )
    assert faults() == [(10, "the chain was rewritten: an anchor shows another link here")]


def test_a_moved_time_of_sealing_is_found(sealed: list[Event]) -> None:
    with attacker.in_the_database() as cursor:
        cursor.execute("UPDATE audit_seal SET sealed_at = '2020-01-01 00:00:00' WHERE sequence = 3")
    assert (3, "the link was changed or made by somebody else") in faults()


def test_a_genuine_event_that_is_kept_from_being_sealed_is_found(write: Write) -> None:
    (event,) = write(1)
    with attacker.in_the_database() as cursor:
        cursor.execute("UPDATE audit_unsealed SET is_set_aside = %s", [True])
    assert faults() == [(0, f"event {event.uid} is genuine, yet kept from being sealed")]


def test_a_current_anchor_that_is_gone_is_found(sealed: list[Event], settings: Settings) -> None:
    (Path(settings.AUDIT_ANCHOR_DIR) / "security.json").unlink()
    assert faults() == [(10, "the current anchor is gone")]


def test_a_days_anchor_that_is_gone_is_found(
    sealed: list[Event], write: Write, now: datetime, settings: Settings
) -> None:
    write(1)
    seal(now=now + timedelta(days=2))
    (Path(settings.AUDIT_ANCHOR_DIR) / "security-2026-06-01.json").unlink()
    assert faults() == [(11, "the anchor of 2026-06-01 is gone")]


def test_a_days_anchor_in_another_days_place_is_found(
    sealed: list[Event], settings: Settings
) -> None:
    path = Path(settings.AUDIT_ANCHOR_DIR) / "security-2026-06-01.json"
    path.with_name("security-2026-05-31.json").write_bytes(path.read_bytes())
    assert faults() == [(0, "anchor security-2026-05-31.json: it is that of another day")]


@pytest.mark.parametrize(
    "content",
    [
        *("", "[]", "null", "{}", "[" * 100_000, '{"chain": 1}', "\x00"),
        '{"chain": "security", "sequence": "10", "mac": "", "at": "", "signature": ""}',
        '{"chain": "security", "sequence": 10, "mac": 1, "at": null, "signature": []}',
        '{"chain": "security", "sequence": 10, "mac": "", "at": "", "signature": "\u00e9"}',
    ],
)
def test_garbage_in_the_place_of_an_anchor_is_a_fault_and_no_crash(
    sealed: list[Event], settings: Settings, content: str
) -> None:
    (Path(settings.AUDIT_ANCHOR_DIR) / "security.json").write_text(content)
    assert any(what.startswith("anchor security.json: ") for _, what in faults())


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit_event SET data = 'no JSON'",
        "UPDATE audit_seal SET mac = 'é'",
        "UPDATE audit_seal SET previous_mac = ''",
        "UPDATE audit_event SET at = '0001-01-01 00:00:00+00'",
        "UPDATE audit_seal SET sealed_at = '0001-01-01 00:00:00+00'",
    ],
)
def test_garbage_in_a_row_is_a_fault_and_no_crash(sealed: list[Event], change: str) -> None:
    with attacker.in_the_database() as cursor:
        cursor.execute(f"{change} WHERE id = (SELECT MIN(id) FROM {change.split()[1]})")
    assert faults()


def test_garbage_in_one_chain_does_not_hide_faults_elsewhere(
    sealed: list[Event], write: Write
) -> None:
    (waiting,) = write(1)
    with attacker.in_the_database() as cursor:
        cursor.execute("UPDATE audit_seal SET mac = 'é' WHERE sequence = 2")
        cursor.execute("DELETE FROM audit_event WHERE uid = %s", [waiting.uid])
    assert (0, f"event number {waiting.pk} was deleted before it was sealed") in faults()


def test_the_daily_task_rings_for_every_fault(
    sealed: list[Event], caplog: pytest.LogCaptureFixture
) -> None:
    assert verify_task() == 0
    with attacker.in_the_database() as cursor:
        cursor.execute("DELETE FROM audit_event WHERE uid = %s", [sealed[4].uid])
    assert verify_task() == 1
    (alarm,) = [entry for entry in caplog.records if entry.levelname == "CRITICAL"]
    assert alarm.message == "the audit trail does not hold"
    assert (alarm.sequence, alarm.what) == (5, "the event was deleted")  # type: ignore[attr-defined]


def test_a_tampered_anchor_is_found(sealed: list[Event], settings: Settings) -> None:
    path = Path(settings.AUDIT_ANCHOR_DIR) / "security.json"
    path.write_text(path.read_text().replace('"sequence": 10', '"sequence": 9'))
    assert any("the signature does not fit" in what for _, what in faults())


def test_the_command_says_that_a_chain_holds(sealed: list[Event]) -> None:
    out = StringIO()
    call_command("verify_audit", stdout=out)
    assert out.getvalue() == "security: 10 links, holds\nfinancial: 0 links, holds\n"


def test_the_command_leaves_with_1_and_names_the_fault(sealed: list[Event]) -> None:
    with attacker.in_the_database() as cursor:
        cursor.execute("DELETE FROM audit_event WHERE uid = %s", [sealed[0].uid])
    out, err = StringIO(), StringIO()
    with pytest.raises(SystemExit) as leaving:
        call_command("verify_audit", stdout=out, stderr=err)
    assert leaving.value.code == 1
    assert "security 1: the event was deleted" in err.getvalue()
    assert "security: 10 links, broken" in out.getvalue()


def test_the_command_speaks_json(sealed: list[Event]) -> None:
    out = StringIO()
    call_command("verify_audit", "--json", stdout=out)
    assert json.loads(out.getvalue()) == {"heads": {"security": 10, "financial": 0}, "faults": []}
