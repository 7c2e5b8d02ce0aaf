"""A release is stopped, and the command line of whoever has installed it says so."""

import json
from pathlib import Path

import pytest
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import User
from audit.who import Origin
from catalog.models import Listing, Visibility
from releases import review
from releases.models import Artifact
from tests.bearer import BUYER, Bearer
from tests.factories.payments import EntitlementFactory
from tests.factories.releases import ArtifactFactory
from tests.laptops import Laptop
from tests.live import LiveSite

pytestmark = pytest.mark.processes


def _locked(artifact: Artifact, registry: str) -> str:
    """Return a lockfile with one package."""
    release = artifact.release
    package = {
        "version": release.version,
        "sha256": artifact.sha256,
        "type": "skill",
        "targets": {"generic": f".agents/skills/{release.listing.slug}/"},
        "files": {"SKILL.md": "b" * 64},
        "registry": registry,
    }
    return json.dumps({"lockfileVersion": 1, "packages": {release.name: package}})


@pytest.fixture
def artifact(live: LiveSite) -> Artifact:
    """A published release."""
    made: Artifact = ArtifactFactory.create()
    return made


@pytest.fixture
def laptop(live: LiveSite, artifact: Artifact, tmp_path: Path) -> Laptop:
    """A computer where it is installed, and nobody is signed in."""
    made = Laptop(tmp_path / "buyer", live.base_url)
    (made.project / "mog.lock.json").write_text(_locked(artifact, live.base_url), encoding="utf-8")
    return made


def test_who_has_installed_a_release_hears_that_it_was_suspended(
    laptop: Laptop, artifact: Artifact, alice: User
) -> None:
    exit_code, answer = laptop.mog("audit")
    assert (exit_code, answer["data"]["packages"][0]["status"]) == (0, "ok"), answer
    staff = Actor.staff(alice, origin=Origin())
    review.suspend(artifact.release, reason="It phones home.", by=staff, now=timezone.now())
    exit_code, answer = laptop.mog("audit")
    assert (exit_code, answer["code"]) == (1, "audit_failed")
    assert answer["details"]["packages"][0]["status"] == "suspended"


def test_a_private_package_is_known_to_who_has_it(
    laptop: Laptop, artifact: Artifact, bob: User
) -> None:
    Listing.objects.update(visibility=Visibility.PRIVATE)
    EntitlementFactory.create(user=bob, listing=artifact.release.listing)
    assert laptop.mog("audit")[1]["data"]["packages"][0]["status"] == "unknown"
    laptop.use_token(Bearer(bob, BUYER).plaintext)
    assert laptop.mog("audit")[1]["data"]["packages"][0]["status"] == "ok"
