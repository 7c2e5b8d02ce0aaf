"""The payment provider's keys from the environment; development fills in those of its sandbox."""

from dataclasses import dataclass

from mog_site import env

_HIGHEST_PORT = 65_535
_SANDBOX_OFFSET = 1_000


@dataclass(frozen=True, slots=True)
class Keys:
    """What it takes to call the provider, and where it is; an empty address is its own."""

    secret_key: str
    publishable_key: str
    webhook_secret: str
    api_url: str


def from_environment(*, sandbox_port: int, is_production: bool) -> Keys:
    """Return the keys that are set; without any, development gets those of the sandbox."""
    keys = Keys(
        env.text("STRIPE_SECRET_KEY", ""),
        env.text("STRIPE_PUBLISHABLE_KEY", ""),
        env.text("STRIPE_WEBHOOK_SECRET", ""),
        env.text("STRIPE_API_URL", "").rstrip("/"),
    )
    # All or nothing: a key of the sandbox must never meet a half-configured provider.
    if is_production or any((keys.secret_key, keys.webhook_secret, keys.api_url)):
        return keys
    return Keys(
        "sk_test_sandbox",
        "pk_test_sandbox",
        "whsec_sandbox",
        sandbox_url(sandbox_port),
    )


def sandbox_url(port: int) -> str:
    """Return the address of our own sandbox."""
    return f"http://127.0.0.1:{port}"


def sandbox_port(port: int) -> int:
    """Return where the sandbox of a site at `port` listens."""
    above = port + _SANDBOX_OFFSET
    return above if above <= _HIGHEST_PORT else port - _SANDBOX_OFFSET
