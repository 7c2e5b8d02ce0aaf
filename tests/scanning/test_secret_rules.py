"""Secrets are told from examples of them, once, and by the rule that knows them best."""

import base64
from collections import Counter

import pytest

from scanning import ruleset
from scanning.rules import packs
from scanning.rules.matching import Matcher
from scanning.rules.packs import PackedRule
from scanning.rules.rule import Category
from scanning.verdicts import Effect
from tests.scanning import rulebooks, secret_samples
from tests.scanning.templates import drawn, filled

_OPEN = [each for each in packs.load(ruleset.OPEN_RULES) if each.pattern]
_SECRETS = [each for each in _OPEN if each.rule.category is Category.SECRET]
_DRAWS = 40


def effect_of_file(text: str, path: str = "content/a.md") -> str:
    """Return the gravest effect of what the rules for secrets meet; "" for nothing."""
    book = rulebooks.of_all()
    sightings = book.matcher.sightings(path, text.encode())
    effects = {book.effect(each.rule_id) for each in sightings}
    return next((str(each) for each in Effect if each in effects), "")


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
        b"OPENAI_API_KEY=sk-a1b2c3d4e5f6a1b2c3d4e5f6a1b2c3d4",
        b"GITHUB_TOKEN=ghp_abcdefghijklmnopqrstuvwxyz0123456789",
        b"api_key: 0123456789abcdef0123456789abcdef",
        b"STRIPE_KEY=sk_test_" + b"4eC39HqLyjWDarjtT1zdp7dc",
        b"password: Password123!",
        b"PRIVATE_KEY=0x" + b"ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
        b"api_key = 'sk-proj-abc123def456ghi789jkl012mno345pqr678stu901vwx234yz'",
        b"STRIPE_SECRET_KEY=sk_live_51H7qABC123def456GHI789jkl",
        b"GITHUB_TOKEN=ghp_aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789",
        b"api_secret = 'a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6'",
        b"mongodb+srv://user:p4ssw0rd@cluster0.mongodb.net/test",
        b"tokenizer: sentence-transformers/all-MiniLM-L6-v2",
        b"def sign(private_key: Ed25519PrivateKey) -> bytes:",
    ],
)
def test_what_documentation_writes_is_no_secret(example: bytes) -> None:
    assert hits(example + b"\n") == []


@pytest.mark.parametrize("prefix", [b"phc_", b"pk_live_", b"pk_test_", b"sb_publishable_"])
def test_a_key_that_pages_show_to_everybody_is_no_secret(prefix: bytes) -> None:
    assert hits(b"const API_KEY = '" + prefix + drawn(43) + b"'\n") == []


def test_a_call_in_base64_is_read_as_text_and_is_no_secret() -> None:
    script = base64.b64encode(b"document.querySelector('#tide').click();document.title")
    assert hits(b'browser eval -b "' + script + b'"\n') == []


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


@pytest.mark.parametrize("word", ["test", "123", "Demo", "fake", "todo", "KEY"])
@pytest.mark.parametrize(
    "shape", ["sk_live_{word*12}%s{word*12}", "gsk_{word*24}%s{word*24}", "hf_{word*16}%s{word*16}"]
)
def test_a_word_of_examples_inside_makes_no_example_of_a_real_one(shape: str, word: str) -> None:
    drawn_ones = [filled(shape % word, seed=seed) for seed in range(10)]
    assert [effect_of_file(text) for text in drawn_ones] == ["block"] * 10


_KEY_PAIRS = [
    ("AKIA{base32*16}", "{base64*40}"),
    ("LTAI5t{word*18}", "{word*30}"),
    ("AKID{word*32}", "{word*32}"),
]


@pytest.mark.parametrize("identifier", [identifier for identifier, _ in _KEY_PAIRS])
def test_an_identifier_alone_asks_a_person(identifier: str) -> None:
    assert effect_of_file(filled(f"Use {identifier} for it.")) == "review"


@pytest.mark.parametrize(("identifier", "secret"), _KEY_PAIRS)
def test_an_identifier_beside_its_secret_blocks(identifier: str, secret: str) -> None:
    assert effect_of_file(filled(f"id: {identifier}\nplace: x\nsecret: {secret}\n")) == "block"


@pytest.mark.parametrize(("identifier", "secret"), _KEY_PAIRS)
def test_an_identifier_far_from_a_secret_does_not_block(identifier: str, secret: str) -> None:
    text = filled(f"id: {identifier}\n" + "Some prose. " * 40 + f"\nsecret: {secret}\n")
    assert effect_of_file(text) == "review"


@pytest.mark.parametrize("each", _SECRETS, ids=lambda each: each.rule.id)
def test_a_rule_meets_whatever_is_drawn_for_it(each: PackedRule) -> None:
    assert each.pattern
    matcher = Matcher([each.pattern])
    templates = [text for text in each.positive if filled(text) != filled(text, seed=1)]
    missed = [
        text
        for seed in range(_DRAWS)
        for text in (filled(template, seed=seed) for template in templates)
        if not list(matcher.sightings("content/a.md", text.encode()))
    ]
    assert len(missed) <= 0.02 * _DRAWS * len(templates), missed


def test_secrets_are_met_where_people_leave_them() -> None:
    samples = list(secret_samples.samples())
    of_groups = Counter(sample.group for sample in samples)
    missed = Counter(
        sample.group
        for sample in samples
        if effect_of_file(sample.text, sample.path) not in {"block", "review"}
    )
    assert len(of_groups) == len(secret_samples.SHAPES) + 1
    assert [group for group in of_groups if missed[group] > 0.03 * of_groups[group]] == []


def test_every_rule_has_markers_so_that_most_files_need_not_be_read_by_it() -> None:
    assert [each.rule.id for each in _SECRETS if each.pattern and not each.pattern.markers] == []


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
