"""What stops an installation, be it hostile, forbidden or full: nothing is written."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mog_cli import unpacking
from mog_cli.errors import PathTraversal
from mog_package import PackageFile, validate
from tests.mog_cli import snapshots
from tests.mog_cli.conftest import mog_command, mog_environment
from tests.mog_cli.marketplace import Marketplace, files_of
from tests.mog_cli.scripted_server import Answer
from tests.mog_package import packages
from tests.mog_package.forger import Forger
from tests.mog_package.packages import MemoryTree

RunJson = Callable[..., tuple[int, dict[str, Any], str]]
CLAUDE = "targets: [claude-code]\n"
BOUGHT = {"entitlementId": "ent_1", "listing": "acme/pdf-tools", "priceCents": 0}
ESCAPES = [
    "../evil.md",
    "content/../../evil.md",
    "/etc/evil.md",
    "C:/evil.md",
    "..\\evil.md",
    "content/a\\b.md",
]


def _hostile(entry: str) -> bytes:
    forger = Forger()
    for path, data in files_of().items():
        forger.add(path, data)
    return forger.add(entry, b"evil\n").bytes()


@pytest.mark.parametrize("entry", ESCAPES)
def test_an_entry_that_leads_out_is_named(
    entry: str, market: Marketplace, project: Path, run_json: RunJson
) -> None:
    market.put_archive(_hostile(entry))
    everything = snapshots.of(project.parent)
    exit_code, document, _ = run_json("install", "acme/pdf-tools", "--yes")
    assert exit_code == 1
    assert document["code"] == "path_traversal"
    assert document["error"] == f"Path traversal detected: {entry}"
    assert snapshots.of(project) == {}
    assert snapshots.of(project.parent).keys() - everything.keys() <= {
        "project/.mog/.gitignore",
        "project/.mog/lock",
    }


@pytest.mark.parametrize("entry", [*ESCAPES, "content/", "content//etc/evil.md"])
def test_the_installer_does_not_lean_on_the_reader(entry: str, tmp_path: Path) -> None:
    package = validate(MemoryTree(files_of()))
    lax = type(package)(
        package.manifest,
        (*package.files, PackageFile(entry, 5, "0" * 64)),
        (),
        MemoryTree({**files_of(), entry: b"evil\n"}),
    )
    folder = tmp_path / "base"
    folder.mkdir()
    with pytest.raises(PathTraversal) as refusal:
        unpacking.unpack(lax, folder)
    assert refusal.value.message == f"Path traversal detected: {entry}"
    assert snapshots.of(tmp_path) == {}


@pytest.mark.parametrize("link", [".claude", ".claude/skills", ".claude/skills/pdf-tools"])
def test_a_link_in_the_way_leads_nobody_out(
    link: str, market: Marketplace, project: Path, tmp_path: Path, run_json: RunJson
) -> None:
    market.put(more=CLAUDE)
    outside = tmp_path / "outside"
    (outside / "skills" / "pdf-tools").mkdir(parents=True)
    (project / ".claude").rmdir()
    (project / link).parent.mkdir(parents=True, exist_ok=True)
    (project / link).symlink_to(outside, target_is_directory=True)
    exit_code, document, _ = run_json("install", "acme/pdf-tools", "--yes")
    assert exit_code == 1
    assert document["code"] in {"path_traversal", "already_exists"}
    assert snapshots.of(outside) == {}
    assert not (project / "mog.lock.json").exists()


@pytest.mark.parametrize("closed", [".git", ".github/workflows", ".mog/tmp"])
def test_a_link_to_hooks_or_workflows_is_not_followed(
    closed: str, market: Marketplace, project: Path, run_json: RunJson
) -> None:
    market.put(more=CLAUDE)
    (project / closed).mkdir(parents=True)
    (project / ".claude" / "skills").symlink_to(project / closed, target_is_directory=True)
    exit_code, document, _ = run_json("install", "acme/pdf-tools", "--yes")
    assert (exit_code, document["code"]) == (1, "path_traversal")
    assert document["error"] == "Path traversal detected: .claude/skills/pdf-tools"
    assert list((project / closed).iterdir()) == []


def test_two_clients_may_share_a_folder_through_a_link(
    market: Marketplace, project: Path, run_json: RunJson
) -> None:
    market.put(more="targets: [claude-code, generic]\n")
    (project / ".agents" / "skills").mkdir(parents=True)
    (project / ".claude" / "skills").symlink_to("../.agents/skills", target_is_directory=True)
    arguments = ("install", "acme/pdf-tools", "--target", "claude-code", "--target", "generic")
    exit_code, document, _ = run_json(*arguments)
    assert exit_code == 0, document
    assert run_json("verify")[0] == 0
    assert run_json(*arguments, "--yes")[0] == 0
    assert run_json("uninstall", "acme/pdf-tools")[0] == 0
    assert list((project / ".agents").rglob("*.md")) == []


def test_an_archive_that_breaks_a_rule_is_refused(
    market: Marketplace, project: Path, run_json: RunJson
) -> None:
    market.put_archive(packages.zipped({**files_of(), "content/run.exe": b"MZ"}).getvalue())
    exit_code, document, _ = run_json("install", "acme/pdf-tools")
    assert (exit_code, document["code"]) == (1, "package_invalid")
    assert snapshots.of(project) == {}


@pytest.mark.parametrize(("price", "exit_code"), [(0, 0), (490, 2)])
def test_what_is_free_is_bought_and_what_is_not_is_asked_about(
    price: int, exit_code: int, market: Marketplace, project: Path, run_json: RunJson
) -> None:
    link = market.put().link
    details = {
        "listing": "acme/pdf-tools",
        "priceCents": price,
        "purchaseUrl": "https://mog.md/acme/pdf-tools",
    }
    refusal = {"code": "entitlement_required", "message": "Buy it.", "details": details}
    market.server.on("POST /v1/downloads", Answer(402, refusal), Answer(200, link))
    market.server.on("POST /v1/purchases", Answer(503), Answer(201, BOUGHT))
    found, document, _ = run_json("install", "acme/pdf-tools")
    assert found == exit_code, document
    bought = market.server.requests_to("/v1/purchases")
    if exit_code:
        assert document["code"] == "purchase_required"
        assert document["approvalUrl"] == "https://mog.md/acme/pdf-tools"
        assert "4.90 USD" in document["error"]
        assert bought == []
    else:
        keys = {seen.headers["Idempotency-Key"] for seen in bought}
        assert (len(bought), len(keys)) == (2, 1)


def test_auto_buy_buys_and_tells_what_the_server_says(
    market: Marketplace, project: Path, run_json: RunJson
) -> None:
    refusal = {"code": "entitlement_required", "message": "x", "details": {"priceCents": 490}}
    market.server.on("POST /v1/downloads", Answer(402, refusal))
    unavailable = {"code": "payment_unavailable", "message": "Not yet."}
    market.server.on("POST /v1/purchases", Answer(422, unavailable))
    assert run_json("install", "acme/pdf-tools", "--auto-buy")[1]["code"] == "payment_unavailable"


def _stopped_by_policy(**more: str) -> Answer:
    details = {
        "listing": "acme/pdf-tools",
        "version": "1.0.0",
        "reasons": ["release_too_young", "runs_code"],
    }
    return Answer(
        403, {"code": "policy_blocked", "message": "Change it.", "details": details | more}
    )


def test_a_version_that_a_policy_stops_is_named_with_who_can_change_it(
    market: Marketplace, project: Path, run_json: RunJson
) -> None:
    market.put()
    url = "https://mog.md/settings/policies/pol_1"
    told = _stopped_by_policy(policyUrl=url, oldEnoughAt="2026-06-03T12:00:00+00:00")
    market.server.on("POST /v1/downloads", told)
    exit_code, document, _ = run_json("install", "acme/pdf-tools")
    assert (exit_code, document["code"]) == (2, "policy_blocked")
    assert "1.0.0: it was published too recently; it runs code." in document["error"]
    assert "It is old enough from 2026-06-03T12:00:00+00:00 on." in document["error"]
    assert document["approvalUrl"] == url
    assert snapshots.of(project) == {}


def test_what_nobody_is_asked_about_is_an_error(
    market: Marketplace, project: Path, run_json: RunJson
) -> None:
    market.put()
    market.server.on("POST /v1/downloads", _stopped_by_policy())
    exit_code, document, _ = run_json("install", "acme/pdf-tools")
    assert (exit_code, document["code"]) == (1, "policy_blocked")
    assert "approvalUrl" not in document
    assert snapshots.of(project) == {}


def test_a_lockfile_that_cannot_be_written_leaves_the_version_before(
    market: Marketplace, project: Path, run_json: RunJson
) -> None:
    market.put(more=CLAUDE)
    run_json("install", "acme/pdf-tools")
    before = snapshots.of(project)
    market.put(version="2.0.0", more=CLAUDE, content={"content/big.md": b"x" * 1000})
    done = subprocess.run(
        [*mog_command()[:1], "-c", _FAILING_RENAME],
        env=mog_environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "mog.lock.json cannot be written" in done.stderr
    assert "Nothing was changed." in done.stderr
    assert snapshots.of(project) == before
    assert snapshots.leftovers(project) == []


# The operating system refuses the rename onto the lockfile, as a full or failing disk would.
_FAILING_RENAME = """
import errno, os, sys
from mog_cli import program

