"""Every page of the site in each of its states, for tests that look at all of them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import transaction
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, Route

from accounts import dev_sign_in, staff
from accounts.actor import Actor
from accounts.models import CredentialKind, DeviceGrant, User
from accounts.scopes import ALL_SCOPES, Scope
from accounts.second_factors import recovery_codes
from audit.who import Origin
from catalog.models import Listing, ListingState, Vendor
from mog_site import error_answers
from mog_site.errors import FORGED_FORM, UNKNOWN, Problem
from payments import checkout, freezing
from payments.checkout import Wanted
from payments.models import AutoTopUp, ChargebackState, Order, OrderMethod, TopUpState
from releases import disputes, review, revocation
from releases.models import Case, Cause, FindingException, Release, Revocation
from releases.states import State
from tests import devices, money, queue, second_factors, shelf, signed_in
from tests.factories.accounts import CredentialFactory, UserFactory
from tests.factories.catalog import ListingFactory, VendorFactory
from tests.factories.payments import (
    ChargebackFactory,
    EntitlementFactory,
    OrderFactory,
    PayerFactory,
    TopUpFactory,
)
from tests.factories.releases import ReleaseFactory
from tests.live import LiveSite

_WRONG_CODE = "BBBB-BBBB"
_ERROR_PATH = "/an-error"


@dataclass(frozen=True, slots=True)
class Visit:
    """An empty browser at the site, whose database holds nobody yet."""

    live: LiveSite
    context: BrowserContext
    page: Page

    def sign_in(
        self, *, is_staff: bool = False, group: str = "", proven_ago: timedelta = timedelta()
    ) -> User:
        """Give the browser a session of somebody with a name of the longest kind.

        is_staff: of a superuser. group: of a member of a group of staff.
        """
        user: User = UserFactory.create(
            username="margarethe-van-der-wonderlich", is_staff=is_staff, is_superuser=is_staff
        )
        if group:
            staff.appoint(user, group=group, by=Actor.system(), now=timezone.now())
            user.refresh_from_db()
        client = Client()
        signed_in.sign_in(client, user, proven_ago=proven_ago)
        name = settings.SESSION_COOKIE_NAME
        cookie = {"name": name, "value": client.cookies[name].value, "url": self.live.base_url}
        self.context.add_cookies([cookie])  # type: ignore[list-item]  # a TypedDict, spelled out
        return user

    def enter_code(self, code: str) -> None:
        """Type a device's code on its page."""
        self.page.goto("/device")
        self.page.get_by_label("Code").fill(code)
        self.press("Continue")

    def press(self, name: str) -> None:
        """Press the button of that name and wait for where it leads."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=name, exact=True).click()


def _home(visit: Visit) -> None:
    visit.page.goto("/")


def _shelf(visit: Visit, user: User | None = None) -> Listing:
    """Put packages of every kind on the shelf; return the first, of `user` if there is one."""
    seller = {"user": user} if user else {}
    vendor: Vendor = VendorFactory.create(slug="acme", verified_at=timezone.now(), **seller)
    long: Listing = ListingFactory.create(
        vendor=vendor,
        slug="a-very-long-name-" + "x" * 70,
        title="W" * 80,
        summary="Reads, splits and fills PDF files. " * 20,
        tags=["documents", "w" * 32],
        is_verified=True,
        runs_code=True,
        targets=["claude-code", "generic"],
    )
    shelf.published(listing=long)
    for kind in ("rule", "bundle", "template", "mcp"):
        ListingFactory.create(vendor=vendor, type=kind, price_cents=499)
    return long


def _home_with_packages(visit: Visit) -> None:
    _shelf(visit)
    visit.page.goto("/")


def _search(visit: Visit) -> None:
    _shelf(visit)
    visit.page.goto("/search?vendor=acme&verified=on")


def _search_filters(visit: Visit) -> None:
    _shelf(visit)
    visit.page.set_viewport_size({"width": 700, "height": 900})
    visit.page.goto("/search")
    visit.page.locator(".search-page__filters summary").click()


def _search_nothing(visit: Visit) -> None:
    visit.page.goto("/search?q=nothing")


def _search_impossible(visit: Visit) -> None:
    visit.page.goto("/search?type=virus&tag=%3F%3F")


def _vendor(visit: Visit) -> None:
    _shelf(visit)
    Vendor.objects.update(bio="We read PDFs. " * 30, website=f"https://{'w' * 60}.example")
    visit.page.goto("/acme")


def _vendor_own_empty(visit: Visit) -> None:
    VendorFactory.create(slug="acme", user=visit.sign_in())
    visit.page.goto("/acme")


def _listing(visit: Visit) -> None:
    visit.page.goto(f"/{_shelf(visit).name}")


def _listing_signed_in(visit: Visit) -> None:
    visit.sign_in()
    _listing(visit)


def _listing_got(visit: Visit) -> None:
    _listing_signed_in(visit)
    visit.press("Get it")


def _listing_with_price(visit: Visit) -> None:
    visit.sign_in()
    listing = _shelf(visit)
    Listing.objects.update(price_cents=499)
    visit.page.goto(f"/{listing.name}")


def _listing_draft(visit: Visit) -> None:
    vendor = VendorFactory.create(slug="acme", user=visit.sign_in())
    listing = ListingFactory.create(vendor=vendor, state=ListingState.DRAFT, type="")
    visit.page.goto(f"/{listing.name}")


def _listing_retired(visit: Visit) -> None:
    listing = _shelf(visit, visit.sign_in())
    Listing.objects.filter(pk=listing.pk).update(state=ListingState.RETIRED)
    visit.page.goto(f"/{listing.name}")


def _listing_in(state: State) -> Callable[[Visit], None]:
    """Return a visit to a listing whose only release is in a state."""

    def show(visit: Visit) -> None:
        listing = _shelf(visit)
        Release.objects.update(state=state)
        visit.page.goto(f"/{listing.name}")

    return show


def _version(visit: Visit) -> None:
    listing = _shelf(visit)
    visit.page.goto(f"/{listing.name}/1.0.0")


def _listing_edit(visit: Visit) -> None:
    listing = _shelf(visit, visit.sign_in())
    visit.page.goto(f"/{listing.name}/edit")
    visit.page.locator(".confirm summary").click()


def _listing_edit_wrong(visit: Visit) -> None:
    listing = _shelf(visit, visit.sign_in())
    visit.page.goto(f"/{listing.name}/edit")
    visit.page.get_by_label("Price").fill("0.5")
    visit.page.get_by_label("Tags").fill("No tag!")
    visit.press("Save")


def _library_empty(visit: Visit) -> None:
    visit.sign_in()
    visit.page.goto("/library")


def _library(visit: Visit) -> None:
    user = visit.sign_in()
    EntitlementFactory.create(user=user, listing=_shelf(visit))
    EntitlementFactory.create(user=user)
    visit.page.goto("/library")


def _sell_empty(visit: Visit) -> None:
    visit.sign_in()
    visit.page.goto("/sell")


def _sell_begun(visit: Visit) -> None:
    VendorFactory.create(user=visit.sign_in())
    visit.page.goto("/sell")


def _sell(visit: Visit) -> None:
    listing = _shelf(visit, visit.sign_in())
    for number, state in enumerate(State):
        ReleaseFactory.create(listing=listing, version=f"2.{number}.0", state=state)
    visit.page.goto("/sell")


def _vendor_new(visit: Visit) -> None:
    visit.sign_in()
    visit.page.goto("/sell/vendors/new")


def _vendor_new_wrong(visit: Visit) -> None:
    _vendor_new(visit)
    visit.page.get_by_label("Name", exact=True).fill("mog")
    visit.page.get_by_label("Display name").fill("Mog")
    visit.press("Take this name")


def _vendor_edit(visit: Visit) -> None:
    VendorFactory.create(slug="acme", user=visit.sign_in())
    visit.page.goto("/sell/vendors/acme")


def _upload(visit: Visit) -> None:
    VendorFactory.create(slug="acme", user=visit.sign_in())
    visit.page.goto("/sell/upload")


def _upload_wrong(visit: Visit) -> None:
    _upload(visit)
    file = {"name": "package.zip", "mimeType": "application/zip", "buffer": b"PK"}
    visit.page.get_by_label("Archive", exact=True).set_input_files(file)  # type: ignore[arg-type]  # a TypedDict
    visit.page.get_by_label("Package name").fill("another/pdf-tools")
    visit.page.get_by_label("Version").fill("one")
    visit.press("Upload")


def _release_in(state: State, *, problem: str = "") -> Callable[[Visit], None]:
    """Return a visit to one's own release in a state."""

    def show(visit: Visit) -> None:
        listing = _shelf(visit, visit.sign_in())
        release = shelf.judged(state, listing=listing, version="2.0.0", problem=problem)
        visit.page.goto(f"/releases/{release.public_id}")

    return show


