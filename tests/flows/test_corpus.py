"""Every real skill goes all the way: packed, published, scanned, installed, unchanged.

`docs/corpus.md` names what became of each; the corpus stands beside the checkout.
"""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from accounts.models import User
from mog_package import read_skill
from releases.models import Release
from tests.bearer import BUYER, SELLER, Bearer
from tests.factories.catalog import VendorFactory
from tests.laptops import Laptop
from tests.live import LiveSite
from tests.mog_package.test_corpus import as_package, skills
from tests.workers import Workers

pytestmark = [pytest.mark.corpus, pytest.mark.processes]

_PAGE = Path(__file__).resolve().parents[2] / "docs" / "corpus.md"


def _written() -> dict[str, str]:
    """Return what the page says became of each skill."""
    rows = re.findall(r"^\| `([a-z0-9-]+)` \| (.+) \|$", _PAGE.read_text(encoding="utf-8"), re.M)
    return dict(rows)


def _outcomes() -> dict[str, str]:
    """Return what became of each release: its state, and the rules that stopped it."""
    releases = Release.objects.select_related("listing", "report")
    return {release.listing.slug: _outcome(release) for release in releases}


def _outcome(release: Release) -> str:
    if release.state == "published" or release.report is None:
        return release.state
    rules = release.report.findings.exclude(effect="note").values_list("rule", flat=True)
    return f"{release.state}: {', '.join(sorted(set(rules)))}"


def _files(folder: Path) -> dict[str, bytes]:
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }


def test_every_real_skill_arrives_as_it_was_sent(
    live: LiveSite, workers: Workers, alice: User, bob: User, tmp_path: Path
) -> None:
    VendorFactory.create(slug="acme", user=alice)
    seller = Laptop(tmp_path / "seller", live.base_url)
    seller.use_token(Bearer(alice, SELLER).plaintext)
    sources = {read_skill((skill / "SKILL.md").read_bytes()).name: skill for skill in skills()}

    def publish(name: str) -> int:
        folder = as_package(seller.project / name, sources[name])
        return seller.mog("publish", str(folder), "--wait", "--publish")[0]

    with ThreadPoolExecutor(4) as pool:
        exit_codes = dict(zip(sources, pool.map(publish, sources), strict=True))
    outcomes = _outcomes()
    assert outcomes == _written()
    published = [name for name, outcome in outcomes.items() if outcome == "published"]
    assert {name for name, code in exit_codes.items() if code == 0} == set(published)

    buyer = Laptop(tmp_path / "buyer", live.base_url)
    buyer.use_token(Bearer(bob, BUYER).plaintext)
    exit_code, answer = buyer.mog("install", "--yes", *(f"acme/{name}" for name in published))
    assert exit_code == 0, answer
    for name in published:
        installed = buyer.project / ".agents" / "skills" / name
        assert _files(installed) == _files(sources[name]), name
    assert buyer.mog("verify")[0] == 0
