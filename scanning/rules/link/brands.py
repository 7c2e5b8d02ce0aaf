"""Names that people trust, the domains that really are theirs, and the likes of them."""

import unicodedata
from collections.abc import Iterator
from encodings import punycode
from functools import cache
from posixpath import commonprefix

from scanning.rules.lookalikes import LATIN

# Each name, then the domains of its owner.
_TABLE = """
github github.com github.io github.dev github.blog githubusercontent.com githubassets.com
github githubcopilot.com githubnext.com githubstatus.com github.careers
gitlab gitlab.com gitlab.io gitlab.net
bitbucket bitbucket.org bitbucket.io
npmjs npmjs.com npmjs.org
pypi pypi.org pypi.io
python python.org pythonhosted.org pythonanywhere.com python.ai
nodejs nodejs.org nodejs.dev
docker docker.com docker.io docker.dev
homebrew brew.sh
openai openai.com openai.org openai.fm
chatgpt chatgpt.com
anthropic anthropic.com
claude claude.ai claude.com claudeusercontent.com claude.site
gemini gemini.google.com
perplexity perplexity.ai
huggingface huggingface.co
openrouter openrouter.ai
openclaw openclaw.ai openclaw.org openclaw.com
clawhub clawhub.ai clawhub.com clawhub.dev
clawdhub clawdhub.com
clawdbot clawd.bot clawdbot.com
moltbook moltbook.com
google google.com google.dev goo.gle google withgoogle.com googleapis.com googleusercontent.com
google googletagmanager.com google-analytics.com googlesource.com
youtube youtube.com youtube-nocookie.com
microsoft microsoft.com microsoftonline.com azure.com windows.net visualstudio.com office.com
microsoft live.com windowsupdate.com
office365 office365.com
outlook outlook.com
linkedin linkedin.com
paypal paypal.com paypal.me paypalobjects.com paypal.dev
stripe stripe.com stripe.dev stripe.network
apple apple.com apple.news icloud.com mzstatic.com
icloud icloud.com
amazon amazon.com amazonaws.com amazon.science amazon.jobs amazontrust.com
coinbase coinbase.com
metamask metamask.io
binance binance.com binance.org binance.us binance.vision
kraken kraken.com
ledger ledger.com
trezor trezor.io
phantom phantom.app phantom.com
uniswap uniswap.org
opensea opensea.io
polymarket polymarket.com
solana solana.com
etherscan etherscan.io
walletconnect walletconnect.com walletconnect.network
slack slack.com slack.dev slack-edge.com
discord discord.com discord.gg discord.dev discordapp.com discordapp.net discord.media
telegram telegram.org telegram.me
whatsapp whatsapp.com whatsapp.net
facebook facebook.com facebook.net fb.com
instagram instagram.com
twitter twitter.com
netflix netflix.com
dropbox dropbox.com dropboxapi.com dropboxusercontent.com
notion notion.so notion.com notion.site
cloudflare cloudflare.com cloudflare.net cloudflare.dev cloudflareinsights.com
cursor cursor.com cursor.sh cursor.so
vercel vercel.com vercel.app vercel-insights.com vercel-storage.com
supabase supabase.com supabase.co supabase.io
windsurf windsurf.com
"""
_ROWS = [row.split() for row in _TABLE.split("\n") if row]
NAMES: frozenset[str] = frozenset(row[0] for row in _ROWS)
OWNED: frozenset[str] = frozenset(domain for row in _ROWS for domain in row[1:])
# Words of everyday: alone, under another ending, they are anybody's.
_WORDS = frozenset(
    {
        *("python", "docker", "claude", "gemini", "perplexity", "google", "outlook", "apple"),
        *("amazon", "stripe", "kraken", "ledger", "phantom", "slack", "discord", "telegram"),
        *("twitter", "notion", "cursor", "windsurf", "office365", "solana", "homebrew", "nodejs"),
    }
)
# One letter from a name, and names or words themselves.
_HONEST = frozenset(
    {
        *("openapi", "openlaw", "clause", "cloude", "goggle", "strive", "strike", "stride"),
        *("cursos", "discard", "lodger", "solara", "solano", "telegraf", "githut", "titter"),
        *("nodes", "docked", "clawbot", "geminid", "outlooks"),
    }
)
_LEAST_LETTERS = 5
_MOST_LETTERS = max(map(len, NAMES)) + 1
_DIGITS = (str.maketrans("013457", "oleast"), str.maketrans("013457", "oieast"))


def readable(label: str) -> str:
    """Return a label of a host as it is shown (RFC 3492)."""
    if not label.startswith("xn--"):
        return label
    try:
        return str(punycode.punycode_decode(label[4:].encode(), "strict"))
    except UnicodeError:
        return label


def stands_alone(label: str) -> bool:
    """Tell a trusted name that is nobody's everyday word."""
    return label in NAMES - _WORDS


@cache
def looks_like(label: str) -> str:
    """Return the trusted name for which a label is made to be taken; "" for none."""
    shown = unicodedata.normalize("NFKC", readable(label)).translate(LATIN)
    if shown != label and _plain(shown) in NAMES:
        return _plain(shown)
    if label in NAMES or label in _HONEST or label.removesuffix("s") in NAMES:
        return ""
    return _by_signs(label) or _by_slip(label)


def _plain(shown: str) -> str:
    decomposed = unicodedata.normalize("NFKD", shown)
    return "".join(letter for letter in decomposed if letter.isascii())


def _by_signs(label: str) -> str:
    """Read digits and pairs as the letters they look like."""
    for digits in _DIGITS:
        letters = label.translate(digits)
        for read in (letters, letters.replace("rn", "m"), letters.replace("vv", "w")):
            if read != label and read in NAMES:
                return read
    return ""


def _by_slip(label: str) -> str:
    """Find the name with a letter too many, too few, changed, or two of them swapped."""
    if not _LEAST_LETTERS <= len(label) <= _MOST_LETTERS:
        return ""
    near = (_NEAR.get(form, "") for form in (label, *_shorter(label)))
    return next((name for name in near if name and _is_one_slip(label, name)), "")


def _shorter(word: str) -> Iterator[str]:
    """Yield a word without each of its letters."""
    return (word[:at] + word[at + 1 :] for at in range(len(word)))


def _is_one_slip(label: str, name: str) -> bool:
    if label[0] != name[0]:
        return False
    same = len(commonprefix((label, name)))
    if len(label) == len(name):
        swapped = label[:same] + label[same : same + 2][::-1] + label[same + 2 :]
        return label[same + 1 :] == name[same + 1 :] or swapped == name
    longer, shorter = sorted((label, name), key=len, reverse=True)
    return longer[same + 1 :] == shorter[same:]


# Words that are one slip from each other become the same when each loses a letter. Of short names
# too many words are a slip away.
_NEAR = {
    form: name
    for name in sorted(NAMES)
    if len(name) > _LEAST_LETTERS
    for form in (name, *_shorter(name))
}
