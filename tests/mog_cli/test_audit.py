"""`mog audit`: what servers say of what is installed, and what mog believes of it."""

import json
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from mog_cli import lockfile, program
from mog_cli.lockfile import LockedPackage, Lockfile
from mog_package import PackageType, Target
from tests.mog_cli import snapshots
from tests.mog_cli.scripted_server import TOKEN, Answer, Behaviour, ScriptedServer, reset, serving

RunJson = Callable[..., tuple[int, dict[str, Any], str]]
AUDIT = "POST /v1/audit"
NAME = "acme/pdf-tools"
SHA256 = "a" * 64


def locked(*names: str, registry: str) -> dict[str, LockedPackage]:
    """Return packages as a lockfile has them."""
    return {
        name: LockedPackage(
            version="1.0.0",
            sha256=SHA256,
            type=PackageType.SKILL,
            targets={Target.GENERIC: f".agents/skills/{name.partition('/')[2]}/"},
            files={"SKILL.md": "b" * 64},
            registry=registry,
        )
        for name in names
    }


def write(project: Path, *packages: Mapping[str, LockedPackage]) -> None:
    """Write a lockfile."""
    together = {name: each for group in packages for name, each in group.items()}
    (project / "mog.lock.json").write_bytes(lockfile.render(Lockfile(together)))


def standing(name: str = NAME, **said: object) -> dict[str, object]:
    """Return what a server says of a package."""
    return {
        "name": name,
        "version": "1.0.0",
        "status": "ok",
        "reason": "",
        "sameArchive": True,
        "latestVersion": "1.0.0",
        "hasNewer": False,
        **said,
    }


def saying(server: ScriptedServer, **said: object) -> Behaviour:
    """Say the same of every package that is asked about."""

    def behave(handler: BaseHTTPRequestHandler) -> None:
        asked = json.loads(server.seen[-1].body)["packages"]
        Answer(200, {"items": [standing(each["name"], **said) for each in asked]})(handler)

    return behave


@pytest.fixture
def installed(server: ScriptedServer, environment: Path, project: Path) -> Path:
    """A project with one package; nobody is signed in."""
    write(project, locked(NAME, registry=server.origin))
    return project


def test_what_stands_well_is_fine(
    server: ScriptedServer, installed: Path, run_json: RunJson
) -> None:
    server.on(AUDIT, saying(server))
    before = snapshots.of(installed)
    exit_code, document, _ = run_json("audit")
    assert (exit_code, document["data"]["packages"]) == (
        0,
        [{**standing(), "registry": server.origin}],
    )
    assert snapshots.of(installed) == before


def test_the_server_is_told_what_the_lockfile_says_and_no_more(
    server: ScriptedServer, installed: Path, run_json: RunJson
) -> None:
    server.on(AUDIT, saying(server))
    run_json("audit")
    (asked,) = server.seen
    package = {"name": NAME, "version": "1.0.0", "sha256": SHA256}
    assert json.loads(asked.body) == {"packages": [package]}
    assert "Authorization" not in asked.headers


