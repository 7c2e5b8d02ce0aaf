"""`mog publish`: what is sent, and how the marketplace's decision is told."""

import email
import email.policy
import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mog_cli import program
from mog_cli.answer_fields import required
from mog_cli.client import Client
from mog_cli.connection import Call, Connection
from mog_cli.errors import ApiError, ReleaseUndecided
from mog_cli.output import Console
from mog_cli.patience import Patience
from mog_cli.release_answers import Release
from mog_cli.release_watch import Watch
from mog_package import open_archive, sha256_of_bytes, validate
from tests.mog_cli.marketplace import canonical
from tests.mog_cli.scripted_server import TOKEN, Answer, ScriptedServer
from tests.mog_package import packages

RunJson = Callable[..., tuple[int, dict[str, Any], str]]
PATH = "/v1/vendor/releases"
MISSING_SCOPE = Answer(
    403, {"code": "missing_scope", "message": "`details.scope`", "details": {"scope": "sell"}}
)
FINDING = {
    "ruleId": "hidden-text",
    "category": "prompt",
    "severity": "high",
    "file": "content/SKILL.md",
    "line": 3,
    "advice": "Say it openly.",
}


def release(state: str, *, final: bool = True, findings: object = ()) -> dict[str, Any]:
    """Return the server's answer about an upload."""
    return {
        "id": "rel_1",
        "name": "acme/pdf-tools",
        "version": "1.0.0",
        "state": state,
        "isFinal": final,
        "publish": False,
        "uploadSha256": "a" * 64,
        "sha256": None,
        "sizeBytes": 1,
        "createdAt": "2026-06-01T12:00:00Z",
        "findings": list(findings) if isinstance(findings, list | tuple) else [],
        "url": "https://mog.md/r/1",
    }


@pytest.fixture
def folder(
    tmp_path: Path, environment: Path, monkeypatch: pytest.MonkeyPatch, server: ScriptedServer
) -> Path:
    """A package, somebody signed in, and a marketplace that takes uploads."""
    monkeypatch.setenv("MOG_TOKEN", TOKEN)
    monkeypatch.chdir(tmp_path)
    headers = {"Location": f"{PATH}/rel_1", "Retry-After": "0"}
    server.on(f"POST {PATH}", Answer(202, release("uploaded", final=False), headers))
    return packages.write(tmp_path / "pdf", packages.files())


def _parts(server: ScriptedServer) -> list[tuple[str, bytes]]:
    """Return the fields of the form that was sent, in order."""
    (seen,) = server.requests_to(PATH)
    head = f"Content-Type: {seen.headers['Content-Type']}\r\n\r\n".encode()
    form = email.message_from_bytes(head + seen.body, policy=email.policy.HTTP)
    return [
        (
            str(part.get_param("name", header="content-disposition")),
            bytes(part.get_payload(decode=True)),
        )
        for part in form.walk()
        if not part.is_multipart()
    ]


def test_the_canonical_archive_is_sent_last(
    folder: Path, server: ScriptedServer, run_json: RunJson
) -> None:
    exit_code, document, _ = run_json("publish", "pdf")
    assert exit_code == 0, document
    assert document["data"]["state"] == "uploaded"
    parts = _parts(server)
    assert parts[:3] == [("name", b"acme/pdf-tools"), ("version", b"1.0.0"), ("publish", b"false")]
    assert parts[3] == ("archive", canonical(packages.files()))
    headers = server.requests_to(PATH)[0].headers
    assert headers["Authorization"] == f"Bearer {TOKEN}"
    assert int(headers["Content-Length"]) == len(server.requests_to(PATH)[0].body)


def test_publishing_can_be_asked_for_at_once(
    folder: Path, server: ScriptedServer, run_json: RunJson
) -> None:
    run_json("publish", "pdf", "--publish")
    assert ("publish", b"true") in _parts(server)


def test_a_zip_is_sent_as_it_is(
    folder: Path, server: ScriptedServer, run_json: RunJson, tmp_path: Path
) -> None:
    content = packages.zipped(packages.files(), top="pdf/").getvalue()
    (tmp_path / "mine.zip").write_bytes(content)
    assert run_json("publish", "mine.zip")[0] == 0
    assert _parts(server)[3] == ("archive", content)


