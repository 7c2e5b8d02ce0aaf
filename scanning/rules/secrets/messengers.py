"""Where messages are sent from."""

import base64
import binascii

from scanning.rules.secrets.secret_rule import provider


def _names_a_bot(token: bytes) -> bool:
    """Tell whether the first part is a bot's number in base64, as Discord writes it."""
    first = token.partition(b".")[0]
    try:
        return base64.b64decode(first + b"=" * (-len(first) % 4), altchars=b"-_").isdigit()
    except binascii.Error:
        return False


RULES = (
    provider(
        "slack-token",
        "token",
        r"\bxox[abeoprs]-(?:[0-9]+-)?[0-9]{9,14}-[A-Za-z0-9-]{20,}",
        *("xoxa-", "xoxb-", "xoxe-", "xoxo-", "xoxp-", "xoxr-", "xoxs-"),
        provider="Slack",
        source="https://docs.slack.dev/authentication/tokens/",
    ),
    provider(
        "slack-app-token",
        "token",
        r"\bxapp-[0-9]-[A-Z0-9]{9,12}-[0-9]{9,14}-[a-f0-9]{64}\b",
        "xapp-",
        provider="Slack",
        source="https://docs.slack.dev/authentication/tokens/",
    ),
    provider(
        "slack-webhook",
        "webhook address",
        r"https://hooks\.slack\.com/(?:services|workflows|triggers)/T[A-Z0-9]{8,12}/[A-Z0-9]{8,20}/[A-Za-z0-9]{20,40}",
        "hooks.slack.com/",
        provider="Slack",
        source="https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks/",
    ),
    provider(
        "telegram-bot-token",
        "bot token",
        r"\b[0-9]{8,10}:AA[A-Za-z0-9_-]{33}",
        ":aa",
        provider="Telegram",
        source="https://core.telegram.org/bots/api#authorizing-your-bot",
    ),
    provider(
        "discord-bot-token",
        "bot token",
        r"\b[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,38}",
        provider="Discord",
        source="https://docs.discord.com/developers/reference#authentication",
        accepts=_names_a_bot,
    ),
    provider(
        "discord-webhook",
        "webhook address",
        r"https://(?:canary\.|ptb\.)?discord(?:app)?\.com/api/(?:v[0-9]+/)?webhooks/[0-9]{17,20}/[A-Za-z0-9_-]{60,80}",
        "/webhooks/",
        provider="Discord",
        source="https://docs.discord.com/developers/resources/webhook",
    ),
    provider(
        "sendgrid-key",
        "key",
        r"\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}",
        "sg.",
        provider="SendGrid",
        source="https://www.twilio.com/docs/sendgrid/ui/account-and-settings/api-keys",
    ),
    provider(
        "twilio-key",
        "key",
        r"\bSK[a-f0-9]{32}\b",
        "sk",
        provider="Twilio",
        source="https://www.twilio.com/docs/iam/api-keys",
    ),
    provider(
        "mailgun-key",
        "key",
        r"\bkey-[a-f0-9]{32}\b",
        "key-",
        provider="Mailgun",
        source="https://documentation.mailgun.com/docs/mailgun/api-reference/mg-auth",
    ),
    provider(
        "notion-token",
        "token",
        r"\b(?:ntn_[0-9]{11}[A-Za-z0-9]{35}|secret_[A-Za-z0-9]{43})\b",
        *("ntn_", "secret_"),
        provider="Notion",
        source="https://developers.notion.com/reference/authentication",
    ),
)
