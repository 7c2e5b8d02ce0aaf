"""What the environment says: which server, which token, where files live."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

import platformdirs

from mog_cli import organization_names, tokens
from mog_cli.errors import ConfigError
from mog_cli.tokens import Token

DEFAULT_API_URL = "https://mog.md"


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of one run."""

    api_origin: str
    folder: Path
    environment_token: Token | None = None
    environment_organization: str = ""


def read(environment: Mapping[str, str]) -> Config:
    """Return the settings; raises ConfigError and MalformedToken. An empty variable is unset."""
    token = environment.get("MOG_TOKEN", "").strip()
    return Config(
        api_origin=origin_of(environment.get("MOG_API_URL", "").strip() or DEFAULT_API_URL),
        folder=platformdirs.user_config_path("mog", appauthor=False),
        environment_token=tokens.parse(token, origin="MOG_TOKEN") if token else None,
        environment_organization=_organization_in(environment),
    )


def _organization_in(environment: Mapping[str, str]) -> str:
    named = environment.get("MOG_ORG", "").strip()
    if named and not organization_names.is_choice(named):
        raise ConfigError(
            f"MOG_ORG is {named!r}, which is no name of an organization.",
            advice="See: mog org list. A hyphen means yourself.",
        )
    return named


def origin_of(url: str) -> str:
    """Return `scheme://host[:port]` in lower case, without a default port; raises ConfigError."""
    parts, port = _split(url)
    host = (parts.hostname or "").lower()
    if parts.scheme == "http" and not is_loopback(host):
        raise ConfigError(
            f"MOG_API_URL uses plain http for {host}: a token sent there could be read on the way.",
            advice="Use https; plain http is for this computer only (127.0.0.1, localhost).",
        )
    shown_host = f"[{host}]" if ":" in host else host
    if port is None or port == {"http": 80, "https": 443}[parts.scheme]:
        return f"{parts.scheme}://{shown_host}"
    return f"{parts.scheme}://{shown_host}:{port}"


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address is this computer."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_host(name: str) -> bool:
    """Tell whether a host name can be looked up: no label is empty or too long (RFC 1035, 2.3.4).

    Raises ValueError.
    """
    if ":" in name:
        return bool(ipaddress.ip_address(name.partition("%")[0]))
    labels = name.removesuffix(".").split(".")
    return len(name) <= 253 and all(0 < len(label) <= 63 for label in labels)


def is_safe_to_open(url: str) -> bool:
    """Tell whether a link from the server may be shown and opened in a browser."""
    if not url.isascii() or not url.isprintable() or " " in url:
        return False
    try:
        parts = urlsplit(url)
        is_host = _is_host(parts.hostname or "") and parts.port != 0  # the port is read lazily
    except ValueError:
        return False
    if parts.username is not None or not is_host:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))


def _split(url: str) -> tuple[SplitResult, int | None]:
    try:
        parts = urlsplit(url)
        port, is_host = parts.port, _is_host(parts.hostname or "")
    except ValueError:
        raise _not_an_origin() from None
    is_bare = parts.path in {"", "/"} and not (parts.query or parts.fragment or parts.username)
    is_plain = url.isascii() and url.isprintable() and " " not in url
    is_server = parts.scheme in {"http", "https"} and is_host
    if not (is_server and is_bare and is_plain):
        raise _not_an_origin()
    return parts, port


def _not_an_origin() -> ConfigError:
    # The value is not repeated: somebody may have put a password into it.
    return ConfigError(
        "MOG_API_URL is not the address of a server.",
        advice=f"It looks like {DEFAULT_API_URL}: scheme, host and perhaps a port, nothing else.",
    )
