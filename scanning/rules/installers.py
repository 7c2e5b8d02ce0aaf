"""Where the makers of well-known tools keep the scripts that their own pages pipe into a shell."""

import re

_PLACE = re.compile(
    rb"https?://([a-z0-9.-]+)(/[^\s|\"')]*)?|[\s\"']([a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,})/",
    re.I,
)
# Each with its subdomains; nobody else can put anything there.
_HOSTS = frozenset(
    b"""
    127.0.0.1 0.0.0.0 localhost
    aka.ms anthropic.com antigravity.google apt.releases.hashicorp.com aquasecurity.github.io
    argoproj.github.io asdf-vm.com astral.sh atuin.sh bootstrap.pypa.io brew.sh bun.sh claude.ai
    chocolatey.org cli.doppler.com cli.github.com cloudflare.com conda.io cursor.com dagger.io
    deb.nodesource.com deno.com deno.land dl.google.com dot.net dotnet.microsoft.com
    download.docker.com earthly.dev encore.dev fisher.io fluxcd.io fly.io foundry.paradigm.xyz
    get-ghcup.haskell.org get.docker.com get.helm.sh get.k0s.sh get.k3s.io get.pnpm.io
    get.pulumi.com get.rvm.io get.scoop.sh get.sdkman.io get.trunk.io get.tur.so get.volta.sh
    getcomposer.org heroku.com install.julialang.org install.meteor.com
    install.python-poetry.org istio.io just.systems kind.sigs.k8s.io linkerd.io lmstudio.ai
    micro.mamba.pm minikube.sigs.k8s.io mise.jdx.dev mise.run modal.com netlify.com nixos.org
    nodejs.org npmjs.org ohmyz.sh ollama.ai ollama.com openai.com openclaw.ai opencode.ai
    packages.cloud.google.com packages.microsoft.com pixi.sh pulumi.com pyenv.run python.org
    railway.app railway.com release.anza.xyz release.solana.com releases.hashicorp.com
    repo.anaconda.com rpm.nodesource.com run.linkerd.io rvm.io sdk.cloud.google.com sh.rustup.rs
    sst.dev starship.rs stripe.com supabase.com tailscale.com taskfile.dev temporal.download
    turso.tech vercel.com volta.sh wasmer.io wasmtime.dev win.rustup.rs windsurf.com zed.dev
    ampcode.com app.factory.ai binaries.cockroachdb.com buf.build cli.coderabbit.ai cli.inference.sh
    cli.sentry.dev clickhouse.com cnfl.io cockroachlabs.com coder.com cog.run confluent.io
    convex.dev dapr.io datadoghq.com daytona.io depot.dev developer.fermyon.com devpod.sh
    elastic.co fnm.vercel.app get.acme.sh get.chezmoi.io get.nexte.st get.opentofu.org
    get.rke2.io gitpod.io goteleport.com grafana.com influxdata.com install.duckdb.org
    jfrog.io neon.tech newrelic.com okteto.com pkgx.sh planetscale.com prisma.io qlty.sh
    rancher.com render.com replicate.com runpod.io sentry.io singlestore.com sourcegraph.com
    tilt.dev upstash.com
    bitbucket.org codeberg.org download.pytorch.org files.pythonhosted.org gitlab.com jsr.io
    npm.pkg.github.com pypi.nvidia.com pypi.org registry.npmjs.org registry.yarnpkg.com
    """.split()
)
# Of repositories at GitHub, by their owners.
_OWNERS = frozenset(
    b"""
    anchore anthropics apple aquasecurity argoproj astral-sh block denoland docker github golang
    google hashicorp helm homebrew huggingface istio k3d-io kubernetes mamba-org microsoft nvm-sh
    ohmyzsh oven-sh pypa pyenv rbenv rust-lang sdkman starship tmux-plugins
    """.split()
)
_REPOSITORIES = frozenset(
    (b"raw.githubusercontent.com", b"github.com", b"gist.githubusercontent.com")
)


# In lessons and templates; no attack would get anything from there.
_PLACEHOLDER = re.compile(
    rb"evil|attack|malicious|malware|hacker|example|your|vendor|some|placeholder|\.\.\.", re.I
)


def is_unknown(command: bytes) -> bool:
    """Tell a script of an unknown site from those that everybody runs, and from one's own."""
    return any(not _is_known(*place) and not _is_anybodys(*place) for place in _places(command))


def is_anybodys(command: bytes) -> bool:
    """Tell a script of a repository that is not well known, or of a place without a name."""
    return any(not _is_known(*place) and _is_anybodys(*place) for place in _places(command))


def _places(command: bytes) -> list[tuple[bytes, bytes]]:
    return [
        ((match[1] or match[3]).lower(), (match[2] or b"").lower())
        for match in _PLACE.finditer(command)
    ]


def _is_known(host: bytes, path: bytes) -> bool:
    if host in _REPOSITORIES:
        return path.lstrip(b"/").split(b"/")[0] in _OWNERS
    return any(host == known or host.endswith(b"." + known) for known in _HOSTS)


def _is_anybodys(host: bytes, path: bytes) -> bool:
    del path
    return host in _REPOSITORIES or b"." not in host or bool(_PLACEHOLDER.search(host))