def _release_contested(state: State) -> Callable[[Visit], None]:
    """Return a visit to one's own release that has findings of every weight."""

    def show(visit: Visit) -> None:
        listing = _shelf(visit, visit.sign_in())
        release = shelf.contested(state, listing=listing, version="2.0.0")
        visit.page.goto(f"/releases/{release.public_id}")

    return show


def _release_contest_wrong(visit: Visit) -> None:
    _release_contested(State.HELD)(visit)
    visit.page.locator(".finding summary").first.click()
    forms = visit.page.locator(".finding form")
    forms.first.evaluate("form => form.noValidate = true")
    with visit.page.expect_navigation():
        forms.first.get_by_role("button", name="Send to a person").click()


def _release_rescanned(visit: Visit) -> None:
    _release_contested(State.PUBLISHED)(visit)
    visit.press("Scan it again")


def _release_waiting(visit: Visit) -> None:
    listing = _shelf(visit, visit.sign_in())
    release = ReleaseFactory.create(listing=listing, version="2.0.0", state=State.SCANNING)
    visit.page.goto(f"/releases/{release.public_id}")


def _release_withdraw_wrong(visit: Visit) -> None:
    _release_in(State.PUBLISHED)(visit)
    visit.page.locator("summary", has_text="Withdraw this release").click()
    visit.page.locator("form[action$=withdrawal]").evaluate("form => form.noValidate = true")
    visit.press("Withdraw")


