"""Names nobody can take: our own addresses and roles, words that promise trust, others' names."""

_OURS = """
    about account accounts activity admin administrator api approvals apps archive assets auth
    authorize bff billing blog browse bundle bundles callback catalog cdn changelog checkout claim
    cli community config contact content dashboard delete demo deploy dev developer developers
    device diff discover docs documentation download downloads edit email enterprise error errors
    explore export faq favicon feed files health help home host image images index info install
    invite invites jobs legal library license list listing listings login logout mail manage market
    marketplace mcp me media member members messages metrics mod mog mog-cli mog-package mog-site
    new news notifications oauth official order orders org organization organizations orgs package
    packages password payment payments payout payouts ping policies policy popular prices pricing
    privacy profile public publish purchase purchases readme ready refund refunds register registry
    release releases report reports review reviews robots root rule rules sandbox scan scans search
    security sell seller sellers session sessions settings setup shop sign-in sign-out sign-up
    signin signout signup site sitemap skill skills spec staff static stats status step-up storage
    store sudo support suspended sys system tag tags team teams template templates terms test token
    tokens tools top trending undefined update updates upgrade upload uploads user username users v1
    v2 v3 vendor vendors verified verify version versions wallet webhook webhooks well-known www
"""

_TRUST = """
    abuse anonymous approved authentic bot certified everyone ghost guest moderator moderators
    nobody no-reply noreply null official-mog mog-official mog-security mog-staff mog-support
    mog-team
    owner postmaster hostmaster webmaster secure trusted trust unknown void
"""

# Given to whoever shows that the name is theirs, by hand.
_OTHERS = """
    amazon anthropic apple aws azure bitbucket chatgpt claude claude-code cline codex codex-cli
    copilot cursor deepmind docker gemini gemini-cli github gitlab google huggingface meta microsoft
    mistral modelcontextprotocol npm openai openclaw paypal pypi python stripe vercel visa
    windsurf xai
"""

RESERVED = frozenset((_OURS + _TRUST + _OTHERS).split())
