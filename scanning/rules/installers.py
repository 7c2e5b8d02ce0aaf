"""Where the makers of well-known tools keep the scripts that their own pages pipe into a shell."""

import re

_PLACE = re.compile(
    rb"https?://([a-z0-9.-]+)(/[^\s|\"')]*)?|[\s\"']([a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,})/",
    re.I,
)
# Each with its subdomains; nobody else can put anything there.
_HOSTS = frozenset(
    b"""
    0.0.0.0 127.0.0.1 aider.chat aka.ms aliyuncli.alicdn.com ampcode.com anthropic.com
    antigravity.google app.factory.ai appwrite.io apt.releases.hashicorp.com
    aquasecurity.github.io argoproj.github.io artifacts-cli.infisical.com asdf-vm.com astral.sh
    atlasgo.sh atuin.sh binaries.cockroachdb.com bitbucket.org bootstrap.pypa.io boxstarter.org
    brew.sh buf.build bun.sh cdn.coollabs.io chocolatey.org claude.ai cli.coderabbit.ai
    cli.devin.ai cli.doppler.com cli.github.com cli.inference.sh cli.kiro.dev cli.openfaas.com
    cli.sentry.dev cli.upbound.io clickhouse.com clis.cloud.ibm.com cloudflare.com cnfl.io
    cockroachlabs.com code-server.dev code.kimi.com codeberg.org coder.com cog.run conda.io
    confluent.io convex.dev cursor.com dagger.io dapr.io datadoghq.com daytona.io
    deb.nodesource.com deno.com deno.land depot.dev determinate.systems developer.fermyon.com
    devpod.sh direnv.net dl.google.com dokploy.com dot.net dotenvx.sh dotnet.microsoft.com
    download.docker.com download.pytorch.org earthly.dev elan.lean-lang.org elastic.co
    encore.dev files.pythonhosted.org fisher.io flox.dev fluxcd.io fly.io fnm.vercel.app
    foundry.paradigm.xyz frankenphp.dev fvm.app get-ghcup.haskell.org get.acme.sh
    get.airbyte.com get.anchore.io get.arkade.dev get.chezmoi.io get.docker.com get.hacs.xyz
    get.haskellstack.org get.helm.sh get.k0s.sh get.k3s.io get.livekit.io get.maestro.mobile.dev
    get.nexte.st get.opentofu.org get.pnpm.io get.pulumi.com get.rke2.io get.rvm.io get.scoop.sh
    get.sdkman.io get.symfony.com get.trunk.io get.tur.so get.volta.sh getcomposer.org gh.io
    gitlab.com gitpod.io golangci-lint.run goteleport.com grafana.com heroku.com influxdata.com
    install.astronomer.io install.duckdb.org install.julialang.org install.meteor.com
    install.pi-hole.net install.python-poetry.org install.surrealdb.com install.zerotier.com
    istio.io jetify.com jfrog.io jsr.io just.systems k6.io kind.sigs.k8s.io lambda.ai
    lambdalabs.com laravel.build linkerd.io lmstudio.ai localhost micro.mamba.pm
    minikube.sigs.k8s.io mise.jdx.dev mise.run modal.com moonrepo.dev neon.tech netdata.cloud
    netlify.com newrelic.com nextflow.io nixos.org nodejs.org npm.pkg.github.com npmjs.com
    npmjs.org ohmyposh.dev ohmyz.sh okteto.com ollama.ai ollama.com omnitruck.chef.io
    opam.ocaml.org openai.com openclaw.ai opencode.ai packages.cloud.google.com
    packages.microsoft.com parallel.ai pdm-project.org php.new pixi.sh pkgs.netbird.io pkgx.sh
    planetscale.com prisma.io public.cdn.getdbt.com pulumi.com pyenv.run pypi.nvidia.com
    pypi.org python.org qlty.sh railway.app railway.com rancher.com rclone.org
    registry.npmjs.org registry.yarnpkg.com release.anza.xyz release.solana.com
    releases.hashicorp.com render.com replicate.com repo.anaconda.com resend.com
    rover.apollo.dev rpm.nodesource.com run.linkerd.io runpod.io rvm.io scala-cli.virtuslab.org
    sdk.cloud.google.com sentry.io sh.jbang.dev sh.rustup.rs singlestore.com sourcegraph.com
    sst.dev starship.rs stripe.com supabase.com tailscale.com taskfile.dev temporal.download
    tilt.dev tiup-mirrors.pingcap.com turso.tech upstash.com vector.dev vercel.com volta.sh
    wasmer.io wasmtime.dev webi.sh webinstall.dev wheels.vllm.ai win.rustup.rs windsurf.com
    zed.dev
    """.split()
)
# Of repositories at GitHub, by their owners.
_OWNERS = frozenset(
    b"""
    ajeetdsouza anchore anthropics apple aquasecurity argoproj astral-sh block circleci-public
    denoland docker github golang golangci google hashicorp helm homebrew huggingface infracost
    istio jesseduffield k3d-io kubernetes kubernetes-sigs mamba-org microsoft nektos
    nousresearch nvm-sh ohmyzsh oven-sh pyenv pypa rbenv render-oss rhysd rust-lang sdkman
    shorebirdtech starship terraform-linters tmux-plugins trufflesecurity unslothai
    """.split()
)
_REPOSITORIES = frozenset(
    (b"raw.githubusercontent.com", b"github.com", b"gist.githubusercontent.com")
)


# In lessons and templates: names that are registered as a whole, by whoever parks them, so that no
# attack gets a host by having such a word in its name.
_PLACEHOLDER = re.compile(
    rb"(?:^|\.)(?:evil|bad|attack(?:er)?|malicious|malware|hacker|example|vendor|placeholder|domain"
    rb"|(?:your|some|my|evil|bad|attacker|malicious|hacker|example)-?(?:app|api|site|website|server"
    rb"|host|domain|company|org|repo|name|where|c2|cdn|tool|script|installer))\.[a-z]{2,12}$"
    rb"|\.(?:example|test|invalid|localhost)$|\.\.\.",
    re.I,
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
    is_written_out = b"..." not in command and not any(
        _PLACEHOLDER.search(host) for host, _ in _places(command)
    )
    return is_written_out and not _MODULES.search(command)


def is_unknown(command: bytes) -> bool:
    """Tell a script of an unknown site from those that everybody runs, and from one's own."""
    return any(not _is_known(*place) and not _is_anybodys(*place) for place in _places(command))


def is_anybodys(command: bytes) -> bool:
    """Tell a script of a repository that is not well known, or of a place without a name."""
    return any(not _is_known(*place) and _is_anybodys(*place) for place in _places(command))


def is_makers(host: bytes) -> bool:
    """Tell a host from which the maker of a well-known tool serves its installer."""
    return host.lower() not in _REPOSITORIES and _is_known(host.lower(), b"")


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
