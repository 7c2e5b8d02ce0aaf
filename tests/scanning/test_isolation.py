"""What a system must offer before a scan may run on it."""

import json
import logging
import os
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings

from scanning import isolation, sandbox
from scanning.child.layers import Layer, missing
from scanning.errors import Reason, ScanInconclusive
from tests.scanning import without_layers

_ALL = frozenset(Layer)
_NETWORK = {Layer.NAMESPACES, Layer.SECCOMP, Layer.LANDLOCK_NETWORK}


@pytest.mark.parametrize(
    ("held", "lacking"),
    [
        (_ALL, ()),
        (_ALL - {Layer.NOBODY, Layer.DEATH_SIGNAL, Layer.LANDLOCK}, ()),
        *((_ALL - _NETWORK | {one}, ()) for one in sorted(_NETWORK)),
        (_ALL - {Layer.LIMITS}, ("limits",)),
        (_ALL - {Layer.NO_NEW_PRIVILEGES}, ("no-new-privileges",)),
        (_ALL - _NETWORK, ("namespaces or seccomp or landlock-network",)),
    ],
)
def test_some_layers_are_required(held: frozenset[Layer], lacking: tuple[str, ...]) -> None:
    assert missing(held) == lacking


@pytest.mark.processes
def test_this_system_keeps_scans_in() -> None:
    assert isolation.missing_layers() == ()


def test_production_refuses_what_development_warns_of(caplog: pytest.LogCaptureFixture) -> None:
    layers = (Layer.LIMITS, Layer.SECCOMP)
    with pytest.raises(ScanInconclusive) as raised:
        sandbox.insist(layers, is_strict=True)
    assert raised.value.reason is Reason.NOT_ISOLATED
    with caplog.at_level(logging.WARNING):
        sandbox.insist(layers, is_strict=False)
        sandbox.insist(layers, is_strict=False)
    assert [record.levelname for record in caplog.records] == ["WARNING"]


@pytest.mark.processes
@pytest.mark.parametrize(
    ("how", "became"),
    [("strict", "not-isolated"), ("lenient", "limits,no-new-privileges,death-signal")],
)
def test_where_no_network_can_be_cut_off_production_scans_nothing(how: str, became: str) -> None:
    told = _on_a_poor_system(how)
    assert told["became"].removeprefix("nobody,") == became
    assert told["missing"] == ["namespaces or seccomp or landlock-network"]


def _on_a_poor_system(how: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", without_layers.__name__, how],
        cwd=settings.BASE_DIR,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "mog_site.settings"},
        capture_output=True,
        check=True,
    )
    told: dict[str, Any] = json.loads(done.stdout)
    return told
