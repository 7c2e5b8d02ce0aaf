"""What people type and choose on the pages of this room."""

from typing import Any

from django import forms

from catalog.listings import Description
from catalog.models import Listing, Visibility
from catalog.models.listing import SUMMARY_LENGTH, TAGS_MOST, TITLE_LENGTH, TYPE_CHOICES
from catalog.models.vendor import SLUG_LENGTH
from catalog.search.filters import Filters
from catalog.search.query import Query, Sort
from catalog.vendors import Profile
from mog_package import Target

TARGET_LABELS = {
    Target.CURSOR: "Cursor",
    Target.CLAUDE_CODE: "Claude Code",
    Target.CODEX: "Codex",
    Target.GEMINI_CLI: "Gemini CLI",
    Target.WINDSURF: "Windsurf",
    Target.OPENCLAW: "OpenClaw",
    Target.GENERIC: "Any other agent",
}
_TARGETS = [(target.value, label) for target, label in TARGET_LABELS.items()]
_PRICES = {"free": True, "paid": False}
_CODE = {"yes": True, "no": False}
_SORTS = {
    Sort.RELEVANCE: "Best match",
    Sort.POPULAR: "Most downloaded",
    Sort.RECENT: "Newest",
}
_VISIBILITIES = {
    Visibility.PUBLIC: "Public: everybody finds it",
    Visibility.UNLISTED: "Unlisted: whoever has its address opens it",
    Visibility.PRIVATE: "Private: only your organization sees it",
}


class SearchForm(forms.Form):
    """The questions of a search; what is left empty narrows nothing."""

    q = forms.CharField(
        label="Search packages",
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    type = forms.ChoiceField(
        label="Type", choices=[("", "Any type"), *TYPE_CHOICES], required=False
    )
    target = forms.ChoiceField(
        label="Works with", choices=[("", "Any agent"), *_TARGETS], required=False
    )
    price = forms.ChoiceField(
        label="Price",
        choices=[("", "Any price"), ("free", "Free"), ("paid", "Paid")],
        required=False,
    )
    runs_code = forms.ChoiceField(
        label="Code",
        choices=[("", "With or without"), ("no", "Runs no code"), ("yes", "Runs code")],
        required=False,
    )
    tag = forms.CharField(label="Tag", max_length=100, required=False)
    vendor = forms.CharField(label="Vendor", max_length=100, required=False)
    verified = forms.BooleanField(label="Verified vendors only", required=False)
    sort = forms.ChoiceField(
        label="Sort by",
        choices=[(sort.value, label) for sort, label in _SORTS.items()],
        required=False,
    )

    def query(self, *, private_of: int | None = None) -> Query | None:
        """Return what is asked; None when no package can match it. private_of: as in Query."""
        if not self.is_valid():
            return None
        asked = self.cleaned_data
        filters = Filters(
            type=asked["type"],
            target=asked["target"],
            tag=asked["tag"].lower(),
            vendor=asked["vendor"].lower(),
            is_free=_PRICES.get(asked["price"]),
            is_verified=asked["verified"],
            runs_code=_CODE.get(asked["runs_code"]),
        )
        sort = Sort(asked["sort"] or Sort.RELEVANCE)
        return Query(text=asked["q"], filters=filters, sort=sort, private_of=private_of)


class ProfileForm(forms.Form):
    """What a vendor says of itself."""

    display_name = forms.CharField(
        label="Display name", max_length=80, help_text="Shown beside your packages."
    )
    bio = forms.CharField(
        label="About",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Who you are and what you make, in a few sentences.",
    )
    website = forms.CharField(
        label="Website",
        max_length=200,
        required=False,
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )

    def profile(self) -> Profile:
        """Return what was typed."""
        said = self.cleaned_data
        return Profile(display_name=said["display_name"], bio=said["bio"], website=said["website"])


class VendorForm(ProfileForm):
    """The same, with the name that is taken for good."""

    slug = forms.CharField(
        label="Name",
        max_length=SLUG_LENGTH,
        help_text=(
            "The first half of every package's name, and your page's address. Lower-case letters,"
            " digits and hyphens. It cannot be changed later."
        ),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )

    field_order = ("slug", "display_name", "bio", "website")


class TransferForm(forms.Form):
    """To whom a listing is offered."""

    to = forms.CharField(
        label="New vendor",
        max_length=SLUG_LENGTH,
        help_text="The name they sell under, as in their page's address.",
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )


class ListingForm(forms.Form):
    """What a seller says of a listing."""

    title = forms.CharField(label="Title", max_length=TITLE_LENGTH)
    summary = forms.CharField(
        label="Summary",
        max_length=SUMMARY_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One or two sentences, shown in search results.",
    )
    tags = forms.CharField(
        label="Tags",
        max_length=400,
        required=False,
        help_text=f"Up to {TAGS_MOST}, apart by commas: pdf, documents.",
    )
    price = forms.DecimalField(
        label="Price",
        min_value=0,
        max_digits=7,
        decimal_places=2,
        help_text="0 for free, or 0.99 to 500.00.",
        widget=forms.NumberInput(attrs={"step": "0.01", "inputmode": "decimal"}),
    )
    visibility = forms.ChoiceField(label="Visibility", choices=())

    def __init__(self, data: Any = None, *, listing: Listing) -> None:
        said = {
            "title": listing.title,
            "summary": listing.summary,
            "tags": ", ".join(listing.tags),
            "price": f"{listing.price_cents // 100}.{listing.price_cents % 100:02}",
            "visibility": listing.visibility,
        }
        super().__init__(data, initial=said)
        field = self.fields["visibility"]
        assert isinstance(field, forms.ChoiceField)
        is_organizations = listing.vendor.organization_id is not None
        field.choices = [
            (value.value, label)
            for value, label in _VISIBILITIES.items()
            if is_organizations or value != Visibility.PRIVATE
        ]

    def description(self) -> Description:
        """Return what was typed."""
        said = self.cleaned_data
        return Description(
            title=said["title"],
            summary=said["summary"],
            tags=said["tags"].split(","),
            price_cents=int(said["price"] * 100),
            visibility=said["visibility"],
        )
