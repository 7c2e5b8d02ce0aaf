"""The pages of this room."""

from django.urls import URLPattern, path

from releases.views import content, releases, uploads

urlpatterns: list[URLPattern] = [
    path("content/<str:token>", content.archive, name="content"),
    path("sell/upload", uploads.upload, name="upload"),
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
