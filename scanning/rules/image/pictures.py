"""Pictures of every kind that packages may hold, read by how they begin."""

from scanning.rules.image import gif, jpeg, png, webp
from scanning.rules.image.picture import Picture, legible


def read(data: bytes) -> Picture | None:
    """Walk through a picture; None for anything else."""
    if data.startswith(png.SIGNATURE):
        return png.read(data)
    if data.startswith(jpeg.SIGNATURE):
        return jpeg.read(data)
    if data.startswith(gif.SIGNATURES):
        return gif.read(data)
    if data.startswith(webp.SIGNATURE) and data[8:12] == webp.FORM:
        return webp.read(data)
    return None


def text_of(data: bytes) -> bytes:
    """Return what can be read in a picture, also behind its end."""
    picture = read(data)
    if picture is None:
        return b""
    behind = b"" if picture.end is None else legible(data[picture.end :])
    return b"\n".join(text for text in (picture.text.data, behind) if text)
