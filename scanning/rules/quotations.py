"""What a Markdown text shows as an attack and does not say itself.

Lessons quote: in a table below "what attackers leave", in a block that is followed by its defence,
between quotation marks in a line on scams. Who reads such a text is not told to do what it quotes,
unless the text says so, or the line is itself an order. What is met in quotations alone is no
finding of its own rule, but a suspicion.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scanning.rules.rule import Category, Confidence, Rule, Severity

# What `scanning.child` says itself: whatever was met stands in quotations that are told of.
QUOTED = Rule(
    id="prompt-injection/attack-in-quotation",
    category=Category.PROMPT_INJECTION,
    severity=Severity.HIGH,
    confidence=Confidence.LOW,
    advice=(
        "This text quotes what attackers write. Leave the quotation out unless the text teaches"
        " by it."
    ),
    source="https://owasp.org/www-project-top-10-for-large-language-model-applications/",
)
# Lessons are shorter, and looking for quotations takes time.
_TEXT_CHARACTERS = 256 * 1024
# Longer lines are no prose, and are read as they are.
_LINE_CHARACTERS = 4_000
# Samples are short: who quotes more has more to say by it than that it exists.
_BLOCK_LINES = 6
_BLOCK_CHARACTERS = 320
_MOST_CHARACTERS = 1_000
_MOST_OF_TEXT = 4
_TELLS = re.compile(
    r"(?i)attack|malicious|malware|phish|\bscam|\btricks?\b|\bfake|red flag|stealer|\brefuse"
    r"|\bforbidden|jailbreak|exfiltrat|\bno real|warning sign|\bhostile|\btheft\b|reverse shell"
    r"|hidden instruction|\bdo not install\b"
    r"|\bshaped like\b|\bas data\b|\bnever instructions\b|\bnot instructions\b"
    r"|\b(?:phrases|wording|patterns|sentences|lines|words|anything) (?:like|such as)\b"
)
_TELLS_OF_BLOCK = re.compile(
    rf"{_TELLS.pattern}|inject|defen[cs]e|\bwhy it (?:may |might )?works?|suspicio"
)
# An order to act is no quotation, whatever it calls what it quotes.
_ORDER = (
    r"(?:run|execute|paste|type|enter|install|launch|start|send|copy|post|upload|do|use|call|say|answer"
    r"|reply|respond|write|print|then|now|first|always|please|begin|open|go|apply|follow|obey|tell)"
)
_BEGINS_WITH_ORDER = re.compile(
    rf"(?i)[\s>*+#|0-9.)\[\]x-]*(?:you (?:must|should|will) )?{_ORDER}\b"
)
_ENDS_WITH_ORDER = re.compile(rf"(?i)\b{_ORDER}(?: (?:it|them|this|the (?:user|person)))?[\s:,]*$")
# What makes orders of quotations: they are to be done, said or kept to.
_NOT = r"(?P<no>\b(?:not|never|don't|without) (?:ever )?)?"
# What others do is no order either.
_OTHERS = r"(?P<others>\b(?:they|he|she|who|people|others|attackers|operators?|users?) )?"
_REFERS = re.compile(
    rf"(?i){_NOT}{_OTHERS}\b(?:"
    r"(?:run|execut|follow|perform|apply|obey|carry|act|heed|comply|do(?! not\b)|implement)\w*"
    r"(?: out| on| upon| with| to| as)?(?: all| each| any| every)?(?: of)?"
    r" (?:it|them|this|these|those|so|likewise|what (?:it|they|is)"
    r"|the same(?! (?:path|pattern|format|shape|style|order)))\b"
    r"|(?:run|execut|follow|perform|apply|obey|carry|act|heed|comply|do(?! not\b)|implement|send"
    r"|paste(?!bin)|use|treat(?! [^.\n]{0,40}\bas data\b)|adopt|complete|proceed|activate|remember)"
    r"\w*\b[^.\n]{0,48}"
    r"\b(?:above|below|examples?|samples?|quot\w+|tables?|rows?|column|lessons?|snippets?|lines?"
    r"|commands?|instructions?)\b)"
)
_ITEM = re.compile(r"\s*(?:[-*+]|[0-9]{1,2}[.)]) ")
# Who calls so many things an attack teaches: every quotation is told of.
_LESSON_TELLS = 6
_QUOTATION = re.compile(r"`[^`\n]{3,600}`|\"[^\"\n]{3,600}\"|“[^”\n]{3,600}”")
_SPOKEN = re.compile(r"\"[^\"\n]{3,600}\"|“[^”\n]{3,600}”")
_FENCE = re.compile(r"[ \t>]*(?:```|~~~)[ \t]*(?P<language>\w*)")
# Shown, and not run.
_SHOWN = frozenset({"html", "xml", "text", "txt", "markdown", "md"})


@dataclass(slots=True)
class _Place:
    """Where in a text a line stands: what was said before it.

    lead: the line that a list follows. is_lesson: the text as a whole tells of attacks.
    """

    is_lesson: bool = False
    heading: str = ""
    header: str = ""
    before: str = ""
    lead: str = ""

    def leads(self, tells: re.Pattern[str], line: str) -> bool:
        """Tell whether a line, or what leads to it, calls what is quoted an attack."""
        return any(tells.search(each) for each in (line, self.before, self.header, self.heading))

    def step_to(self, line: str) -> None:
        """Take a line that was read into account."""
        if line.lstrip().startswith("#"):
            self.heading, self.header, self.before, self.lead = line, "", "", ""
        elif line.lstrip().startswith("|"):
            self.header = self.header or line
        elif line.strip():
            self.header, self.before = "", line
            if not _ITEM.match(line):
                self.lead = line


def may_be_in(path: str) -> bool:
    """Tell whether files of such a name quote as Markdown does."""
    return path.lower().endswith((".md", ".mdx"))


def without(text: str) -> str:
    """Return a text without the quotations that it tells of.

    All of it where it orders to act on them, or is made of them.
    """
    if len(text) > _TEXT_CHARACTERS:
        return text
    if any(each["no"] is each["others"] is None for each in _REFERS.finditer(_bare(text))):
        return text
    tells = {each[0].lower() for each in _TELLS.finditer(text)}
    place = _Place(is_lesson=len(tells) >= _LESSON_TELLS)
    kept = "\n".join(_kept(text.split("\n"), place))
    dropped = len(text) - len(kept)
    return text if dropped > min(_MOST_CHARACTERS, len(text) // _MOST_OF_TEXT) else kept


def _bare(text: str) -> str:
    """Return what is said outside quotations, of lines that may be prose."""
    lines = (line for line in text.split("\n") if len(line) <= _LINE_CHARACTERS)
    return "\n".join(_QUOTATION.sub(" ", line) for line in lines if not line.startswith(">"))


def _kept(lines: Sequence[str], place: _Place) -> Iterator[str]:
    number = 0
    while number < len(lines):
        end = _end_of_block(lines, number)
        if end > number:
            after = next((line for line in lines[end : end + 3] if line.strip()), "")
            if not (place.leads(_TELLS_OF_BLOCK, after) and _is_sample(lines[number:end])):
                yield from lines[number:end]
            number = end
        else:
            yield _line(lines[number], place)
            place.step_to(lines[number])
            number += 1


def _end_of_block(lines: Sequence[str], start: int) -> int:
    """Return where the fence or block quote that begins on a line ends; `start` if none does."""
    if _FENCE.match(lines[start]):
        for number in range(start + 1, len(lines)):
            if _FENCE.match(lines[number]):
                return number + 1
        return len(lines)
    end = start
    while end < len(lines) and lines[end].lstrip().startswith(">"):
        end += 1
    return end


def _is_sample(block: Sequence[str]) -> bool:
    if len(block) > _BLOCK_LINES or sum(map(len, block)) > _BLOCK_CHARACTERS:
        return False
    fence = _FENCE.match(block[0])
    return fence is None or fence["language"].lower() in _SHOWN


def _line(line: str, place: _Place) -> str:
    is_row = line.lstrip().startswith("|")
    is_led = _ITEM.match(line) is not None and _TELLS.search(place.lead) is not None
    if len(line) > _LINE_CHARACTERS or (_BEGINS_WITH_ORDER.match(line) and not is_led):
        return line
    is_told = place.leads(_TELLS, line) if is_row else is_led or _TELLS.search(line)
    if not (is_told or place.is_lesson):
        return line
    # Code in a sentence is what the sentence is about; in a list or table it may be what is looked
    # for.
    quotation_of_line = _QUOTATION if is_row or is_led else _SPOKEN

    def dropped(quotation: re.Match[str]) -> str:
        lead = line[max(0, quotation.start() - 40) : quotation.start()]
        return quotation[0] if _ENDS_WITH_ORDER.search(lead) else " "

    return quotation_of_line.sub(dropped, line)
