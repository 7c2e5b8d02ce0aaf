"""A file of a package, as rules look at it."""

from dataclasses import dataclass
from functools import cached_property

from mog_package import is_image, is_script


@dataclass(frozen=True)
class ScannedFile:
    """A file by its path in the package, and its bytes."""

    path: str
    data: bytes

    @cached_property
    def text(self) -> str:
        """Return the text of a file whose form was judged; an image has none."""
        return self.data.decode() if self.is_text else ""

    @property
    def is_text(self) -> bool:
        """Tell texts, SVG and scripts among them, from other images."""
        return not is_image(self.path)

    @property
    def is_script(self) -> bool:
        """Tell whether it is a program by its name."""
        return is_script(self.path)
