"""What is said of packages that are installed."""

from mog_cli.lockfile import LockedPackage


def text_of(name: str, package: LockedPackage) -> str:
    """Return it for people: `acme/notes 1.0.0 (skill) in .claude/skills/notes/`."""
    return f"{name} {package.version} ({package.type}) in {', '.join(package.folders)}"


def data_of(name: str, package: LockedPackage) -> dict[str, object]:
    """Return it for `--json`."""
    return {
        "name": name,
        "version": package.version,
        "type": package.type.value,
        "sha256": package.sha256,
        "targets": {target.value: folder for target, folder in package.targets.items()},
        "registry": package.registry,
        "entitlementId": package.entitlement_id,
    }
