"""Where money moves."""

from scanning.rules.secrets.secret_rule import provider

RULES = (
    provider(
        "stripe-key",
        "live key",
        r"\b[sr]k_live_[A-Za-z0-9]{20,}\b",
        *("sk_live_", "rk_live_"),
        provider="Stripe",
        source="https://docs.stripe.com/keys",
    ),
    provider(
        "stripe-webhook-secret",
        "webhook secret",
        r"\bwhsec_[A-Za-z0-9]{32,64}\b",
        "whsec_",
        provider="Stripe",
        source="https://docs.stripe.com/webhooks",
    ),
    provider(
        "shopify-token",
        "token",
        r"\bshp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}\b",
        *("shpat_", "shpca_", "shppa_", "shpss_"),
        provider="Shopify",
        source="https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens",
    ),
    provider(
        "square-token",
        "token",
        r"\b(?:EAAA[A-Za-z0-9_-]{60}|sq0(?:atp-[A-Za-z0-9_-]{22}|csp-[A-Za-z0-9_-]{43}))",
        *("eaaa", "sq0atp-", "sq0csp-"),
        provider="Square",
        source="https://developer.squareup.com/docs/build-basics/access-tokens",
    ),
)
