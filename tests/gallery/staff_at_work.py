"""The admin: queue, cases, files, revocations."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import User
from audit.who import Origin
from releases import disputes, review, revocation
from releases.models import Case, Cause, FindingException, Revocation
from releases.states import State
from tests import queue, shelf
from tests.factories.accounts import CredentialFactory, UserFactory
from tests.factories.catalog import ListingFactory
from tests.factories.payments import (
    EntitlementFactory,
)
from tests.factories.releases import ReleaseFactory
from tests.gallery.visit import Visit


def _admin(visit: Visit) -> None:
    visit.sign_in(is_staff=True)
    visit.page.goto("/admin/")


def _admin_list(visit: Visit) -> None:
    visit.sign_in(is_staff=True)
    CredentialFactory.create()
    visit.page.goto(reverse("admin:accounts_credential_changelist"))


def _admin_form(visit: Visit) -> None:
    visit.sign_in(is_staff=True)
    group = Group.objects.create(name="support")
    visit.page.goto(reverse("admin:auth_group_change", args=[group.pk]))


def _admin_release(visit: Visit) -> None:
    visit.sign_in(is_staff=True)
    release = shelf.judged(State.HELD)
    visit.page.goto(reverse("admin:releases_release_change", args=[release.pk]))


def _admin_decide(visit: Visit) -> None:
    visit.sign_in(is_staff=True)
    release = shelf.judged(State.HELD)
    visit.page.goto(reverse("admin:releases_release_decide", args=[release.pk]))


def _case(visit: Visit, **facts: Any) -> Case:
    """Return the first of two cases, of a package with a name of the longest kind, contested."""
    visit.sign_in(is_staff=True)
    listing = ListingFactory.create(slug="a-very-long-name-" + "x" * 70)
    before = ReleaseFactory.create(listing=listing, version="1.0.0")
    queue.archived(before, {"content/old.md": b"Old.\n"}, into=visit.live.files)
    case = queue.held(listing=listing, into=visit.live.files, **facts)
    queue.contested(case)
    queue.held(number=2, into=visit.live.files)
    return case


def _admin_queue(visit: Visit) -> None:
    case = _case(visit)
    Case.objects.filter(pk=case.pk).update(due_at=case.opened_at)
    visit.page.goto(reverse("admin:releases_case_changelist"))


def _admin_queue_empty(visit: Visit) -> None:
    visit.sign_in(is_staff=True)
    visit.page.goto(reverse("admin:releases_case_changelist"))


def _admin_case(visit: Visit) -> None:
    visit.page.goto(reverse("admin:releases_case_change", args=[_case(visit).pk]))


def _admin_case_wrong(visit: Visit) -> None:
    _admin_case(visit)
    form = visit.page.locator(".decision form")
    form.evaluate("form => form.noValidate = true")
    visit.press("Decide")


def _admin_case_closed(visit: Visit) -> None:
    case, now = _case(visit), timezone.now()
    by = Actor.staff(User.objects.get(is_staff=True), origin=Origin())
    review.reject(case.release, reason="It steals keys.", by=by, now=now)
    visit.page.goto(reverse("admin:releases_case_change", args=[case.pk]))


def _admin_of_release(name: str, query: str = "") -> Callable[[Visit], None]:
    """Return a visit to a page about the files of a case's release."""

    def show(visit: Visit) -> None:
        release = _case(visit).release
        visit.page.goto(reverse(f"admin:releases_release_{name}", args=[release.pk]) + query)

    return show


def _admin_unreadable(visit: Visit) -> None:
    release = shelf.judged(State.HELD)
    visit.sign_in(is_staff=True)
    address = reverse("admin:releases_release_file", args=[release.pk])
    visit.page.goto(f"{address}?path=README.md")


def _admin_rules(visit: Visit) -> None:
    _case(visit)
    visit.page.goto(reverse("admin:releases_case_rules"))


def _admin_revoke(visit: Visit) -> None:
    case = _case(visit, cause=Cause.RESCAN)
    visit.page.goto(reverse("admin:releases_revocation_request", args=[case.release_id]))


def _revocation(visit: Visit) -> Revocation:
    """Return a request that somebody else has made."""
    release = _case(visit, cause=Cause.RESCAN).release
    EntitlementFactory.create(listing=release.listing)
    other = Actor.staff(UserFactory.create(is_staff=True), origin=Origin())
    asked: Revocation = revocation.request(
        release, reason="It steals keys.", by=other, now=timezone.now()
    )
    return asked


def _admin_revocations(visit: Visit) -> None:
    _revocation(visit)
    visit.page.goto(reverse("admin:releases_revocation_changelist"))


def _admin_revocation(visit: Visit) -> None:
    asked = _revocation(visit)
    visit.page.goto(reverse("admin:releases_revocation_change", args=[asked.pk]))


def _admin_exceptions(visit: Visit) -> None:
    _excepted(visit)
    visit.page.goto(reverse("admin:releases_findingexception_changelist"))


def _admin_exception_withdrawn(visit: Visit) -> None:
    excepted = _excepted(visit)
    visit.page.goto(reverse("admin:releases_findingexception_withdraw", args=[excepted.pk]))


def _excepted(visit: Visit) -> FindingException:
    case, now = _case(visit), timezone.now()
    by = Actor.staff(User.objects.get(is_staff=True), origin=Origin())
    disputes.accept(case.release.disputes.get(), reason="It is a sample.", by=by, now=now)
    return FindingException.objects.get()


PAGES: dict[str, Callable[[Visit], None]] = {
    "admin": _admin,
    "admin-list": _admin_list,
    "admin-form": _admin_form,
    "admin-release": _admin_release,
    "admin-decide": _admin_decide,
    "admin-queue": _admin_queue,
    "admin-queue-empty": _admin_queue_empty,
    "admin-case": _admin_case,
    "admin-case-wrong": _admin_case_wrong,
    "admin-case-closed": _admin_case_closed,
    "admin-files": _admin_of_release("files"),
    "admin-file": _admin_of_release("file", "?path=content/SKILL.md#L10"),
    "admin-diff": _admin_of_release("diff"),
    "admin-unreadable": _admin_unreadable,
    "admin-rules": _admin_rules,
    "admin-revoke": _admin_revoke,
    "admin-revocations": _admin_revocations,
    "admin-revocation": _admin_revocation,
    "admin-exceptions": _admin_exceptions,
    "admin-exception-withdrawn": _admin_exception_withdrawn,
}
