"""Whose a key is, by the name of its variable, and which hosts are theirs."""

import re
from collections.abc import Iterable

from scanning.rules.link.addresses import Host

# Hosts by the first word of a variable, as the providers' own documentation names both.
_DOMAINS = {
    "openai": "openai.com openai.azure.com cognitiveservices.azure.com oaiusercontent.com",
    "anthropic": "anthropic.com claude.com claude.ai",
    "claude": "anthropic.com claude.com claude.ai",
    "gemini": "googleapis.com google.com google.dev",
    "google": "googleapis.com google.com google.dev gstatic.com",
    "github": "github.com githubusercontent.com githubcopilot.com ghcr.io github.dev",
    "gh": "github.com githubusercontent.com githubcopilot.com ghcr.io github.dev",
    "gitlab": "gitlab.com",
    "stripe": "stripe.com",
    "slack": "slack.com",
    "discord": "discord.com discordapp.com",
    "telegram": "telegram.org t.me",
    "notion": "notion.com notion.so",
    "linear": "linear.app",
    "shopify": "shopify.com myshopify.com",
    "hf": "huggingface.co hf.co hf.space",
    "huggingface": "huggingface.co hf.co hf.space",
    "hugging": "huggingface.co hf.co hf.space",
    "npm": "npmjs.org npmjs.com github.com",
    "pypi": "pypi.org",
    "aws": "amazonaws.com aws.amazon.com aws.dev",
    "cloudflare": "cloudflare.com workers.dev",
    "cf": "cloudflare.com workers.dev",
    "vercel": "vercel.com vercel.app",
    "netlify": "netlify.com netlify.app",
    "heroku": "heroku.com herokuapp.com",
    "digitalocean": "digitalocean.com digitaloceanspaces.com",
    "twilio": "twilio.com",
    "sendgrid": "sendgrid.com",
    "mailgun": "mailgun.net mailgun.com",
    "airtable": "airtable.com",
    "asana": "asana.com",
    "jira": "atlassian.net atlassian.com",
    "atlassian": "atlassian.net atlassian.com",
    "confluence": "atlassian.net atlassian.com",
    "trello": "trello.com",
    "figma": "figma.com",
    "dropbox": "dropbox.com dropboxapi.com",
    "hubspot": "hubspot.com hubapi.com",
    "zendesk": "zendesk.com",
    "intercom": "intercom.io intercom.com",
    "mistral": "mistral.ai",
    "groq": "groq.com",
    "cohere": "cohere.com cohere.ai",
    "perplexity": "perplexity.ai",
    "replicate": "replicate.com",
    "elevenlabs": "elevenlabs.io",
    "deepseek": "deepseek.com",
    "openrouter": "openrouter.ai",
    "paypal": "paypal.com",
    "square": "squareup.com squareupsandbox.com",
    "binance": "binance.com binance.us binance.vision",
    "coinbase": "coinbase.com",
    "kraken": "kraken.com",
    "alpaca": "alpaca.markets",
    "apca": "alpaca.markets",
    "datadog": "datadoghq.com datadoghq.eu",
    "sentry": "sentry.io",
    "pinecone": "pinecone.io",
    "supabase": "supabase.co supabase.com",
    "firebase": "googleapis.com firebaseio.com google.com",
    "azure": "azure.com windows.net microsoft.com microsoftonline.com azurewebsites.net",
    "twitter": "twitter.com x.com",
    "reddit": "reddit.com",
    "spotify": "spotify.com",
    "todoist": "todoist.com",
    "clickup": "clickup.com",
    "monday": "monday.com",
    "salesforce": "salesforce.com force.com",
    "tavily": "tavily.com",
    "serpapi": "serpapi.com",
    "firecrawl": "firecrawl.dev",
    "exa": "exa.ai",
    "brave": "brave.com",
}
# Speak the interface of another provider, and are given keys under its name.
_SPEAKS_OPENAI = (
    "openrouter.ai deepseek.com together.xyz together.ai groq.com mistral.ai x.ai fireworks.ai"
    " perplexity.ai moonshot.cn moonshot.ai siliconflow.cn aliyuncs.com volces.com bigmodel.cn z.ai"
    " googleapis.com nvidia.com cerebras.ai deepinfra.com novita.ai minimax.io minimax.chat"
    " anthropic.com litellm.ai helicone.ai portkey.ai cloudflare.com vercel.sh vercel.ai"
)
_COMPATIBLE = {"openai": _SPEAKS_OPENAI, "anthropic": _SPEAKS_OPENAI + " openai.com"}
_ALL = frozenset(" ".join([*_DOMAINS.values(), _SPEAKS_OPENAI]).split())
# Below these, customers of a vendor run programs of their own.
_OF_CUSTOMERS = frozenset(
    {
        *("amazonaws.com", "azure.com", "windows.net", "azurewebsites.net", "openai.azure.com"),
        *("cognitiveservices.azure.com", "workers.dev", "vercel.app", "netlify.app"),
        *("herokuapp.com", "hf.space", "supabase.co", "firebaseio.com", "myshopify.com"),
        *("force.com", "github.dev", "google.com"),
    }
)
_SECOND_LEVEL = frozenset({"co", "com", "org", "net", "ac", "gov"})
_SHORTEST = 4
# Not every name with the word in it: anybody can have one of these.
_EXAMPLE = re.compile(r"(?:^|\.)example\.[a-z]{2,12}$")
# Names of formats, which look like addresses and are asked for nothing; and what templates write.
_NO_SERVERS = re.compile(
    r"(?:^|\.)(?:openxmlformats\.org|xmlsoap\.org|w3\.org)$"
    r"|(?:^|\.)your-?(?:app|domain|site|server|company|store)\.com$"
)
_OURS = re.compile(
    r"^(?:localhost|127\.|0\.0\.0\.0|10\.|192\.168\.|\[)|\.(?:internal|local|localhost)$|^[^.]*$"
)


