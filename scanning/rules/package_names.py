"""Names of packages that are nearly those that everybody knows."""

import re

# What people of npm and PyPI install most, and what agents are told to: whoever has the name of one
# but for a letter, has it for that.
_KNOWN = frozenset(
    [
        "ansible",
        "anthropic",
        "apscheduler",
        "axios",
        "azure-storage-blob",
        "babel",
        "bcrypt",
        "beautifulsoup4",
        "black",
        "boto3",
        "botocore",
        "browserify",
        "celery",
        "chalk",
        "cheerio",
        "click",
        "colorama",
        "colors",
        "commander",
        "cookie-parser",
        "coverage",
        "cross-env",
        "cryptography",
        "cypress",
        "dayjs",
        "debug",
        "discord.js",
        "django",
        "docker",
        "dotenv",
        "electron",
        "esbuild",
        "eslint",
        "ethers",
        "express",
        "fastapi",
        "fastify",
        "firebase",
        "flask",
        "framer-motion",
        "glob",
        "gradio",
        "grpcio",
        "gunicorn",
        "hardhat",
        "httpie",
        "httpx",
        "huggingface-hub",
        "inquirer",
        "isort",
        "jsonwebtoken",
        "jupyter",
        "langchain",
        "left-pad",
        "lodash",
        "matplotlib",
        "mcp-server-fetch",
        "mcp-server-git",
        "mcp-server-time",
        "minimist",
        "mocha",
        "moment",
        "mongodb",
        "mongoose",
        "mysql2",
        "nanoid",
        "nextjs",
        "node-fetch",
        "nodemailer",
        "nodemon",
        "numpy",
        "octokit",
        "openai",
        "opencv-python",
        "openpyxl",
        "pandas",
        "paramiko",
        "passport",
        "pillow",
        "playwright",
        "poetry",
        "postcss",
        "postgres",
        "prettier",
        "prisma",
        "psycopg2",
        "pydantic",
        "pygments",
        "pyinstaller",
        "pymongo",
        "pypdf",
        "pyright",
        "pytest",
        "python-dotenv",
        "pyyaml",
        "react",
        "react-dom",
        "react-router",
        "redis",
        "requests",
        "rollup",
        "ruff",
        "scikit-learn",
        "scipy",
        "scrapy",
        "selenium",
        "semver",
        "server-fetch",
        "server-filesystem",
        "server-github",
        "server-memory",
        "server-postgres",
        "server-puppeteer",
        "setuptools",
        "sharp",
        "socket.io",
        "solana",
        "sqlalchemy",
        "starlette",
        "streamlit",
        "stripe",
        "svelte",
        "tailwindcss",
        "telegraf",
        "tensorflow",
        "terser",
        "torch",
        "tqdm",
        "transformers",
        "ts-node",
        "turbo",
        "twilio",
        "typer",
        "typescript",
        "undici",
        "urllib3",
        "uvicorn",
        "virtualenv",
        "vitest",
        "webpack",
        "websockets",
        "winston",
        "wrangler",
        "yargs",
        "youtube-dl",
        "yt-dlp",
        "zod",
    ]
)
_NEAR_ONES = frozenset(
    {"preact", "colour", "pyxml", "flask2", "dockerode", "requests2", "expresso"}
)
_SCOPES = frozenset({"@modelcontextprotocol", "@anthropic-ai", "@openai", "@google", "@vercel"})
_LEAST_LETTERS = 6
_NAME = re.compile(rb"(?:@[a-z0-9._-]{2,40}/)?[a-z0-9][a-z0-9._-]{2,60}")


def is_nearly_known(command: bytes) -> bool:
    """Tell whether a command installs or runs a package of nearly a known name."""
    return any(
        _is_near(found[0].decode()) for found in _NAME.finditer(command.lower().replace(b"_", b"-"))
    )


def _is_near(name: str) -> bool:
    scope, _, bare = name.rpartition("/")
    if scope and scope not in _SCOPES:
        return any(scope.startswith(f"{known}-") for known in _SCOPES)
    bare = bare.rstrip(".-_")
    if scope or bare in _KNOWN or bare in _NEAR_ONES:
        return scope in _SCOPES and _is_a_letter_off(bare)
    first = bare.split("-")[0]
    return _is_a_letter_off(bare) or (first != bare and first not in _KNOWN and _is_swapped(first))


def _is_a_letter_off(name: str) -> bool:
    if len(name) < _LEAST_LETTERS or name in _KNOWN:
        return False
    return any(
        _is_one_edit(name, known)
        for shortened in _shortened(name)
        for known in _BY_SHORTENED.get(shortened, ())
    )


def _shortened(name: str) -> set[str]:
    """Return a name, and it without each of its letters: names one edit apart have one in common.

    Wolf Garbe's symmetric deletes, so that no name is compared with each that is known.
    """
    return {name, *(name[:at] + name[at + 1 :] for at in range(len(name)))}


def _is_swapped(name: str) -> bool:
    """Tell whether two neighbouring letters of a known name changed places."""
    return len(name) >= len("axios") and any(
        name[:at] + name[at + 1] + name[at] + name[at + 2 :] in _KNOWN
        for at in range(len(name) - 1)
        if name[at] != name[at + 1]
    )


def _is_one_edit(name: str, known: str) -> bool:
    """Tell names that differ by one letter: another, one more, one less, or two swapped."""
    if abs(len(name) - len(known)) > 1:
        return False
    at = next((n for n, (a, b) in enumerate(zip(name, known, strict=False)) if a != b), None)
    if at is None:
        # A digit or an s at the end makes a name of its own.
        return len(name) > len(known) and name[-1] == known[-1]
    longer, shorter = sorted((name, known), key=len, reverse=True)
    if len(name) != len(known):
        return longer[at + 1 :] == shorter[at:]
    return name[at + 1 :] == known[at + 1 :] or _swapped_at(name, known)


def _swapped_at(name: str, known: str) -> bool:
    at = next((n for n, (a, b) in enumerate(zip(name, known, strict=True)) if a != b), None)
    return (
        at is not None
        and name[at : at + 2] == known[at : at + 2][::-1]
        and name[at + 2 :] == known[at + 2 :]
    )


def _by_shortened() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for known in _KNOWN:
        if len(known) >= _LEAST_LETTERS:
            for shortened in _shortened(known):
                found.setdefault(shortened, []).append(known)
    return found


_BY_SHORTENED = _by_shortened()
