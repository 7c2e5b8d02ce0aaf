"""The pages of this room; those that begin with a vendor's name come after every other route."""

from django.urls import URLPattern, path

from catalog import vendor_paths  # noqa: F401 (registers the converter `vendor`)
from releases.views import content, releases, transfers, uploads

urlpatterns: list[URLPattern] = [
    path("content/<str:token>", content.archive, name="content"),
    path("sell/upload", uploads.upload, name="upload"),
    path("sell/transfers", transfers.overview, name="transfers"),
    path(
        "sell/transfers/<str:public_id>/acceptance",
        transfers.end,
        {"by_what": "acceptance"},
        name="accept_transfer",
    ),
    path(
        "sell/transfers/<str:public_id>/rejection",
        transfers.end,
        {"by_what": "rejection"},
        name="reject_transfer",
    ),
    path(
        "sell/transfers/<str:public_id>/withdrawal",
        transfers.end,
        {"by_what": "withdrawal"},
        name="call_back_transfer",
    ),
    path("releases/<str:public_id>", releases.detail, name="release"),
    path("releases/<str:public_id>/publication", releases.publish, name="publish_release"),
    path(
        "releases/<str:public_id>/findings/<str:finding_id>/disputes",
        releases.contest,
        name="contest_finding",
    ),
    path("releases/<str:public_id>/rescans", releases.rescan, name="rescan_release"),
    path("releases/<str:public_id>/withdrawal", releases.withdraw, name="withdraw_release"),
]

vendor_urlpatterns: list[URLPattern] = [
    path("<vendor:vendor>/<slug:slug>/transfer", transfers.offer, name="offer_listing"),
]