def of(variable: str) -> str:
    """Return the vendor that a variable names; empty when it names none that could be told."""
    words = variable.lower().split("_")
    known = [word for word in words if word in _DOMAINS]
    # A program's own name may stand first: ACME_TELEGRAM_BOT_TOKEN.
    return known[-1] if known else words[0] if len(words[0]) >= _SHORTEST else ""


def is_known(vendor: str) -> bool:
    """Tell whether the hosts of a vendor are listed here."""
    return vendor in _DOMAINS


def owns(vendor: str, host: str) -> bool:
    """Tell whether a host is the vendor's, speaks for it, or is the person's own machine."""
    host = host.lower().rstrip(".")
    if _OURS.search(host) or _owner(host) == vendor:
        return True
    domains = f"{_DOMAINS.get(vendor, '')} {_COMPATIBLE.get(vendor, '')}".split()
    return any(host == each or host.endswith(f".{each}") for each in domains)


def is_own_interface(vendor: str, host: str) -> bool:
    """Tell a host at which nobody but the vendor reads what a request says."""
    host = host.lower().rstrip(".")
    return any(
        host == each or host.endswith(f".{each}")
        for each in _DOMAINS.get(vendor, "").split()
        if each not in _OF_CUSTOMERS
    )


def is_shown(vendor: str, hosts: Iterable[str]) -> bool:
    """Tell whether one of the hosts bears the vendor's name, so that the others are not its."""
    return any(_owner(host) == vendor for host in hosts)


def stranger(host: str) -> str:
    """Return the name under which a host is known, empty when it is a vendor's or no stranger's."""
    host = host.lower().rstrip(".")
    parents = (host.split(".", number)[-1] for number in range(4))
    if _OURS.search(host) or Host(host).is_reserved:
        return ""
    if _NO_SERVERS.search(host) or _EXAMPLE.search(host):
        return ""
    if not _ALL.isdisjoint(parents):
        return ""
    return host if host.replace(".", "").isdigit() else _owner(host)


def _owner(host: str) -> str:
    """Return the label that was registered: `linear` of api.linear.app."""
    labels = host.lower().rstrip(".").split(".")
    last = 3 if len(labels) > 2 and labels[-2] in _SECOND_LEVEL else 2
    return labels[-last] if len(labels) >= last else ""
