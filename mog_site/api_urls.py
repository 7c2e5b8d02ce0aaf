"""The route map of the API, below `/v1/`."""

from django.urls import URLPattern, URLResolver, include, path

from mog_site import openapi

urlpatterns: list[URLPattern | URLResolver] = [
    path("openapi.json", openapi.OpenApiView.as_view(), name="openapi"),
    path("", include("releases.api.urls")),
    path("", include("payments.api.urls")),
    path("", include("catalog.api.urls")),
    path("", include("accounts.api.urls")),
]
