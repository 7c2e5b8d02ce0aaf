"""What a person has accepted once, another scan under other rules does not take back."""

from datetime import datetime

import pytest

from accounts.actor import Actor
from releases import disputes, review
from releases.models import Case, Cause
from releases.states import State
from tests.releases.people import contest
from tests.releases.rescanning import Rules, Upload, published, scan_again
from tests.releases.standing import the_case

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]


@pytest.mark.parametrize("malicious", ["true", "false"])
def test_what_a_person_has_excepted_is_found_and_does_nothing(
    upload: Upload,
    rules: Rules,
    moderator: Actor,
    now: datetime,
    malicious: str,
) -> None:
    rules("badge")
    release = upload(publish="true")
    disputes.accept(contest(release, now=now), reason="Ours.", by=moderator, now=now)
    rules("badge", malicious=malicious)
    after = scan_again(release)
    assert after.report is not None
    assert after.report.findings.count() == 1
    assert after.state == State.PUBLISHED
    assert not Case.objects.open().exists()


def test_a_cleared_verdict_survives_new_rules(
    upload: Upload, rules: Rules, moderator: Actor, now: datetime
) -> None:
    rules("badge")
    release = upload(publish="true")
    review.accept(release, reason="Harmless.", by=moderator, now=now)
    rules("badge", "pin", severity="critical")
    for _ in range(2):
        assert scan_again(release).state == State.PUBLISHED
        assert not Case.objects.open().exists()
    rules("badge", "pin", malicious="true")
    assert scan_again(release).state == State.SUSPENDED


def test_bytes_that_were_cleared_once_stay_so_under_another_release(
    upload: Upload, rules: Rules, moderator: Actor, now: datetime
) -> None:
    rules("badge", severity="critical")
    refused = upload()
    assert refused.state == State.REJECTED
    disputes.accept(contest(refused, now=now), reason="Ours.", by=moderator, now=now)
    release = upload(publish="true")
    rules("badge", "pin", severity="critical")
    assert scan_again(release).state == State.PUBLISHED
    assert not Case.objects.open().exists()


def test_to_agree_about_a_note_lets_nothing_else_pass(
    upload: Upload, rules: Rules, moderator: Actor, now: datetime
) -> None:
    rules("badge", severity="low")
    release = published(upload)
    disputes.accept(contest(release, now=now), reason="Ours.", by=moderator, now=now)
    rules("badge", "pin", severity="critical")
    scan_again(release)
    assert the_case(release) == (Cause.RESCAN, "")


def test_to_agree_about_half_of_what_rejected_it_lets_nothing_else_pass(
    upload: Upload, rules: Rules, moderator: Actor, now: datetime
) -> None:
    rules("badge", "pin", severity="critical")
    refused = upload()
    disputes.accept(contest(refused, now=now), reason="Ours.", by=moderator, now=now)
    rules()
    release = upload(publish="true")
    rules("badge", "pin", severity="critical")
    scan_again(release)
    assert the_case(release) == (Cause.RESCAN, "")
