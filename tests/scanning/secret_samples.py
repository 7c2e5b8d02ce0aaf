"""Secrets as people leave them in packages: a measure of the rules, written apart from them.

What a provider's documentation shows of its secrets, under the names its users give them, in the
files where they are found. Everything is drawn as it runs: no file of this repository holds one.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.scanning.templates import filled

_UUID = "{hex*8}-{hex*4}-4{hex*3}-a{hex*3}-{hex*12}"


@dataclass(frozen=True, slots=True)
class Sample:
    """A file with one secret in it."""

    group: str
    name: str
    context: str
    path: str
    text: str
    secret: str


# By group: the name under which it is kept, and its shape.
SHAPES: dict[str, tuple[tuple[str, str], ...]] = {
    "AWS": (
        ("AWS_ACCESS_KEY_ID", "AKIA{base32*16}"),
        ("AWS_ACCESS_KEY_ID", "ASIA{base32*16}"),
        ("AWS_SECRET_ACCESS_KEY", "{base64*40}"),
        ("AWS_SESSION_TOKEN", "IQoJb3JpZ2luX2Vj{base64*480}=="),
        ("AWS_BEARER_TOKEN_BEDROCK", "ABSKQmVkcm9ja0FQSUtleS1{base64*105}="),
    ),
    "Google": (
        ("GOOGLE_MAPS_API_KEY", "AIzaSy{base64url*33}"),
        ("GEMINI_API_KEY", "AQ.Ab8RN6{base64url*44}"),
        ("GOOGLE_CLIENT_SECRET", "GOCSPX-{base64url*28}"),
        ("GOOGLE_ACCESS_TOKEN", "ya29.a0AfB_by{base64url*150}"),
        ("GOOGLE_REFRESH_TOKEN", "1//0g{base64url*60}"),
    ),
    "Azure": (
        ("AZURE_STORAGE_KEY", "{base64*76}+ASt{base64*5}A=="),
        (
            "AZURE_STORAGE_CONNECTION_STRING",
            "DefaultEndpointsProtocol=https;AccountName=acmestore;AccountKey={base64*86}=="
            ";EndpointSuffix=core.windows.net",
        ),
        ("AZURE_CLIENT_SECRET", "{word*3}8Q~{base64url*34}"),
        ("AZURE_DEVOPS_EXT_PAT", "{word*52}JQQJ99BBACAAAAAAAAAAAAASAZDO{word*4}"),
        ("AZURE_DEVOPS_EXT_PAT", "{base32lower*52}"),
        ("AZURE_OPENAI_API_KEY", "{hex*32}"),
        ("AZURE_OPENAI_API_KEY", "{word*52}JQQJ99BDACYeBjFXJ3w3AAABACOG{word*4}"),
        ("COSMOS_KEY", "{base64*76}ACDb{base64*5}w=="),
        (
            "SERVICE_BUS_CONNECTION",
            "Endpoint=sb://acme.servicebus.windows.net/;SharedAccessKeyName=RootManageSharedAccessKey"
            ";SharedAccessKey={base64*43}=",
        ),
        (
            "BLOB_URL",
            "https://acme.blob.core.windows.net/data?sp=r&st=2025-01-01&sv=2022-11-02&sr=c"
            "&sig={word*19}%2B{word*22}%3D",
        ),
    ),
    "other clouds": (
        ("DIGITALOCEAN_TOKEN", "dop_v1_{hex*64}"),
        ("CLOUDFLARE_API_TOKEN", "{base64url*40}"),
        ("CLOUDFLARE_API_KEY", "{hex*37}"),
        ("CLOUDFLARE_API_TOKEN", "cfut_{word*40}{hex*8}"),
        ("FASTLY_API_TOKEN", "{base64url*32}"),
        ("LINODE_TOKEN", "{hex*64}"),
        ("HCLOUD_TOKEN", "{word*64}"),
        ("ALIBABA_CLOUD_ACCESS_KEY_ID", "LTAI5t{word*18}"),
        ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "{word*30}"),
        ("TENCENTCLOUD_SECRET_ID", "AKID{word*32}"),
        ("IBM_CLOUD_API_KEY", "{base64url*44}"),
        ("DATABRICKS_TOKEN", "dapi{hex*32}"),
        ("HEROKU_API_KEY", _UUID),
        ("HEROKU_API_KEY", "HRKU-AA{base64url*58}"),
        ("FLY_API_TOKEN", "FlyV1 fm2_{base64*380}="),
        ("RENDER_API_KEY", "rnd_{word*32}"),
        ("VERCEL_TOKEN", "{word*24}"),
        ("VERCEL_TOKEN", "vcp_{word*56}"),
        ("NETLIFY_AUTH_TOKEN", "nfp_{word*36}"),
        ("RAILWAY_TOKEN", _UUID),
        ("SUPABASE_SECRET_KEY", "sb_secret_{base64url*22}_{word*8}"),
        ("SUPABASE_ACCESS_TOKEN", "sbp_{hex*40}"),
        ("PLANETSCALE_PASSWORD", "pscale_pw_{base64url*43}"),
        ("NEON_API_KEY", "napi_{base32lower*64}"),
        ("SNOWFLAKE_PASSWORD", "Sn{word*14}7!"),
    ),
    "code": (
        ("GITHUB_TOKEN", "ghp_{word*36}"),
        ("GH_TOKEN", "gho_{checked*30}"),
        ("GITHUB_APP_TOKEN", "ghs_{word*36}"),
        (
            "GITHUB_INSTALLATION_TOKEN",
            "ghs_{digit*7}_eyJ{base64url*90}.{base64url*300}.{base64url*86}",
        ),
        ("GITHUB_REFRESH_TOKEN", "ghr_{word*76}"),
        ("GITHUB_PAT", "github_pat_11{upper*20}_{word*59}"),
        ("GITLAB_TOKEN", "glpat-{base64url*20}"),
        ("GITLAB_TOKEN", "glpat-{base64url*27}.01.{base32lower*9}"),
        ("CI_DEPLOY_PASSWORD", "gldt-{base64url*20}"),
        ("CI_RUNNER_TOKEN", "glrt-t1_{base64url*20}"),
        ("BITBUCKET_APP_PASSWORD", "ATBB{word*24}{HEX*8}"),
        ("JIRA_API_TOKEN", "ATATT3xFfGF0{base64url*172}={HEX*8}"),
        ("BITBUCKET_ACCESS_TOKEN", "ATCTT3xFfGN0{base64url*172}={HEX*8}"),
        ("NPM_TOKEN", "npm_{word*36}"),
        ("PYPI_API_TOKEN", "pypi-AgEIcHlwaS5vcmc{base64url*150}"),
        ("GEM_HOST_API_KEY", "rubygems_{hex*48}"),
        ("CARGO_REGISTRY_TOKEN", "cio{word*32}"),
        ("NUGET_API_KEY", "oy2{base32lower*43}"),
        ("DOCKERHUB_TOKEN", "dckr_pat_{base64url*27}"),
        ("TF_API_TOKEN", "{word*14}.atlasv1.{word*67}"),
        ("PULUMI_ACCESS_TOKEN", "pul-{hex*40}"),
        ("CIRCLE_TOKEN", "CCIPAT_{word*22}_{hex*40}"),
        ("BUILDKITE_API_TOKEN", "bkua_{hex*40}"),
        ("SENTRY_AUTH_TOKEN", "sntrys_eyJpYXQiOjE3{base64*140}_{base64*43}"),
        ("SONAR_TOKEN", "squ_{hex*40}"),
        ("POSTMAN_API_KEY", "PMAK-{hex*24}-{hex*34}"),
        ("LINEAR_API_KEY", "lin_api_{word*40}"),
        ("ARTIFACTORY_API_KEY", "AKCp8{word*68}"),
        ("CODECOV_TOKEN", _UUID),
        ("SNYK_TOKEN", _UUID),
    ),
    "models": (
        ("OPENAI_API_KEY", "sk-{word*20}T3BlbkFJ{word*20}"),
        ("OPENAI_API_KEY", "sk-proj-{base64url*74}T3BlbkFJ{base64url*74}"),
        ("OPENAI_API_KEY", "sk-proj-{word*48}"),
        ("OPENAI_API_KEY", "sk-{word*48}"),
        ("OPENAI_ADMIN_KEY", "sk-admin-{base64url*58}T3BlbkFJ{base64url*58}"),
        ("ANTHROPIC_API_KEY", "sk-ant-api03-{base64url*93}AA"),
        ("MISTRAL_API_KEY", "{word*32}"),
        ("COHERE_API_KEY", "{word*40}"),
        ("TOGETHER_API_KEY", "{hex*64}"),
        ("TOGETHER_API_KEY", "tgp_v1_{base64url*43}"),
        ("FIREWORKS_API_KEY", "fw_{word*22}"),
        ("DEEPSEEK_API_KEY", "sk-{hex*32}"),
        ("HF_TOKEN", "hf_{letter*34}"),
        ("GROQ_API_KEY", "gsk_{word*52}"),
        ("XAI_API_KEY", "xai-{word*80}"),
        ("REPLICATE_API_TOKEN", "r8_{word*37}"),
        ("PERPLEXITY_API_KEY", "pplx-{word*48}"),
        ("OPENROUTER_API_KEY", "sk-or-v1-{hex*64}"),
        ("ELEVENLABS_API_KEY", "sk_{hex*48}"),
        ("ELEVENLABS_API_KEY", "{hex*32}"),
        ("PINECONE_API_KEY", "pcsk_{word*6}_{word*63}"),
        ("PINECONE_API_KEY", _UUID),
        ("LANGSMITH_API_KEY", "lsv2_pt_{hex*32}_{hex*10}"),
        ("WANDB_API_KEY", "{hex*40}"),
        ("NVIDIA_API_KEY", "nvapi-{base64url*64}"),
        ("CEREBRAS_API_KEY", "csk-{base32lower*48}"),
        ("TAVILY_API_KEY", "tvly-{word*32}"),
        ("TAVILY_API_KEY", "tvly-dev-{word*32}"),
        ("FIRECRAWL_API_KEY", "fc-{hex*32}"),
        ("EXA_API_KEY", _UUID),
        ("BRAVE_API_KEY", "BSA{base64url*28}"),
        ("LANGFUSE_SECRET_KEY", f"sk-lf-{_UUID}"),
        ("JINA_API_KEY", "jina_{hex*32}{base64url*28}"),
        ("VOYAGE_API_KEY", "pa-{base64url*43}"),
        ("DEEPGRAM_API_KEY", "{hex*40}"),
        ("ASSEMBLYAI_API_KEY", "{hex*32}"),
        ("STABILITY_API_KEY", "sk-{word*48}"),
        ("SERPAPI_API_KEY", "{hex*64}"),
    ),
    "chat and mail": (
        ("SLACK_BOT_TOKEN", "xoxb-{digit*12}-{digit*13}-{word*24}"),
        ("SLACK_USER_TOKEN", "xoxp-{digit*12}-{digit*12}-{digit*13}-{hex*32}"),
        ("SLACK_APP_TOKEN", "xapp-1-A0{upper*9}-{digit*13}-{hex*64}"),
        ("SLACK_CONFIG_TOKEN", "xoxe.xoxp-1-{word*166}"),
        (
            "SLACK_WEBHOOK_URL",
            "https://hooks.slack{.}com/services/T0{upper*9}/B0{upper*9}/{word*24}",
        ),
        ("DISCORD_TOKEN", "{base64of 81{digit*16}}.G{base64url*5}.{base64url*38}"),
        (
            "DISCORD_WEBHOOK_URL",
            "https://discord{.}com/api/webhooks/{digit*19}/{base64url*68}",
        ),
        ("TELEGRAM_BOT_TOKEN", "7{digit*9}:AA{base64url*33}"),
        ("TWILIO_AUTH_TOKEN", "{hex*32}"),
        ("TWILIO_API_KEY", "SK{hex*32}"),
        ("SENDGRID_API_KEY", "SG.{base64url*22}.{base64url*43}"),
        ("MAILGUN_API_KEY", "key-{hex*32}"),
        ("MAILGUN_API_KEY", "{hex*32}-{hex*8}-{hex*8}"),
        ("MAILCHIMP_API_KEY", "{hex*32}-us21"),
        ("POSTMARK_SERVER_TOKEN", _UUID),
        ("RESEND_API_KEY", "re_{word*8}_{word*24}"),
        ("BREVO_API_KEY", "xkeysib-{hex*64}-{word*16}"),
        (
            "TEAMS_WEBHOOK",
            f"https://acme.webhook.office.com/webhookb2/{_UUID}@{_UUID}/IncomingWebhook/"
            f"{{hex*32}}/{_UUID}",
        ),
        ("SMTP_PASSWORD", "kT{word*14}4"),
    ),
    "money": (
        ("STRIPE_SECRET_KEY", "sk_live_{word*24}"),
        ("STRIPE_SECRET_KEY", "sk_live_51{word*97}"),
        ("STRIPE_RESTRICTED_KEY", "rk_live_51{word*97}"),
        ("STRIPE_TEST_KEY", "sk_test_51{word*97}"),
        ("STRIPE_WEBHOOK_SECRET", "whsec_{word*32}"),
        ("SQUARE_ACCESS_TOKEN", "EAAA{base64url*60}"),
        ("BRAINTREE_ACCESS_TOKEN", "access_token$production${base32lower*16}${hex*32}"),
        ("PAYPAL_CLIENT_SECRET", "E{base64url*79}"),
        ("RAZORPAY_KEY_ID", "rzp_live_{word*14}"),
        ("SHOPIFY_ACCESS_TOKEN", "shpat_{hex*32}"),
        ("PLAID_SECRET", "{hex*30}"),
        ("PLAID_ACCESS_TOKEN", f"access-production-{_UUID}"),
        ("ADYEN_API_KEY", "AQEyhmfxK4{base64*90}-{base64*43}=-{word*16}"),
        ("COINBASE_API_SECRET", "{word*32}"),
        ("BINANCE_SECRET_KEY", "{word*64}"),
    ),
    "work tools": (
        ("NOTION_TOKEN", "ntn_{digit*11}{word*35}"),
        ("NOTION_TOKEN", "secret_{word*43}"),
        ("AIRTABLE_API_KEY", "pat{word*14}.{hex*64}"),
        ("FIGMA_TOKEN", "figd_{base64url*40}"),
        ("ASANA_TOKEN", "2/{digit*16}/{digit*16}:{hex*32}"),
        ("DROPBOX_TOKEN", "sl.u.A{base64url*300}"),
        ("HUBSPOT_TOKEN", f"pat-na1-{_UUID}"),
        ("INTERCOM_TOKEN", "dG9rO{base64*55}="),
        ("ZENDESK_API_TOKEN", "{word*40}"),
        ("TYPEFORM_TOKEN", "tfp_{base64url*44}_{base64url*14}"),
        ("CONTENTFUL_MANAGEMENT_TOKEN", "CFPAT-{base64url*43}"),
        ("ALGOLIA_ADMIN_API_KEY", "{hex*32}"),
        ("MAPBOX_SECRET_TOKEN", "sk.eyJ1Ijoi{base64url*70}.{base64url*22}"),
        ("FACEBOOK_ACCESS_TOKEN", "EAA{word*190}"),
        ("TWITTER_API_SECRET", "{word*50}"),
        ("SPOTIFY_CLIENT_SECRET", "{hex*32}"),
    ),
    "operations": (
        ("VAULT_TOKEN", "hvs.{base64url*90}"),
        ("DOPPLER_TOKEN", "dp.st.prd.{word*43}"),
        ("TS_AUTHKEY", "tskey-auth-k{word*11}CNTRL-{word*32}"),
        ("OP_SERVICE_ACCOUNT_TOKEN", "ops_eyJ{base64url*700}"),
        ("OKTA_API_TOKEN", "00{base64url*40}"),
        ("AUTH0_CLIENT_SECRET", "{base64url*64}"),
        ("GRAFANA_TOKEN", "glsa_{word*32}_{hex*8}"),
        ("GRAFANA_CLOUD_TOKEN", "glc_eyJvIjoi{base64*110}=="),
        ("DD_API_KEY", "{hex*32}"),
        ("DD_APP_KEY", "{hex*40}"),
        ("NEW_RELIC_API_KEY", "NRAK-{upper*27}"),
        ("NEW_RELIC_LICENSE_KEY", "{hex*36}NRAL"),
        ("PAGERDUTY_API_KEY", "u+{base64url*18}"),
        ("LAUNCHDARKLY_SDK_KEY", f"sdk-{_UUID}"),
        ("DATABASE_URL", "postgresql://app:{word*18}@db.acme.io:5432/app"),
        ("MONGODB_URI", "mongodb+srv://svc:{word*16}@cluster0.x1y2z.mongodb.net/prod"),
        ("REDIS_URL", "redis://:{word*24}@cache.acme.io:6379/0"),
        ("MYSQL_URL", "mysql://root:{word*12}@10.0.3.4/shop"),
        ("AMQP_URL", "amqps://mq:{word*20}@rabbit.acme.io/vhost"),
        ("PRIVATE_KEY", "0x{hex*64}"),
        ("JWT", "eyJhbGciOiJIUzI1NiJ9.eyJ{word*60}.{base64url*43}"),
        ("AGE_KEY", "AGE-SECRET-KEY-1{bech32*58}"),
        ("MOG_TOKEN", "{mog}"),
    ),
}
# In which files: %N is the name as written, %n in small letters, %c in camels, %f as a flag; %S is
# the secret.
CONTEXTS: dict[str, tuple[str, str]] = {
    "environment": ("content/.env", "# settings\nLOG_LEVEL=info\n%N=%S\nPORT=8080\n"),
    "json": ("content/config.json", '{\n  "debug": false,\n  "%c": "%S",\n  "retries": 3\n}\n'),
    "yaml": ("content/config.yaml", "service:\n  name: acme\n  %n: %S\n  replicas: 2\n"),
    "python": ("content/run.py", 'import client\n\n%N = "%S"\nclient.connect(%N)\n'),
    "markdown": (
        "content/SKILL.md",
        "# Setup\n\nRun this first:\n\n```bash\nexport %N='%S'\n./run.sh\n```\n",
    ),
    "command": (
        "content/README.md",
        'Call it:\n\n```bash\ncurl -H "%N: %S" https://api.acme.io/v1/items\n```\n',
    ),
    "xml": ("content/app.xml", '<config>\n  <add key="%N" value="%S" />\n</config>\n'),
    "notebook": (
        "content/run.ipynb.json",
        '{"cells": [{"source": ["import os\\n", "%N = \\"%S\\"\\n"]}]}\n',
    ),
    "flag": ("content/README.md", "Start it:\n\n    acme serve --%f %S --port 80\n"),
    "table": ("content/README.md", "| setting | value |\n|---|---|\n| %N | %S |\n"),
    "ini": ("content/app.ini", "[service]\nuser = acme\n%n = %S\n"),
}
KEYS = {
    "RSA PRIVATE KEY": "{base64*64}\n{base64*64}\n{base64*64}\n{base64*40}==",
    "EC PRIVATE KEY": "MHcCAQEE{base64*56}\n{base64*64}\n{base64*34}==",
    "OPENSSH PRIVATE KEY": "b3BlbnNzaC1rZXktdjEA{base64*50}\n{base64*70}\n{base64*60}",
    "PRIVATE KEY": "MIIEvQIBADANBgkqhkiG{base64*44}\n{base64*64}\n{base64*64}",
    "ENCRYPTED PRIVATE KEY": "MIIFHDBOBgkqhkiG{base64*48}\n{base64*64}\n{base64*64}",
    "PGP PRIVATE KEY BLOCK": "\nlQdGBF{base64*58}\n{base64*64}\n{base64*64}\n={base64*4}",
}


def samples(rounds: int = 1) -> Iterator[Sample]:
    """Yield every shape in every context, `rounds` times with other characters."""
    for seed in range(rounds):
        for group, shapes in SHAPES.items():
            for name, shape in shapes:
                for context in CONTEXTS:
                    yield _sample(group, name, shape, context, seed=seed)
        yield from _keys(seed)


def _sample(group: str, name: str, shape: str, context: str, *, seed: int) -> Sample:
    path, around = CONTEXTS[context]
    secret = filled(shape, seed=1_000 + seed)
    words = name.lower().split("_")
    camels = words[0] + "".join(map(str.title, words[1:]))
    text = around.replace("%N", name).replace("%n", name.lower())
    text = text.replace("%c", camels).replace("%f", "-".join(words))
    if context == "xml":
        text = text.replace("%S", secret.replace("&", "&amp;"))
    return Sample(group, name, context, path, text.replace("%S", secret), secret)


def _keys(seed: int) -> Iterator[Sample]:
    for kind, body in KEYS.items():
        whole = f"-----BEGIN {kind}-----\n{filled(body, seed=seed)}\n-----END {kind}-----\n"
        escaped = whole.replace("\n", "\\n")
        indented = "".join(f"    {line}\n" for line in whole.splitlines())
        for context, path, text in (
            ("file", "content/id_key.txt", whole),
            ("json", "content/account.json", f'{{"private_key": "{escaped}"}}\n'),
            ("yaml", "content/config.yaml", f"key: |\n{indented}"),
            ("environment", "content/.env", f'KEY="{escaped}"\n'),
        ):
            yield Sample("private keys", kind, context, path, text, whole)
