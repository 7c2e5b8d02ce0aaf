"""Whatever a scan has matched, no seller, buyer or stranger is ever told of it.

Secrets are planted in every place of a package, each its own; then everything that anybody but
staff can read is searched for all of them.
"""

import base64
import json
from collections.abc import Iterator, Mapping
from datetime import datetime

import pytest
from django.core import mail
from django.test import Client

from accounts.models import User
from catalog.models import Vendor
from mog_cli import release_watch
from mog_cli.errors import MogError
from mog_cli.release_answers import Release as ToldRelease
from mog_package import PackageType
from releases import disputes, review
from releases.models import Release
from releases.states import State
from scanning.models import Finding
from scanning.rules.rule import Category
from tests.mog_package import packages
from tests.releases.conftest import RELEASES, archive, send
from tests.releases.people import findings_of, seller_of, staff
from tests.scanning.templates import filled
from tests.signed_in import sign_in

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.processes,
    pytest.mark.usefixtures("worker"),
]

_TEMPLATE = "ghp{_}{checked*30}"
_SEEN_BY_ALL = ("/acme", "/acme/pdf-tools", "/acme/pdf-tools/1.0.0", "/search?q=pdf", "/")
_SEEN_BY_SELLER = ("/sell", "/settings/activity", "/sell/vendors/acme", *_SEEN_BY_ALL)


class Plants:
    """Secrets that were planted, each another."""

    def __init__(self) -> None:
        self.planted: list[str] = []

    def one(self) -> str:
        """Return the next."""
        self.planted.append(filled(_TEMPLATE, seed=len(self.planted)))
        return self.planted[-1]

    def found_in(self, texts: Mapping[str, str]) -> list[tuple[str, str]]:
        """Return which of them, or the larger part of which, stands where."""
        parts = [part for secret in self.planted for part in (secret[6:26], secret[16:])]
        return [(where, part) for where, text in texts.items() for part in parts if part in text]


def _in_contents(plants: Plants) -> dict[str, bytes]:
    """Return a valid package with a secret in each kind of file, and in each kind of place."""
    hidden = base64.b64encode(f"token = {plants.one()}".encode()).decode()
    svg = f'<svg xmlns="http://www.w3.org/2000/svg"><!-- {plants.one()} --><path d="M0 0h1"/></svg>'
    texts = {
        "README.md": f"# PDF tools\n\n`{plants.one()}`\n",
        "CHANGELOG.md": f"# 1.0.0\n\n- {plants.one()}\n",
        "content/SKILL.md": (
            f"---\nname: pdf-tools\ndescription: Reads PDFs.\nmetadata:\n  key: {plants.one()}\n"
            f"---\n\n# PDF tools\n\n<!-- {plants.one()} -->\n\n![{plants.one()}](a.png)\n"
        ),
        "content/settings.json": json.dumps({"token": plants.one()}),
        "content/settings.yaml": f"token: {plants.one()}\n",
        "content/settings.toml": f'token = "{plants.one()}"\n',
        "content/table.csv": f"name,token\nalice,{plants.one()}\n",
        "content/notes.txt": f"https://alice:{plants.one()}@example.com/\n",
        "content/hidden.md": f"{hidden}\n",
        "content/picture.svg": svg,
        "content/LICENSE": plants.one(),
    }
    more = f"keywords: ['{plants.one()[:32]}']\n".encode().lower()
    manifest = packages.manifest() + more
    manifest = manifest.replace(b"Reads PDFs.", f"Reads {plants.one()}.".encode())
    return packages.files() | {k: v.encode() for k, v in texts.items()} | {"mog.yaml": manifest}


def _in_the_form(plants: Plants) -> dict[str, bytes]:
    """Return a package that breaks its form with secrets: as keys, as values, as names."""
    manifest = (
        f"name: acme/pdf-tools\nversion: 1.0.0\ntype: {plants.one()}\ndescription: Reads PDFs.\n"
        f"{plants.one()}: 1\ntargets: [{plants.one()}]\nlicense: {plants.one()}\n"
        f"keywords: [{plants.one()}]\nrequires:\n  {plants.one()}: []\n"
        f"install_map:\n  {plants.one()}: .claude/skills/{{slug}}/\n"
    )
    return packages.files() | {"mog.yaml": manifest.encode()}


def _in_the_skill(plants: Plants) -> dict[str, bytes]:
    skill = f"---\nname: {plants.one()}\n{plants.one()}: {plants.one()}\n---\n\n# PDF tools\n"
    return packages.files() | {"content/SKILL.md": skill.encode()}


def _in_a_server(plants: Plants) -> dict[str, bytes]:
    server = (
        "server:\n  transport: stdio\n  command: python3\n"
        f"  args: ['{{dir}}/server.py', '--token={plants.one()}']\n"
        f"  env:\n    - name: {plants.one()}\n      default: {plants.one()}\n"
    )
    return packages.files(PackageType.MCP, more=server)


