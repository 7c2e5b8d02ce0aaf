"""Uploads in, verdicts out: through both children, into the database."""

import hashlib
import io
import os
import signal
import zipfile
from collections import Counter
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

import pytest
from pytest_django import Settings

from mog_package import PackageType, open_archive, validate, write_canonical
from scanning import engine, ruleset
from scanning.child import judge, repack, tally
from scanning.engine import Examined
from scanning.errors import Reason, ScanInconclusive
from scanning.models import Finding, Report
from scanning.rules import packs
from scanning.verdicts import Effect, Verdict, effect_of
from tests.mog_package import packages
from tests.mog_package.hostile_archives import lines
from tests.scanning import children, rulebooks
from tests.scanning.conftest import Upload
from tests.scanning.templates import drawn, filled

pytestmark = [pytest.mark.django_db, pytest.mark.processes]


def examined(path: Path, now: datetime) -> Examined:
    with engine.examine(path, now=now) as result:
        return result


def rules(result: Examined) -> list[tuple[str, str]]:
    return [(finding.rule, finding.file) for finding in result.findings]


def test_a_harmless_package_passes(upload: Upload, now: datetime) -> None:
    result = examined(upload(packages.complete()), now)
    assert result.verdict is Verdict.PASSED
    assert result.findings == ()
    assert result.report.created_at == now


def test_the_canonical_archive_is_hashed_by_the_parent(upload: Upload, now: datetime) -> None:
    path = upload(packages.files())
    with engine.examine(path, now=now) as result:
        assert result.canonical
        data = result.canonical.path.read_bytes()
        assert result.canonical.sha256 == hashlib.sha256(data).hexdigest() == result.report.sha256
        assert result.canonical.size_bytes == len(data)
    assert result.upload_sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert not result.canonical.path.exists()


