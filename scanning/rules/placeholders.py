"""What documentation writes where a secret would stand."""

import math
import re
from collections import Counter

# AWS, "Example access keys"; Twilio, jwt.io and Microsoft (Azurite) publish theirs as well.
_PUBLISHED = (
    b"akiaiosfodnn7example",
    b"akiai44qh8dhbexample",
    b"wjalrxutnfemi/k7mdeng/bpxrficyexamplekey",
    b"eby8vdm02xnocqflquwjpllmetlcdxj1ouzft50usrz6ifsusjx4zaquduo==",
    b"eyjzdwiioiixmjm0nty3odkwiiwib",
)
# Only inside a word would `example` be a coincidence, and then of seven letters: unlikely enough.
_WORDS = re.compile(
    rb"example|placeholder|your[-_]|my[-_](?:api|secret|token|key|pass)|change[-_]?me|replace"
    rb"|redacted|dummy|sample|insert|todo|fixme|notreal|not[-_]a[-_]real|fake|foobar|foo[-_]?bar"
    rb"|lorem|xxxx|\*\*\*\*|\.\.\.|0000000|1234567|abcdefg|aaaaaa|-here\b|_here\b"
    rb"|test[-_]?(?:key|token|secret)",
    re.I,
)
_SUBSTITUTED = re.compile(rb"^[<\[{(%]|^\$|\$\{|\{\{|<[a-z]|%\(|#\{", re.I)
# Below it a text of this length is a pattern, not a draw: four letters in turn have two bits.
_LEAST_BITS = 2.5


def is_placeholder(secret: bytes) -> bool:
    """Tell whether a text stands for a secret and is none."""
    lower = secret.lower()
    return (
        any(known in lower for known in _PUBLISHED)
        or _WORDS.search(secret) is not None
        or _SUBSTITUTED.search(secret) is not None
        or bits_per_character(secret) < _LEAST_BITS
    )


def bits_per_character(text: bytes) -> float:
    """Return Shannon's entropy of a text's own characters."""
    total = len(text)
    if not total:
        return 0.0
    return -sum(n / total * math.log2(n / total) for n in Counter(text).values())
