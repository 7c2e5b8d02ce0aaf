"""Where background work waits, by what the site has."""

from pathlib import Path

from mog_site import broker


def test_without_redis_it_waits_in_files_below_a_folder(tmp_path: Path) -> None:
    files = broker.from_url("", folder=tmp_path, longest_task_seconds=600)
    assert (files.url, files.transport) == (
        "filesystem://localhost",
        "mog_site.file_broker:Transport",
    )
    assert Path(str(files.options["data_folder_out"])).is_relative_to(tmp_path)


def test_redis_sends_nothing_again_that_may_still_run(tmp_path: Path) -> None:
    redis = broker.from_url("redis://cache:6379/0", folder=tmp_path, longest_task_seconds=600)
    assert (redis.url, redis.transport) == ("redis://cache:6379/0", None)
    assert redis.options == {"visibility_timeout": 1200}
