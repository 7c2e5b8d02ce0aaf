"""One package: what it is, what it touches, what the scan said, and whether one has it."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.actor import Actor
from accounts.http import MogRequest, actor_of
from catalog.forms import TARGET_LABELS
from catalog.models import Listing
from mog_package import Target
from payments import entitlements
from releases import cases
from releases.models import Release, ReleaseQuerySet
from releases.states import INSTALLABLE, State

_VERSIONS = 50
# What a package may touch, in the order in which it is told.
_CAPABILITIES = {
    "hosts": "Connects to",
    "binaries": "Starts",
    "tools": "Needs",
    "envNames": "Reads from the environment",
    "filePaths": "Touches files",
    "scriptLanguages": "Brings scripts in",
    "undeclared": "Does not declare",
}


@dataclass(frozen=True, slots=True)
class Capability:
    """One kind of thing that a package may touch; no names mean that none were found."""

    label: str
    names: list[str]


@require_safe
def listing(request: MogRequest, vendor: str, slug: str) -> HttpResponse:
    """Show a listing with its latest version."""
    actor = actor_of(request)
    shown = _visible(actor, vendor, slug)
    versions = _versions(shown)
    latest = _whole(_latest(versions))
    context = _context(shown, latest, by=actor) | {
        "versions": versions,
        "readme_html": latest.artifact.readme_html if latest else "",
    }
    return render(request, "pages/listing.html", context)


@require_safe
def version(request: MogRequest, vendor: str, slug: str, version: str) -> HttpResponse:
    """Show one version of it, whatever became of that version."""
    actor = actor_of(request)
    shown = _visible(actor, vendor, slug)
    releases = _with_scan(Release.objects.shown_of(shown))
    release = get_object_or_404(releases, version=version)
    reason = release.transitions.order_by("-pk").values_list("reason", flat=True).first()
    context = _context(shown, release, by=actor) | {
        "readme_html": release.artifact.readme_html,
        "reason": reason if release.state == State.WITHDRAWN else "",
    }
    return render(request, "pages/version.html", context)


def _visible(actor: Actor, vendor: str, slug: str) -> Listing:
    found = Listing.objects.visible_to(actor).with_vendor().without_texts()
    return get_object_or_404(found, name=f"{vendor}/{slug}")


def _versions(shown: Listing) -> list[Release]:
    return list(Release.objects.shown_of(shown).with_artifact().highest_first()[:_VERSIONS])


def _latest(versions: list[Release]) -> Release | None:
    """Return the highest published version; without any, the highest that was."""
    published = (each for each in versions if each.state == State.PUBLISHED)
    return next(published, None) or next(iter(versions), None)


def _whole(release: Release | None) -> Release | None:
    """Return a release with its README, files and report, which lists do without."""
    if release is None:
        return None
    return _with_scan(Release.objects.all()).get(pk=release.pk)


def _with_scan(releases: ReleaseQuerySet) -> ReleaseQuerySet:
    """Bring what a page says of the scan, and whether people have settled it."""
    return releases.select_related("artifact", "report").annotate(is_in_doubt=cases.in_doubt())


def _context(shown: Listing, release: Release | None, *, by: Actor) -> dict[str, object]:
    held = entitlements.active_entitlement(shown, by=by) if by.is_authenticated else None
    return {
        "listing": shown,
        "release": release,
        "is_installable": release is not None and State(release.state) in INSTALLABLE,
        "is_own": shown.vendor.is_sold_under_by(by),
        "is_theirs": shown.vendor.is_of_party(by),
        "is_held": held is not None,
        "targets": [TARGET_LABELS[Target(name)] for name in _manifest(release, "targets")],
        "license": _manifest(release, "license"),
        "capabilities": _capabilities(release),
    }


def _manifest(release: Release | None, key: str) -> list[str]:
    found: list[str] = release.artifact.manifest.get(key, []) if release else []
    return found


def _capabilities(release: Release | None) -> list[Capability]:
    found = release.artifact.capabilities if release else {}
    return [Capability(label, found[key]) for key, label in _CAPABILITIES.items() if found.get(key)]
