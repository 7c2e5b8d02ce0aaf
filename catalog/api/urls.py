"""The API of this room, below `/v1/`."""

from django.urls import URLPattern, path

from catalog.api import listings, transfers, vendors

urlpatterns: list[URLPattern] = [
    path("listings", listings.ListingList.as_view(), name="api_listings"),
    path(
        "listings/<slug:vendor>/<slug:slug>", listings.ListingDetail.as_view(), name="api_listing"
    ),
    path("vendor/transfers", transfers.TransferList.as_view(), name="api_transfers"),
    path("vendors", vendors.VendorList.as_view(), name="api_vendors"),
    path("vendors/<slug:slug>", vendors.VendorDetail.as_view(), name="api_vendor"),
]
