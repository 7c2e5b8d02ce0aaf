"""Pages as they look to somebody who acts for an organization."""

from collections.abc import Callable

from accounts.models import CredentialKind, Organization, Role, User
from tests import private_packages
from tests.factories.accounts import CredentialFactory, MembershipFactory, SpendPolicyFactory
from tests.factories.payments import OrderFactory
from tests.gallery.visit import Visit


def _begin(visit: Visit, role: Role = Role.ADMIN) -> tuple[User, Organization]:
    """Sign somebody in and pick an organization with a name of the longest kind in the header."""
    user = visit.sign_in()
    organization = MembershipFactory.create(
        user=user, role=role, organization__name="Worshipful " * 7
    ).organization
    visit.page.goto("/")
    visit.page.locator("[data-menu] summary").click()
    visit.press(organization.name.strip())
    return user, organization


def _home(visit: Visit) -> None:
    _begin(visit)
    visit.page.locator("[data-menu] summary").click()


def _wallet(visit: Visit) -> None:
    _begin(visit, Role.MEMBER)
    visit.page.goto("/wallet")


def _orders(visit: Visit) -> None:
    user, organization = _begin(visit)
    OrderFactory.create(user=None, organization=organization, placed_by=user)
    visit.page.goto("/orders")


def _policies(visit: Visit) -> None:
    _, organization = _begin(visit, Role.MEMBER)
    SpendPolicyFactory.create(organization=organization)
    visit.page.goto("/settings/policies")


def _no_policies(visit: Visit) -> None:
    _begin(visit)
    visit.page.goto("/settings/policies")


def _tokens(visit: Visit) -> None:
    user, organization = _begin(visit)
    CredentialFactory.create(user=user, kind=CredentialKind.ORGANIZATION, organization=organization)
    visit.page.goto("/settings/tokens")


def _token_new(visit: Visit) -> None:
    _, organization = _begin(visit)
    SpendPolicyFactory.create(organization=organization)
    visit.page.goto("/settings/tokens/new")


def _private(visit: Visit) -> None:
    user, organization = _begin(visit)
    kept = private_packages.keep(private_packages.open_vendor(user, organization))
    visit.page.goto(f"/{kept.listing.name}")


def _search(visit: Visit) -> None:
    _private(visit)
    visit.page.goto("/search?q=zephyr")


PAGES: dict[str, Callable[[Visit], None]] = {
    "acting": _home,
    "acting-wallet": _wallet,
    "acting-orders": _orders,
    "acting-policies": _policies,
    "acting-policies-none": _no_policies,
    "acting-tokens": _tokens,
    "acting-token-new": _token_new,
    "acting-private-package": _private,
    "acting-search": _search,
}
