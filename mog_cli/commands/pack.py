"""`mog pack`: write a package folder as the one zip that it makes."""

import os
from pathlib import Path

import click

from mog_cli import findings, local_package, options, package_facts, packing, sizes
from mog_cli.errors import UsageError
from mog_cli.output import Console, Result
from mog_cli.packing import Packed
from mog_package import Package

_EXAMPLES = """\b
Examples:
  mog pack                          the package around the current folder
  mog pack ./my-skill --dry-run     what would be in it
  mog pack --output build/          into a folder of your choice
"""


@click.command(
    "pack",
    cls=options.Command,
    params=options.shared(),
    short_help="Write a package folder as a zip, the same bytes everywhere.",
    epilog=_EXAMPLES,
)
@click.argument("folder", metavar="[DIR]", type=click.Path(path_type=Path), required=False)
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="The zip to write, or the folder to write it into.",
)
@click.option("--force", is_flag=True, help="Replace a file with other content.")
@click.option("--dry-run", is_flag=True, help="Write nothing; list what would be in it.")
@click.pass_obj
def command(
    console: Console, *, folder: Path | None, output: Path | None, force: bool, dry_run: bool
) -> Result:
    """Check a package folder and write it as a zip.

    The same files make the same bytes on every computer, so the SHA-256 is the one that the
    marketplace shows and `mog install` verifies. Without --output the zip is written into the
    current folder, or beside the package when the current folder is within it.
    """
    if output is not None and str(output) == "-":
        raise UsageError("--output takes a file or a folder; mog pack does not write to a pipe.")
    folder = folder or local_package.folder_around(Path())
    package = local_package.check_folder(folder)
    findings.warn(package.warnings, console)
    path = packing.destination(package, folder, output=output)
    if dry_run:
        return _listed(package, packing.preview(package, path))
    return _said(package, packing.write(package, path, may_replace=force))


def _said(package: Package, packed: Packed) -> Result:
    text = f"Packed: {package_facts.text_of(package)}\n{_text_of(packed, 'Path')}"
    return Result(_data_of(package, packed, is_written=True), text)


def _listed(package: Package, packed: Packed) -> Result:
    width = max(len(f"{file.size_bytes:,}") for file in package.files)
    files = [f"{file.size_bytes:{width},}  {file.path}" for file in package.files]
    summary = f"Nothing was written: {package_facts.text_of(package)}"
    text = "\n".join([*files, summary, _text_of(packed, "Path would be")])
    return Result(_data_of(package, packed, is_written=False), text)


def _text_of(packed: Packed, place: str) -> str:
    shortest = min(str(packed.path), os.path.relpath(packed.path), key=len)
    lines = [
        f"{place}: {shortest}",
        f"Size: {sizes.text_of(packed.artifact.size_bytes)}",
        f"SHA-256: {packed.artifact.sha256}",
    ]
    return "\n".join(lines)


def _data_of(package: Package, packed: Packed, *, is_written: bool) -> dict[str, object]:
    return {
        **package_facts.data_of(package),
        "path": str(packed.path),
        "isWritten": is_written,
        "archiveBytes": packed.artifact.size_bytes,
        "sha256": packed.artifact.sha256,
        "warnings": findings.facts(package.warnings),
    }
