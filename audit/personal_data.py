"""Erase who and where, keep what happened: the chain never held personal data."""

import ipaddress
from datetime import datetime, timedelta

from celery import shared_task
from django.db.models import QuerySet
from django.utils import timezone

from audit.models import PersonalData

WHOLE_IPS_FOR = timedelta(days=30)
_BATCH = 500


def erase(*, user_id: str) -> int:
    """Delete all personal data of one user; return how many events lost theirs."""
    deleted, _ = PersonalData.objects.filter(user_id=user_id).delete()
    return deleted


def expired_ips(*, now: datetime) -> "QuerySet[PersonalData]":
    """Return the rows whose address is still whole after thirty days."""
    return PersonalData.objects.filter(is_ip_truncated=False, at__lt=now - WHOLE_IPS_FOR)


def truncate_ips(*, now: datetime) -> int:
    """Shorten addresses older than thirty days to their network; return how many."""
    truncated = 0
    while batch := list(expired_ips(now=now)[:_BATCH]):
        for row in batch:
            row.ip, row.is_ip_truncated = network_of(row.ip), True
        PersonalData.objects.bulk_update(batch, ["ip", "is_ip_truncated"])
        truncated += len(batch)
    return truncated


def network_of(ip: str) -> str:
    """Return the /24 or /48 network address an IP belongs to; empty for what is no address."""
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return ""
    length = 24 if address.version == 4 else 48
    return str(ipaddress.ip_network(f"{address}/{length}", strict=False).network_address)


@shared_task(name="audit.truncate_ips")
def truncate_ips_task() -> int:
    """Shorten old addresses."""
    return truncate_ips(now=timezone.now())
