"""Secrets that are none, put together as tests run so that no file of this repository has one."""

import random
import string
from collections.abc import Callable

from accounts import token_format

_WORD = string.ascii_letters + string.digits
_HEX = "0123456789abcdef"
_BASE32 = string.ascii_uppercase + "234567"
_UPPER = string.ascii_uppercase + string.digits
_BECH32 = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"

Draw = Callable[[int, str], str]


def _random_draw(length: int, alphabet: str = _WORD) -> str:
    return "".join(_generator.choice(alphabet) for _ in range(length))


def _boring_draw(length: int, alphabet: str = _WORD) -> str:
    """Fill with one character, as people do in examples."""
    return ("x" if "x" in alphabet else alphabet[0]) * length


_generator = random.Random(20260601)


def drawn(length: int) -> bytes:
    """Return random letters and digits, at least one of each."""
    return ("aB3" + _random_draw(length - 3)).encode()


def sample(rule_id: str) -> bytes:
    """Return a secret that looks real."""
    return SHAPES[rule_id](_random_draw).encode()


def example(rule_id: str) -> bytes:
    """Return the same shape as documentation fills it."""
    return SHAPES[rule_id](_boring_draw).encode()


def _mog(draw: Draw) -> str:
    if draw is _random_draw:
        return token_format.generate(token_format.TokenPrefix.PERSONAL)
    return "mog_" + "pat_" + draw(36, _WORD)


def _discord(draw: Draw) -> str:
    # "1234" to "0987" in base64, drawn from digits so that it names a bot.
    first = "MTA5ODc2NTQzMjEwOTg3NjU0" if draw is _random_draw else "M" * 24
    return f"{first}.{draw(6, _WORD)}.{draw(38, _WORD)}"


def _private_key(draw: Draw) -> str:
    return "-----BEGIN RSA " + "PRIVATE KEY-----\n" + draw(64, _WORD) + "\n" + draw(64, _WORD)


SHAPES: dict[str, Callable[[Draw], str]] = {
    "secret/github-token": lambda d: "ghp" + "_" + d(36, _WORD),
    "secret/github-fine-grained-token": lambda d: (
        "github" + "_pat_" + d(22, _WORD) + "_" + d(59, _WORD)
    ),
    "secret/gitlab-token": lambda d: "glpat" + "-" + d(20, _WORD),
    "secret/npm-token": lambda d: "npm" + "_" + d(36, _WORD),
    "secret/pypi-token": lambda d: "pypi-" + "AgEIcHlwaS5vcmc" + d(120, _WORD),
    "secret/rubygems-key": lambda d: "rubygems" + "_" + d(48, _HEX),
    "secret/docker-token": lambda d: "dckr" + "_pat_" + d(27, _WORD),
    "secret/postman-key": lambda d: "PMAK" + "-" + d(24, _HEX) + "-" + d(34, _HEX),
    "secret/sentry-token": lambda d: "sntrys" + "_" + d(100, _WORD),
    "secret/linear-key": lambda d: "lin" + "_api_" + d(40, _WORD),
    "secret/atlassian-token": lambda d: "ATATT3" + "xFfGF0" + d(180, _WORD),
    "secret/aws-access-key": lambda d: "AKIA" + d(16, _BASE32),
    "secret/aws-secret-key": lambda d: "aws_secret_access_key" + " = " + d(40, _WORD) + "\n",
    "secret/google-api-key": lambda d: "AIza" + d(35, _WORD),
    "secret/google-oauth-secret": lambda d: "GOCSPX" + "-" + d(28, _WORD),
    "secret/google-access-token": lambda d: "ya29" + "." + d(120, _WORD),
    "secret/azure-storage-key": lambda d: "Account" + "Key=" + d(86, _WORD) + "==",
    "secret/digitalocean-token": lambda d: "dop" + "_v1_" + d(64, _HEX),
    "secret/cloudflare-origin-key": lambda d: "v1.0" + "-" + d(24, _HEX) + "-" + d(146, _HEX),
    "secret/cloudflare-token": lambda d: "cfut" + "_" + d(48, _WORD),
    "secret/cloudflare-named-token": lambda d: "CLOUDFLARE_API" + "_TOKEN=" + d(40, _WORD) + "\n",
    "secret/databricks-token": lambda d: "dapi" + d(32, _HEX),
    "secret/vault-token": lambda d: "hvs" + "." + d(90, _WORD),
    "secret/doppler-token": lambda d: "dp" + ".pt." + d(43, _WORD),
    "secret/tailscale-key": lambda d: "tskey" + "-auth-" + d(12, _WORD) + "-" + d(32, _WORD),
    "secret/grafana-token": lambda d: "glsa" + "_" + d(32, _WORD) + "_" + d(8, _HEX),
    "secret/supabase-token": lambda d: "sbp" + "_" + d(40, _HEX),
    "secret/openai-key": lambda d: "sk-" + "proj-" + d(74, _WORD) + "T3Blbk" + "FJ" + d(74, _WORD),
    "secret/anthropic-key": lambda d: "sk-ant" + "-api03-" + d(93, _WORD) + "AA",
    "secret/hugging-face-token": lambda d: "hf" + "_" + d(34, string.ascii_letters),
    "secret/groq-key": lambda d: "gsk" + "_" + d(52, _WORD),
    "secret/xai-key": lambda d: "xai" + "-" + d(80, _WORD),
    "secret/replicate-token": lambda d: "r8" + "_" + d(37, _WORD),
    "secret/perplexity-key": lambda d: "pplx" + "-" + d(48, _WORD),
    "secret/slack-token": lambda d: (
        "xoxb" + "-" + d(12, string.digits) + "-" + d(12, string.digits) + "-" + d(24, _WORD)
    ),
    "secret/slack-app-token": lambda d: (
        "xapp" + "-1-A" + d(10, _UPPER) + "-" + d(13, string.digits) + "-" + d(64, _HEX)
    ),
    "secret/slack-webhook": lambda d: (
        "https://hooks.slack" + ".com/services/T" + d(10, _UPPER) + "/B" + d(10, _UPPER) + "/"
        f"{d(24, _WORD)}"
    ),
    "secret/telegram-bot-token": lambda d: "7" + d(9, string.digits) + ":AA" + d(33, _WORD),
    "secret/discord-bot-token": _discord,
    "secret/discord-webhook": lambda d: (
        "https://discord" + ".com/api/webhooks/" + d(19, string.digits) + "/" + d(68, _WORD)
    ),
    "secret/sendgrid-key": lambda d: "SG" + "." + d(22, _WORD) + "." + d(43, _WORD),
    "secret/twilio-key": lambda d: "SK" + d(32, _HEX),
    "secret/mailgun-key": lambda d: "key" + "-" + d(32, _HEX),
    "secret/notion-token": lambda d: "ntn" + "_" + d(11, string.digits) + d(35, _WORD),
    "secret/stripe-key": lambda d: "sk" + "_live_" + d(24, _WORD),
    "secret/stripe-webhook-secret": lambda d: "whsec" + "_" + d(32, _WORD),
    "secret/shopify-token": lambda d: "shpat" + "_" + d(32, _HEX),
    "secret/square-token": lambda d: "EAAA" + d(60, _WORD),
    "secret/mog-token": _mog,
    "secret/private-key": _private_key,
    "secret/age-key": lambda d: "AGE-SECRET" + "-KEY-1" + d(58, _BECH32),
    "secret/json-web-token": lambda d: (
        "eyJ" + d(30, _WORD) + ".eyJ" + d(60, _WORD) + "." + d(43, _WORD)
    ),
}