def test_who_is_signed_in_asks_as_oneself(
    server: ScriptedServer, installed: Path, run_json: RunJson, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOG_TOKEN", TOKEN)
    server.on(AUDIT, saying(server))
    assert run_json("audit")[0] == 0
    assert server.seen[0].headers["Authorization"] == f"Bearer {TOKEN}"


@pytest.mark.parametrize("status", ["revoked", "suspended", "mismatch"])
def test_what_should_not_be_used_is_an_error(
    status: str, server: ScriptedServer, installed: Path, run_json: RunJson
) -> None:
    server.on(AUDIT, saying(server, status=status, reason="Steals tokens."))
    exit_code, document, _ = run_json("audit")
    assert (exit_code, document["code"]) == (1, "audit_failed")
    (told,) = document["details"]["packages"]
    assert (told["name"], told["status"], told["reason"]) == (NAME, status, "Steals tokens.")
    assert f"{NAME} ({status})" in document["error"]
    assert f"mog uninstall {NAME}" in document["error"]


@pytest.mark.parametrize("status", ["withdrawn", "flagged", "ok", "unknown"])
def test_what_may_still_be_used_is_said_and_no_error(
    status: str, server: ScriptedServer, installed: Path, run_json: RunJson
) -> None:
    server.on(AUDIT, saying(server, status=status, hasNewer=True, latestVersion="1.1.0"))
    exit_code, document, _ = run_json("audit")
    (told,) = document["data"]["packages"]
    assert (exit_code, told["status"], told["latestVersion"]) == (0, status, "1.1.0")


def test_people_read_a_table(
    server: ScriptedServer, installed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(installed, locked("acme/a", "acme/longer", NAME, registry=server.origin))
    answers = [
        standing("acme/a", hasNewer=True, latestVersion="1.10.0"),
        standing("acme/longer", status="withdrawn", reason="Too slow.", latestVersion="0.9.0"),
        standing(NAME, status="unknown", sameArchive=None, latestVersion=None),
    ]
    server.on(AUDIT, Answer(200, {"items": answers}))
    assert program.run(["audit"]) == 0
    assert capsys.readouterr().out == (
        "Package         Version  Status     Note\n"
        "acme/a          1.0.0    ok         newer: 1.10.0\n"
        "acme/longer     1.0.0    withdrawn  taken back by its seller: Too slow.; latest: 0.9.0\n"
        "acme/pdf-tools  1.0.0    unknown    not known there, or not yours to see\n"
        "Nothing to take out: 3 packages asked about.\n"
    )


def test_people_are_told_what_to_take_out(
    server: ScriptedServer, installed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server.on(AUDIT, saying(server, status="revoked"))
    assert program.run(["audit"]) == 1
    said = capsys.readouterr().err
    assert "acme/pdf-tools  1.0.0    revoked  taken out for good\n" in said
    assert said.endswith(
        f"mog: Do not use {NAME} (revoked).\nTake out what you can: mog uninstall {NAME}\n"
    )


def test_a_reason_keeps_to_its_line_and_ends(
    server: ScriptedServer, installed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nasty = "a\nacme/b  1.0.0  ok\x1b[2J\u202e" + "x" * 5000
    server.on(AUDIT, saying(server, status="withdrawn", reason=nasty))
    assert program.run(["audit"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert "a\\nacme/b  1.0.0  ok\\x1b[2J\\u202e" in lines[1]
    assert len(lines[1]) < 700


def test_nothing_installed_is_asked_of_nobody(
    server: ScriptedServer, environment: Path, project: Path, run_json: RunJson
) -> None:
    exit_code, document, _ = run_json("audit")
    assert (exit_code, document["data"]) == (0, {"packages": []})
    assert server.seen == []


def test_a_long_lockfile_is_asked_about_in_pieces(
    server: ScriptedServer, installed: Path, run_json: RunJson
) -> None:
    names = [f"acme/p{number:04}" for number in range(501)]
    write(installed, locked(*names, registry=server.origin))
    server.on(AUDIT, saying(server))
    _, document, _ = run_json("audit")
    assert [each["name"] for each in document["data"]["packages"]] == names
    assert [len(json.loads(seen.body)["packages"]) for seen in server.seen] == [500, 1]


def test_each_server_is_asked_about_its_own_and_shown_its_own_token(
    server: ScriptedServer, installed: Path, run_json: RunJson, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOG_TOKEN", TOKEN)
    server.on(AUDIT, saying(server))
    with serving() as other:
        other.on(AUDIT, saying(other))
        write(
            installed,
            locked(NAME, registry=server.origin),
            locked("acme/a", registry=other.origin),
        )
        exit_code, document, _ = run_json("audit")
    found = {each["name"]: each["registry"] for each in document["data"]["packages"]}
    assert (exit_code, found) == (0, {"acme/a": other.origin, NAME: server.origin})
    for asked, name in ((server, NAME), (other, "acme/a")):
        (seen,) = asked.seen
        assert [each["name"] for each in json.loads(seen.body)["packages"]] == [name]
    assert "Authorization" not in other.seen[0].headers


def test_a_recall_is_told_although_another_server_is_away(
    server: ScriptedServer, installed: Path, run_json: RunJson
) -> None:
    server.on(AUDIT, saying(server, status="revoked"))
    with serving() as other:
        other.on(AUDIT, Answer(500, {"code": "internal_error", "message": "It broke."}))
        write(
            installed,
            locked("acme/a", registry=other.origin),
            locked(NAME, registry=server.origin),
        )
        exit_code, document, said = run_json("audit")
    assert (exit_code, document["code"]) == (1, "audit_failed")
    assert "warning: It broke." in said


@pytest.mark.parametrize(
    ("behaviour", "code"),
    [
        (Answer(500, {"code": "internal_error", "message": "It broke."}), "internal_error"),
        (Answer(401, {"code": "invalid_token", "message": "No."}), "invalid_token"),
        (Answer(404, {"code": "not_found", "message": "No."}), "not_found"),
        (reset, "connection_lost"),
        (Answer(200, b"<html>", {"Content-Type": "text/html"}), "unexpected_answer"),
    ],
)
def test_no_answer_is_no_good_news(
    behaviour: Behaviour,
    code: str,
    server: ScriptedServer,
    installed: Path,
    run_json: RunJson,
) -> None:
    with serving() as other:
        other.on(AUDIT, saying(other))
        server.on(AUDIT, behaviour)
        write(
            installed,
            locked("acme/a", registry=other.origin),
            locked(NAME, registry=server.origin),
        )
        exit_code, document, _ = run_json("audit")
    assert (exit_code, document["code"]) == (1, code)


@pytest.mark.parametrize(
    "items",
    [
        None,
        [],
        ["ok"],
        [standing("acme/other")],
        [standing(version="2.0.0")],
        [standing(), standing("acme/other")],
        [standing(status="fine")],
        [standing(status=1)],
        [standing(reason=["x"])],
        [standing(latestVersion="\x1b[2J")],
        [standing(hasNewer="no")],
        [standing(sameArchive="yes")],
    ],
)
def test_a_strange_answer_is_told(
    items: object, server: ScriptedServer, installed: Path, run_json: RunJson
) -> None:
    server.on(AUDIT, Answer(200, {"items": items}))
    exit_code, document, _ = run_json("audit")
    assert (exit_code, document["code"]) == (1, "unexpected_answer")


@pytest.mark.parametrize("registry", ["http://mog.example", "https://mog.example/v1", "https://:x"])
def test_a_server_that_mog_would_not_talk_to_is_not_asked(
    registry: str, server: ScriptedServer, installed: Path, run_json: RunJson
) -> None:
    write(
        installed,
        locked(NAME, registry=server.origin),
        locked("acme/a", registry=registry),
    )
    exit_code, document, _ = run_json("audit")
    assert (exit_code, document["code"]) == (1, "lockfile_invalid")
    assert registry in document["error"]
    assert server.seen == []


def test_what_an_interrupted_change_has_left_is_not_asked_about(
    server: ScriptedServer, installed: Path, run_json: RunJson
) -> None:
    (installed / ".mog").mkdir()
    (installed / ".mog" / "journal.json").write_text("{}")
    assert run_json("audit")[1]["code"] == "recovery_pending"
    assert server.seen == []
