"""Look at one file of a package: the rules over its bytes, and over what is hidden in it."""

import hashlib
import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator
from dataclasses import replace

from scanning.child import excerpts, programs, views
from scanning.child.line_index import LineIndex
from scanning.child.normal_text import NormalText
from scanning.child.patience import Patience, pieces
from scanning.child.rulebook import Rulebook, is_secret
from scanning.child.views import Allowance, TooMuchEncoded, View
from scanning.rules import checks, quotations, wording
from scanning.rules.checks import TOO_LONG_TO_READ, TOO_MUCH_ENCODED
from scanning.rules.defence import EXCUSED
from scanning.rules.matching import CROWDED
from scanning.rules.rule import Category, Hit, Sighting
from scanning.rules.scanned_file import ScannedFile
from scanning.rules.text_places import MOST_OF_A_RULE
from scanning.rules.wording import LOOSE
from scanning.rules.yara_rule import Met
from scanning.verdicts import Effect

_NAME = "file name"
_GRAVE = (Effect.BLOCK, Effect.REVIEW, Effect.SUSPICION)
_WORDING = (f"{Category.PROMPT_INJECTION}/", f"{Category.SOCIAL_ENGINEERING}/")
_BETWEEN_WORDS = re.compile(r"[-_.~+/ ]+")


def at(
    file: ScannedFile,
    book: Rulebook,
    allowance: Allowance | None = None,
    *,
    exhausted: Container[str] = (),
) -> Iterator[Hit]:
    """Yield everything that rules meet in a file.

    allowance: of the package; a file alone has one of its own. exhausted: rules that the package
    has met so often that they need not look.
    """
    allowance = allowance or Allowance(len(file.data))
    reading = _Reading(file, book, exhausted, allowance.patience)
    yield from reading.of(_name_of(file))
    yield from _once(_in_views(file, reading, allowance))
    for hit in reading.checked(View(data=file.data), checks.FILE_CHECKS):
        # Pictures have no lines.
        yield hit if file.is_text else replace(hit, line=0)


def _in_views(file: ScannedFile, reading: "_Reading", allowance: Allowance) -> Iterator[Hit]:
    try:
        for view in views.of(file, allowance):
            if view.layer and allowance.patience.is_all_over:
                yield _whole(file, TOO_LONG_TO_READ.id)
                return
            yield from reading.of(view)
            if not view.layer:
                yield from reading.of_programs(file)
    except TooMuchEncoded as excess:
        if reading.wants(TOO_MUCH_ENCODED.id):
            yield _whole(file, TOO_MUCH_ENCODED.id, line=excess.line)


def _whole(file: ScannedFile, rule_id: str, *, line: int = 0) -> Hit:
    """Return that a rule is about a whole file, from a line on if that is known."""
    digest = hashlib.sha256(file.data).hexdigest()
    return Hit(rule_id=rule_id, path=file.path, line=line, sha256=digest, layer="", excerpt="")


def _once(hits: Iterable[Hit]) -> Iterator[Hit]:
    """Drop what is met in hidden text where it was met before: a copy tells nothing new."""
    told: set[tuple[str, str | int]] = set()
    for hit in hits:
        places: set[tuple[str, str | int]] = {(hit.rule_id, hit.sha256), (hit.rule_id, hit.line)}
        if not hit.layer or told.isdisjoint(places):
            yield hit
        told |= places


def _name_of(file: ScannedFile) -> View:
    """Return the words of a file's name: agents read it, too."""
    words = _BETWEEN_WORDS.sub(" ", file.path)
    return View(data=words.encode(), layer=_NAME, lines=(0,))


