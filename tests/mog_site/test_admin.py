"""The admin: behind the site's own sign-in, and at work under the site's own policy."""

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from playwright.sync_api import BrowserContext, expect

from accounts.models import Credential, User
from tests import second_factors, signed_in
from tests.chromium import Tab
from tests.factories.accounts import CredentialFactory, UserFactory
from tests.live import LiveSite


@pytest.fixture
def boss(db: None) -> User:
    """A member of staff who may do everything."""
    return UserFactory.create(username="boss", is_staff=True, is_superuser=True)


@pytest.mark.django_db
def test_a_stranger_is_led_to_the_sites_own_sign_in(client: Client) -> None:
    answer = client.get("/admin/", follow=True)
    assert [url for url, _ in answer.redirect_chain] == [
        "/admin/login/?next=/admin/",
        "/sign-in?next=%2Fadmin%2F",
    ]


@pytest.mark.django_db
def test_who_is_no_staff_is_refused(client: Client, alice: User) -> None:
    signed_in.sign_in(client, alice)
    assert client.get("/admin/", follow=True).status_code == 403


def test_staff_are_let_in(client: Client, boss: User) -> None:
    signed_in.sign_in(client, boss)
    assert client.get("/admin/").status_code == 200
    assert client.get("/admin/login/?next=/admin/auth/group/")["Location"] == "/admin/auth/group/"


def test_staff_without_a_second_factor_are_led_to_set_one_up(
    client: Client, boss: User, settings: Any
) -> None:
    settings.STAFF_NEED_SECOND_FACTOR = True
    signed_in.sign_in(client, boss)
    answer = client.get("/admin/auth/group/", follow=True)
    assert [url for url, _ in answer.redirect_chain] == [
        "/admin/login/?next=/admin/auth/group/",
        "/settings/two-step?next=%2Fadmin%2Fauth%2Fgroup%2F",
    ]
    assert "The page you came from needs it" in answer.content.decode()


def test_staff_who_have_set_one_up_are_led_back(client: Client, boss: User, settings: Any) -> None:
    settings.STAFF_NEED_SECOND_FACTOR = True
    signed_in.sign_in(client, boss)
    client.get("/admin/", follow=True)
    page = client.get("/settings/two-step/app").content.decode()
    secret = re.search(r'id="app-secret">([A-Z2-7 ]+)<', page)
    assert secret
    code = second_factors.code_at(secret=secret[1].replace(" ", ""))
    done = client.post("/settings/two-step/app", {"code": code})
    assert 'href="/admin/"' in done.content.decode()
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize("method", ["get", "post"])
def test_no_page_of_the_admin_opens_without_it(
    client: Client, boss: User, settings: Any, method: str
) -> None:
    settings.STAFF_NEED_SECOND_FACTOR = True
    signed_in.sign_in(client, boss)
    for name in ("index", "accounts_user_changelist", "auth_group_add"):
        assert getattr(client, method)(reverse(f"admin:{name}")).status_code == 302
    assert not Group.objects.exists()


def test_recovery_codes_alone_are_no_second_factor(
    client: Client, boss: User, settings: Any
) -> None:
    settings.STAFF_NEED_SECOND_FACTOR = True
    Authenticator.objects.create(user=boss, type="recovery_codes", data={})
    signed_in.sign_in(client, boss)
    assert client.get("/admin/").status_code == 302


def test_who_is_no_staff_is_refused_rather_than_led(
    client: Client, alice: User, settings: Any
) -> None:
    settings.STAFF_NEED_SECOND_FACTOR = True
    signed_in.sign_in(client, alice)
    assert client.get("/admin/", follow=True).status_code == 403


def test_secrets_of_second_factors_are_not_in_the_admin(client: Client, boss: User) -> None:
    signed_in.sign_in(client, boss)
    assert client.get("/admin/mfa/authenticator/").status_code == 404


def test_the_way_in_leads_nowhere_else(client: Client, boss: User) -> None:
    signed_in.sign_in(client, boss)
    assert client.get("/admin/login/?next=//evil.example/")["Location"] == "/"


def test_there_is_no_password_to_change(client: Client, boss: User) -> None:
    signed_in.sign_in(client, boss)
    assert client.get("/admin/password_change/").status_code == 404
    assert "password" not in client.get("/admin/").content.decode().lower()


def test_a_password_lets_nobody_in(client: Client, boss: User) -> None:
    answer = client.post("/admin/login/", {"username": "boss", "password": "secret"})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in")


def test_leaving_ends_the_credential(client: Client, boss: User) -> None:
    signed_in.sign_in(client, boss)
    assert client.get("/admin/logout/").status_code == 405
    client.post("/admin/logout/")
    assert Credential.objects.get(user=boss).revoked_at is not None
    assert client.get("/admin/").status_code == 302


@pytest.fixture
def boss_context(live: LiveSite, context: BrowserContext) -> BrowserContext:
    """A browser in which the boss is signed in."""
    boss = UserFactory.create(username="boss", is_staff=True, is_superuser=True)
    client = Client()
    signed_in.sign_in(client, boss)
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live.base_url}])
    return context


@pytest.mark.browser
@pytest.mark.processes
def test_every_page_works_in_a_browser_without_a_refusal(
    boss_context: BrowserContext, tab: Tab
) -> None:
    CredentialFactory.create()
    group = Group.objects.create(name="support")
    for model in admin.site._registry:
        label = f"{model._meta.app_label}_{model._meta.model_name}"
        tab.page.goto(reverse(f"admin:{label}_changelist"))
        expect(tab.page.locator("#content h1")).to_be_visible()
        row = model._default_manager.first()
        if row is not None:
            tab.page.goto(reverse(f"admin:{label}_change", args=[row.pk]))
            expect(tab.page.locator("#content h1")).to_be_visible()
    tab.page.goto(reverse("admin:auth_group_change", args=[group.pk]))
    tab.page.get_by_role("button", name="Save and continue editing").click()
    expect(tab.page.locator(".messagelist .success")).to_be_visible()


@pytest.mark.browser
@pytest.mark.processes
def test_its_styles_and_scripts_are_loaded(boss_context: BrowserContext, tab: Tab) -> None:
    group = Group.objects.create(name="support")
    tab.page.goto(reverse("admin:auth_group_change", args=[group.pk]))
    # Made by a script of the admin, in place of a plain list.
    expect(tab.page.locator(".selector-available")).to_be_visible()
    header = tab.page.locator("#header")
    assert header.evaluate("element => getComputedStyle(element).display") == "flex"
