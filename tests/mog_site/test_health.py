"""Probes: what they say when a part is away, and that they say no more."""

import time
from pathlib import Path

import pytest
import redis
from django.test import Client
from pytest_django import Settings

from mog_site import health
from mog_site.health import Readiness


@pytest.mark.django_db
def test_a_living_process_says_so(client: Client) -> None:
    assert client.get("/health").json()["ok"] is True


@pytest.mark.django_db(transaction=True)
def test_with_every_part_at_work_it_is_ready(client: Client) -> None:
    answer = client.get("/health/ready")
    assert answer.status_code == 200
    assert answer.json() == {
        "ok": True,
        "version": "0.1.0",
        "status": "ready",
        "db": "ok",
        "cache": "ok",
        "storage": "ok",
        "queue": "ok",
    }


def _fail() -> None:
    raise OSError("a secret reason")


def _hang() -> None:
    time.sleep(4)


def _work() -> None:
    pass


def test_one_part_away_is_named_without_a_reason() -> None:
    assert Readiness({"db": _work, "queue": _fail}).parts() == {"db": "ok", "queue": "down"}


def test_one_part_that_hangs_holds_nobody_up() -> None:
    begun = time.monotonic()
    assert Readiness({"db": _hang, "queue": _work}).parts() == {"db": "down", "queue": "ok"}
    assert time.monotonic() - begun < 3


def test_many_probes_ask_the_parts_once() -> None:
    asked: list[int] = []
    readiness = Readiness({"db": lambda: asked.append(1)})
    for _ in range(5):
        readiness.parts()
    assert len(asked) == 1


def test_a_storage_that_cannot_be_written_is_down(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    backend = {**settings.STORAGES["default"], "OPTIONS": {"location": tmp_path / "file" / "x"}}
    settings.STORAGES = {**settings.STORAGES, "default": backend}
    with pytest.raises(OSError, match="Not a directory"):
        health.check_storage()


def test_a_broker_folder_that_cannot_be_written_is_down(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    settings.CELERY_BROKER_URL = "filesystem://"
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {"data_folder_out": str(tmp_path / "file" / "x")}
    with pytest.raises(OSError, match="Not a directory"):
        health.check_queue()


def test_a_broker_that_does_not_answer_is_down(settings: Settings, free_port: int) -> None:
    settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{free_port}/0"
    with pytest.raises(redis.ConnectionError):
        health.check_queue()


@pytest.mark.django_db
def test_a_degraded_site_is_503(client: Client, settings: Settings, free_port: int) -> None:
    time.sleep(1.1)  # what was known a second ago is asked again
    settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{free_port}/0"
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["status"] == "degraded"
    assert answer.json()["queue"] == "down"
    time.sleep(1.1)
