"""Whatever a child says that is not exactly an answer, is none."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mog_package import PackageType, open_archive, validate
from scanning import answers, sandbox
from scanning.child import capabilities, facts
from scanning.errors import Reason, ScanInconclusive
from tests.mog_package import packages
from tests.scanning import escapes

_Change = Callable[[Any], object]


def repacked() -> Any:
    package = validate(open_archive(packages.zipped(packages.files(PackageType.MCP))))
    return {"problems": [], "facts": facts.of(package), "ownTokens": []}


def judged() -> Any:
    package = validate(open_archive(packages.zipped(packages.files())))
    return {
        "facts": "a" * 64,
        "warnings": [],
        "hits": [["secret/named-value", "a.md", 1, "b" * 64, "", "api_key: …"]],
        "capabilities": capabilities.of(package),
    }


_PROBLEM = {"rule": "link", "detail": "", "path": "a", "line": None, "key": ""}

_ODD_REPACKED: dict[str, _Change] = {
    "a key too many": lambda a: a.update(more=1),
    "a key missing": lambda a: a.pop("facts"),
    "neither facts nor problems": lambda a: a.update(facts=None),
    "facts and problems": lambda a: a["problems"].append(_PROBLEM),
    "problems of another type": lambda a: a.update(problems={}),
    "an unknown rule": lambda a: a.update(facts=None, problems=[_PROBLEM | {"rule": "none"}]),
    "a rule that is a list": lambda a: a.update(facts=None, problems=[_PROBLEM | {"rule": []}]),
    "a line below zero": lambda a: a.update(facts=None, problems=[_PROBLEM | {"line": -1}]),
    "a line that is true": lambda a: a.update(facts=None, problems=[_PROBLEM | {"line": True}]),
    "too many problems": lambda a: a.update(facts=None, problems=[_PROBLEM] * 201),
    "a manifest key too many": lambda a: a["facts"]["manifest"].update(more=1),
    "a version that is none": lambda a: a["facts"]["manifest"].update(version="1"),
    "a type that is none": lambda a: a["facts"]["manifest"].update(type="virus"),
    "a target that is none": lambda a: a["facts"]["manifest"].update(targets=["moon"]),
    "a name that is a number": lambda a: a["facts"]["manifest"].update(name=1),
    "a flag that is a word": lambda a: a["facts"]["manifest"].update(runsCode="no"),
    "a place for no target": lambda a: a["facts"]["manifest"].update(installMap={"moon": "x"}),
    "a transport that is none": lambda a: a["facts"]["manifest"]["server"].update(transport="x"),
    "a text that is too long": lambda a: a["facts"]["manifest"].update(license="x" * 241),
    "a text with NUL": lambda a: a["facts"]["manifest"].update(description="\x00"),
    "half a surrogate pair": lambda a: a["facts"]["manifest"].update(description="\ud800"),
    "a README that is too long": lambda a: a["facts"].update(readme="x" * (256 * 1024 + 1)),
    "a file of two parts": lambda a: a["facts"]["files"].append(["a", 1]),
    "a file of four parts": lambda a: a["facts"]["files"].append(["a", 1, "c" * 64, 1]),
    "a size that is a fraction": lambda a: a["facts"]["files"].append(["a", 1.5, "c" * 64]),
    "a digest in capitals": lambda a: a["facts"]["files"].append(["a", 1, "C" * 64]),
    "too many files": lambda a: a["facts"].update(files=[["a", 1, "c" * 64]] * 2001),
}
_ODD_JUDGED: dict[str, _Change] = {
    "a key too many": lambda a: a.update(advice="none"),
    "a digest that is none": lambda a: a.update(facts="a"),
    "an id that is none": lambda a: a.update(hits=[["<script>", "a", 1, "b" * 64, "", ""]]),
    "an excerpt without end": lambda a: a["hits"][0].__setitem__(5, "x" * 241),
    "a layer without end": lambda a: a["hits"][0].__setitem__(4, "x" * 61),
    "a hit of five parts": lambda a: a["hits"][0].pop(),
    "a hit that is a mapping": lambda a: a.update(hits=[{}]),
    "too many hits": lambda a: a.update(hits=a["hits"] * 501),
    "a capability too many": lambda a: a["capabilities"].update(root=[]),
    "a capability missing": lambda a: a["capabilities"].pop("hosts"),
    "executable neither true nor false": lambda a: a["capabilities"].update(executable=[]),
    "a capability that is a text": lambda a: a["capabilities"].update(hosts="x"),
}
_NOT_JSON = [
    *(b"", b"{", b'{"problems": [', b"null", b"[]", b"1", b"NaN", b"\xff\xfe", b"[" * 100_000),
    *(b'{"problems": [], "facts": NaN}', b'{"problems": [], "facts": null} more'),
]


def refusal(read: Callable[[bytes], object], answer: bytes) -> Reason:
    with pytest.raises(ScanInconclusive) as raised:
        read(answer)
    return raised.value.reason


def test_a_proper_answer_is_read() -> None:
    assert answers.read_repacked(json.dumps(repacked()).encode()).facts
    assert answers.read_judged(json.dumps(judged()).encode()).hits


@pytest.mark.parametrize("odd", _ODD_REPACKED)
def test_an_odd_answer_of_the_first_child_is_none(odd: str) -> None:
    answer = copy.deepcopy(repacked())
    _ODD_REPACKED[odd](answer)
    assert refusal(answers.read_repacked, json.dumps(answer).encode()) is Reason.MALFORMED


@pytest.mark.parametrize("odd", _ODD_JUDGED)
def test_an_odd_answer_of_the_second_child_is_none(odd: str) -> None:
    answer = copy.deepcopy(judged())
    _ODD_JUDGED[odd](answer)
    assert refusal(answers.read_judged, json.dumps(answer).encode()) is Reason.MALFORMED


@pytest.mark.parametrize("read", [answers.read_repacked, answers.read_judged])
@pytest.mark.parametrize("answer", _NOT_JSON, ids=lambda answer: repr(answer[:30]))
def test_what_is_no_json_is_no_answer(read: Callable[[bytes], object], answer: bytes) -> None:
    assert refusal(read, answer) is Reason.MALFORMED


@pytest.mark.processes
def test_a_child_that_stops_in_the_middle_of_a_word_has_said_nothing(tmp_path: Path) -> None:
    arguments = [json.dumps(repacked())[:100]]
    job = sandbox.Job(escapes.__name__, request={"act": "answer", "arguments": arguments})
    run = sandbox.run(job, limits=sandbox.Limits(), is_strict=True)
    assert refusal(answers.read_repacked, run.answer) is Reason.MALFORMED


def test_names_that_cannot_be_seen_are_spelled_out() -> None:
    problem = packages.problems(packages.files() | {"content/a\u202eb.md": b"x"})[0]
    assert facts.of_problem(problem)["path"].isprintable()