class _Reading:
    """Applies the rules to the texts of one file."""

    def __init__(
        self, file: ScannedFile, book: Rulebook, exhausted: Container[str], patience: Patience
    ) -> None:
        self._path = file.path
        self._is_script = file.is_script
        self._is_lesson = False
        self._book = book
        self._exhausted = exhausted
        self._patience = patience

    def wants(self, rule_id: str) -> bool:
        """Tell whether a rule is in force and not met too often."""
        return self._book.knows(rule_id) and rule_id not in self._exhausted

    def of(self, view: View) -> Iterator[Hit]:
        """Yield what rules meet in a text."""
        found = self._found_in(view)
        yield from map(found.hit, found.seen)
        yield from self.checked(view, checks.TEXT_CHECKS, found)
        yield from self._by_conditions(view, found)

    def of_programs(self, file: ScannedFile) -> Iterator[Hit]:
        """Yield what conditions meet in programs within a text, as if they were scripts."""
        if view := programs.of(file):
            yield from self._by_conditions(view, None)

    def _by_conditions(self, view: View, found: "_Found | None") -> Iterator[Hit]:
        text = view.data.decode(errors="replace")
        read = NormalText(text)
        met = list(self._conditions_met(read.data, view))
        names = {rule_id for rule_id, _, _ in met}
        said = self._said(text, view, names)
        loose = self._loose(read.data, view, names)
        told: set[str] = set()
        for met_rule, start, end in met:
            rule_id = met_rule if met_rule in said else quotations.QUOTED.id
            if met_rule in loose & said:
                rule_id = LOOSE.id
            if self.wants(rule_id) and rule_id not in told:
                told.add(rule_id)
                found = found or self._found_in(view)
                yield found.hit_in(read, rule_id, start, end)

    def _said(self, text: str, view: View, met: set[str]) -> set[str]:
        """Return which of the rules that a text met are not about what it quotes alone."""
        grave = {each for each in met if self.wants(each) and self._book.effect(each) in _GRAVE}
        if view.layer or view.is_program or not (grave and quotations.may_be_in(self._path)):
            return met
        kept = quotations.without(text)
        if kept == text:
            return met
        again = NormalText(kept).data
        said = {rule_id for rule_id, _, _ in self._conditions_met(again, view)}
        # A quotation may be what excuses the rest.
        return met if said - met else said | (met - grave)

    def _loose(self, text: bytes, view: View, met: set[str]) -> set[str]:
        """Return which of the rules on wording that a text met are met in no one place of it."""
        loose = {each for each in met if self._asks_for_wording(each, view)}
        for place in wording.places(text) if loose else ():
            loose -= {rule_id for rule_id, _, _ in self._conditions_met(place, view)}
        return set() if self._patience.is_over else loose

    def _asks_for_wording(self, rule_id: str, view: View) -> bool:
        """Tell whether a rule has a person look at a text for what it says, not what it runs."""
        if view.layer or view.is_program or self._is_script or rule_id == EXCUSED.id:
            return False
        return rule_id.startswith(_WORDING) and self._book.effect(rule_id) is Effect.REVIEW

    def _conditions_met(self, text: bytes, view: View) -> Iterator[tuple[str, int, int]]:
        """Yield rule and place of what conditions meet, or that there was no time to look."""
        for start, piece in pieces(text):
            if self._patience.is_over:
                yield TOO_LONG_TO_READ.id, start, start
                return
            with self._patience.at_work():
                read = self._book.scanner.read(
                    piece,
                    path=self._path,
                    layer="" if view.layer == views.ARGUMENTS else view.layer,
                    is_program=self._is_script or view.is_program,
                    is_in_lesson=view.is_program and self._is_lesson,
                )
            # What is hidden in a text, or is a name, is no lesson on what stands in the open.
            self._is_lesson |= read.is_lesson and not view.layer
            for each in read.met:
                # Rules about programs ask for no excuse; a lesson shows them all the same.
                is_shown = view.is_program and self._is_lesson
                if rule_id := self._told_as(each, is_excused=is_shown or each.is_excused):
                    is_loose = each.is_forbidden and self._asks_for_wording(rule_id, view)
                    told_rule = LOOSE.id if is_loose else rule_id
                    yield told_rule, start + each.start, start + each.end

    def _told_as(self, met: Met, *, is_excused: bool) -> str:
        """Return the rule that is told; nothing where only a note was excused.

        A suspicion counts whatever else the text says: it takes two to ask a person.
        """
        effect = self._book.effect(met.rule_id)
        if not is_excused or effect is Effect.SUSPICION:
            return met.rule_id
        return EXCUSED.id if effect in (Effect.BLOCK, Effect.REVIEW) else ""

    def checked(
        self, view: View, among: Iterable[checks.FileCheck], found: "_Found | None" = None
    ) -> Iterator[Hit]:
        """Yield what checks meet in a text."""
        file = ScannedFile(self._path, view.data)
        for each in (each for check in among for each in check.look(file)):
            if self.wants(each.rule_id):
                # Whatever is shown has no secret in it, so these are looked for first.
                found = found or self._found_in(view)
                yield found.hit(each)

    def _found_in(self, view: View) -> "_Found":
        seen = self._book.matcher.sightings(self._path, view.data, without=self._exhausted)
        return _Found(self._path, view, list(seen))


class _Found:
    """Makes hits of what was met in one text."""

    def __init__(self, path: str, view: View, seen: list[Sighting]) -> None:
        self.seen = seen
        self._path = path
        self._view = view
        self._lines = LineIndex(view.data)
        self._secrets = [(each.start, each.end) for each in seen if is_secret(each.rule_id)]
        # Nobody looked for more of a rule that met so many.
        met = Counter(each.rule_id for each in seen if is_secret(each.rule_id))
        is_full = max(met.values(), default=0) >= MOST_OF_A_RULE
        self._can_mask = not is_full and CROWDED.id not in met

    def hit(self, each: Sighting) -> Hit:
        """Return what was met at a place of the text itself."""
        return Hit(
            rule_id=each.rule_id,
            path=self._path,
            line=self._view.line_of_file(self._lines.line_at(each.start)),
            sha256=hashlib.sha256(each.matched).hexdigest(),
            layer=self._view.layer,
            excerpt=self._excerpt(each.start, each.end),
        )

    def hit_in(self, read: NormalText, rule_id: str, start: int, end: int) -> Hit:
        """Return what was met at a place of the normalised text."""
        first, last = read.line_at(start), read.line_at(max(start, end - 1))
        lines = self._lines.start_of(first), self._lines.start_of(last + 1)
        return Hit(
            rule_id=rule_id,
            path=self._path,
            line=self._view.line_of_file(first),
            sha256=hashlib.sha256(read.data[start:end]).hexdigest(),
            layer=self._view.layer,
            excerpt=self._excerpt(*lines),
        )

    def _excerpt(self, start: int, end: int) -> str:
        if not self._can_mask:
            return ""
        return excerpts.around(self._view.data, start, end, secrets=self._secrets)
