"""How the broken rules of a package are told, to people and to programs."""

from collections.abc import Iterable, Sequence

from mog_cli import output
from mog_cli.errors import PackageRefused
from mog_cli.output import Console
from mog_package import Problem


def refusal(subject: str, problems: Sequence[Problem], *, advice: str = "") -> PackageRefused:
    """Return the error for a package, called `subject`, that breaks rules."""
    count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    return PackageRefused(
        f"{output.one_line(subject)} is not a valid package: {count}.",
        findings=[line(problem) for problem in problems],
        advice=advice,
        details={"problems": facts(problems)},
    )


def warn(problems: Iterable[Problem], console: Console) -> None:
    """Say what does not stop the command; with `--json` it stands in the document instead."""
    if not console.is_json:
        for problem in problems:
            console.warn(line(problem))


def line(problem: Problem) -> str:
    """Return a problem as one line, with the rule's name at its end.

    It begins as compilers do, `mog.yaml:3: `, so that editors can go there.
    """
    return output.one_line(f"{problem} [{problem.rule.value}]")


def facts(problems: Iterable[Problem]) -> list[dict[str, object]]:
    """Return problems for `--json`."""
    return [
        {
            "rule": problem.rule.value,
            "message": ": ".join(part for part in (problem.rule.says, problem.detail) if part),
            "path": problem.path,
            "line": problem.line,
            "key": problem.key,
        }
        for problem in problems
    ]