def _home_signed_in(visit: Visit) -> None:
    visit.sign_in(is_staff=True)
    visit.page.goto("/")
    visit.page.locator("[data-menu] summary").click()


def _sign_in(visit: Visit) -> None:
    visit.page.goto("/sign-in")


def _sign_in_refused(visit: Visit) -> None:
    visit.page.goto("/sign-in/github/callback?state=forged&code=1")


def _dev_sign_in(visit: Visit) -> None:
    visit.page.goto("/dev-sign-in/any")


def _dev_sign_in_refused(visit: Visit) -> None:
    _dev_sign_in(visit)
    visit.press("Sign in")


def _signed_out(visit: Visit) -> None:
    visit.sign_in()
    visit.page.goto("/")
    visit.page.locator("[data-menu] summary").click()
    visit.press("Sign out")


def _step_up(visit: Visit) -> None:
    visit.sign_in(proven_ago=timedelta(hours=1))
    visit.page.goto("/settings/tokens/new")


def _device(visit: Visit) -> None:
    visit.sign_in()
    visit.page.goto("/device")


def _device_wrong(visit: Visit) -> None:
    visit.sign_in()
    visit.enter_code(_WRONG_CODE)


def _device_locked(visit: Visit) -> None:
    visit.sign_in()
    for _ in range(settings.DEVICE_CODE_ATTEMPTS):
        visit.enter_code(_WRONG_CODE)


