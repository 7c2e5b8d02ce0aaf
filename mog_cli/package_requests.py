"""What somebody wants to have installed, as they type it."""

from dataclasses import dataclass

from mog_cli import package_names
from mog_cli.errors import UsageError
from mog_package import InvalidVersion, Version


@dataclass(frozen=True, slots=True)
class PackageRequest:
    """A package that is wanted; without a version the latest, with a digest exactly that one."""

    name: str
    version: str | None = None
    sha256: str | None = None

    @property
    def text(self) -> str:
        """Return it in words."""
        return f"{self.name} {self.version}" if self.version else self.name


def parse(text: str) -> PackageRequest:
    """Return what `vendor/slug` or `vendor/slug@1.2.3` asks for; raises UsageError."""
    name, sign, version = text.partition("@")
    package_names.parse(name)
    if not sign:
        return PackageRequest(name)
    try:
        return PackageRequest(name, str(Version.parse(version)))
    except InvalidVersion:
        raise UsageError(
            f"{text!r} has no version of the form 1.2.3 behind the @.",
            advice=f"Leave it out for the latest one: {name}",
        ) from None
