"""The device flow by msal's OAuth client: device_client.py ISSUER SCOPE; one JSON line a step."""

import json
import sys
from typing import Any

import requests
from msal.oauth2cli import Client


def tell(step: str, facts: dict[str, Any]) -> None:
    """Write what happened."""
    sys.stdout.write(json.dumps({"step": step, **facts}) + "\n")
    sys.stdout.flush()


def main(issuer: str, scope: str) -> None:
    """Discover the server, start, and poll until somebody has decided."""
    metadata = requests.get(f"{issuer}/.well-known/oauth-authorization-server", timeout=10).json()
    client = Client(metadata, "mog-cli", http_client=requests.Session())
    flow = client.initiate_device_flow(scope.split())
    tell("started", flow)
    answer = client.obtain_token_by_device_flow(flow)
    tell("refused" if "error" in answer else "approved", answer)


if __name__ == "__main__":
    main(*sys.argv[1:])