def _device_ended(visit: Visit) -> None:
    visit.sign_in()
    started = devices.started(timezone.now() - timedelta(hours=1))
    visit.enter_code(started.user_code)


def _device_confirm(visit: Visit) -> None:
    visit.sign_in()
    started = devices.started(timezone.now(), *ALL_SCOPES)
    visit.enter_code(started.user_code)


def _device_confirm_incomplete(visit: Visit) -> None:
    visit.sign_in()
    visit.enter_code(devices.started(timezone.now()).user_code)
    visit.page.get_by_role("checkbox").uncheck()
    visit.press("Approve")


def _device_approved(visit: Visit) -> None:
    visit.sign_in()
    visit.enter_code(devices.started(timezone.now()).user_code)
    visit.press("Approve")


def _device_denied(visit: Visit) -> None:
    visit.sign_in()
    visit.enter_code(devices.started(timezone.now()).user_code)
    visit.press("Deny")


def _device_closed(visit: Visit) -> None:
    _device_confirm(visit)
    DeviceGrant.objects.update(expires_at=timezone.now())
    visit.page.reload()


def _tokens_empty(visit: Visit) -> None:
    visit.sign_in()
    visit.page.goto("/settings/tokens")


def _tokens(visit: Visit) -> None:
    user, now = visit.sign_in(), timezone.now()
    every = " ".join(sorted(ALL_SCOPES - {Scope.ACCOUNT}))
    policy = user.spend_policies.get(is_default=True)
    CredentialFactory.create(
        user=user, label="w" * 80, scope=every, spend_policy=policy, last_used_at=now
    )
    CredentialFactory.create(user=user, kind=CredentialKind.DEVICE, client_id="mog-cli")
    visit.page.goto("/settings/tokens")
    visit.page.locator(".confirm summary").last.click()


def _token_new(visit: Visit) -> None:
    visit.sign_in()
    visit.page.goto("/settings/tokens/new")


def _token_new_incomplete(visit: Visit) -> None:
    _token_new(visit)
    visit.page.locator("form.form").evaluate("form => form.noValidate = true")
    visit.page.get_by_role("checkbox", name="account").check()
    visit.press("Create token")


def _token_created(visit: Visit) -> None:
    _token_new(visit)
    visit.page.get_by_label("Label").fill("nightly build")
    visit.page.get_by_role("checkbox", name="read").check()
    visit.press("Create token")


def _two_step_off(visit: Visit) -> None:
    visit.sign_in()
    visit.page.goto("/settings/two-step?next=/admin/")


def _two_step(visit: Visit) -> None:
    user = visit.sign_in()
    second_factors.give_app(user)
    second_factors.give_passkey(user, name="w" * 60)
    recovery_codes.replace(by=second_factors.proven(user), now=timezone.now())
    visit.page.goto("/settings/two-step")
    visit.page.locator(".confirm summary").last.click()


def _two_step_app(visit: Visit) -> None:
    visit.sign_in()
    visit.page.goto("/settings/two-step/app")


def _two_step_app_wrong(visit: Visit) -> None:
    _two_step_app(visit)
    visit.page.get_by_label("Code from the app").fill("12")
    visit.press("Turn it on")


def _two_step_codes(visit: Visit) -> None:
    _two_step_app(visit)
    secret = visit.page.locator("#app-secret").inner_text().replace(" ", "")
    code = second_factors.code_at(secret=secret)
    visit.page.get_by_label("Code from the app").fill(code)
    visit.press("Turn it on")


def _passkey_new(visit: Visit) -> None:
    visit.sign_in()
    visit.page.goto("/settings/two-step/passkeys/new")


def _passkey_rename(visit: Visit) -> None:
    user = visit.sign_in()
    second_factors.give_app(user)  # a first factor by another browser would end this one's session
    second_factors.give_passkey(user)
    visit.page.goto("/settings/two-step")
    visit.page.get_by_role("link", name="Rename phone").click()


