"""Where the makers of well-known tools keep the scripts that their own pages pipe into a shell."""

import re

_PLACE = re.compile(
    rb"https?://([a-z0-9.-]+)(/[^\s|\"')]*)?|[\s\"']([a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,})/",
    re.I,
)
# Each with its subdomains; nobody else can put anything there.
_HOSTS = frozenset(
    b"""
    0.0.0.0 127.0.0.1 aka.ms ampcode.com anthropic.com antigravity.google app.factory.ai
    apt.releases.hashicorp.com aquasecurity.github.io argoproj.github.io asdf-vm.com astral.sh
    atuin.sh binaries.cockroachdb.com bitbucket.org bootstrap.pypa.io boxstarter.org brew.sh
    buf.build bun.sh chocolatey.org claude.ai cli.coderabbit.ai cli.doppler.com cli.github.com
    cli.inference.sh cli.sentry.dev clickhouse.com cloudflare.com cnfl.io cockroachlabs.com
    codeberg.org coder.com cog.run conda.io confluent.io convex.dev cursor.com dagger.io
    dapr.io datadoghq.com daytona.io deb.nodesource.com deno.com deno.land depot.dev
    developer.fermyon.com devpod.sh dl.google.com dot.net dotnet.microsoft.com
    download.docker.com download.pytorch.org earthly.dev elastic.co encore.dev
    files.pythonhosted.org fisher.io fluxcd.io fly.io fnm.vercel.app foundry.paradigm.xyz
    get-ghcup.haskell.org get.acme.sh get.chezmoi.io get.docker.com get.helm.sh get.k0s.sh
    get.k3s.io get.nexte.st get.opentofu.org get.pnpm.io get.pulumi.com get.rke2.io get.rvm.io
    get.scoop.sh get.sdkman.io get.trunk.io get.tur.so get.volta.sh getcomposer.org gitlab.com
    gitpod.io goteleport.com grafana.com heroku.com influxdata.com install.duckdb.org
    install.julialang.org install.meteor.com install.python-poetry.org istio.io jfrog.io
    jsr.io just.systems kind.sigs.k8s.io linkerd.io lmstudio.ai localhost micro.mamba.pm
    minikube.sigs.k8s.io mise.jdx.dev mise.run modal.com neon.tech netlify.com newrelic.com
    nixos.org nodejs.org npm.pkg.github.com npmjs.com npmjs.org ohmyz.sh okteto.com ollama.ai
    ollama.com openai.com openclaw.ai opencode.ai packages.cloud.google.com
    packages.microsoft.com pixi.sh pkgx.sh planetscale.com prisma.io pulumi.com pyenv.run
    pypi.nvidia.com pypi.org python.org qlty.sh railway.app railway.com rancher.com
    registry.npmjs.org registry.yarnpkg.com release.anza.xyz release.solana.com
    releases.hashicorp.com render.com replicate.com repo.anaconda.com rpm.nodesource.com
    run.linkerd.io runpod.io rvm.io sdk.cloud.google.com sentry.io sh.rustup.rs
    singlestore.com sourcegraph.com sst.dev starship.rs stripe.com supabase.com tailscale.com
    taskfile.dev temporal.download tilt.dev turso.tech upstash.com vercel.com volta.sh
    wasmer.io wasmtime.dev win.rustup.rs windsurf.com zed.dev
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


# Of modules that everybody runs straight from their repositories: hosts of their own, and owners.
_MODULES = re.compile(
    rb"(?:^|[\s\"'=:/+])(?:(?:golang|gopkg|honnef|mvdan|google\.golang|go\.uber|k8s|sigs\.k8s|gotest"
    rb"|entgo|goa|buf\.build|cuelang|dagger|rsc|gorm|gofr|fyne|modernc|gitlab\.com/gitlab-org)\."
    rb"|golang\.org/|go\.dev/|cuelang\.org|(?:github(?:\.com/|:)|gitlab(?:\.com/|:))(?:nixos"
    rb"|nix-community|golangci|a-h|sqlc-dev|swaggo|air-verse|cosmtrek|vektra|onsi|google|uber"
    rb"|uber-go|securego|golang|golang-migrate|pressly|bufbuild|grpc-ecosystem|99designs|oapi-codegen"
    rb"|deepmap|goreleaser|cloudflare|hashicorp|spf13|magefile|kubernetes|kubernetes-sigs"
    rb"|operator-framework|charmbracelet|templ|ogen-go|wailsapp|dmarkham|mattn|matryer|daixiang0"
    rb"|rust-lang|bytecodealliance|tauri-apps|cargo-bins|foundry-rs|paradigmxyz|solana-foundation"
    rb"|coral-xyz|anza-xyz|succinctlabs|risc0|starkware-libs|astral-sh|nushell|zed-industries|denoland"
    rb"|anthropics|modelcontextprotocol|microsoft|openai|vercel|vercel-labs|facebook|google-gemini"
    rb"|cachix|numtide|determinatesystems|hercules-ci|oxalica|ryantm|mic92|serokell|srid"
    rb"|acme/|your|example|owner|user|org|username|<|\{)(?:[/<{-]|$))",
    re.I,
)


def is_unknown_repository(command: bytes) -> bool:
    """Tell a program of somebody's repository from those of well-known owners."""
    return not _MODULES.search(command) and not _PLACEHOLDER.search(command)


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