def _told(client: Client, stranger: Client, release: Release) -> Iterator[tuple[str, str]]:
    """Yield everything that is told of a release, by where."""
    api = client.get(f"{RELEASES}/{release.public_id}")
    yield "api", api.content.decode()
    yield "api list", client.get(RELEASES).content.decode()
    yield "command line", _printed(api.json())
    browser = Client()
    sign_in(browser, release.uploaded_by)
    yield "page", browser.get(f"/releases/{release.public_id}").content.decode()
    for address in _SEEN_BY_SELLER:
        yield f"seller {address}", browser.get(address).content.decode()
    for address in _SEEN_BY_ALL:
        yield f"stranger {address}", stranger.get(address).content.decode()
    yield "versions", client.get("/v1/listings/acme/pdf-tools/releases").content.decode()
    for number, letter in enumerate(mail.outbox):
        yield f"mail {number}", letter.message().as_string()
        yield f"mail {number} text", f"{letter.subject} {letter.body}"


def _printed(body: Mapping[str, object]) -> str:
    """Return what `mog publish --wait` says of a release."""
    told = ToldRelease.from_json(body)
    try:
        release_watch.judge(told)
    except MogError as error:
        findings = [str(each) for each in getattr(error, "findings", ())]
        return "\n".join(
            [str(error), error.advice, *findings, json.dumps(dict(error.details or {}))]
        )
    return json.dumps(release_watch.data_of(told))


@pytest.fixture
def plants() -> Plants:
    return Plants()


def _release() -> Release:
    return Release.objects.with_listing().with_artifact().select_related("report").get()


def test_no_secret_of_a_rejected_package_is_told(
    seller: Client, acme: Vendor, plants: Plants, now: datetime
) -> None:
    send(seller, archive(_in_contents(plants)))
    release = _release()
    assert release.state == State.REJECTED
    found = [each for each in findings_of(release) if each.category == Category.SECRET]
    assert {each.file for each in found} >= {
        *("README.md", "CHANGELOG.md", "mog.yaml", "content/SKILL.md", "content/settings.json"),
        *("content/table.csv", "content/notes.txt", "content/picture.svg", "content/LICENSE"),
    }
    by, person = seller_of(release), staff()
    for number, finding in enumerate({each.file: each for each in found}.values()):
        dispute = disputes.contest(release, finding, statement="A sample.", by=by, now=now)
        answer = disputes.accept if number % 2 else disputes.reject
        answer(dispute, reason="We have looked.", by=person, now=now)
    assert plants.found_in(dict(_told(seller, Client(), release))) == []


@pytest.mark.parametrize("plant", [_in_the_form, _in_the_skill, _in_a_server])
def test_no_secret_that_breaks_the_form_is_repeated(
    seller: Client, acme: Vendor, plants: Plants, plant: object
) -> None:
    assert callable(plant)
    send(seller, archive(plant(plants)))
    release = _release()
    assert release.state == State.REJECTED
    assert findings_of(release)
    assert plants.found_in(dict(_told(seller, Client(), release))) == []


def test_no_secret_of_a_held_and_accepted_package_is_told(
    seller: Client, acme: Vendor, alice: User, now: datetime
) -> None:
    # Without a provider's shape, so that a person decides; planted where nothing is published.
    password = filled("{word*20}", seed=7)
    plants = Plants()
    plants.planted.append(password)
    text = f"password = '{password}'\n"
    files = packages.complete() | {"content/notes.txt": text.encode()}
    send(seller, archive(files), publish="true")
    release = _release()
    assert release.state == State.HELD
    assert plants.found_in(dict(_told(seller, Client(), release))) == []
    review.accept(release, reason="A sample.", by=staff(), now=now)
    release = _release()
    assert release.state == State.PUBLISHED
    assert plants.found_in(dict(_told(seller, Client(), release))) == []


def test_excerpts_and_watching_rules_stay_with_staff(
    seller: Client, acme: Vendor, now: datetime
) -> None:
    text = f"password = '{filled('{word*20}', seed=7)}' # beside-it\n"
    send(seller, archive(packages.complete() | {"content/notes.txt": text.encode()}))
    release = _release()
    [shown] = findings_of(release)
    assert "beside-it" in shown.excerpt
    Finding.objects.bulk_create(
        [_copy(shown, rule="link/only-watches", advice="Never to be read.", is_enforced=False)]
    )
    for where, told in _told(seller, Client(), release):
        assert "beside-it" not in told, where
        assert "only-watches" not in told, where
        assert "Never to be read" not in told, where


def _copy(finding: Finding, **changes: object) -> Finding:
    fields = {
        field.attname: getattr(finding, field.attname)
        for field in Finding._meta.concrete_fields
        if field.attname not in {"id", "public_id"}
    }
    return Finding(**fields | {"effect": "note"} | changes)