def _second_factor(visit: Visit) -> None:
    user = UserFactory.create(username="alice")
    second_factors.give_app(user)
    second_factors.give_passkey(user)
    visit.page.goto(dev_sign_in.create_path(user, next_path="/", now=timezone.now()))
    visit.press("Sign in")


def _second_factor_wrong(visit: Visit) -> None:
    _second_factor(visit)
    visit.page.get_by_label("Code").fill(second_factors.wrong_code())
    visit.press("Use the code")


def _second_factor_locked(visit: Visit) -> None:
    _second_factor(visit)
    for _ in range(settings.SECOND_FACTOR_ATTEMPTS):
        visit.page.get_by_label("Code").fill(second_factors.wrong_code())
        visit.press("Use the code")


def _step_up_factor(visit: Visit) -> None:
    second_factors.give_app(visit.sign_in(proven_ago=timedelta(hours=1)))
    visit.page.goto("/settings/tokens/new")


def _sessions(visit: Visit) -> None:
    user = visit.sign_in()
    signed_in.sign_in(Client(), user)
    visit.page.goto("/settings/sessions")


def _activity(visit: Visit) -> None:
    _device_wrong(visit)
    visit.page.goto("/settings/activity")


def _not_found(visit: Visit) -> None:
    visit.page.goto("/nowhere")


def _forbidden(visit: Visit) -> None:
    visit.sign_in()
    visit.page.goto("/admin/")


def _error(problem: Problem) -> Callable[[Visit], None]:
    """Return a visit to a page that no address shows at will, under the site's own headers."""
    request = RequestFactory().get(_ERROR_PATH)

    def show(visit: Visit) -> None:
        request.origin = Origin(request_id="9b2f61c47d0e4a58")  # type: ignore[attr-defined]
        body = error_answers.show(request, problem).content.decode()

        def fulfill(route: Route) -> None:
            route.fulfill(response=route.fetch(), status=problem.status, body=body)

        visit.page.route(f"**{_ERROR_PATH}", fulfill)
        visit.page.goto(_ERROR_PATH)

    return show


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


def _problem(status: HTTPStatus, message: str) -> Problem:
    return Problem(status, status.phrase, message)


def _paid(visit: Visit) -> Order:
    """Let somebody with a long name pay for something of somebody else's; return the order."""
    user = visit.sign_in()
    money.fill(user, 1_000)
    listing = ListingFactory.create(price_cents=499)
    by = Actor.of(user.credentials.get(), origin=Origin())
    wanted = Wanted(listing=listing.name)
    bought = checkout.purchase(wanted, by=by, now=timezone.now(), may_pay=True)
    assert bought.order is not None
    return bought.order


def _price(cents: int) -> Callable[[Visit], None]:
    def show(visit: Visit) -> None:
        money.fill(visit.sign_in(), 1_000)
        listing = ListingFactory.create(price_cents=cents)
        visit.page.goto(f"/{listing.name}/purchase")

    return show


def _receipt(visit: Visit) -> None:
    visit.page.goto(f"/orders/{_paid(visit).public_id}")


def _orders(visit: Visit) -> None:
    _paid(visit)
    visit.page.goto("/orders")


def _orders_empty(visit: Visit) -> None:
    visit.sign_in()
    visit.page.goto("/orders")


def _wallet(visit: Visit) -> None:
    _paid(visit)
    visit.page.goto("/wallet")


def _wallet_frozen(visit: Visit) -> None:
    user, now = visit.sign_in(), timezone.now()
    wallet = money.fill(user, 1_000)
    payer = PayerFactory.create(user=user)
    ends = (ChargebackState.OPEN, None), (ChargebackState.LOST, now)
    with transaction.atomic():
        for state, ended_at in ends:
            chargeback = ChargebackFactory.create(
                top_up__payer=payer, state=state, ended_at=ended_at
            )
            freezing.freeze_for(chargeback, wallet, now=now)
        by = Actor.staff(UserFactory.create(), origin=Origin())
        freezing.freeze(wallet, reason="A stolen card.", by=by, now=now)
    visit.page.goto("/wallet")


