"""The least valid rows of the payments room."""

import factory

from payments.models import Entitlement, Source
from tests.factories.accounts import UserFactory
from tests.factories.catalog import ListingFactory


class EntitlementFactory(factory.django.DjangoModelFactory[Entitlement]):
    """A person has a free listing."""

    class Meta:
        model = Entitlement

    listing = factory.SubFactory(ListingFactory)
    user = factory.SubFactory(UserFactory)
    source = Source.FREE
