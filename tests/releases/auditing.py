"""Ask what there is to say of what a lockfile holds."""

from typing import Any

from django.test import Client

AUDIT = "/v1/audit"


def post(client: Client, packages: object, **more: object) -> tuple[int, dict[str, Any]]:
    """Ask; return status and answer."""
    body = {"packages": packages} | more
    answer = client.post(AUDIT, body, content_type="application/json")
    return answer.status_code, answer.json()
