"""All rules that are in force, and one digest that changes with any of them."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from scanning.rules import packs
from scanning.rules.matching import CROWDED, OPEN_RULES, BrokenRule, Matcher
from scanning.rules.packs import BrokenPack
from scanning.rules.rule import Rule
from scanning.rules.secrets.secret_rule import SecretRule

_ROOT = Path(__file__).resolve().parents[1]
# Whatever can change what a child says about the same bytes.
_SOURCES = ("mog_package", "scanning/child", "scanning/rules", "scanning/verdicts.py")


@dataclass(frozen=True, slots=True)
class Ruleset:
    """The rules by id, the operator's own among them, and their version (SHA-256)."""

    version: str
    rules: Mapping[str, Rule]
    private: tuple[SecretRule, ...]


def current() -> Ruleset:
    """Return what is in force; raises ImproperlyConfigured when a rule cannot be used."""
    return load(settings.SCAN_RULES_DIR)


@cache
def load(private_folder: str) -> Ruleset:
    """Read and compile everything once; `private_folder` may be empty."""
    try:
        private = packs.load(Path(private_folder)) if private_folder else ()
        Matcher((*OPEN_RULES, *private))
    except (BrokenPack, BrokenRule) as error:
        raise ImproperlyConfigured(f"SCAN_RULES_DIR: {error}") from error
    known = [CROWDED, *(each.rule for each in (*OPEN_RULES, *private))]
    rules = {rule.id: rule for rule in known}
    if len(rules) != len(known):
        raise ImproperlyConfigured("SCAN_RULES_DIR: a rule has the id of an open one")
    return Ruleset(_version(private), rules, private)


def _version(private: tuple[SecretRule, ...]) -> str:
    digest = hashlib.sha256()
    for name, data in _sources():
        digest.update(f"{name} {len(data)}\n".encode() + data)
    plain = [packs.to_plain(rule) for rule in private]
    digest.update(json.dumps(plain, sort_keys=True).encode())
    return digest.hexdigest()


def _sources() -> Iterator[tuple[str, bytes]]:
    for source in _SOURCES:
        path = _ROOT / source
        files = [path] if path.is_file() else sorted(path.rglob("*.py"))
        for file in files:
            yield file.relative_to(_ROOT).as_posix(), file.read_bytes()
