"""Files of a release and its differences, as staff reads them: whole, marked, without secrets."""

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from releases import file_view
from releases.models import Release
from releases.states import State
from scanning.viewer import show
from tests import queue, shelf
from tests.factories.catalog import ListingFactory
from tests.factories.releases import ReleaseFactory
from tests.factories.scanning import FindingFactory
from tests.mog_package import packages
from tests.releases.people import at_work
from tests.scanning import children, templates
from tests.signed_in import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.processes]

_TOKEN = templates.filled("ghp{_}{word*36}")
_SECRET = "h8Kq2vLx93mZqP4t"


def page(release: Release, name: str, query: str = "") -> str:
    """Return the address of a page about a release's files."""
    return reverse(f"admin:releases_release_{name}", args=[release.pk]) + query


def read(client: Client, address: str) -> str:
    """Return the text of a page, its white space made single."""
    return " ".join(client.get(address).content.decode().split())


def release_with(more: dict[str, bytes], **facts: object) -> Release:
    """Return a release of an archive that holds more files than it must."""
    release = shelf.judged(State.REJECTED, findings=0, **facts)
    Release.objects.filter(pk=release.pk).update(state=State.HELD)
    release.refresh_from_db()
    queue.archived(release, more, into=default_storage)
    return release


def test_files_are_listed_with_what_was_found_in_each(support: Client) -> None:
    text = read(support, page(queue.held().release, "files"))
    assert "README.md" in text
    assert '<strong class="mark mark--warning">5</strong>' in text


def test_findings_stand_at_their_lines(support: Client) -> None:
    text = read(support, page(queue.held().release, "file", "?path=content/SKILL.md"))
    line = text[text.index('<tr id="L10"') : text.index('<tr id="L11"')]
    assert '<mark class="viewer__hidden">\\u202e</mark>| sh' in line
    for rule in ("social-engineering/pipe-to-shell", "hidden-text/bidi", "link/raw-address"):
        assert rule in line
    assert "base64+rot13" in line
    assert "secret/named-value" not in line
    assert "\u202e" not in text


def test_a_link_to_a_finding_leads_to_its_line(support: Client) -> None:
    case = queue.held()
    text = read(support, f"/admin/releases/case/{case.pk}/change/")
    assert f'href="{page(case.release, "file")}?path=content%2FSKILL.md#L10"' in text


def test_no_page_of_staff_shows_a_planted_secret(support: Client) -> None:
    case = queue.held()
    files = {"content/notes.md": f"key: {_TOKEN}\n".encode()}
    before = ReleaseFactory.create(listing=case.release.listing, version="1.0.0")
    queue.archived(before, files, into=default_storage)
    addresses = [
        f"/admin/releases/case/{case.pk}/change/",
        page(case.release, "file", "?path=content/SKILL.md"),
        page(before, "file", "?path=content/notes.md"),
        page(case.release, "diff"),
        page(case.release, "files"),
    ]
    texts = [read(support, address) for address in addresses]
    assert sum("viewer__masked" in text and "characters)" in text for text in texts) == 3
    for text in texts:
        assert _SECRET not in text
        assert _TOKEN[4:] not in text


def test_texts_of_strangers_are_escaped(support: Client) -> None:
    release = release_with({"content/x.md": b"<script>alert(1)</script>\n"})
    text = read(support, page(release, "file", "?path=content/x.md"))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "<script>alert" not in text


def test_a_finding_far_down_is_reached(support: Client) -> None:
    lines = b"".join(b"line %d\n" % number for number in range(1, 12_001))
    release = release_with({"content/long.md": lines})
    FindingFactory.create(report=release.report, file="content/long.md", line=9_000)
    address = page(release, "decide")
    client, _ = at_work("moderator")
    assert f"{page(release, 'file')}?path=content%2Flong.md&amp;from=8800#L9000" in read(
        client, address
    )
    text = read(support, page(release, "file", "?path=content/long.md&from=8800"))
    assert "Lines 8,800 to 12,000 of 12,000." in text
    assert '<tr id="L9000" class="viewer__found">' in text
    assert "Lines above" in text
    assert "Lines below" not in text
    first = read(support, page(release, "file", "?path=content/long.md"))
    assert "from=5001" in first
    assert '<tr id="L9000"' not in first
    assert "secret/named-value" in first  # what was found in lines that are not shown


@pytest.mark.parametrize("start", ["0", "-1", "x", "99999999999999999999", "٣", ""])
def test_an_odd_first_line_is_the_first(support: Client, start: str) -> None:
    release = release_with({"content/x.md": b"one\n"})
    text = read(support, page(release, "file", f"?path=content/x.md&from={start}"))
    assert '<tr id="L1"' in text


def test_lines_behind_the_end_are_none(support: Client) -> None:
    release = release_with({"content/x.md": b"one\n"})
    text = read(support, page(release, "file", "?path=content/x.md&from=77"))
    assert "It has 1 lines; none of them is here." in text


