"""The packages of a development machine: valid, uploaded once, published by the real pipeline."""

from pathlib import Path

import pytest
from django.utils import timezone

import mog_package
from catalog.models import Listing, ListingState
from mog_package import PackageType
from mog_site import demo, demo_catalogue
from payments.models import Entitlement
from releases import vetting
from releases.models import Case, Release
from releases.states import State

_FOLDERS = sorted(demo_catalogue.FOLDER.iterdir())


@pytest.mark.parametrize("folder", _FOLDERS, ids=lambda folder: folder.name)
def test_a_package_is_valid_and_goes_by_its_folder(folder: Path) -> None:
    manifest = mog_package.validate(mog_package.open_directory(folder)).manifest
    assert manifest.name == f"{demo_catalogue.VENDOR}/{folder.name}"


def test_there_is_one_of_each_type() -> None:
    packages = [mog_package.validate(mog_package.open_directory(folder)) for folder in _FOLDERS]
    assert sorted(package.manifest.type for package in packages) == sorted(PackageType)


@pytest.mark.django_db
@pytest.mark.processes
def test_all_are_scanned_and_a_second_start_adds_nothing() -> None:
    now = timezone.now()
    people = demo.ensure_people(now=now)
    for _ in range(2):
        demo_catalogue.ensure_catalogue(
            seller=people[demo.SELLER], buyer=people[demo.BUYER], now=now
        )
    for release in Release.objects.order_by("pk"):
        vetting.vet(release.pk)
    published, held = (Release.objects.filter(version=each) for each in ("1.0.0", "1.1.0"))
    outcome = ("state", "report__verdict")
    assert set(published.values_list(*outcome)) == {(State.PUBLISHED, "passed")}
    assert set(held.values_list(*outcome)) == {(State.HELD, "flagged")}
    assert [case.release for case in Case.objects.open()] == list(held)
    assert Listing.objects.filter(state=ListingState.LIVE).count() == len(_FOLDERS)
    assert Entitlement.objects.get().user == people[demo.BUYER]