def test_two_zips_of_one_tree_share_a_report(upload: Upload, tmp_path: Path, now: datetime) -> None:
    first = examined(upload(packages.files()), now)
    other = tmp_path / "other.zip"
    with zipfile.ZipFile(other, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in packages.files().items():
            archive.writestr(f"top/{path}", data)
    second = examined(other, now)
    assert first.upload_sha256 != second.upload_sha256
    assert first.report == second.report


def test_it_tells_what_the_package_says_of_itself(upload: Upload, now: datetime) -> None:
    canonical = examined(upload(packages.files(PackageType.MCP)), now).canonical
    assert canonical
    assert canonical.manifest["name"] == "acme/pdf-tools"
    assert canonical.manifest["server"]["command"] == "python3"
    assert canonical.manifest["runsCode"] is True
    assert canonical.readme == "# PDF tools\n"
    readme = canonical.files[0]
    assert (readme.path, readme.size_bytes) == ("README.md", 12)
    assert readme.sha256 == hashlib.sha256(b"# PDF tools\n").hexdigest()


def test_it_derives_capabilities(upload: Upload, now: datetime) -> None:
    server = (
        "server:\n  transport: http\n  url: https://mcp.acme.example/v1\n"
        "  env:\n    - {name: ACME_KEY, secret: true}\nrequires:\n  tools: [git]\n"
    )
    result = examined(upload(packages.files(PackageType.MCP, more=server)), now)
    assert result.report.capabilities == {
        "hosts": ["mcp.acme.example"],
        "envNames": ["ACME_KEY"],
        "binaries": [],
        "tools": ["git"],
        "filePaths": [],
        "scriptLanguages": ["Python"],
        "fileExtensions": [".md", ".py", ".yaml"],
        "executable": True,
        "undeclared": [],
    }


def test_its_quality_is_recorded_with_reasons(upload: Upload, now: datetime) -> None:
    assert examined(upload(packages.complete()), now).report.quality == {
        "score": 100,
        "reasons": [],
    }
    # Another package, of the same name: without keywords.
    files = packages.complete()
    files["mog.yaml"] = files["mog.yaml"].replace(b"keywords: [pdf]\n", b"")
    assert examined(upload(files), now).report.quality == {
        "score": 98,
        "reasons": [{"points": -2, "says": "There are no keywords."}],
    }


def test_what_is_no_package_has_no_quality(upload: Upload, now: datetime) -> None:
    assert examined(upload(b"no zip"), now).report.quality == {}


def test_a_long_readme_is_cut(upload: Upload, now: datetime) -> None:
    files = packages.files() | {"README.md": b"x" + "é".encode() * 200_000}
    canonical = examined(upload(files), now).canonical
    assert canonical
    assert canonical.readme == "x" + "é" * (128 * 1024 - 1)


def test_a_secret_fails_and_is_not_kept(upload: Upload, now: datetime) -> None:
    token = filled("ghp_{checked*30}").encode()
    files = packages.complete() | {"content/notes.md": b"# Notes\n\n" + token + b"\n"}
    result = examined(upload(files), now)
    assert result.verdict is Verdict.FAILED
    assert rules(result) == [("secret/github-token", "content/notes.md")]
    finding = result.findings[0]
    assert finding.line == 3
    assert token.decode() not in str(Finding.objects.values())
    assert finding.match_hmac not in ("", hashlib.sha256(token).hexdigest())


def test_a_doubtful_secret_asks_a_person(upload: Upload, now: datetime) -> None:
    line = b"password = '" + drawn(20) + b"'\n"
    result = examined(upload(packages.complete() | {"content/notes.md": line}), now)
    assert result.verdict is Verdict.FLAGGED
    assert rules(result) == [("secret/named-value", "content/notes.md")]


def test_a_block_does_not_hide_behind_hundreds_of_doubts(upload: Upload, now: datetime) -> None:
    doubts = {
        f"content/a{number}.md": b"".join(b"token = " + drawn(20) + b"\n" for _ in range(20))
        for number in range(30)
    }
    last = {"content/z.md": filled("npm_{checked*30}").encode()}
    result = examined(upload(packages.complete() | doubts | last), now)
    assert result.verdict is Verdict.FAILED
    assert Counter(rule for rule, _ in rules(result)) == {
        "secret/npm-token": 1,
        "secret/named-value": tally.HITS_OF_A_RULE,
        "quality/crowded-package": 1,
    }


def test_what_is_told_of_a_crowd_shows_no_secret_that_nobody_looked_for(
    upload: Upload, now: datetime
) -> None:
    doubts = {f"content/{n:03}.md": b"token = " + drawn(20) + b"\n" for n in range(150)}
    seen = filled("npm_{checked*30}").encode() + b" beside token = " + (unseen := drawn(20))
    result = examined(upload(packages.complete() | doubts | {"content/z.md": seen}), now)
    assert result.verdict is Verdict.FAILED
    assert unseen.decode() not in str(Finding.objects.values())


def test_a_doubt_does_not_hide_behind_hundreds_of_another(upload: Upload, now: datetime) -> None:
    one, other = _suspicions()
    crowd = {f"content/{n:03}.md": one for n in range(judge.HITS + 10)}
    assert examined(upload(packages.complete() | crowd), now).verdict is Verdict.PASSED
    crowd |= {"content/z.md": other}
    assert examined(upload(packages.complete() | crowd), now).verdict is Verdict.FLAGGED


def _suspicions() -> list[bytes]:
    """Return texts that two rules suspect, one each, and that no other rule minds."""
    graded = ruleset.load("").rules
    samples = (
        (each.rule.id, filled(each.positive[0]).encode())
        for each in packs.load(ruleset.OPEN_RULES)
        if effect_of(graded[each.rule.id]) is Effect.SUSPICION
    )
    alone = (text for rule, text in samples if rulebooks.met("content/a.md", text) == {rule})
    return list(islice(alone, 2))


def test_an_unknown_key_of_a_skill_is_noted(upload: Upload, now: datetime) -> None:
    complete = packages.complete()
    skill = complete["content/SKILL.md"].replace(b"---\n\n", b"colour: red\n---\n\n")
    result = examined(upload(complete | {"content/SKILL.md": skill}), now)
    assert result.verdict is Verdict.PASSED
    assert rules(result) == [("skill/unknown-key", "content/SKILL.md")]


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"content/tool.exe": b"MZ"}, "file-type/file-type"),
        ({"content/a.png": b"no picture"}, "file-type/type-and-bytes"),
        ({"mog.yaml": b"name: 1\n"}, "manifest/wrong-type"),
        ({"content/SKILL.md": b"# Nothing\n"}, "skill/skill-front-matter"),
        ({"content/SKILL.md": b"---\nname: &a pdf-tools\n---\n"}, "skill/yaml-alias"),
    ],
)
def test_an_invalid_package_fails_for_its_rule(
    upload: Upload, now: datetime, change: dict[str, bytes], rule: str
) -> None:
    result = examined(upload(packages.files() | change), now)
    assert result.verdict is Verdict.FAILED
    assert rule in {finding.rule for finding in result.findings}
    assert result.canonical is None
    assert result.report.sha256 == result.upload_sha256


