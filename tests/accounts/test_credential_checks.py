"""What the database itself refuses of a credential."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.models import CredentialKind
from accounts.models.credential import MAXIMUM_LIFETIME
from tests.factories.accounts import CredentialFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("constraint", "wrong"),
    [
        ("accounts_credential_kind_known", {"kind": "visitor"}),
        ("accounts_credential_internal_has_no_secret", {"kind": CredentialKind.INTERNAL}),
        ("accounts_credential_internal_has_no_secret", {"digest": "plain text"}),
        ("accounts_credential_internal_has_no_secret", {"digest": None}),
        ("accounts_credential_device_names_client", {"kind": CredentialKind.DEVICE}),
        ("accounts_credential_device_names_client", {"client_id": "mog-cli"}),
        ("accounts_credential_account_scope_is_short", {"scope": "account"}),
        ("accounts_credential_account_scope_is_short", {"scope": "account read"}),
        ("accounts_credential_scope_known", {"scope": "read everything"}),
        ("accounts_credential_scope_known", {"scope": ""}),
        ("accounts_credential_purchase_has_policy", {"scope": "purchase read"}),
        ("accounts_credential_token_expires", {"expires_at": None}),
        ("accounts_credential_organization_named", {"kind": CredentialKind.ORGANIZATION}),
    ],
)
def test_the_database_refuses(constraint: str, wrong: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        CredentialFactory.create(**wrong)


def test_the_database_refuses_a_life_of_more_than_a_year() -> None:
    credential = CredentialFactory.create()
    credential.expires_at = credential.created_at + MAXIMUM_LIFETIME + timedelta(seconds=1)
    with pytest.raises(IntegrityError, match="lives_a_year_at_most"), transaction.atomic():
        credential.save(update_fields=["expires_at"])