def _top_up_disputed(visit: Visit) -> None:
    paid = {"state": TopUpState.SUCCEEDED, "intent_id": "pi_1", "ended_at": timezone.now()}
    top_up = TopUpFactory.create(payer__user=visit.sign_in(), **paid)
    ChargebackFactory.create(top_up=top_up)
    visit.page.goto(f"/wallet/top-ups/{top_up.public_id}")


def _order_disputed(visit: Visit) -> None:
    order = _disputed(user=visit.sign_in())
    visit.page.goto(f"/orders/{order.public_id}")


def _earnings_disputed(visit: Visit) -> None:
    seller = visit.sign_in()
    _disputed(listing__vendor__user=seller)
    lost = _disputed(listing__vendor__user=UserFactory.create(), vendor=Vendor.objects.get())
    lost.chargebacks.update(state=ChargebackState.LOST, ended_at=timezone.now())
    visit.page.goto("/sell/earnings")


def _disputed(**facts: object) -> Order:
    order: Order = OrderFactory.create(
        method=OrderMethod.CARD,
        intent_id=f"pi_{Order.objects.count()}",
        disputed_cents=499,
        disputed_fee_cents=50,
        **facts,
    )
    ChargebackFactory.create(top_up=None, order=order, amount_cents=499, fee_cents=50)
    return order


def _earnings(visit: Visit) -> None:
    listing = ListingFactory.create(price_cents=499, vendor__user=visit.sign_in())
    OrderFactory.create(listing=listing)
    OrderFactory.create(listing=listing, created_at=timezone.now() - timedelta(days=8))
    visit.page.goto("/sell/earnings")


def _earnings_none(visit: Visit) -> None:
    VendorFactory.create(user=visit.sign_in())
    visit.page.goto("/sell/earnings")


def _top_up(visit: Visit) -> None:
    visit.sign_in()
    visit.page.goto("/wallet/top-up")


def _top_up_wrong(visit: Visit) -> None:
    _top_up(visit)
    visit.page.locator("form.form").evaluate("form => form.noValidate = true")
    visit.page.get_by_label("Amount").fill("1")
    visit.press("Go on to payment")


def _top_up_in(state: TopUpState) -> Callable[[Visit], None]:
    def show(visit: Visit) -> None:
        top_up = TopUpFactory.create(payer__user=visit.sign_in(), state=state)
        visit.page.goto(f"/wallet/top-ups/{top_up.public_id}")

    return show


def _cards_none(visit: Visit) -> None:
    visit.sign_in()
    visit.page.goto("/wallet/cards")


def _auto_top_up(visit: Visit) -> None:
    visit.sign_in()
    visit.page.goto("/wallet/auto-top-up")


def _auto_top_up_stopped(visit: Visit) -> None:
    payer = PayerFactory.create(user=visit.sign_in())
    AutoTopUp.objects.create(payer=payer, declines=2, stopped_at=timezone.now())
    visit.page.goto("/wallet/auto-top-up")