def test_an_image_and_an_empty_file_are_said_to_be(support: Client) -> None:
    release = release_with({"content/dot.png": packages.PNG, "content/x.md": b""})
    image = read(support, page(release, "file", "?path=content/dot.png"))
    assert "Images are not shown here." in image
    assert "<img" not in image
    assert "The file is empty." in read(support, page(release, "file", "?path=content/x.md"))


@pytest.mark.parametrize("path", ["", "content/other.md", "../../etc/passwd", "content"])
def test_a_file_that_is_not_there_is_not_found(support: Client, path: str) -> None:
    answer = support.get(page(queue.held().release, "file", f"?path={path}"))
    assert answer.status_code == 404


def test_an_archive_that_is_gone_is_said_to_be(support: Client) -> None:
    answer = support.get(page(shelf.judged(State.HELD), "file", "?path=README.md"))
    assert answer.status_code == 503
    assert b"not where it was kept" in answer.content


def test_a_child_that_breaks_is_a_page_and_no_error(support: Client) -> None:
    release = release_with({"content/x.md": b"x\n" * 2_000_000})
    with children.killed(show.__name__):
        answer = support.get(page(release, "file", "?path=content/x.md"))
    assert answer.status_code == 503
    assert b"did not come to its end" in answer.content


def test_differences_to_the_accepted_version_before_are_shown(support: Client) -> None:
    listing = ListingFactory.create()
    for version, state in (("1.0.0", State.PUBLISHED), ("1.0.5", State.HELD)):
        queue.archived(
            ReleaseFactory.create(listing=listing, version=version, state=state),
            {"content/old.md": f"Of {version}.\n".encode()},
            into=default_storage,
        )
    release = queue.held(listing=listing).release
    text = read(support, page(release, "diff"))
    assert "from <strong>1.0.0</strong> (published) to <strong>1.1.0</strong> (held)" in text
    assert "2 files differ, 2 are the same." in text
    assert "content/SKILL.md</a> changed" in text
    assert "content/old.md</a> removed" in text
    assert "Of 1.0.0." in text


def test_the_version_before_is_the_highest_below_that_was_accepted() -> None:
    listing = ListingFactory.create()
    for version, state in (
        ("0.9.0", State.WITHDRAWN),
        ("1.9.0", State.PUBLISHED),
        ("1.10.0", State.SUSPENDED),
        ("1.11.0", State.HELD),
        ("2.0.1", State.PUBLISHED),
    ):
        shelf.judged(state, listing=listing, version=version)
    shelf.judged(State.PUBLISHED, version="1.99.0")
    release = shelf.judged(State.HELD, listing=listing, version="2.0.0")
    before = file_view.previous(release)
    assert before is not None
    assert before.version == "1.10.0"
    assert file_view.previous(Release.objects.get(version="0.9.0")) is None


def test_capabilities_that_came_and_went_are_told() -> None:
    listing = ListingFactory.create()
    before, after = (
        ReleaseFactory.create(listing=listing, version=version) for version in ("1.0.0", "1.1.0")
    )
    for release in (before, after):
        queue.archived(release, {}, into=default_storage)
    before.artifact.capabilities = {"hosts": ["a.example"], "tools": ["git"]}
    after.artifact.capabilities = {"hosts": ["b.example"], "tools": ["git"]}
    compared = file_view.compare(before, after)
    assert (compared.files, compared.unchanged) == ((), 3)
    (change,) = compared.capabilities
    assert (change.label, change.added, change.removed) == ("Hosts", ("b.example",), ("a.example",))


def test_a_first_version_has_nothing_before_it(support: Client) -> None:
    assert "no accepted version before" in read(support, page(queue.held().release, "diff"))


def test_who_is_no_staff_reads_nothing(client: Client, charlie: User) -> None:
    sign_in(client, charlie)
    release = queue.held().release
    for name in ("files", "file", "diff"):
        address = page(release, name, "?path=README.md")
        assert client.get(address, follow=True).status_code == 403


def test_staff_of_no_group_reads_nothing(client: Client, bob: User) -> None:
    bob.is_staff = True
    bob.save(update_fields=["is_staff"])
    sign_in(client, bob)
    release = queue.held().release
    for name in ("files", "file", "diff"):
        assert client.get(page(release, name, "?path=README.md")).status_code == 403


def test_pages_of_files_cost_the_same_however_many_there_are(support: Client) -> None:
    spent = []
    for number in (1, 60):
        more = {f"content/{each}.md": b"x\n" for each in range(number)}
        release = release_with(more)
        for name in more:
            FindingFactory.create(report=release.report, file=name)
        with CaptureQueriesContext(connection) as queries:
            support.get(page(release, "files"))
            support.get(page(release, "file", "?path=content/0.md"))
        spent.append(len(queries))
    assert spent[0] == spent[1]


def test_the_page_of_a_file_is_private_and_under_the_sites_policy(support: Client) -> None:
    answer = support.get(page(queue.held().release, "file", "?path=content/SKILL.md"))
    policy = answer["Content-Security-Policy"].split("; ")
    assert "default-src 'none'" in policy
    scripts = next(each for each in policy if each.startswith("script-src "))
    assert scripts.split()[1:] == settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]["script-src"]
    assert "no-store" in answer["Cache-Control"]
