"""Programs that nobody wrote to be run, but to be read: none stops the reader or gets past it."""

import pytest

from tests.scanning import rulebooks

_HEAD = "import requests, subprocess\n"
_HOSTILE = {
    "calls within calls": f"{_HEAD}" + f"{'x.append(' * 80}1{')' * 80}\n" * 280,
    "a long line": f"{_HEAD}exec([{'1, ' * 40_000}])\n",
    "more than is read": _HEAD + "exec(x)\n" * 40_000,
    "more than is read in all": _HEAD + "x = 1\n" * 60_000,
}
_BROKEN = {
    "signs without end": f"{_HEAD}exec({'-' * 15_000}1)\n",
    "members without end": f"{_HEAD}exec(a{'.b' * 9_000})\n",
    "brackets without end": f"{_HEAD}exec({'(' * 5_000}\n",
}


def met(code: str) -> set[str]:
    return rulebooks.met_by_package({"content/scripts/a.py": code.encode()})


@pytest.mark.parametrize("code", _HOSTILE.values(), ids=list(_HOSTILE))
def test_what_is_too_much_to_follow_is_left_to_a_person(code: str) -> None:
    assert "code/program-too-large" in met(code)


@pytest.mark.parametrize("code", _BROKEN.values(), ids=list(_BROKEN))
def test_what_does_not_parse_is_told(code: str) -> None:
    assert "code/program-broken" in met(code)


def test_one_large_program_hides_no_other() -> None:
    files = {
        "content/scripts/a.py": (_HEAD + "exec(x)\n" * 40_000).encode(),
        "content/scripts/b.py": b"import os, requests\nrequests.post(u, json=dict(os.environ))\n",
    }
    assert {"code/program-too-large", "code/sends-environment"} <= rulebooks.met_by_package(files)