PAGES: dict[str, Callable[[Visit], None]] = {
    "home": _home,
    "home-signed-in": _home_signed_in,
    "home-with-packages": _home_with_packages,
    "search": _search,
    "search-filters": _search_filters,
    "search-nothing": _search_nothing,
    "search-impossible": _search_impossible,
    "vendor": _vendor,
    "vendor-own-empty": _vendor_own_empty,
    "listing": _listing,
    "listing-signed-in": _listing_signed_in,
    "listing-got": _listing_got,
    "listing-with-price": _listing_with_price,
    "listing-draft": _listing_draft,
    "listing-retired": _listing_retired,
    "listing-withdrawn": _listing_in(State.WITHDRAWN),
    "listing-suspended": _listing_in(State.SUSPENDED),
    "listing-revoked": _listing_in(State.REVOKED),
    "listing-edit": _listing_edit,
    "listing-edit-wrong": _listing_edit_wrong,
    "version": _version,
    "library-empty": _library_empty,
    "library": _library,
    "sell-empty": _sell_empty,
    "sell-begun": _sell_begun,
    "sell": _sell,
    "vendor-new": _vendor_new,
    "vendor-new-wrong": _vendor_new_wrong,
    "vendor-edit": _vendor_edit,
    "upload": _upload,
    "upload-wrong": _upload_wrong,
    "release-waiting": _release_waiting,
    "release-accepted": _release_in(State.ACCEPTED),
    "release-held": _release_in(State.HELD, problem="scan_incomplete"),
    "release-rejected": _release_in(State.REJECTED, problem="name_mismatch"),
    "release-published": _release_in(State.PUBLISHED),
    "release-contested": _release_contested(State.HELD),
    "release-contest-wrong": _release_contest_wrong,
    "release-flagged": _release_contested(State.PUBLISHED),
    "release-stopped": _release_contested(State.SUSPENDED),
    "release-rescanned": _release_rescanned,
    "release-withdraw-wrong": _release_withdraw_wrong,
    "release-suspended": _release_in(State.SUSPENDED),
    "sign-in": _sign_in,
    "sign-in-refused": _sign_in_refused,
    "dev-sign-in": _dev_sign_in,
    "dev-sign-in-refused": _dev_sign_in_refused,
    "signed-out": _signed_out,
    "step-up": _step_up,
    "device": _device,
    "device-wrong": _device_wrong,
    "device-locked": _device_locked,
    "device-ended": _device_ended,
    "device-confirm": _device_confirm,
    "device-confirm-incomplete": _device_confirm_incomplete,
    "device-approved": _device_approved,
    "device-denied": _device_denied,
    "device-closed": _device_closed,
    "step-up-factor": _step_up_factor,
    "second-factor": _second_factor,
    "second-factor-wrong": _second_factor_wrong,
    "second-factor-locked": _second_factor_locked,
    "two-step-off": _two_step_off,
    "two-step": _two_step,
    "two-step-app": _two_step_app,
    "two-step-app-wrong": _two_step_app_wrong,
    "two-step-codes": _two_step_codes,
    "passkey-new": _passkey_new,
    "passkey-rename": _passkey_rename,
    "tokens-empty": _tokens_empty,
    "tokens": _tokens,
    "token-new": _token_new,
    "token-new-incomplete": _token_new_incomplete,
    "token-created": _token_created,
    "sessions": _sessions,
    "activity": _activity,
    "price": _price(499),
    "price-too-high": _price(50_000),
    "receipt": _receipt,
    "orders": _orders,
    "orders-empty": _orders_empty,
    "wallet": _wallet,
    "wallet-frozen": _wallet_frozen,
    "earnings": _earnings,
    "earnings-none": _earnings_none,
    "earnings-disputed": _earnings_disputed,
    "order-disputed": _order_disputed,
    "top-up-disputed": _top_up_disputed,
    "cards-none": _cards_none,
    "auto-top-up": _auto_top_up,
    "auto-top-up-stopped": _auto_top_up_stopped,
    "top-up": _top_up,
    "top-up-wrong": _top_up_wrong,
    "top-up-pending": _top_up_in(TopUpState.PENDING),
    "top-up-processing": _top_up_in(TopUpState.PROCESSING),
    "top-up-failed": _top_up_in(TopUpState.FAILED),
    "error-400": _error(_problem(HTTPStatus.BAD_REQUEST, "We could not read this request.")),
    "error-401": _error(_problem(HTTPStatus.UNAUTHORIZED, "Sign in.")),
    "error-403": _forbidden,
    "error-403-form": _error(FORGED_FORM),
    "error-404": _not_found,
    "error-429": _error(_problem(HTTPStatus.TOO_MANY_REQUESTS, "Too many requests.")),
    "error-500": _error(UNKNOWN),
    "error-503": _error(_problem(HTTPStatus.SERVICE_UNAVAILABLE, "Try again shortly.")),
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