def test_what_is_too_large_stored_is_sent_deflated(
    folder: Path, server: ScriptedServer, run_json: RunJson
) -> None:
    for number in range(3):
        text = os.urandom(2_250_000).hex().encode() * 2
        (folder / "content" / f"{number}.txt").write_bytes(text)
    assert run_json("publish", "pdf")[0] == 0
    sent = _parts(server)[3][1]
    assert len(sent) < 20_000_000
    package = validate(open_archive(io.BytesIO(sent)))
    found = {file.path: file.sha256 for file in package.files}
    assert found["content/0.txt"] == sha256_of_bytes((folder / "content/0.txt").read_bytes())


def test_a_package_that_breaks_rules_is_not_sent(
    folder: Path, server: ScriptedServer, run_json: RunJson
) -> None:
    (folder / "content" / "run.exe").write_bytes(b"MZ")
    exit_code, document, _ = run_json("publish", "pdf")
    assert (exit_code, document["code"]) == (1, "package_invalid")
    assert server.seen == []


@pytest.mark.parametrize(
    ("state", "exit_code", "code"),
    [
        ("accepted", 0, None),
        ("published", 0, None),
        ("rejected", 1, "release_rejected"),
        ("held", 2, "release_held"),
    ],
)
def test_waiting_ends_with_the_decision(
    state: str,
    exit_code: int,
    code: str | None,
    folder: Path,
    server: ScriptedServer,
    run_json: RunJson,
) -> None:
    again = Answer(200, release("scanning", final=False), {"Retry-After": "0"})
    server.on(f"GET {PATH}/rel_1", again, Answer(200, release(state, findings=[FINDING])))
    found, document, _ = run_json("publish", "pdf", "--wait")
    assert (found, document.get("code")) == (exit_code, code)
    data = document["data"] if exit_code == 0 else document["details"]
    assert data["findings"][0]["ruleId"] == "hidden-text"
    assert len(server.requests_to(f"{PATH}/rel_1")) == 2


def test_people_read_the_findings(
    folder: Path, server: ScriptedServer, capsys: pytest.CaptureFixture[str]
) -> None:
    server.on(f"GET {PATH}/rel_1", Answer(200, release("rejected", findings=[FINDING])))
    assert program.run(["publish", "pdf", "--wait"]) == 1
    said = capsys.readouterr().err
    assert "content/SKILL.md:3: high: Say it openly. [hidden-text]\n" in said
    assert "acme/pdf-tools 1.0.0 is rejected." in said


@pytest.mark.parametrize("field", ["name", "version", "state", "id"])
def test_an_upload_with_a_forged_line_in_it_is_not_believed(
    field: str, folder: Path, server: ScriptedServer, run_json: RunJson
) -> None:
    forged = {**release("rejected"), field: "x\nmog: FORGED"}
    server.on(f"GET {PATH}/rel_1", Answer(200, forged))
    assert run_json("publish", "pdf", "--wait")[1]["code"] == "unexpected_answer"


def test_waiting_honours_the_server_and_gives_up(server: ScriptedServer) -> None:
    server.on(f"GET {PATH}/rel_1", Answer(200, release("scanning", final=False)))
    now, waits = [0.0], list[float]()

    class _Client:
        def release(self, release_id: str) -> tuple[Release, float | None]:
            return Release.from_json(release("scanning", final=False)), 7.0

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        now[0] += seconds

    console = Console(is_json=False)
    client: Client = _Client()  # type: ignore[assignment]  # the one method that is asked
    watch = Watch(client, console, Patience(30, clock=lambda: now[0], sleep=sleep))
    first = Release.from_json(release("uploaded", final=False))
    with pytest.raises(ReleaseUndecided) as end:
        watch.wait(first, 7.0)
    assert end.value.exit_code == 2
    assert end.value.code == "timeout"
    assert waits == [7.0] * 4
    assert "after 28 s, and the next answer is due in 7 s" in end.value.message


