"""A price that is locked for a while."""

from accounts.public_id import PublicIdField
from payments.models.bound_price import BoundPrice, BoundPriceQuerySet


class QuoteQuerySet(BoundPriceQuerySet["Quote"]):
    """Questions about many quotes."""


class Quote(BoundPrice):
    """What a listing costs whoever asked, whatever its seller does meanwhile."""

    public_id = PublicIdField("quo")

    objects = QuoteQuerySet.as_manager()

    class Meta(BoundPrice.Meta):
        pass
