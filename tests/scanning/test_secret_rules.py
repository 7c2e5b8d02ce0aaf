"""Secrets are told from examples of them, once, and by the rule that knows them best."""

import pytest

from tests.scanning import rulebooks
from tests.scanning.templates import drawn, filled


def hits(data: bytes) -> list[tuple[str, int]]:
    return [(hit.rule_id, hit.line) for hit in rulebooks.hits("content/a.md", data)]


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
        b'"integrity": "sha512-' + drawn(86) + b'=="',
        b"commit '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b'",
    ],
)
def test_what_documentation_writes_is_no_secret(example: bytes) -> None:
    assert hits(example + b"\n") == []


@pytest.mark.parametrize(
    ("line", "rule_id"),
    [
        (b"api_key: " + drawn(32), "secret/named-value"),
        (b'"client_secret": "' + drawn(24) + b'"', "secret/named-value"),
        (
            b"postgresql://app:" + drawn(14) + b"@db.acme.io/app",
            "secret/address-with-password",
        ),
        (b"Authorization: Bearer " + drawn(40), "secret/bearer-header"),
        (b"const k = '" + drawn(60) + b"'", "secret/random-text"),
    ],
)
def test_what_looks_like_a_secret_asks_a_person(line: bytes, rule_id: str) -> None:
    assert hits(line + b"\n") == [(rule_id, 1)]


def test_a_provider_secret_is_told_once() -> None:
    assert hits(b"api_key = '" + filled("sk_live_{word*24}").encode() + b"'\n") == [
        ("secret/stripe-key", 1)
    ]


def test_one_rule_fills_no_report() -> None:
    data = b"\n".join(filled("rubygems_{hex*48}", seed=n).encode() for n in range(50))
    assert len(hits(data)) == 20


def test_a_file_of_nothing_but_examples_asks_a_person() -> None:
    data = b"AKIAAAAAAAAAAAAAAAAA\n" * 5_000
    assert hits(data) == [("secret/crowded-file", 2_001)]


def test_staff_is_shown_where_and_no_secret() -> None:
    secret = filled("ghp_{checked*30}")
    found = rulebooks.hits("content/a.md", f"Use {secret} for it.\n".encode())
    assert [hit.excerpt for hit in found] == ["Use ghp_…(40 characters) for it."]
