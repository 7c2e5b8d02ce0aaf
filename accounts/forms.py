"""What people type and tick on the pages of this room."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms

from accounts.models import SpendPolicy
from accounts.models.credential import ACCOUNT_SCOPE_LIFETIME, MAXIMUM_LIFETIME
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
    """What a token may do and for how long; every scope is offered that `offered` names.

    policies: those to choose from, the default first. One alone leaves nothing to choose.
    """

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
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self._policies = {policy.public_id: policy for policy in policies}
        if Scope.PURCHASE in offered and len(policies) > 1:
            self.fields["policy"] = forms.ChoiceField(
                label="Spends under",
                choices=[(policy.public_id, policy.name) for policy in policies],
                help_text="Counts only for a token that may buy.",
            )
        choices = [(scope.value, scope.description) for scope in Scope if scope in offered]
        field = self.fields["scopes"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = choices
        if Scope.ACCOUNT in self.initial.get("scopes", ()):
            # What is preselected must be possible.
            self.initial.setdefault("lifetime", "hour")

    def clean(self) -> dict[str, Any]:
        """Turn choices into scopes and a duration; refuse what a token cannot be."""
        cleaned: dict[str, Any] = super().clean() or {}
        if "scopes" in cleaned:
            cleaned["scopes"] = frozenset(Scope(name) for name in cleaned["scopes"])
        if "lifetime" in cleaned:
            cleaned["lifetime"] = _LIFETIMES[cleaned["lifetime"]][0]
        cleaned["policy"] = self._policies.get(cleaned.get("policy", ""))
        is_long = cleaned.get("lifetime", timedelta()) > ACCOUNT_SCOPE_LIFETIME
        if is_long and Scope.ACCOUNT in cleaned.get("scopes", ()):
            self.add_error("lifetime", ACCOUNT_SCOPE_IS_SHORT)
        return cleaned


class TokenForm(GrantForm):
    """A new personal token."""

    label = forms.CharField(
        label="Label",
        max_length=80,
        help_text="What will use it, so that you recognise it later.",
        error_messages={"required": "Give the token a label you will recognise later."},
    )
    ticket = forms.CharField(widget=forms.HiddenInput, required=False)

    field_order = ("label", "scopes", "policy", "lifetime", "ticket")


class TokenPolicyForm(forms.Form):
    """Another policy for a token."""

    policy = forms.ChoiceField(label="Spends under")

    def __init__(self, *args: Any, policies: Sequence[SpendPolicy], **options: Any) -> None:
        super().__init__(*args, **options)
        self._policies = {policy.public_id: policy for policy in policies}
        field = self.fields["policy"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(policy.public_id, policy.name) for policy in policies]

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
