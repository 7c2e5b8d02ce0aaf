"""The API of this room, below `/v1/`."""

from django.urls import URLPattern, path

from releases.api import findings, recall, uploads, versions

_LISTING = "listings/<slug:vendor>/<slug:slug>"
_OWN = "vendor/releases"

urlpatterns: list[URLPattern] = [
    path(f"{_LISTING}/releases", versions.VersionList.as_view(), name="api_versions"),
    path(
        f"{_LISTING}/releases/<str:version>",
        versions.VersionDetail.as_view(),
        name="api_version",
    ),
    path(_OWN, uploads.OwnReleaseList.as_view(), name="api_own_releases"),
    path(f"{_OWN}/<str:public_id>", uploads.OwnReleaseDetail.as_view(), name="api_own_release"),
    path(
        f"{_OWN}/<str:public_id>/publication",
        uploads.Publication.as_view(),
        name="api_publication",
    ),
    path(f"{_OWN}/<str:public_id>/withdrawal", uploads.Withdrawal.as_view(), name="api_withdrawal"),
    path(
        f"{_OWN}/<str:public_id>/findings/<str:finding_id>/disputes",
        findings.DisputeList.as_view(),
        name="api_disputes",
    ),
    path(f"{_OWN}/<str:public_id>/rescans", findings.RescanList.as_view(), name="api_rescans"),
    path("downloads", versions.DownloadList.as_view(), name="api_downloads"),
    path("audit", recall.AuditList.as_view(), name="api_audit"),
]
