"""What is offered: one row per package, with the facts of its latest release beside it."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.actor import Actor
from accounts.public_id import PublicIdField
from catalog.models.vendor import Vendor
from mog_package import PackageType

TITLE_LENGTH = 80
SUMMARY_LENGTH = 1024
# `vendor/slug`.
NAME_LENGTH = 128
TAGS_MOST = 10
PRICE_LOWEST_CENTS, PRICE_HIGHEST_CENTS = 99, 50_000
# Ranks by popularity that end the first and the second tier.
FIRST_TIER_ROWS, SECOND_TIER_ROWS = 10_000, 100_000
LAST_TIER = 2

# The types of the package format, and what people call them.
TYPE_LABELS = {
    PackageType.SKILL: "Skill",
    PackageType.RULE: "Rule",
    PackageType.BUNDLE: "Bundle",
    PackageType.TEMPLATE: "Template",
    PackageType.MCP: "MCP server",
}
TYPE_CHOICES = [(kind.value, label) for kind, label in TYPE_LABELS.items()]

# What lists do not show; a README may be as long as all else together.
LONG_TEXTS = ("readme_html", "readme_text", "search_words")


def long_texts_of(path: str) -> list[str]:
    """Return the long texts as a query reaches them from other rows: `release__listing`."""
    return [f"{path}__{name}" for name in LONG_TEXTS]


class Visibility(models.TextChoices):
    """Who finds a listing. Unlisted ones open for whoever has the address."""

    PUBLIC = "public"
    UNLISTED = "unlisted"
    PRIVATE = "private"


class ListingState(models.TextChoices):
    """Whether it is offered. A draft has no published release yet; staff hides, sellers retire."""

    DRAFT = "draft"
    LIVE = "live"
    HIDDEN = "hidden"
    RETIRED = "retired"


class ListingQuerySet(models.QuerySet["Listing"]):
    """Questions about many listings."""

    def with_vendor(self) -> "ListingQuerySet":
        """Bring the vendor in the same query."""
        return self.select_related("vendor")

    def without_texts(self) -> "ListingQuerySet":
        """Leave out what lists do not show."""
        return self.defer(*LONG_TEXTS)

    def sold_by(self, actor: Actor) -> "ListingQuerySet":
        """Keep those of the vendors that an actor may sell under."""
        return self.filter(vendor__in=Vendor.objects.sold_under_by(actor))

    def visible_to(self, actor: Actor) -> "ListingQuerySet":
        """Keep what an actor may open; whatever is left out does not exist for them."""
        return self.filter(_open_to_all() | _open_to(actor))


class Listing(models.Model):
    """One package on the shelf, under a name that never changes.

    vendor: who sells it now. The name begins with whoever sold it first: lockfiles, addresses and
    archives carry it.
    """

    public_id = PublicIdField("lst")
    vendor = models.ForeignKey(Vendor, models.PROTECT, related_name="listings")
    slug = models.CharField(max_length=NAME_LENGTH, editable=False)
    name = models.CharField(max_length=NAME_LENGTH, unique=True, editable=False)
    # Empty until the first release is accepted; then it stays.
    type = models.CharField(max_length=8, choices=TYPE_CHOICES, blank=True)
    title = models.CharField(max_length=TITLE_LENGTH)
    summary = models.CharField(max_length=SUMMARY_LENGTH, blank=True)
    # Whether people have chosen the words themselves; otherwise each release brings its own.
    has_own_summary = models.BooleanField(default=False)
    tags = models.JSONField(default=list, blank=True)
    price_cents = models.PositiveIntegerField(default=0)
    visibility = models.CharField(
        max_length=8, choices=Visibility.choices, default=Visibility.PUBLIC
    )
    state = models.CharField(
        max_length=8, choices=ListingState.choices, default=ListingState.DRAFT, editable=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    # Facts of the latest published release, pushed down by publishing.
    latest_version = models.CharField(max_length=29, blank=True, editable=False)
    released_at = models.DateTimeField(null=True, editable=False)
    runs_code = models.BooleanField(default=False, editable=False)
    targets = models.JSONField(default=list, editable=False)
    license = models.CharField(max_length=100, blank=True, editable=False)
    capabilities = models.JSONField(default=dict, editable=False)
    readme_html = models.TextField(blank=True, editable=False)
    readme_text = models.TextField(blank=True, editable=False)

    # Counters, kept by tasks: nobody who buys or downloads waits for a shared row.
    downloads = models.PositiveIntegerField(default=0, editable=False)
    rating_count = models.PositiveIntegerField(default=0, editable=False)
    rating_sum = models.PositiveIntegerField(default=0, editable=False)
    # Mean of the ratings, weighed against few ones, in thousandths; 0 without any.
    rating_score = models.PositiveIntegerField(default=0, editable=False)
    popularity = models.PositiveIntegerField(default=0, editable=False)
    tier = models.PositiveSmallIntegerField(default=LAST_TIER, editable=False)
    # The vendor's badge, here as well: a filter of search.
    is_verified = models.BooleanField(default=False, editable=False)
    # What filters look for: `type:skill`, `tag:pdf`, `price:free`, apart by single spaces.
    search_words = models.TextField(blank=True, editable=False)

    objects = ListingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(type__in=["", *[kind.value for kind in PackageType]]),
                name="catalog_listing_type_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[ListingState.DRAFT, ListingState.RETIRED]) | ~Q(type=""),
                name="catalog_listing_type_set_when_offered",
            ),
            models.CheckConstraint(
                condition=Q(visibility__in=Visibility.values),
                name="catalog_listing_visibility_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=ListingState.values), name="catalog_listing_state_known"
            ),
            models.CheckConstraint(
                condition=Q(price_cents=0)
                | Q(price_cents__gte=PRICE_LOWEST_CENTS, price_cents__lte=PRICE_HIGHEST_CENTS),
                name="catalog_listing_price_in_range",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[ListingState.DRAFT, ListingState.RETIRED])
                | Q(released_at__isnull=False) & ~Q(latest_version=""),
                name="catalog_listing_offered_has_release",
            ),
            models.CheckConstraint(
                condition=Q(name__regex=r"^[a-z0-9-]{2,32}/[a-z0-9-]{1,125}$"),
                name="catalog_listing_name_shape",
            ),
            models.CheckConstraint(
                condition=Q(tier__lte=LAST_TIER), name="catalog_listing_tier_known"
            ),
        ]
        indexes = [
            models.Index(fields=["vendor", "-created_at"], name="catalog_listing_by_vendor"),
            models.Index(
                fields=["-popularity", "-id"],
                name="catalog_listing_by_popularity",
                condition=Q(state="live", visibility="public"),
            ),
            models.Index(
                fields=["-popularity", "-id"],
                name="catalog_listing_last_tier",
                condition=Q(state="live", visibility="public", tier=LAST_TIER),
            ),
            models.Index(
                fields=["vendor", "-popularity", "-id"],
                name="catalog_listing_private",
                condition=Q(state="live", visibility="private"),
            ),
            models.Index(
                fields=["-released_at", "-id"],
                name="catalog_listing_by_release",
                condition=Q(state="live", visibility="public"),
            ),
            models.Index(
                fields=["-rating_score", "-id"],
                name="catalog_listing_by_rating",
                condition=Q(state="live", visibility="public"),
            ),
        ]

    @property
    def subject(self) -> str:
        """Return what the audit trail calls this."""
        return f"listing:{self.public_id}"

    @property
    def namespace(self) -> str:
        """Return the first half of its name, which its address begins with."""
        return self.name.partition("/")[0]

    @property
    def has_moved(self) -> bool:
        """Tell whether somebody sells it whose name it does not carry."""
        return self.namespace != self.vendor.slug

    @property
    def is_free(self) -> bool:
        """Tell whether it costs nothing."""
        return self.price_cents == 0

    @property
    def is_private(self) -> bool:
        """Tell whether it exists for its organization only, whose members need no entitlement."""
        return self.visibility == Visibility.PRIVATE

    @property
    def is_offered(self) -> bool:
        """Tell whether new buyers may have it; what is private has none."""
        return self.state == ListingState.LIVE and not self.is_private

    def require_same_seller(self, known: "Listing") -> None:
        """Raise DoesNotExist when it was handed over since a row of it was read.

        Whoever acts as its seller was looked up by that row.
        """
        if self.vendor_id != known.vendor_id:
            raise Listing.DoesNotExist


# What was on the shelf, and what its members keep though it takes no new ones.
_FOR_MEMBERS = (ListingState.LIVE, ListingState.RETIRED)


def _open_to_all() -> Q:
    return Q(state=ListingState.LIVE, visibility__in=[Visibility.PUBLIC, Visibility.UNLISTED])


def _open_to(actor: Actor) -> Q:
    """Return what else an actor may open: what they sell, and what their organization keeps.

    What is private opens for whoever acts for its organization, and not for a member who acts for
    themselves. Drafts, and what staff hid, are for those who manage it.
    """
    own = Q(pk__in=[])
    if actor.user is not None:
        own |= Q(vendor__user=actor.user)
    if actor.organization is not None:
        theirs = Q(vendor__organization=actor.organization)
        own |= theirs if actor.may_manage else theirs & Q(state__in=_FOR_MEMBERS)
    return own
