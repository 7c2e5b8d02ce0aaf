"""What is said of a package that keeps every rule."""

from mog_cli import sizes
from mog_package import Package


def text_of(package: Package) -> str:
    """Return it for people: `acme/notes 1.0.0 (skill, 4 files, 3.2 KB)`."""
    manifest = package.manifest
    parts = [
        manifest.type.value,
        sizes.count_of(len(package.files), "file"),
        sizes.text_of(package.size_bytes),
        *(["runs code"] if package.runs_code else []),
    ]
    return f"{manifest.name} {manifest.version} ({', '.join(parts)})"


def data_of(package: Package) -> dict[str, object]:
    """Return it for `--json`; `sizeBytes` is that of the files, unpacked."""
    manifest = package.manifest
    return {
        "name": manifest.name,
        "version": str(manifest.version),
        "type": manifest.type.value,
        "targets": [target.value for target in manifest.targets],
        "license": str(manifest.license),
        "runsCode": package.runs_code,
        "sizeBytes": package.size_bytes,
        "files": [
            {"path": file.path, "sizeBytes": file.size_bytes, "sha256": file.sha256}
            for file in package.files
        ],
    }
