"""Which programs a shell script starts, and which variables it takes from outside."""

import re
from collections.abc import Iterator

_QUOTED = re.compile(r"\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*'")
_BETWEEN = re.compile(r"\|\||&&|\$\(|[;|(&]")
_PROMPT = re.compile(r"^\s*[$%]\s+")
_COMMENT = re.compile(r"(?:^|\s)#.*")
_HERE = re.compile(r"<<-?\s*[\"']?(\w+)")
_ASSIGNED = re.compile(r"[A-Za-z_]\w*\+?=")
_PROGRAM = re.compile(r"[a-z][a-z0-9_+-]{1,30}(?:\.\d{1,3})?")
_FUNCTION = re.compile(r"^[ \t]*(?:function[ \t]+)?([\w-]+)[ \t]*\([ \t]*\)", re.M)
# So many plain words are a sentence, and no command.
_PROSE_WORDS = 5
# They run the program behind them.
_BEFORE = frozenset(
    {
        *("sudo", "env", "time", "nohup", "exec", "command", "builtin", "xargs"),
        *("if", "then", "elif", "else", "while", "until", "do", "!", "{"),
    }
)
# Words of the shell, and of other languages that stand in blocks of it.
_WORDS = """
and as assert class const def except from if import lambda not or pass print raise throw try
usage var with
alias bg bind break builtin case cd continue declare dirs disown done echo enable end esac eval
exit export false fc fg fi for function getopts hash help history in jobs kill let local logout
popd printf pushd pwd read readonly return select set shift shopt source test times trap true
type typeset ulimit umask unalias unset wait yes no
"""
_OTHER_WORDS = frozenset(_WORDS.split())
_VARIABLE = re.compile(r"\$\{?([A-Z][A-Z0-9_]{2,63})\b")
_SET_HERE = re.compile(r"(?:^|[\s;(])([A-Z][A-Z0-9_]{2,63})=|\bread\s+(?:-\w+\s+)*([A-Z_]+)")
_VARIABLES = """
HOME PATH USER PWD OLDPWD SHELL TMPDIR TEMP TERM LANG LC_ALL HOSTNAME EDITOR IFS RANDOM SECONDS
BASH_SOURCE LINENO UID EUID PPID OSTYPE FUNCNAME BASH_VERSION LOGNAME DISPLAY COLUMNS LINES PS1
XDG_CONFIG_HOME XDG_DATA_HOME XDG_CACHE_HOME PIPESTATUS REPLY OPTARG OPTIND EOF EOL
"""
_OF_THE_SHELL = frozenset(_VARIABLES.split())


def programs(text: str) -> Iterator[str]:
    """Yield the first word of every command, unless it is of the shell itself or a path."""
    own = set(_FUNCTION.findall(text))
    for line in _commands(text):
        for command in _BETWEEN.split(line):
            program = _program(command)
            if program and program not in own:
                yield program


def variables(text: str) -> Iterator[str]:
    """Yield the names of variables that are read and nowhere set."""
    own = {name for pair in _SET_HERE.findall(text) for name in pair if name}
    for name in _VARIABLE.findall(text):
        if name not in own and name not in _OF_THE_SHELL:
            yield name


def _commands(text: str) -> Iterator[str]:
    """Yield lines that are commands: no comments, no quoted texts, no continued lines."""
    until, continues = "", False
    for line in text.split("\n"):
        if until:
            # Of a text in place its mark stands alone; a quote ends wherever it stands.
            is_over = line.strip() == until if until.isalnum() else until in line
            until = "" if is_over else until
            continue
        bare = _COMMENT.sub("", _QUOTED.sub('""', _PROMPT.sub("", line))).strip()
        if bare and not continues:
            yield bare
        until = _opened(bare)
        continues = bare.endswith("\\")


def _opened(line: str) -> str:
    """Return what ends the text that begins in a line and goes on behind it; "" when none does."""
    if here := _HERE.search(line):
        return here[1]
    rest = line.replace('""', "")
    return next((quote for quote in "\"'" if rest.count(quote) % 2), "")


def _program(command: str) -> str:
    words = command.split()
    if len(words) >= _PROSE_WORDS and all(map(str.isalpha, words)):
        return ""
    for word in words:
        if word in _BEFORE or word.startswith("-") or _ASSIGNED.match(word):
            continue
        is_program = _PROGRAM.fullmatch(word) and word not in _OTHER_WORDS
        return word if is_program else ""
    return ""
