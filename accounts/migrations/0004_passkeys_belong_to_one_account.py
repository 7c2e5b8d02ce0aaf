"""One key never speaks for two people (Web Authentication level 2, section 7.1 step 22).

The table is the sign-in library's, so the index stands here and not on a model of ours.
"""

from django.conf import settings
from django.db import migrations

_NAME = "accounts_passkey_credential_unique"
_KEYS = {
    "postgresql": "(data ->> 'credential_id')",
    "sqlite": "json_extract(data, '$.credential_id')",
}


def _add(apps, editor):
    key = _KEYS[editor.connection.vendor]
    editor.execute(
        f"CREATE UNIQUE INDEX {_NAME} ON mfa_authenticator ({key}) WHERE type = 'webauthn'"
    )


def _remove(apps, editor):
    editor.execute(f"DROP INDEX {_NAME}")


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_device_tokens"),
        ("mfa", "0003_authenticator_type_uniq"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [migrations.RunPython(_add, _remove)]
