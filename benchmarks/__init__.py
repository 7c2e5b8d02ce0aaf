"""What mog costs and sees, measured by commands that anyone can run."""

from pathlib import Path

# Real skills beside this repository; a fresh clone has none.
CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus"
