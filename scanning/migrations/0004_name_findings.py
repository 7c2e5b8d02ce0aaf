"""Give every finding that is there an opaque id of its own."""

from django.db import migrations

from accounts import base62
from accounts.public_id import LENGTH

_AT_ONCE = 500


def name_findings(apps, editor):
    # By the role that migrates: the one that runs may not change what is append-only.
    findings = apps.get_model("scanning", "Finding").objects.using(editor.connection.alias)
    nameless = findings.filter(public_id__isnull=True).only("pk")
    for finding in nameless.iterator(chunk_size=_AT_ONCE):
        finding.public_id = f"fnd_{base62.random(LENGTH)}"
        finding.save(update_fields=["public_id"])


class Migration(migrations.Migration):

    dependencies = [
        ('scanning', '0003_explained_findings'),
    ]

    operations = [
        migrations.RunPython(name_findings, migrations.RunPython.noop),
    ]
