"""The shelf through the API: search it, look at one package, change one's own."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.actor import Actor
from accounts.api.pagination import page_of
from accounts.http import actor_of, public_read
from catalog import listings
from catalog.api.shapes import (
    DescriptionSerializer,
    ListingDetailSerializer,
    ListingSerializer,
    SearchSerializer,
)
from catalog.listings import Description
from catalog.models import Listing
from catalog.search.filters import Filters
from catalog.search.find import find
from catalog.search.query import Query, Sort


@public_read
class ListingList(APIView):
    """What everybody may find, after what the organization keeps for which one acts."""

    @extend_schema(
        operation_id="searchListings",
        parameters=[SearchSerializer],
        responses=page_of(ListingSerializer),
    )
    def get(self, request: Request) -> Response:
        """Search; without words, browse."""
        asked = SearchSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        values = asked.validated_data
        query = _query(values, by=actor_of(request))
        found = find(query, limit=values["limit"], cursor=values["cursor"])
        items = ListingSerializer(found.items, many=True).data
        return Response({"items": items, "nextCursor": found.next_cursor})


@public_read
class ListingDetail(APIView):
    """One package."""

    @extend_schema(operation_id="getListing", responses=ListingDetailSerializer)
    def get(self, request: Request, vendor: str, slug: str) -> Response:
        """Show it to whoever may see it."""
        visible = Listing.objects.visible_to(actor_of(request)).with_vendor()
        listing = get_object_or_404(visible, name=f"{vendor}/{slug}")
        return Response(ListingDetailSerializer(listing).data)

    @extend_schema(
        operation_id="editListing",
        request=DescriptionSerializer,
        responses=ListingDetailSerializer,
    )
    def patch(self, request: Request, vendor: str, slug: str) -> Response:
        """Change what its seller may change."""
        actor = actor_of(request)
        listings.vendor_to_sell_under(f"{vendor}/{slug}", by=actor)
        own = Listing.objects.sold_by(actor).with_vendor()
        listing = get_object_or_404(own, name=f"{vendor}/{slug}")
        wanted = DescriptionSerializer(data=request.data, partial=True)
        wanted.is_valid(raise_exception=True)
        description = _description(listing, wanted.validated_data)
        changed = listings.describe(listing, description, by=actor, now=timezone.now())
        return Response(ListingDetailSerializer(changed).data)


def _query(values: dict[str, Any], *, by: Actor) -> Query:
    price = values["price"]
    filters = Filters(
        type=values["type"],
        target=values["target"],
        tag=values["tag"],
        vendor=values["vendor"],
        is_free=None if price is None else price == "free",
        is_verified=values["verified"],
        runs_code=values["runs_code"],
    )
    return Query(
        text=values["q"],
        filters=filters,
        sort=Sort(values["sort"]),
        private_of=by.organization_key,
    )


def _description(listing: Listing, wanted: dict[str, Any]) -> Description:
    now_said = {
        "title": listing.title,
        "summary": listing.summary,
        "tags": listing.tags,
        "price_cents": listing.price_cents,
        "visibility": listing.visibility,
    }
    return Description(**(now_said | wanted))
