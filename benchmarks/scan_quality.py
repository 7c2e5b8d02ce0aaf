"""How much malice do scans see, and whom do they accuse wrongly?

    python -m benchmarks.scan_quality [--malicious FOLDER ...] [--benign FOLDER ...] [--list]

Without arguments: the labelled samples of this repository, and the corpus beside it. Each folder
with a SKILL.md below the named ones is a skill; it is made a package (`skill_package`) and goes
through both children as an upload does. Prints tables in Markdown.

A skill's kind is the folder it stands in, or what the table of an INDEX.md says of it in its second
column. Caught is whatever does not pass: a person looks at it before anybody gets it.
"""

import argparse
import subprocess
import sys
from pathlib import Path

from benchmarks import CORPUS, scan_site

_ROOT = Path(__file__).resolve().parents[1]
_SAMPLES = _ROOT / "tests" / "scanning" / "samples"


def main() -> None:
    """Scan what was named on a database of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--malicious", nargs="*", type=Path, default=[])
    parser.add_argument("--benign", nargs="*", type=Path, default=[])
    parser.add_argument("--list", action="store_true", help="name each skill that went wrong")
    options = parser.parse_args()
    named = options.malicious or options.benign
    malicious = options.malicious if named else [_SAMPLES / "malicious"]
    benign = options.benign if named else [_SAMPLES / "benign", CORPUS]
    command = [
        *(sys.executable, "-m", "benchmarks.scan_verdicts"),
        *(["--list"] if options.list else []),
        *(f"--malicious={folder}" for folder in malicious if folder.is_dir()),
        *(f"--benign={folder}" for folder in benign if folder.is_dir()),
    ]
    with scan_site.environment() as variables:
        subprocess.run(command, env=variables, check=True)  # noqa: S603 (ours)


if __name__ == "__main__":
    main()
