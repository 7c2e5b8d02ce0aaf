"""`mog publish`: send a package to the marketplace."""

from pathlib import Path
from urllib.parse import urljoin

import click

from mog_cli import (
    findings,
    identity,
    local_package,
    options,
    release_watch,
    surroundings,
    uploading,
)
from mog_cli.client import Client
from mog_cli.output import Console, Result
from mog_cli.patience import Patience
from mog_cli.release_answers import Release
from mog_cli.release_watch import Watch
from mog_cli.surroundings import Surroundings

_EXAMPLES = """\b
Examples:
  mog publish --wait                what is around the current folder
  mog publish ./my-skill --publish  on the shelf as soon as it is accepted
  mog publish my-skill.zip          a zip that is packed already
"""


@click.command(
    "publish",
    cls=options.Command,
    params=options.acting(),
    short_help="Send a package to the marketplace.",
    epilog=_EXAMPLES,
)
@click.argument("path", metavar="[DIR|ZIP]", type=click.Path(path_type=Path), required=False)
@click.option("--publish", is_flag=True, help="Publish it as soon as the scan accepts it.")
@click.option("--wait", is_flag=True, help="Wait for the scan, and say what it found.")
@options.timeout(waiting="--wait", most_seconds=86_400)
@click.pass_obj
def command(
    console: Console, *, path: Path | None, publish: bool, wait: bool, patience_seconds: int
) -> Result:
    """Check a package, send it, and say how the marketplace decides.

    With --wait the exit code is 1 when the scan rejects it, and 2 when a person has to look.
    """
    chosen = path or local_package.folder_around(Path())
    here = surroundings.of_process(console)
    with here.connect(token=identity.current(here).token) as connection:
        client = Client(connection)
        release, retry_after = _send(chosen, client, here, is_published=publish)
        if wait:
            release = Watch(client, console, Patience(patience_seconds)).wait(release, retry_after)
            release_watch.judge(release)
    return Result(release_watch.data_of(release), _text_of(release))


def _send(
    path: Path, client: Client, here: Surroundings, *, is_published: bool
) -> tuple[Release, float | None]:
    package = local_package.check(path)
    findings.warn(package.warnings, here.console)
    opened = uploading.archive_of_folder(package) if path.is_dir() else uploading.archive_in(path)
    with opened as archive:
        return uploading.send(package, archive, client, here.console, is_published=is_published)


def _text_of(release: Release) -> str:
    found = [release_watch.finding_text(finding) for finding in release.findings]
    said = f"{release.name} {release.version} is {release.state}."
    return "\n".join([*found, said, *_next(release)])


def _next(release: Release) -> list[str]:
    """Return where to look, and what comes next."""
    if release.state == "published":
        page = f"Page: {urljoin(release.url, f'/{release.name}')}"
        return [*([page] if release.url else []), f"Install it with: mog install {release.name}"]
    if not release.url:
        return []
    if release.state == "accepted":
        return [f"It is not on the shelf yet. Publish it on its page: {release.url}"]
    return [f"Page: {release.url}"]
