"""Lapsed requests go, with where they came from; tokens stay."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts import device_flow
from accounts.device_flow import PollStatus
from accounts.errors import InvalidDeviceCode
from accounts.models import Credential, CredentialKind, DeviceGrant, User
from mog_site.celery import BEAT_SCHEDULE, app
from tests.devices import CLIENT_ID, DEVICE, approve, started
from tests.factories.accounts import DeviceGrantFactory

pytestmark = pytest.mark.django_db

LONG_AGO = timedelta(days=1, minutes=16)


def test_what_lapsed_a_day_ago_goes_and_the_rest_stays(
    capsys: pytest.CaptureFixture[str],
) -> None:
    now = timezone.now()
    DeviceGrantFactory.create_batch(2, created_at=now - LONG_AGO)
    kept = [
        DeviceGrantFactory.create(created_at=now - timedelta(minutes=16)),
        DeviceGrantFactory.create(),
    ]
    call_command("purge_device_grants", "--dry-run")
    assert capsys.readouterr().out == "would remove 2 device requests\n"
    assert DeviceGrant.objects.count() == 4
    call_command("purge_device_grants")
    assert capsys.readouterr().out == "removed 2 device requests\n"
    assert set(DeviceGrant.objects.all()) == set(kept)
    call_command("purge_device_grants")
    assert capsys.readouterr().out == "removed 0 device requests\n"


def test_a_token_outlives_the_request_it_came_from(alice: User) -> None:
    then = timezone.now() - LONG_AGO
    grant = started(then)
    approve(grant, alice, then)
    device_flow.poll(grant.device_code, client_id=CLIENT_ID, by=DEVICE, now=then)
    assert device_flow.purge(now=timezone.now(), dry_run=False) == 1
    assert Credential.objects.get(kind=CredentialKind.DEVICE).is_live(now=timezone.now())


def test_a_purged_code_is_unknown() -> None:
    then = timezone.now() - LONG_AGO
    grant = started(then)
    now = timezone.now()
    lapsed = device_flow.poll(grant.device_code, client_id=CLIENT_ID, by=DEVICE, now=now)
    assert lapsed.status == PollStatus.EXPIRED
    device_flow.purge(now=now, dry_run=False)
    with pytest.raises(InvalidDeviceCode):
        device_flow.poll(grant.device_code, client_id=CLIENT_ID, by=DEVICE, now=now)


def test_the_task_is_on_the_schedule_and_purges() -> None:
    DeviceGrantFactory.create(created_at=timezone.now() - LONG_AGO)
    assert BEAT_SCHEDULE["purge-device-grants"]["task"] == "accounts.purge_device_grants"
    task = app.tasks["accounts.purge_device_grants"]
    assert (task(), task()) == (1, 0)
