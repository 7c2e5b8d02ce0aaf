"""One shape of a secret, and how it is told apart from an example of it."""

from collections.abc import Callable
from dataclasses import dataclass

from scanning.rules.rule import Category, Effect, Rule, Severity

_ADVICE = "Remove this {what} and replace it at {provider}: whoever has downloaded it can use it."
_DOUBT = (
    "This looks like {what}. Remove it if it is real; if it is an example, write a placeholder"
    " such as YOUR_KEY."
)


def _anything(_secret: bytes) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class SecretRule:
    """A pattern in the syntax of RE2, over bytes; its group 1, if any, is the secret itself.

    markers: a file without any of them, in lower case, cannot match; none means any file may.
    source: the provider's own description of the shape. accepts: a last look at the secret.
    """

    rule: Rule
    pattern: str
    markers: tuple[str, ...]
    source: str
    accepts: Callable[[bytes], bool] = _anything


def provider(
    name: str,
    what: str,
    pattern: str,
    *markers: str,
    source: str,
    provider: str,
    accepts: Callable[[bytes], bool] = _anything,
) -> SecretRule:
    """Return a rule that blocks: its shape belongs to one provider and to nothing else."""
    advice = _ADVICE.format(what=what, provider=provider)
    rule = Rule(f"secret/{name}", Category.SECRET, Severity.CRITICAL, Effect.BLOCK, advice)
    return SecretRule(rule, pattern, _lower(markers), source, accepts)


def doubtful(
    name: str,
    what: str,
    pattern: str,
    *markers: str,
    source: str,
    accepts: Callable[[bytes], bool] = _anything,
) -> SecretRule:
    """Return a rule that asks a person."""
    advice = _DOUBT.format(what=what)
    rule = Rule(f"secret/{name}", Category.SECRET, Severity.MEDIUM, Effect.REVIEW, advice)
    return SecretRule(rule, pattern, _lower(markers), source, accepts)


def _lower(markers: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(marker.lower() for marker in markers)
