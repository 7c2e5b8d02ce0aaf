"""The top room: settings, wiring, and pages that show several apps."""

# Loaded with the settings, so that tasks declared as shared belong to this app in every process.
from mog_site.celery import app as celery_app

__all__ = ["celery_app"]
