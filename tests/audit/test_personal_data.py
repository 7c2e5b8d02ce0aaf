"""Erasing who and where without touching what happened."""

from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from audit.models import Event, PersonalData
from audit.personal_data import erase, network_of, truncate_ips
from audit.verify import verify

pytestmark = pytest.mark.django_db(transaction=True)


def test_erasure_takes_one_persons_data_and_leaves_the_chain_valid(sealed: list[Event]) -> None:
    PersonalData.objects.create(event_uid="other", at=sealed[0].at, user_id="usr_bob", name="Bob")
    assert erase(user_id="usr_alice") == 10
    assert PersonalData.objects.get().user_id == "usr_bob"
    assert list(verify()) == []


def test_addresses_are_shortened_after_thirty_days(
    write: Callable[..., list[Event]], now: datetime
) -> None:
    write(1, at=now - timedelta(days=31))
    write(1, at=now - timedelta(days=29))
    assert truncate_ips(now=now) == 1
    assert sorted(PersonalData.objects.values_list("ip", flat=True)) == ["192.0.2.0", "192.0.2.77"]
    assert truncate_ips(now=now) == 0


@pytest.mark.parametrize(
    ("ip", "network"),
    [
        ("192.0.2.77", "192.0.2.0"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::"),
        ("", ""),
        ("not an address", ""),
    ],
)
def test_a_network_is_what_is_left_of_an_address(ip: str, network: str) -> None:
    assert network_of(ip) == network


def test_the_command_counts_first_and_shortens_then(
    write: Callable[..., list[Event]], now: datetime
) -> None:
    write(2, at=now - timedelta(days=400))
    out = StringIO()
    call_command("purge_audit_ips", "--dry-run", stdout=out)
    call_command("purge_audit_ips", stdout=out)
    assert out.getvalue() == "2 addresses\n2 addresses\n"
    assert set(PersonalData.objects.values_list("ip", flat=True)) == {"192.0.2.0"}
