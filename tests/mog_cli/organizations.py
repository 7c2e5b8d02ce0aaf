"""A server where somebody belongs to two organizations."""

from pathlib import Path
from typing import Any

from tests.mog_cli.scripted_server import ME, TOKEN, Answer, ScriptedServer
from tests.mog_cli.test_auth import keep

ACME = {
    "id": "org_1",
    "slug": "acme",
    "name": "Acme Inc.",
    "role": "admin",
    "memberCount": 3,
    "createdAt": "2026-06-01T12:00:00Z",
}
BETA = {**ACME, "id": "org_2", "slug": "beta", "name": "Beta", "role": "member", "memberCount": 1}
NOT_FOUND = Answer(404, {"code": "not_found", "message": "There is nothing here."})
LIST = "GET /v1/orgs?limit=100"


def sign_in_member(server: ScriptedServer, environment: Path) -> None:
    """Sign somebody in who belongs to acme and beta, and is nobody elsewhere."""
    keep(environment, server, TOKEN)
    names = {"acme": ACME, "beta": BETA}

    def me(handler: Any) -> None:
        slug = handler.headers.get("X-Mog-Org")
        found = {key: names[slug][key] for key in ("id", "slug", "name")} if slug in names else None
        if slug and not found:
            NOT_FOUND(handler)
        else:
            Answer(200, {**ME, "organization": found})(handler)

    server.on("GET /v1/users/me", me)
    server.on(LIST, Answer(200, {"items": [ACME, BETA], "nextCursor": None}))
