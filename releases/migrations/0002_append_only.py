"""The database itself refuses to change what was made of an upload, and how a release moved."""

from django.db import migrations

from audit.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("releases", "0001_initial")]

    operations = [
        append_only("releases_artifact"),
        append_only("releases_transition"),
    ]
