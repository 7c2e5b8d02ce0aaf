"""Words of strangers are repeated to people, but for whatever may be a secret among them."""

import pytest

from scanning import quoting
from tests.scanning.templates import filled


@pytest.mark.parametrize(
    "template",
    [
        "ghp{_}{checked*30}",
        "server.env.{hex*32}",
        "AKIA{base32*16}",
        "key: '{base64*40}'",
        "{mog}",
    ],
)
@pytest.mark.parametrize("seed", range(20))
def test_of_a_secret_hardly_anything_is_left(template: str, seed: int) -> None:
    text = filled(template, seed=seed)
    said = quoting.safe(text)
    assert "…" in said
    assert not any(text[at : at + 16] in said for at in range(len(text) - 15))


@pytest.mark.parametrize(
    "text",
    [
        "install_map.claude-code",
        "'descripton'; did you mean description",
        "1,234,567 bytes, at most 100,000,000",
        "content/references/api-v2-overview.md",
        "pdf-tools-2024-edition must be pdf-tools, the folder it is installed in",
        "2026-06-01T12:00:00",
        "",
    ],
)
def test_what_helps_to_mend_is_left_as_it_is(text: str) -> None:
    assert quoting.safe(text) == text
