"""Every rule for a provider's secrets knows a real one from an example of it."""

import pytest

from scanning.rules.matching import OPEN_RULES, Matcher
from scanning.rules.rule import Effect
from scanning.rules.secrets import generic
from scanning.rules.secrets.secret_rule import SecretRule
from tests.scanning import secrets

_MATCHER = Matcher(OPEN_RULES)
_OF_PROVIDERS = [each.rule.id for each in OPEN_RULES if each not in generic.RULES]


def hits(data: bytes) -> list[tuple[str, int]]:
    return [(hit.rule_id, hit.line) for hit in _MATCHER.hits("content/a.md", data)]


@pytest.mark.parametrize("rule_id", _OF_PROVIDERS)
def test_a_real_one_is_found(rule_id: str) -> None:
    data = b"# Setup\n\nUse " + secrets.sample(rule_id) + b" for it.\n"
    assert hits(data) == [(rule_id, 4 if rule_id == "secret/private-key" else 3)]


@pytest.mark.parametrize("rule_id", _OF_PROVIDERS)
def test_an_example_is_not(rule_id: str) -> None:
    assert hits(b"Use " + secrets.example(rule_id) + b" for it.\n") == []


@pytest.mark.parametrize(
    "example",
    [
        b"AKIA" + b"IOSFODNN7EXAMPLE",
        b"aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/" + b"bPxRfiCYEXAMPLEKEY",
        b"export GITHUB_TOKEN=ghp_your_token_here",
        b"ANTHROPIC_API_KEY=sk-ant-...",
        b'curl -H "Authorization: Bearer $TOKEN" https://api.example.com',
        b'curl -H "Authorization: Bearer YOUR_ACCESS_TOKEN_12345" https://api.example.com',
        b"-H 'Authorization: Bearer <your-api-key>'",
        b"api_key = os.environ['SERVICE_API_KEY_2']",
        b"const token = process.env.SERVICE_TOKEN_1;",
        b"password: ${DATABASE_PASSWORD_1}",
        b"postgresql://user:password@localhost/db",
        b"postgresql://app:${DB_PASSWORD}@db.internal/app",
        b"-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
        b"token_endpoint: https://login.example.com/oauth2/v2.0/token",
        b"secret_name = my-application-secret-value",
        b'"integrity": "sha512-' + secrets.drawn(86) + b'=="',
        b"commit '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b'",
    ],
)
def test_what_documentation_writes_is_no_secret(example: bytes) -> None:
    assert hits(example + b"\n") == []


@pytest.mark.parametrize(
    ("line", "rule_id"),
    [
        (b"api_key: " + secrets.drawn(32), "secret/named-value"),
        (b'"client_secret": "' + secrets.drawn(24) + b'"', "secret/named-value"),
        (
            b"postgresql://app:" + secrets.drawn(14) + b"@db.acme.io/app",
            "secret/address-with-password",
        ),
        (b"Authorization: Bearer " + secrets.drawn(40), "secret/bearer-header"),
        (b"const k = '" + secrets.drawn(60) + b"'", "secret/random-text"),
    ],
)
def test_what_looks_like_a_secret_asks_a_person(line: bytes, rule_id: str) -> None:
    assert hits(line + b"\n") == [(rule_id, 1)]


def test_generic_rules_never_block() -> None:
    assert {each.rule.effect for each in generic.RULES} == {Effect.REVIEW}


def test_a_provider_secret_is_told_once() -> None:
    assert hits(b"api_key = '" + secrets.sample("secret/stripe-key") + b"'\n") == [
        ("secret/stripe-key", 1)
    ]


def test_one_rule_fills_no_report() -> None:
    data = b"\n".join(secrets.sample("secret/github-token") for _ in range(50))
    assert len(hits(data)) == 20


def test_a_file_of_nothing_but_examples_asks_a_person() -> None:
    data = (secrets.example("secret/aws-access-key") + b"\n") * 5_000
    assert hits(data) == [("secret/crowded-file", 2_001)]


@pytest.mark.parametrize("each", OPEN_RULES, ids=lambda each: each.rule.id)
def test_every_rule_names_its_source_and_keeps_its_pattern(each: SecretRule) -> None:
    assert each.source.startswith(("https://", "docs/"))
    assert each.rule.advice
    assert not any(marker in each.rule.advice.lower() for marker in each.markers if "_" in marker)
