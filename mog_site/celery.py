"""Background work on one screen: the app, the modules that hold tasks, and the beat schedule."""

import os
import sys
from datetime import timedelta
from typing import Any

from celery import Celery
from celery.schedules import crontab
from celery.signals import (
    beat_init,
    worker_before_create_process,
    worker_init,
    worker_process_init,
)
from django.core.exceptions import ImproperlyConfigured
from django.db import connections
from django.db.backends.postgresql.base import DatabaseWrapper as PostgresqlWrapper

from mog_site import checks, parent_death
from scanning import ruleset

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mog_site.settings")

# A task stands beside the function it runs; a module that holds one is named here or never loaded.
TASK_MODULES = (
    "accounts.device_flow",
    "accounts.invitations",
    "accounts.mail",
    "accounts.sessions",
    "audit.personal_data",
    "audit.refusals",
    "audit.retention",
    "audit.sealer",
    "audit.verify",
    "catalog.tiers",
    "catalog.transfers",
    "payments.auto_top_up",
    "payments.card_purchases",
    "payments.card_refunds",
    "payments.cards_left_behind",
    "payments.dispute_sweep",
    "payments.idempotency",
    "payments.ledger_check",
    "payments.paying_out",
    "payments.quotes",
    "payments.reconciliation",
    "payments.webhook_inbox",
    "releases.campaigns",
    "releases.counting",
    "releases.handover_mail",
    "releases.purging",
    "releases.revocation_mail",
    "releases.vetting",
)


def every(interval: timedelta, task: str) -> dict[str, Any]:
    """Return a schedule entry whose message lapses when the next one is due.

    Without the lapse a worker that was away would find one sweep per missed interval waiting.
    """
    seconds = interval.total_seconds()
    return {"task": task, "schedule": interval, "options": {"expires": seconds}}


def daily(task: str, *, hour: int) -> dict[str, Any]:
    """Return a schedule entry for one run a day, at `hour` UTC."""
    return {"task": task, "schedule": crontab(hour=hour, minute=0)}


# All times are UTC.
BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    # The alarm rings when an event waits for 5 s; a message a second costs one small file.
    "seal": every(timedelta(seconds=1), "audit.seal"),
    "flush-refusals": every(timedelta(seconds=30), "audit.flush_refusals"),
    # With the lease of 20 s, a killed worker's release is decided within a minute.
    "sweep-releases": every(timedelta(seconds=10), "releases.sweep"),
    "tell-buyers": every(timedelta(minutes=1), "releases.sweep_revocations"),
    "tell-of-handovers": every(timedelta(minutes=1), "releases.sweep_handovers"),
    "sweep-rescans": every(timedelta(seconds=30), "releases.sweep_rescans"),
    # What the provider has told us and nobody has taken up.
    "sweep-events": every(timedelta(seconds=10), "payments.sweep_events"),
    "fill-wallets": every(timedelta(minutes=1), "payments.sweep_auto_top_ups"),
    "reconcile": every(timedelta(seconds=30), "payments.reconcile_sweep"),
    "sweep-disputes": every(timedelta(hours=1), "payments.sweep_disputes"),
    "count-downloads": every(timedelta(minutes=1), "releases.count_downloads"),
    "sort-into-tiers": every(timedelta(hours=1), "catalog.sort_into_tiers"),
    "purge-device-grants": every(timedelta(hours=1), "accounts.purge_device_grants"),
    "purge-invitations": every(timedelta(hours=1), "accounts.purge_invitations"),
    "expire-transfers": every(timedelta(hours=1), "catalog.expire_transfers"),
    "plan-payouts": every(timedelta(hours=1), "payments.plan_payouts"),
    "sweep-card-refunds": every(timedelta(minutes=1), "payments.sweep_card_refunds"),
    "remove-cards-left-behind": every(timedelta(hours=1), "payments.sweep_cards_left_behind"),
    "sweep-payouts": every(timedelta(minutes=1), "payments.sweep_payouts"),
    "purge-idempotency-keys": every(timedelta(hours=1), "payments.purge_idempotency_keys"),
    "purge-quotes": every(timedelta(hours=1), "payments.purge_quotes"),
    "truncate-ips": daily("audit.truncate_ips", hour=3),
    "check-ledger": daily("payments.check_ledger", hour=1),
    "verify-audit": daily("audit.verify", hour=2),
    "purge-audit": daily("audit.purge", hour=4),
    "purge-uploads": daily("releases.purge_uploads", hour=6),
    "compare-totals": daily("payments.compare_totals", hour=7),
    "purge-sessions": daily("accounts.purge_sessions", hour=5),
}

app = Celery("mog", include=TASK_MODULES)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule = BEAT_SCHEDULE


@worker_init.connect(weak=False)
@beat_init.connect(weak=False)
def refuse_unsafe_production(**_: object) -> None:
    """Start no worker and no beat where the web server would not start either."""
    try:
        checks.require_safe_production()
    except ImproperlyConfigured as error:
        # Celery only logs what a receiver raises, unless it ends the process.
        sys.exit(str(error))


@worker_init.connect(weak=False)
def load_rules(**_: object) -> None:
    """Make the rules ready once; the children that scan have them by fork."""
    ruleset.current()


@worker_before_create_process.connect(weak=False)
def close_connections(**_: object) -> None:
    """Let a forked child inherit no database connection: a shared pool hangs (psycopg)."""
    for connection in connections.all(initialized_only=True):
        connection.close()
        if isinstance(connection, PostgresqlWrapper):
            connection.close_pool()


@worker_process_init.connect(weak=False)
def die_with_the_worker(**_: object) -> None:
    """A child without its worker would hold tasks that nobody can stop."""
    parent_death.die_with_parent()