@pytest.mark.parametrize(
    ("state", "line"),
    [
        ("accepted", "It is not on the shelf yet. Publish it on its page: https://mog.md/r/1\n"),
        ("published", "Page: https://mog.md/acme/pdf-tools\n"),
        ("published", "Install it with: mog install acme/pdf-tools\n"),
    ],
)
def test_people_are_told_what_comes_next(
    state: str,
    line: str,
    folder: Path,
    server: ScriptedServer,
    capsys: pytest.CaptureFixture[str],
) -> None:
    server.on(f"GET {PATH}/rel_1", Answer(200, release(state)))
    assert program.run(["publish", "pdf", "--wait"]) == 0
    assert line in capsys.readouterr().out


def test_a_missing_scope_is_named_with_the_command(
    folder: Path, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.on(f"POST {PATH}", MISSING_SCOPE)
    with (
        Connection(origin=server.origin, console=Console(is_json=False)) as connection,
        pytest.raises(ApiError) as refusal,
    ):
        connection.exchange(Call("POST", PATH))
    assert refusal.value.message == "The token lacks the scope sell."
    assert refusal.value.advice == (
        "Run: mog auth --scope sell --scope read --scope purchase --scope download"
    )


def test_with_a_token_in_the_environment_nobody_is_sent_to_sign_in(
    folder: Path, server: ScriptedServer, run_json: RunJson
) -> None:
    invalid = Answer(401, {"code": "invalid_token", "message": "Run `mog auth`."})
    server.on(f"POST {PATH}", MISSING_SCOPE, invalid)
    for said in ("Replace MOG_TOKEN by a token with the scope sell.", "Replace or unset MOG_TOKEN"):
        error = run_json("publish", "pdf")[1]["error"]
        assert said in error
        assert "mog auth" not in error


def test_each_wrong_field_is_a_line(
    folder: Path, server: ScriptedServer, capsys: pytest.CaptureFixture[str]
) -> None:
    details = {"name": ["Taken.", "Too\nlong."], "version": "Odd."}
    body = {"code": "invalid_fields", "message": "See `details`.", "details": details}
    server.on(f"POST {PATH}", Answer(422, body))
    assert program.run(["publish", "pdf"]) == 1
    assert capsys.readouterr().err.endswith(
        "name: Taken.\nname: Too\\nlong.\nversion: Odd.\nmog: Some fields are wrong.\n"
    )


def test_the_name_of_a_detail_is_shown_as_the_address_in_it(
    folder: Path, server: ScriptedServer, run_json: RunJson
) -> None:
    details = {"createUrl": "https://mog.md/vendors/new"}
    message = "Take it on the page `details.createUrl` names, or check its spelling."
    body = {"code": "vendor_not_found", "message": message, "details": details}
    server.on(f"POST {PATH}", Answer(404, body))
    assert run_json("publish", "pdf")[1]["error"] == (
        "Take it on https://mog.md/vendors/new, or check its spelling."
    )


@pytest.mark.parametrize(
    ("status", "code"), [(404, "vendor_not_found"), (409, "version_taken"), (413, "too_large")]
)
def test_a_refusal_is_told_and_not_repeated(
    status: int, code: str, folder: Path, server: ScriptedServer, run_json: RunJson
) -> None:
    server.on(f"POST {PATH}", Answer(status, {"code": code, "message": "No."}))
    exit_code, document, _ = run_json("publish", "pdf")
    assert (exit_code, document["code"]) == (1, code)
    assert len(server.seen) == 1


def test_who_has_no_vendor_is_told_where_to_make_one(
    folder: Path, server: ScriptedServer, run_json: RunJson
) -> None:
    details = {"createUrl": "https://mog.md/vendors/new"}
    body = {"code": "vendor_not_found", "message": "No such vendor.", "details": details}
    server.on(f"POST {PATH}", Answer(404, body))
    _, document, _ = run_json("publish", "pdf")
    assert document["error"] == "No such vendor. Create it here: https://mog.md/vendors/new"


def test_nobody_publishes_without_signing_in(
    folder: Path, run_json: RunJson, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MOG_TOKEN")
    assert run_json("publish", "pdf")[1]["code"] == "not_signed_in"


def test_a_promise_about_booleans_is_checked() -> None:
    assert required({"a": True}, "a", bool) is True
