"""An organization with one of each, for tests of what they may do."""

from dataclasses import dataclass, field

from accounts.actor import Actor
from accounts.models import Membership, Organization, Role, User
from tests.devices import person
from tests.factories.accounts import MembershipFactory, NamespaceFactory, OrganizationFactory


@dataclass
class Team:
    """An organization; people join it as a test names their roles."""

    slug: str = "acme"
    organization: Organization = field(init=False)

    def __post_init__(self) -> None:
        namespace = NamespaceFactory.create(slug=self.slug)
        self.organization = OrganizationFactory.create(namespace=namespace)

    def joined(self, role: Role, user: User | None = None) -> Membership:
        """Let somebody belong, a new person unless one is named."""
        who = {"user": user} if user else {}
        membership: Membership = MembershipFactory.create(
            organization=self.organization, role=role, **who
        )
        return membership

    def actor(self, role: Role, *, stepped_up: bool = True) -> Actor:
        """Return somebody new of that role, at a browser."""
        return person(self.joined(role).user, stepped_up=stepped_up)
