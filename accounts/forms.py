"""What people type and tick on the pages of this room."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms

from accounts.models import Membership, Role, SpendPolicy
from accounts.models.credential import ACCOUNT_SCOPE_LIFETIME, MAXIMUM_LIFETIME
from accounts.models.invitation import ROLE_CHOICES
from accounts.organizations import NAME_LENGTH as ORGANIZATION_NAME_LENGTH
from accounts.scopes import ALL_SCOPES, Scope
from accounts.second_factors.passkeys import NAME_LENGTH
from accounts.tokens import ACCOUNT_SCOPE_IS_SHORT

_LIFETIMES = {
    "hour": (timedelta(hours=1), "1 hour"),
    "day": (timedelta(days=1), "1 day"),
    "month": (timedelta(days=30), "30 days"),
    "quarter": (timedelta(days=90), "90 days"),
    "year": (MAXIMUM_LIFETIME, "1 year"),
}
_DEFAULT_LIFETIME = "year"


class GrantForm(forms.Form):
    """What a token may do, for whom and how long; every scope is offered that `offered` names.

    policies: those to choose from, the default first. One alone leaves nothing to choose.
    memberships: the person's own; without any, a token acts for them.
    """

    # Whether a token may be an organization's own, too.
    has_organizations_own = False

    scopes = forms.MultipleChoiceField(
        label="What it may do",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one."},
    )
    lifetime = forms.ChoiceField(
        label="Expires after",
        choices=[(name, label) for name, (_, label) in _LIFETIMES.items()],
        initial=_DEFAULT_LIFETIME,
    )

    def __init__(
        self,
        *args: Any,
        offered: frozenset[Scope] = ALL_SCOPES,
        policies: Sequence[SpendPolicy] = (),
        memberships: Sequence[Membership] = (),
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self._policies = {policy.public_id: policy for policy in policies}
        self._memberships = {each.organization.slug: each for each in memberships}
        # Who has left since the form was opened learns that the choice is gone.
        if memberships or self.data.get("organization"):
            self.fields["organization"] = forms.ChoiceField(
                label="Acts for",
                choices=[("", "Yourself"), *self._organizations()],
                required=False,
                help_text="It pays from that wallet, and from no other.",
            )
        if Scope.PURCHASE in offered and len(policies) > 1:
            self.fields["policy"] = forms.ChoiceField(
                label="Spends under",
                choices=[(policy.public_id, _policy_label(policy)) for policy in policies],
                help_text="Counts only for a token that may buy.",
            )
        choices = [(scope.value, scope.description) for scope in Scope if scope in offered]
        field = self.fields["scopes"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = choices
        if Scope.ACCOUNT in self.initial.get("scopes", ()):
            # What is preselected must be possible.
            self.initial.setdefault("lifetime", "hour")

    def clean_scopes(self) -> frozenset[Scope]:
        """Return the scopes themselves."""
        return frozenset(Scope(name) for name in self.cleaned_data["scopes"])

    def clean_lifetime(self) -> timedelta:
        """Return how long the choice lasts."""
        return _LIFETIMES[self.cleaned_data["lifetime"]][0]

    def clean(self) -> dict[str, Any]:
        """Add for whom it acts and under which policy; refuse what a token cannot be."""
        cleaned: dict[str, Any] = super().clean() or {}
        slug, _, own = cleaned.get("organization", "").partition("/")
        membership = self._memberships.get(slug)
        cleaned["organization"] = membership.organization if membership else None
        cleaned["is_organizations_own"] = bool(own)
        policy = cleaned["policy"] = self._policies.get(cleaned.get("policy", ""))
        if policy and policy.organization and policy.organization != cleaned["organization"]:
            self.add_error("policy", "This policy is for what acts for its organization.")
        is_long = cleaned.get("lifetime", timedelta()) > ACCOUNT_SCOPE_LIFETIME
        if is_long and Scope.ACCOUNT in cleaned.get("scopes", ()):
            self.add_error("lifetime", ACCOUNT_SCOPE_IS_SHORT)
        return cleaned

    def _organizations(self) -> list[tuple[str, str]]:
        """Return the choices: a slug to act there as oneself, with `/own` for its own token."""
        choices = []
        for slug, membership in self._memberships.items():
            name = membership.organization.name
            choices.append((slug, f"{name}, in your name"))
            if self.has_organizations_own and membership.is_admin:
                choices.append((f"{slug}/own", f"{name}: its own, for all its admins"))
        return choices


def _policy_label(policy: SpendPolicy) -> str:
    return f"{policy.name} ({policy.organization.name})" if policy.organization else policy.name


class TokenForm(GrantForm):
    """A new token of a person, or of an organization."""

    has_organizations_own = True

    label = forms.CharField(
        label="Label",
        max_length=80,
        help_text="What will use it, so that you recognise it later.",
        error_messages={"required": "Give the token a label you will recognise later."},
    )
    ticket = forms.CharField(widget=forms.HiddenInput, required=False)

    field_order = ("label", "organization", "scopes", "policy", "lifetime", "ticket")


class TokenPolicyForm(forms.Form):
    """Another policy for a token."""

    policy = forms.ChoiceField(label="Spends under")

    def __init__(self, *args: Any, policies: Sequence[SpendPolicy], **options: Any) -> None:
        super().__init__(*args, **options)
        self._policies = {policy.public_id: policy for policy in policies}
        field = self.fields["policy"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(policy.public_id, _policy_label(policy)) for policy in policies]

    def clean_policy(self) -> SpendPolicy:
        """Return the policy itself."""
        return self._policies[self.cleaned_data["policy"]]


class AppForm(forms.Form):
    """The code an authenticator app shows once it knows the secret."""

    code = forms.CharField(
        label="Code from the app",
        max_length=40,
        help_text="Six digits.",
        error_messages={"required": "Type the six digits that the app shows."},
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class PasskeyNameForm(forms.Form):
    """What a person calls a passkey."""

    name = forms.CharField(
        label="Name",
        max_length=NAME_LENGTH,
        help_text="Where it is kept, so that you recognise it later.",
        error_messages={"required": "Give the passkey a name you will recognise later."},
    )

    def clean_name(self) -> str:
        """Refuse control and direction characters, which would disguise a name."""
        name: str = self.cleaned_data["name"]
        if not name.isprintable():
            raise forms.ValidationError("Use letters, digits, spaces and signs only.")
        return name


class OrganizationNameForm(forms.Form):
    """What people call an organization."""

    name = forms.CharField(
        label="Name",
        max_length=ORGANIZATION_NAME_LENGTH,
        help_text="As people read it. You can change it later.",
        error_messages={"required": "Give it a name."},
    )


class OrganizationForm(OrganizationNameForm):
    """A new organization."""

    slug = forms.CharField(
        label="Name in addresses and commands",
        max_length=39,
        help_text=(
            "Lower-case letters, digits and hyphens; it never changes. To sell packages under it,"
            " take at most 32 characters."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Choose a name that is free."},
    )

    field_order = ("slug", "name")


class RoleForm(forms.Form):
    """What a member shall be."""

    role = forms.ChoiceField(
        label="Role",
        widget=forms.RadioSelect,
        choices=[
            (Role.MEMBER.value, "Member: buys from its wallet, sees its packages and policies"),
            (Role.ADMIN.value, "Admin: also manages members, policies and packages"),
            (Role.OWNER.value, "Owner: also makes owners and admins, and may delete it"),
        ],
    )


class InvitationForm(forms.Form):
    """Whom to invite, as what."""

    email = forms.EmailField(
        label="E-mail address",
        help_text="Only an account with this address can accept.",
        error_messages={"required": "Whom do you invite?"},
    )
    role = forms.ChoiceField(label="Role", choices=ROLE_CHOICES, initial=Role.MEMBER)

    def __init__(self, *args: Any, may_invite_admins: bool) -> None:
        super().__init__(*args)
        if not may_invite_admins:
            self.fields["role"] = forms.ChoiceField(
                label="Role",
                choices=[(Role.MEMBER.value, Role.MEMBER.label)],
                help_text="An owner can invite admins.",
            )