def test_a_report_is_used_again(upload: Upload, now: datetime) -> None:
    path = upload(packages.files())
    first = examined(path, now)
    second = examined(path, now + timedelta(days=1))
    assert second.report == first.report
    assert second.canonical
    assert Report.objects.count() == 1


def test_a_report_of_an_invalid_package_is_used_again(upload: Upload, now: datetime) -> None:
    path = upload(b"no zip")
    assert examined(path, now).report == examined(path, now).report
    assert Finding.objects.count() == 1


def test_two_readings_that_differ_conclude_nothing(upload: Upload, now: datetime) -> None:
    path = upload(packages.files())
    package = validate(open_archive(packages.zipped(packages.files())))
    sha256 = write_canonical(package, io.BytesIO()).sha256
    Report.objects.create(
        sha256=sha256,
        ruleset=ruleset.current().version,
        verdict=Verdict.PASSED,
        facts_sha256="0" * 64,
        duration_ms=1,
    )
    with pytest.raises(ScanInconclusive) as raised:
        examined(path, now)
    assert raised.value.reason is Reason.DISAGREEMENT


@pytest.mark.parametrize("program", [repack.__name__, judge.__name__])
def test_a_killed_child_concludes_nothing(upload: Upload, now: datetime, program: str) -> None:
    # Large enough that there is time to kill either child.
    path = upload(packages.files() | {"content/large.md": lines(4_000_000)})
    with children.killed(program) as victims, pytest.raises(ScanInconclusive) as raised:
        examined(path, now)
    assert victims
    assert raised.value.reason is Reason.CRASHED
    assert f"status -{int(signal.SIGKILL)}" in raised.value.detail
    assert Report.objects.count() == 0
    assert examined(path, now).verdict is Verdict.PASSED


def test_a_scan_that_takes_too_long_concludes_nothing(
    upload: Upload, now: datetime, settings: Settings
) -> None:
    settings.SCAN_WALL_CLOCK = timedelta(milliseconds=1)
    with pytest.raises(ScanInconclusive) as raised:
        examined(upload(packages.files()), now)
    assert raised.value.reason in {Reason.TIMED_OUT, Reason.STARVED}
    assert Report.objects.count() == 0


def test_a_scan_without_memory_concludes_nothing(
    upload: Upload, now: datetime, settings: Settings
) -> None:
    settings.SCAN_MEMORY_BYTES = 40 * 1024 * 1024
    files = packages.files() | {"content/large.md": b"words " * 1_500_000}
    with pytest.raises(ScanInconclusive) as raised:
        examined(upload(files), now)
    assert raised.value.reason is Reason.OUT_OF_MEMORY
    assert Report.objects.count() == 0


def test_the_upload_is_left_as_it_was(upload: Upload, now: datetime) -> None:
    path = upload(packages.files())
    before = (path.read_bytes(), path.stat().st_mode, os.stat(path).st_uid)
    examined(path, now)
    assert (path.read_bytes(), path.stat().st_mode, os.stat(path).st_uid) == before
