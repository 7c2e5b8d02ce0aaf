"""What people choose on the pages of this room."""

from typing import Any

from django import forms
from django.conf import settings


class PayoutSetUpForm(forms.Form):
    """Where a seller pays taxes: one of the countries this marketplace pays to."""

    country = forms.ChoiceField(
        label="Country",
        help_text="Where you live, or where your company is registered. It cannot be changed.",
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["country"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(code, code) for code in settings.PAYOUT_COUNTRIES]
