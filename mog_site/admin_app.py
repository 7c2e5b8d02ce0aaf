"""Django's entry to the admin, which must load before any model does."""

from django.contrib.admin.apps import AdminConfig


class MogAdminConfig(AdminConfig):
    """Puts our site where `django.contrib.admin` puts its own."""

    default_site = "mog_site.admin_site.MogAdminSite"
