"""Which files a package may hold, by the type of the package, and whether their bytes agree."""

import io
import zipfile

import filetype

from mog_package import svg
from mog_package.errors import Problem
from mog_package.rules import Rule

TEXT = frozenset({".md", ".mdx", ".yaml", ".yml", ".json", ".toml", ".txt", ".csv"})
IMAGES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
}
SVG = ".svg"
LICENCES = frozenset({"LICENSE", "NOTICE", "COPYING", "AUTHORS"})
SCRIPTS = frozenset(
    {
        *(".py", ".pyi", ".sh", ".bash", ".zsh", ".fish", ".ps1", ".psm1", ".bat", ".cmd"),
        *(".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx"),
        *(".rb", ".pl", ".pm", ".php", ".lua", ".r", ".jl", ".awk", ".applescript"),
    }
)

# Text formats that programs open as something else than text.
_DOCUMENTS = (b"%PDF-", b"%!PS", b"{\\rtf")
_SHEBANG = b"#!/"


_WHERE_SCRIPTS_GO = (
    "a skill has them in content/scripts/ and says `executable: true` in mog.yaml, an MCP server"
    " in content/"
)


def is_script(path: str) -> bool:
    """Tell a script by its name."""
    return _extension(path) in SCRIPTS


def is_image(path: str) -> bool:
    """Tell an image of pixels, which holds no text, by its name."""
    return _extension(path) in IMAGES


def name_problem(path: str, *, scripts_allowed: bool) -> Problem | None:
    """Judge a file by its name."""
    extension = _extension(path)
    if extension in SCRIPTS:
        return None if scripts_allowed else Problem(Rule.SCRIPT, _WHERE_SCRIPTS_GO, path)
    if extension in TEXT or extension in IMAGES or extension == SVG or _is_licence(path):
        return None
    return Problem(Rule.FILE_TYPE, extension, path)


def bytes_problem(path: str, data: bytes) -> Problem | None:
    """Judge a file, whose name is allowed, by its bytes."""
    # Looks for the end record as lenient readers do, so it also sees an archive behind an image.
    if zipfile.is_zipfile(io.BytesIO(data)):
        return Problem(Rule.NESTED_ARCHIVE, path=path)
    extension = _extension(path)
    if extension in IMAGES:
        return _image_problem(path, data, IMAGES[extension])
    return _text_problem(path, data) or (svg.problem(path, data) if extension == SVG else None)


def _image_problem(path: str, data: bytes, expected: str) -> Problem | None:
    found = filetype.guess_mime(data)
    if found == expected:
        return None
    return Problem(Rule.TYPE_AND_BYTES, f"{found or 'unknown bytes'}, not {expected}", path)


def _text_problem(path: str, data: bytes) -> Problem | None:
    if b"\x00" in data:
        return Problem(Rule.NOT_TEXT, "it holds NUL", path)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return Problem(Rule.NOT_TEXT, f"byte {error.start:,} is not UTF-8", path)
    if data.startswith(_DOCUMENTS):
        return Problem(Rule.TYPE_AND_BYTES, "a document of another format", path)
    if data.startswith(_SHEBANG) and not is_script(path):
        return Problem(Rule.SCRIPT, "it begins with #!, under the name of a text", path)
    return None


def _extension(path: str) -> str:
    name = path.rpartition("/")[2]
    stem, dot, extension = name.rpartition(".")
    return f".{extension.lower()}" if dot and stem else ""


def _is_licence(path: str) -> bool:
    return path.rpartition("/")[2] in LICENCES
