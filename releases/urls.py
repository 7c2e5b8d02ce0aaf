"""The pages of this room."""

from django.urls import URLPattern, path

from releases.views import content

urlpatterns: list[URLPattern] = [
    path("content/<str:token>", content.archive, name="content"),
]