def refuse(event, arguments):
    if event == "os.rename" and str(arguments[1]).endswith("mog.lock.json"):
        raise OSError(errno.EIO, os.strerror(errno.EIO), str(arguments[1]))

sys.addaudithook(refuse)
sys.exit(program.run(["install", "acme/pdf-tools"]))
"""


@pytest.mark.parametrize("entitlement_id", ["e" * 3_000_000, "\ud800"])
def test_what_the_lockfile_could_not_say_again_is_refused(
    entitlement_id: str, market: Marketplace, project: Path, run_json: RunJson
) -> None:
    market.put(more=CLAUDE, entitlementId=entitlement_id)
    exit_code, document, _ = run_json("install", "acme/pdf-tools")
    assert (exit_code, document["code"]) == (1, "unexpected_answer")
    assert "cannot stand in mog.lock.json" in document["error"]
    assert snapshots.of(project) == {}


def test_a_package_that_is_not_found_is_named(
    market: Marketplace, project: Path, run_json: RunJson
) -> None:
    market.put()
    _, document, _ = run_json("install", "acme/pdf-tools", "typo/name@1.0.0")
    assert document["code"] == "not_found"
    assert "There is no typo/name 1.0.0, or you may not see it." in document["error"]


def test_a_price_below_zero_is_refused(
    market: Marketplace, project: Path, run_json: RunJson
) -> None:
    refusal = {"code": "entitlement_required", "message": "x", "details": {"priceCents": -500}}
    market.server.on("POST /v1/downloads", Answer(402, refusal))
    assert run_json("install", "acme/pdf-tools", "--auto-buy")[1]["code"] == "unexpected_answer"


def test_a_lockfile_that_is_a_folder_leaves_nothing(
    market: Marketplace, project: Path, run_json: RunJson
) -> None:
    market.put(more=CLAUDE)
    (project / "mog.lock.json").mkdir()
    exit_code, document, _ = run_json("install", "acme/pdf-tools")
    assert (exit_code, document["code"]) == (1, "lockfile_invalid")
    assert snapshots.of(project) == {}


def test_a_full_disk_leaves_nothing(market: Marketplace, project: Path, run_json: RunJson) -> None:
    market.put(more=CLAUDE, content={"content/big.md": b"x" * 100_000})
    text = (
        "import resource, signal, sys; from mog_cli import program\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))\n"
        "sys.exit(program.run(['install', 'acme/pdf-tools']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", text],
        env=mog_environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "cannot be written: File too large." in done.stderr
    assert snapshots.of(project) == {}
    assert snapshots.leftovers(project) == []


def test_installs_at_once_take_turns(market: Marketplace, project: Path, run_json: RunJson) -> None:
    names = [f"acme/tool-{number}" for number in range(4)]
    for name in names:
        market.put(name, more=CLAUDE)
    running = [
        subprocess.Popen(
            mog_command("install", name), env=mog_environment(), stderr=subprocess.PIPE
        )
        for name in names
    ]
    said = [process.communicate(timeout=60)[1] for process in running]
    assert [process.returncode for process in running] == [0, 0, 0, 0], said
    _, document, _ = run_json("list")
    assert [package["name"] for package in document["data"]["packages"]] == names
    assert run_json("verify")[0] == 0
    assert os.listdir(project / ".mog" / "tmp") == []
