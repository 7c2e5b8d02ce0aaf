"""What documentation writes where a secret would stand."""

import math
import re
from collections import Counter

# Examples that providers publish, in lower case, without what would make a whole one: of AWS,
# the emulators of Azure, Google, GitHub, jwt.io, Stripe, Telegram, Mailgun, Plaid, the first
# accounts of Hardhat and Anvil, a published skill on Neon, the header of tokens that nothing signs,
# and the standards of HTTP, OAuth, JSON Web Signature and UUID.
_PUBLISHED = (
    b"akiaiosfodnn7",
    b"akiai44qh8dhb",
    b"wjalrxutnfemi/k7mdeng",
    b"eby8vdm02xnocqflquwjpllmetlcdxj1ouzft50usrz6ifsu",
    b"c2y6ydjf5/r+ob0n8a7cgv30vrdjiwehlm+4qdu5de2nq9nduvtqobd4b8mggypmbiznq",
    b"d-9tsrke72pouqmnmx-a7ezsw0jkfmbwy",
    b"16c7e42f292c6912e7710c838347ae178b4a",
    b"eyjzdwiioiixmjm0nty3odkwi",
    b"4ec39hqlyjwdarjtt1zdp7dc",
    b"bqokikjovbii2hlwgh4olfq2",
    b"tr3pybcvnzz796th88s4vq2u",
    b"26phem9afd1duf5ev0ttdkgd",
    b"aahdqtcvch1vgwjxfsefsas0k5paldsaw",
    b"3ax6xnjp29jd6fds4gc373sgvjxteol0",
    b"8ab976e6-64bc-4b38-98f7-731e7a349970",
    b"ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
    b"59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d",
    b"qwxhzgrpbjpvcgvuihnlc2ftzq",
    b"czzcagrsa3f0mzpnwdfmqmf0m2jw",
    b"2yotnfzfejr1zcsicmwpaa",
    b"tgzv3jokf0xg5qx2tlkwia",
    b"splxlobezqqybys6wxsbia",
    b"eyj0exaioijkv1qila0kicjhbgcioijiuzi1nij9",
    b"eyjhbgcioijub25li",
    b"9tlr13774gizljemrr133j5koy3bmsphj8iu",
    b"ewcs9iogffb7",
    b"n67fdmtgvjke",
    b"idnnorost71p",
    b"550e8400-e29b-41d4-a716-446655440000",
    b"f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
)
# Too long to stand in random characters by chance.
_TELLING = re.compile(
    rb"example|placeholder|your[-_]|your(?:api|secret|token|key|pass|access)|change[-_]?me"
    rb"|replace|redacted|insert[-_]|dummy|sample|not[-_]?(?:a[-_]?)?real|foo[-_]?bar"
    rb"|\.signature$|x{5}|\*{3}|\.{3}|[-_]here\b|goes[-_]?here|<[a-z]|test[-_]?(?:key|token|secret)",
    re.I,
)
_SUBSTITUTED = re.compile(rb"^[<\[{(%]|^\$[A-Za-z_{(]|\$\{|\{\{|%\(|#\{", re.I)
# What may stand in a random text by chance: it tells nothing as long as enough is left.
_FILLERS = re.compile(
    rb"access|account|admin|apikey|auth|bearer|client|default|demo|fake|fixme|hunter2|lorem"
    rb"|letmein|p[a4@]s[s5](?:w[o0]rd)?|phrase|private|project|public|qwerty|random|root|s[e3]cr[e3]t|secure"
    rb"|server|service|some|string|super|test|this|todo|t[o0]k[e3]n|user(?:name)?|v[a4]lu[e3]|welcome|with"
    rb"|dead[-_]?beef|cafe[-_]?babe|feed[-_]?face|a1bc2d"
    rb"|(?<![a-z0-9])(?:a|an|and|api|app|db|dev|env|for|from|in|is|it|id|k[e3]y|live|my|new|of|org"
    rb"|prod|the|to)(?![a-z0-9])",
    re.I,
)
_SHORTEST_RUN = 3
# Two runs that take turns, such as a1b2c3.
_WOVEN = re.compile(rb"(?:[a-z][0-9]){3,}|(?:[0-9][a-z]){3,}", re.I)
_SEPARATORS = re.compile(rb"[^A-Za-z0-9]+")
_WORD = re.compile(rb"[a-z]{1,14}|[A-Z]{1,14}|[A-Z][a-z]{1,13}|[0-9]{1,4}|[vV][0-9]")
# Below it a text is a pattern, not a draw: four letters in turn have two bits.
_LEAST_BITS = 2.3
_LEAST_LEFT = 6


def is_placeholder(secret: bytes) -> bool:
    """Tell whether a text stands for a secret and is none."""
    lower = secret.lower()
    if any(known in lower for known in _PUBLISHED):
        return True
    if _TELLING.search(secret) or _SUBSTITUTED.search(secret):
        return True
    left = without_fillers(secret)
    return _is_hardly_anything(left, secret) or bits_per_character(left) < _LEAST_BITS


def without_fillers(text: bytes) -> bytes:
    """Return a text without the words, runs and repetitions that fill examples."""
    return _FILLERS.sub(b"-", _without_runs(text))


def is_words(text: bytes) -> bool:
    """Tell words and small numbers from anything that is drawn by lot."""
    return all(_WORD.fullmatch(part) for part in _SEPARATORS.split(text) if part)


def bits_per_character(text: bytes) -> float:
    """Return Shannon's entropy of a text's own characters."""
    total = len(text)
    if not total:
        return 0.0
    return -sum(n / total * math.log2(n / total) for n in Counter(text).values())


def _is_hardly_anything(left: bytes, secret: bytes) -> bool:
    letters = sum(map(len, _SEPARATORS.split(left)))
    whole = sum(map(len, _SEPARATORS.split(secret)))
    return letters < max(_LEAST_LEFT, whole / 2) or is_words(left)


def _without_runs(text: bytes) -> bytes:
    """Take out what counts up or down or repeats itself: 12345, fEdC, 0000, a1b2c3d4."""
    return _without_plain_runs(_WOVEN.sub(_unwoven, text))


def _unwoven(met: re.Match[bytes]) -> bytes:
    text = met.group()
    every_other = text[::2]
    is_run = len(_without_plain_runs(every_other)) <= len(every_other) / 2
    return b"-" if is_run else text


def _without_plain_runs(text: bytes) -> bytes:
    lower = text.lower()
    kept = bytearray()
    start = 0
    for end in range(1, len(text) + 1):
        if end < len(text) and _goes_on(lower, start, end):
            continue
        kept += b"-" if end - start >= _SHORTEST_RUN else text[start:end]
        start = end
    return bytes(kept)


def _goes_on(text: bytes, start: int, end: int) -> bool:
    """Tell whether the character at `end` steps as the run from `start` did."""
    step = text[end] - text[end - 1]
    return abs(step) <= 1 and (end - start == 1 or step == text[end - 1] - text[end - 2])
