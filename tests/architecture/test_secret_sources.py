"""A rule for secrets blocks only what the provider's own page describes."""

from urllib.parse import urlsplit

import pytest

from scanning import ruleset
from scanning.rules import packs
from scanning.rules.rule import Category, Rule
from scanning.verdicts import Effect, effect_of

_RULES = [each.rule for each in packs.load(ruleset.OPEN_RULES)]
_BLOCKING = [
    rule for rule in _RULES if rule.category is Category.SECRET and effect_of(rule) is Effect.BLOCK
]
# Where many publish, a page is its owner's.
_SHARED = frozenset({"github.com", "gitlab.com"})
# By the first word of rules: whose pages are the provider's own, though they do not bear its name.
_OWN = {
    "age": "github.com/C2SP",  # where the maker of age keeps its specification
    "alibaba": "help.aliyun.com",  # Alibaba Cloud's name in China
    "anthropic": "platform.claude.com",  # its product
    "aws": "docs.aws.amazon.com",  # Amazon's
    "azure": "learn.microsoft.com github.com/microsoft",  # Microsoft's
    "bitbucket": "support.atlassian.com",  # Atlassian's
    "braintree": "developer.paypal.com",  # PayPal's
    "crates": "github.com/rust-lang",  # of the Rust project
    "kubeconfig": "kubernetes.io",  # the file of Kubernetes
    "langsmith": "docs.langchain.com",  # LangChain's
    "llamaindex": "github.com/run-llama",  # its organisation
    "npm": "github.blog",  # GitHub's
    "nuget": "github.com/microsoft",  # Microsoft's
    "onepassword": "support.1password.com developer.1password.com",  # written with a digit
    "private": "www.rfc-editor.org",  # a standard, of no provider
    "putty": "the.earth.li",  # its maker's
    "sendgrid": "www.twilio.com",  # Twilio's
    "sonar": "github.com/SonarSource",  # its organisation
    "terraform": "developer.hashicorp.com",  # HashiCorp's
    "vault": "developer.hashicorp.com",  # HashiCorp's
    "xai": "docs.x.ai",  # written with a dot
}
_OURS = "docs/"


def _provider(rule: Rule) -> str:
    return rule.id.partition("/")[2].partition("-")[0]


def _publisher(source: str) -> str:
    """Return a page's host, and its owner where many share the host."""
    url = urlsplit(source)
    host = url.hostname or ""
    return f"{host}/{url.path.split('/')[1]}" if host in _SHARED else host


def _is_own(provider: str, source: str) -> bool:
    publisher = _publisher(source)
    if provider in _OWN:
        return publisher in _OWN[provider].split()
    host, _, owner = publisher.partition("/")
    # The name that was registered: anybody may put another before it.
    return provider in (owner.lower() if owner else host.split(".")[-2])


@pytest.mark.parametrize("rule", _BLOCKING, ids=lambda rule: rule.id)
def test_what_blocks_is_described_by_the_provider_itself(rule: Rule) -> None:
    assert rule.source.startswith(_OURS) or _is_own(_provider(rule), rule.source), rule.source


def test_every_exception_is_needed() -> None:
    assert set(_OWN) <= {_provider(rule) for rule in _BLOCKING}


@pytest.mark.parametrize(
    ("provider", "source"),
    [
        ("stripe", "https://github.com/somebody/stripe-rules"),
        ("stripe", "https://stripe.example.com/keys"),
        ("slack", "https://docs.scanner.dev/detectors/slack"),
        ("azure", "https://azure.example.org/keys"),
        ("gitlab", "https://gitlab.example.com/keys"),
    ],
)
def test_pages_of_others_are_not_taken_for_the_provider_s(provider: str, source: str) -> None:
    assert not _is_own(provider, source)
