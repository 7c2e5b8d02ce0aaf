"""The entry of the web server."""

import os

from django.core.wsgi import get_wsgi_application

from mog_site import checks

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mog_site.settings")

application = get_wsgi_application()
checks.require_safe_production()
