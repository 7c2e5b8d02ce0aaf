"""Run the whole site on this machine: `make dev`."""

import os
import signal
import sys
import time
from datetime import timedelta
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from django.utils import timezone

from accounts import dev_sign_in
from audit import sealer
from mog_site import demo, demo_catalogue, local_site, payment_provider
from mog_site.local_site import CannotStart
from mog_site.supervisor import Program, Supervisor

_CELERY = (sys.executable, "-m", "celery", "--app", "mog_site", "--quiet")
# Nobody else is there to listen to its heartbeat.
_LONE_WORKER = (
    *("--concurrency", "2"),
    *("--without-gossip", "--without-heartbeat", "--without-mingle"),
)
_PROGRAMS = (
    Program("web", (sys.executable, "-m", "mog_site.server")),
    Program("worker", (*_CELERY, "worker", *_LONE_WORKER, "--loglevel", "WARNING")),
    Program("beat", (*_CELERY, "beat", "--loglevel", "WARNING")),
)
_SANDBOX = Program(
    "money",
    (
        *(sys.executable, "-m", "payments.sandbox"),
        *("--port", str(settings.PAYMENT_SANDBOX_PORT), "--key", settings.STRIPE_SECRET_KEY),
        *("--webhook", f"{settings.SITE_URL}/webhooks/stripe", "--site", settings.SITE_URL),
        *("--secret", settings.STRIPE_WEBHOOK_SECRET),
        *("--state", str(settings.VAR_DIR / "payment-sandbox.sqlite3")),
    ),
)
_DEFAULTS = {
    "DEBUG": "1",
    "LOG_LEVEL": "warning",
    # In a container one is root, and Celery says at length that it minds.
    "PYTHONWARNINGS": "ignore::UserWarning:celery.platforms",
}
_START_TIME = timedelta(seconds=60)
_LOOK_SECONDS = 0.2


class Command(BaseCommand):
    """Everything the site needs, in one terminal, until Ctrl-C."""

    help = "Run web server, worker, beat and payment sandbox on loopback; Ctrl-C stops them all."
    # The database may not exist yet.
    requires_system_checks = []
    requires_migrations_checks = False

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._must_stop = False

    def handle(self, *args: Any, **options: Any) -> None:
        """Prepare, start, announce, wait; raises CommandError when something is in the way."""
        if not settings.DEV_SIGN_IN:
            raise CommandError("this prints sign-in links: start it with `make dev`.")
        try:
            local_site.require_free_port(settings.PORT)
            if _pays_at_sandbox():
                local_site.require_free_port(
                    settings.PAYMENT_SANDBOX_PORT, moved_by=settings.PORT + 1
                )
            with local_site.only_one(settings.VAR_DIR, site_url=settings.SITE_URL):
                self._prepare()
                self._run()
        except CannotStart as error:
            raise CommandError(str(error)) from error

    def _prepare(self) -> None:
        # A Ctrl-C meanwhile waits: half a migration is worse than two seconds.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)
        self._say("Preparing the database ...")
        call_command("migrate", verbosity=0, interactive=False)
        now = timezone.now()
        people = demo.ensure_people(now=now)
        demo_catalogue.ensure_catalogue(
            seller=people[demo.SELLER], buyer=people[demo.BUYER], now=now
        )
        # The worker seals each second, but takes some to start, and the alarm rings after five.
        sealer.seal(now=timezone.now())
        connections.close_all()

    def _run(self) -> None:
        environment = _DEFAULTS | os.environ
        with Supervisor(environment, self._say) as supervisor:
            self._say("Starting web server, worker, beat and payment sandbox ...")
            for program in _programs():
                supervisor.start(program)
            if self._becomes_ready(supervisor):
                self._announce()
            while not self._must_stop:
                self._look(supervisor)
            self._say("Stopping ...")
        self._say("Stopped.")

    def _becomes_ready(self, supervisor: Supervisor) -> bool:
        deadline = time.monotonic() + _START_TIME.total_seconds()
        while not self._must_stop:
            if local_site.is_ready(settings.PORT):
                return True
            if time.monotonic() > deadline:
                raise CommandError(f"{settings.SITE_URL}/health/ready did not answer that it is.")
            self._look(supervisor)
        return False

    def _look(self, supervisor: Supervisor) -> None:
        """Wait a moment; raises CommandError when a program has ended by itself."""
        time.sleep(_LOOK_SECONDS)
        ended = supervisor.first_ended()
        if ended and not self._must_stop:
            program, status = ended
            raise CommandError(f"{program.name} ended with status {status}; stopping the others.")

    def _announce(self) -> None:
        people = demo.ensure_people(now=timezone.now())
        self._say(f"\nmog runs at {settings.SITE_URL}\n\n")
        self._say("Sign in by one of these links; each works once, within an hour:")
        for name, user in people.items():
            link = dev_sign_in.create_link(user, now=timezone.now())
            self._say(f"  {name.removeprefix('demo-'):<9} {link}")
        self._say("\nCtrl-C stops everything.\n\n")
        connections.close_all()

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._must_stop = True


def _pays_at_sandbox() -> bool:
    """Answer whether the site pays at our own sandbox, rather than at the provider."""
    ours = payment_provider.sandbox_url(settings.PAYMENT_SANDBOX_PORT)
    return bool(ours == settings.STRIPE_API_URL)


def _programs() -> tuple[Program, ...]:
    return (_SANDBOX, *_PROGRAMS) if _pays_at_sandbox() else _PROGRAMS
