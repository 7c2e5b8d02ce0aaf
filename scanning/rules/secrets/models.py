"""Where language models are rented."""

from scanning.rules.secrets.secret_rule import provider

RULES = (
    provider(
        "openai-key",
        "key",
        r"\bsk-(?:[a-z]{2,10}-)?[A-Za-z0-9_-]{20,100}T3BlbkFJ[A-Za-z0-9_-]{20,100}",
        "t3blbkfj",
        provider="OpenAI",
        source="https://platform.openai.com/docs/api-reference/authentication",
    ),
    provider(
        "anthropic-key",
        "key",
        r"\bsk-ant-(?:api|admin|oat|ort)[0-9]{2}-[A-Za-z0-9_-]{80,120}",
        "sk-ant-",
        provider="Anthropic",
        source="https://docs.anthropic.com/en/api/admin-api/apikeys/get-api-key",
    ),
    provider(
        "hugging-face-token",
        "token",
        r"\bhf_[A-Za-z]{34}\b",
        "hf_",
        provider="Hugging Face",
        source="https://huggingface.co/docs/hub/security-tokens",
    ),
    provider(
        "groq-key",
        "key",
        r"\bgsk_[A-Za-z0-9]{52}\b",
        "gsk_",
        provider="Groq",
        source="https://console.groq.com/docs/quickstart",
    ),
    provider(
        "xai-key",
        "key",
        r"\bxai-[A-Za-z0-9]{80}\b",
        "xai-",
        provider="xAI",
        source="https://docs.x.ai/docs/tutorial",
    ),
    provider(
        "replicate-token",
        "token",
        r"\br8_[A-Za-z0-9]{37}\b",
        "r8_",
        provider="Replicate",
        source="https://replicate.com/docs/topics/security/api-tokens",
    ),
    provider(
        "perplexity-key",
        "key",
        r"\bpplx-[A-Za-z0-9]{48}\b",
        "pplx-",
        provider="Perplexity",
        source="https://docs.perplexity.ai/getting-started/api-groups",
    ),
)
