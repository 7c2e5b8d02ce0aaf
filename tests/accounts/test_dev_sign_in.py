"""One-time links of a development machine."""

from datetime import timedelta

from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts import dev_sign_in
from accounts.models import Credential, User
from audit.actions import Action
from tests.audit_trail import refusals
from tests.factories.accounts import UserFactory
from tests.live import LiveSite
from tests.visitor import Visitor


def link_for(user: User, *, age: timedelta = timedelta()) -> str:
    """Return the path of a link made some time ago."""
    return dev_sign_in.create_path(user, next_path="/", now=timezone.now() - age)


def test_opening_a_link_signs_nobody_in_and_burns_nothing(live: LiveSite) -> None:
    link = link_for(UserFactory.create(username="alice"))
    with Visitor(live) as visitor:
        assert [visitor.get(link).status_code for _ in range(2)] == [200, 200]
        assert not visitor.is_signed_in()
        assert visitor.post(link).status_code == 302
        assert visitor.is_signed_in()


def test_a_link_works_once(live: LiveSite) -> None:
    link = link_for(UserFactory.create(username="alice"))
    with Visitor(live) as first, Visitor(live) as second:
        first.post(link)
        assert second.post(link).status_code == 400
        assert not second.is_signed_in()
    assert refusals(Action.SIGN_IN_FAILED) == [{"provider": "development", "reason": "link_used"}]


def test_a_link_lives_an_hour(live: LiveSite) -> None:
    link = link_for(UserFactory.create(), age=timedelta(hours=1, seconds=2))
    with Visitor(live) as visitor:
        assert visitor.post(link).status_code == 400
    assert refusals(Action.SIGN_IN_FAILED) == [{"provider": "development", "reason": "link_late"}]


def test_an_altered_link_is_refused(live: LiveSite) -> None:
    link = link_for(UserFactory.create())
    with Visitor(live) as visitor:
        assert visitor.post(link[:-1] + ("a" if link[-1] != "a" else "b")).status_code == 400
    assert refusals(Action.SIGN_IN_FAILED) == [
        {"provider": "development", "reason": "link_tampered"}
    ]


def test_a_link_for_a_closed_account_is_refused(live: LiveSite) -> None:
    link = link_for(UserFactory.create(is_active=False))
    with Visitor(live) as visitor:
        assert visitor.post(link).status_code == 400
        assert not visitor.is_signed_in()


def test_without_the_switch_no_link_leads_anywhere(client: Client, alice: User) -> None:
    assert not settings.DEV_SIGN_IN
    assert client.get(link_for(alice)).status_code == 404
    assert client.post(link_for(alice)).status_code == 404


def test_a_link_names_the_site(alice: User) -> None:
    assert dev_sign_in.create_link(alice, now=timezone.now()).startswith(f"{settings.SITE_URL}/")


def test_an_account_without_a_provider_steps_up_by_a_link(live: LiveSite) -> None:
    link = link_for(UserFactory.create(username="alice"))
    with Visitor(live) as visitor:
        visitor.post(link)
        away = visitor.post("/step-up", provider="development", next="/settings/tokens")
        answer = visitor.post(away.headers["location"])
        assert answer.headers["location"] == "/settings/tokens"


def test_signing_in_again_by_a_link_ends_the_session_before(live: LiveSite) -> None:
    alice, bob = UserFactory.create(username="alice"), UserFactory.create(username="bob")
    with Visitor(live) as visitor, Visitor(live) as copy:
        visitor.post(link_for(alice))
        copy.client.cookies.update(visitor.client.cookies)
        visitor.post(link_for(bob))
        assert visitor.is_signed_in()
        assert not copy.is_signed_in()
    live_credentials = Credential.objects.filter(revoked_at__isnull=True)
    assert [credential.user for credential in live_credentials] == [bob]
