"""What a package touches is read from its code, and compared with what it declares."""

from collections.abc import Mapping
from typing import Any

import pytest

from mog_package import PackageType, open_archive, validate
from scanning.child import capabilities
from scanning.rules.capability.uses import MOST
from tests.mog_package import packages


def derived(contents: Mapping[str, bytes], *, more: str = "executable: true\n") -> Any:
    files = packages.files(more=more) | dict(contents)
    return capabilities.of(validate(open_archive(packages.zipped(files))))


def of_script(code: str, ending: str = ".py") -> Any:
    return derived({f"content/scripts/a{ending}": code.encode()})


def of_block(language: str, code: str) -> Any:
    return derived({"content/a.md": f"# A\n\n```{language}\n{code}\n```\n".encode()})


_HOSTS = {
    "requests.get('https://api.acme.dev/v1')": ["api.acme.dev"],
    "url = f'https://user:word@{host}/'": [],
    "u = 'https://API.Acme.dev:8443/x'": ["api.acme.dev"],
    "u = 'http://localhost:8000', 'https://example.com', 'http://127.0.0.1'": [],
    "ns = 'http://www.w3.org/2000/svg'": [],
}
_ENV_NAMES = {
    ".py": ('os.environ["A_B"]; os.getenv("C_D"); os.environ.get("E_F")', ["A_B", "C_D", "E_F"]),
    ".js": ('process.env.A_B; process.env["C_D"]; Deno.env.get("E_F")', ["A_B", "C_D", "E_F"]),
    ".rb": ('ENV["A_B"]; ENV.fetch("C_D")', ["A_B", "C_D"]),
    ".ps1": ("$env:A_B", ["A_B"]),
    ".sh": ('LOCAL_ONE=1\necho "$A_B ${C_D} $LOCAL_ONE $HOME"', ["A_B", "C_D"]),
}
_PROGRAMS = {
    "git status && npm test | tee log; sudo docker ps": ["docker", "git", "npm", "tee"],
    "NODE_ENV=test npx vitest --run": ["npx"],
    "cd src\nexport A=1\necho 'git; npm'\n./run.sh": [],
    "# ffmpeg\ncat <<EOF\nffmpeg\nEOF\njq . a.json": ["cat", "jq"],
    "build() {\n  make all\n}\nbuild": ["make"],
    "$ gh pr list\n": ["gh"],
    "this sentence explains nothing much at all": [],
}
_PATHS = {
    "open(os.path.expanduser('~/.acme/settings.json'))": ["~/.acme/settings.json"],
    "Path.home() / '.config' / 'acme'": ["~/.config/acme"],
    "path.join(os.homedir(), '.acme', 'token')": ["~/.acme/token"],
    "open('/etc/hosts')": ["/etc/hosts"],
    "open('https://acme.dev/etc/hosts')": [],
}


@pytest.mark.parametrize(("code", "hosts"), _HOSTS.items())
def test_hosts_are_those_of_addresses(code: str, hosts: list[str]) -> None:
    assert of_script(code)["hosts"] == hosts


@pytest.mark.parametrize(("ending", "told"), _ENV_NAMES.items())
def test_variables_are_found_in_every_language(ending: str, told: tuple[str, list[str]]) -> None:
    code, names = told
    assert of_script(code, ending)["envNames"] == names


@pytest.mark.parametrize(("code", "programs"), _PROGRAMS.items())
def test_programs_are_the_first_words_of_commands(code: str, programs: list[str]) -> None:
    assert of_block("bash", code)["binaries"] == programs


@pytest.mark.parametrize(("code", "paths"), _PATHS.items())
def test_paths_are_those_outside_the_package(code: str, paths: list[str]) -> None:
    assert of_script(code)["filePaths"] == paths


def test_programs_that_other_languages_start_are_found() -> None:
    assert of_script("subprocess.run(['ffmpeg', '-i', a])")["binaries"] == ["ffmpeg"]
    assert of_script("execSync(`git log`)", ".js")["binaries"] == ["git"]


def test_blocks_of_texts_are_no_code() -> None:
    assert of_block("text", "git status https://acme.dev")["hosts"] == []
    assert derived({"content/a.md": b"Run git, see https://acme.dev and ~/.acme."})["hosts"] == []


def test_what_is_declared_is_told_first_and_what_is_not_apart() -> None:
    server = (
        "server:\n  transport: stdio\n  command: python3\n  env:\n    - {name: ACME_TOKEN}\n"
        "requires:\n  tools: [git]\n"
    )
    files = packages.files(PackageType.MCP, more=server) | {
        "content/server.py": b"import os\nos.environ['ACME_TOKEN'], os.environ['OTHER']\n"
        b"subprocess.run(['git', 'log'])\nsubprocess.run(['ffmpeg'])\n"
    }
    found = capabilities.of(validate(open_archive(packages.zipped(files))))
    assert found["envNames"] == ["ACME_TOKEN", "OTHER"]
    assert found["binaries"] == ["ffmpeg", "git", "python3"]
    assert found["undeclared"] == ["OTHER", "ffmpeg"]
    assert found["executable"] is True


def test_a_skill_declares_no_variables_so_none_is_missing() -> None:
    assert of_script("import os\nos.environ['ACME_TOKEN']")["undeclared"] == []


def test_one_crowded_file_leaves_room_for_the_others() -> None:
    crowd = "\n".join(f"'https://a{number:04}.acme.dev'" for number in range(MOST * 3))
    found = derived(
        {"content/scripts/a.py": crowd.encode(), "content/scripts/b.py": b"'https://z.acme.dev'"}
    )
    assert len(found["hosts"]) == MOST
    assert "z.acme.dev" in found["hosts"]
    assert found["hosts"] == sorted(found["hosts"])
