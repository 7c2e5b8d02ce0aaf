"""What the database itself refuses of people, policies and device requests."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import IntegrityError, models, transaction

from accounts.models import (
    Credential,
    DeviceGrant,
    DeviceGrantState,
    Namespace,
    SpendPolicy,
    User,
    WebSession,
)
from tests.factories.accounts import (
    CredentialFactory,
    DeviceGrantFactory,
    OrganizationFactory,
    SpendPolicyFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

MOMENT = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
DECIDED = {"decided_at": MOMENT, "granted_scope": "read", "token_lifetime_seconds": 60}


def refused(constraint: str) -> Any:
    """Expect the database to refuse by name."""
    return pytest.raises(IntegrityError, match=constraint)


@pytest.mark.parametrize(
    ("constraint", "wrong"),
    [
        ("accounts_devicegrant_state_known", {"state": "lost", **DECIDED}),
        ("accounts_devicegrant_code_is_hashed", {"device_code_digest": "plain text"}),
        ("accounts_devicegrant_code_is_hashed", {"device_code_digest": "A" * 64}),
        ("accounts_devicegrant_user_code_shape", {"user_code": "AEIOUAEI"}),
        ("accounts_devicegrant_user_code_shape", {"user_code": "BCDF"}),
        ("accounts_devicegrant_decided_by_somebody", {"decided_at": MOMENT}),
        ("accounts_devicegrant_redeemed_has_credential", {"state": "redeemed", **DECIDED}),
        (
            "accounts_devicegrant_approved_has_scope",
            {"state": "approved", **DECIDED, "granted_scope": ""},
        ),
        (
            "accounts_devicegrant_approved_has_scope",
            {"state": "approved", **DECIDED, "token_lifetime_seconds": None},
        ),
        (
            "accounts_devicegrant_approved_has_scope",
            {"state": "approved", **DECIDED, "token_lifetime_seconds": 0},
        ),
    ],
)
def test_the_database_refuses_a_device_request(
    alice: User, constraint: str, wrong: dict[str, Any]
) -> None:
    user = alice if "state" in wrong else None
    with refused(constraint), transaction.atomic():
        DeviceGrantFactory.create(user=user, **wrong)


@pytest.mark.parametrize("state", [DeviceGrantState.APPROVED, DeviceGrantState.DENIED])
def test_the_database_refuses_a_decision_of_nobody(state: str) -> None:
    with refused("accounts_devicegrant_decided_by_somebody"), transaction.atomic():
        DeviceGrantFactory.create(state=state, **DECIDED)


def test_the_database_refuses_a_credential_before_it_is_redeemed(alice: User) -> None:
    credential = CredentialFactory.create(user=alice)
    with refused("accounts_devicegrant_redeemed_has_credential"), transaction.atomic():
        DeviceGrantFactory.create(credential=credential)


@pytest.mark.parametrize(
    ("constraint", "wrong"),
    [
        ("accounts_user_username_shape", {"username": "Alice"}),
        ("accounts_user_username_shape", {"username": "a--b"}),
        ("accounts_user_username_shape", {"username": "-a"}),
        ("accounts_user_username_shape", {"username": ""}),
        ("accounts_user_deleted_is_inactive", {"deleted_at": MOMENT}),
    ],
)
def test_the_database_refuses_a_user(constraint: str, wrong: dict[str, Any]) -> None:
    with refused(constraint), transaction.atomic():
        UserFactory.create(**wrong)


def test_the_database_refuses_two_people_with_one_address(alice: User) -> None:
    with refused("accounts_user_email_unique"), transaction.atomic():
        UserFactory.create(email=alice.email.upper())


def test_the_database_refuses_a_policy_without_one_owner(alice: User) -> None:
    organization = OrganizationFactory.create()
    for wrong in ({}, {"user": alice, "organization": organization}):
        with refused("accounts_spendpolicy_one_owner"), transaction.atomic():
            SpendPolicyFactory.create(**wrong)


def test_the_database_refuses_a_second_default_policy(alice: User) -> None:
    with (
        pytest.raises(IntegrityError, match=r"accounts_spendpolicy(_one_default|\.user_id)"),
        transaction.atomic(),
    ):
        SpendPolicyFactory.create(user=alice, is_default=True)


def test_the_database_refuses_a_deleted_default_policy(alice: User) -> None:
    with refused("accounts_spendpolicy_default_is_not_deleted"), transaction.atomic():
        alice.spend_policies.update(deleted_at=MOMENT)


# Each of these stands in a test above, in test_credential_checks or in test_namespaces.
HELD = {
    "accounts_credential_account_scope_is_short",
    "accounts_credential_device_names_client",
    "accounts_credential_internal_has_no_secret",
    "accounts_credential_kind_known",
    "accounts_credential_lives_a_year_at_most",
    "accounts_credential_organization_named",
    "accounts_credential_purchase_has_policy",
    "accounts_credential_scope_known",
    "accounts_credential_token_expires",
    "accounts_devicegrant_approved_has_scope",
    "accounts_devicegrant_code_is_hashed",
    "accounts_devicegrant_decided_by_somebody",
    "accounts_devicegrant_redeemed_has_credential",
    "accounts_devicegrant_state_known",
    "accounts_devicegrant_user_code_shape",
    "accounts_namespace_slug_shape",
    "accounts_spendpolicy_default_is_not_deleted",
    "accounts_spendpolicy_one_default_per_user",
    "accounts_spendpolicy_one_owner",
    "accounts_user_deleted_is_inactive",
    "accounts_user_email_unique",
    "accounts_user_username_shape",
}


def test_no_rule_of_the_database_is_untested() -> None:
    tables: list[type[models.Model]] = [
        Credential,
        DeviceGrant,
        Namespace,
        SpendPolicy,
        User,
        WebSession,
    ]
    assert {rule.name for table in tables for rule in table._meta.constraints} == HELD
