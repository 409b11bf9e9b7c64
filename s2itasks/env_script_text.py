"""What the text of an env script shows about sourcing it in the very shell that becomes a command.

A shell that is the first process of a container hears no signal while it waits for a process: there, a script may be
sourced only if it starts none. Any other shell may wait, but the script may do nothing to the shell itself.
"""

from __future__ import annotations

import re
from itertools import dropwhile
from pathlib import Path
from typing import NoReturn

# Names whose setting makes bash do something. PATH and HOME do, too, but neither a process nor a wait comes of it.
SPECIAL = (
    r"_|IFS|ENV|BASH\w*|PS[0-4]|SHELLOPTS|POSIXLY_CORRECT|FUNCNEST|FUNCNAME|GLOBIGNORE|EXECIGNORE|HIST\w*|histchars"
    r"|LANG|LANGUAGE|LC_\w*|LOCPATH|TEXTDOMAIN\w*|TZ|TMOUT|TIMEFORMAT|SECONDS|S?RANDOM|EPOCH\w*|LINENO|OPT\w*|MAIL\w*"
    r"|PROMPT_\w*|COMP\w*|COPROC|READLINE\w*|TERM\w*|COLUMNS|LINES|CHILD_MAX|IGNOREEOF|ignoreeof|DIRSTACK|GROUPS|E?UID"
    r"|PPID|PIPESTATUS|GCONV_PATH|NLSPATH|MAPFILE|REPLY|SHLVL|PWD|OLDPWD|S2ITASKS_\w*"
)
# No two alternatives of a repetition begin alike, so that a long script is judged in no time.
NAME = rf"(?!(?:{SPECIAL})\b)[A-Za-z_]\w*\b"
PLAIN = r"[\w./:@%+,=-]"
VALUE = rf"\$(?:[A-Za-z_]\w*\b|\{{[A-Za-z_]\w*\b(?::-{PLAIN}*)?\}})"
QUOTED = rf"'[\t\n -&(-~]*'|\"(?:[\t\n !#%-\[\]-_a-~]|{VALUE})*\""
ASSIGNMENT = rf"{NAME}=(?:{PLAIN}|\#|{VALUE}|{QUOTED})*"
STATEMENT = rf"(?:{ASSIGNMENT}(?:[ \t]+{ASSIGNMENT})*|export(?:[ \t]+(?:{ASSIGNMENT}|{NAME}))+)"
COMMENT = r"\#[^\n\0]*"
LINE = rf"[ \t]*(?:{STATEMENT}(?:[ \t]+(?:{COMMENT})?)?|{COMMENT})?\n"
STARTS_NO_PROCESS = re.compile(rf"(?:{LINE})*", re.ASCII)


def starts_no_process(text: bytes | Path) -> bool:
    """Whether the script provably sets variables and does nothing else: bash then starts no process and never waits.

    Accepted are comments and ``[export] NAME=word …``, with words of plain characters, literals in quotes, ``$NAME``,
    ``${NAME}`` and ``${NAME:-literal}``. It takes the text for granted alone: that no function or alias is called
    ``export``, and that no trap is set.
    """
    text = _text(text) if isinstance(text, Path) else text  # for the callers that have not been adapted yet
    return bool(STARTS_NO_PROCESS.fullmatch(text.decode("latin-1") + "\n"))


KEYWORDS = {"!", "{", "if", "then", "elif", "else", "while", "until", "do"}  # a command follows
MENTIONED = re.compile(r"\b(?:exit|trap|exec|source|eval)\b", re.ASCII)  # also where another command may run them
REFUSED = {
    *("exit", "trap", "exec", "source", "eval", ".", "set", "shopt", "shift", "enable", "builtin", "command", "kill"),
    *("alias", "unalias", "wait", "jobs", "fg", "bg", "disown", "coproc", "suspend", "logout", "readonly", "let"),
    *("mapfile", "readarray", "complete", "compgen", "compopt", "bind", "fc", "history", "select", "case", "time"),
}
OF_THE_SHELL = re.compile(
    r"\b(?:BASH\w*|SHELLOPTS|POSIXLY_CORRECT|FUNCNAME|FUNCNEST|LINENO|IFS|PS4|S2ITASKS_\w*"
    r"|(?<!\$)(?<!\$\{)(?:E?UID|PPID))\b",
    re.ASCII,
)
COMMAND = re.compile(r"[\w./@:+][\w./@:+-]*|\[\[?|\}", re.ASCII)
ASSIGNED = re.compile(r"[A-Za-z_]\w*(?:\[\d+\])?\+?=", re.ASCII)
DECLARING = {"declare", "typeset", "local"}
ATTRIBUTES = re.compile(r"[-+](?![aAgpx]+$)")  # those that make a later assignment fail, or do arithmetic
OPENED_DESCRIPTOR = re.compile(r"\{\w+\}[<>]", re.ASCII)
OPERATOR = re.compile(r"&>>?|<<<|<>|<&|<|>>|>&|>\||>")
# The expansions that cannot fail; of the others' failures bash dies without an ERR trap.
PARAMETER = r"(?:[A-Za-z]\w*|_\w+)"
VARIABLE = re.compile(rf"\$(?:{PARAMETER}|[?$])", re.ASCII)
EXPANSION = re.compile(
    rf"\$\{{(?:#?{PARAMETER}(?:\[(?:\d+|[@*])\])?\}}|{PARAMETER}(?:\[(?:\d+|[@*])\])?(?::?[-+=]|[#%/^,]))", re.ASCII
)
ESCAPED = re.compile(r"\$'(?:[^'\\]|\\.)*'", re.DOTALL)


def beyond_variables(text: bytes) -> str | None:
    """Return what the script does to its shell besides setting variables, or None where the shell may go on after it.

    The script may start processes, change the directory, umask and limits, and fail. Whatever is not surely harmless
    is returned as a reason that completes "cannot be sourced in place:", such as ``it calls 'exit'``.
    """
    try:
        _Reader(text.decode("latin-1")).read_list("")
    except _Beyond as found:
        return str(found)
    return None


class _Beyond(Exception):
    pass


class _Reader:
    """Reads a script command by command, into every substitution; what it cannot read is refused."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def read_list(self, end: str) -> None:
        """Read commands up to ``end``: the bracket that closes their list, or nothing for the end of the text."""
        words: list[str] = []
        while not (self._is_at(end) if end else self.at >= len(self.text)):
            in_test = "[[" in words and "]]" not in words
            if self._skip_blank():
                pass
            elif self._is_at("#"):
                self._skip_comment()
            elif in_test and self._is_at("\n", "|", "&", "<", ">"):
                self.at += 1
            elif self._is_at("\n", ";", "|") or (self._is_at("&") and not self._is_at("&>")):
                _judge(words)
                words = []
                self.at += 1
            elif self._is_at("(") and not in_test and set(words) <= KEYWORDS:
                self._refuse_arithmetic(self.at)
                self.at += 1
                self.read_list(")")
                words = ["("]
            elif self._is_at("(", ")") and not in_test:
                self._refuse("it defines a function" if words and self._is_at("(") else "it has an odd bracket")
            else:
                words.append(self._read_word())
        _judge(words)
        self.at += len(end)

    def _read_word(self) -> str:
        start = self.at
        while self.at < len(self.text) and not self._is_at(*" \t\n;|)"):
            if self._is_at("&") and not self._is_at("&>"):
                break
            if self._is_at("("):
                if not ASSIGNED.fullmatch(self.text, start, self.at):
                    self._refuse("it defines a function or has an odd bracket")
                self._read_array()
            elif self._is_at("<", ">", "&>"):
                self._read_redirection()
            else:
                self._read_part(quoted=False)
        if self.at == start:
            self._refuse("it has an odd bracket" if self.text[start:] else "it has an open quote or bracket")
        return self.text[start : self.at]

    def _read_part(self, *, quoted: bool) -> None:
        """Read one character, quoted string or expansion.

        :param quoted: whether it is between double quotes.
        """
        if self.at >= len(self.text):
            self._refuse("it has an open quote or bracket")
        elif self._is_at("\\"):
            self.at += 2
        elif self._is_at("'") and not quoted:
            self.at = self._find("'") + 1
        elif self._is_at("$'") and not quoted:
            self.at = self._match(ESCAPED, "it has an open quote")
        elif self._is_at('"'):
            self.at += 1
            while not self._is_at('"'):
                self._read_part(quoted=True)
            self.at += 1
        elif self._is_at("`"):
            closing = self._find("`")
            inner = self.text[self.at + 1 : closing]
            if "\\" in inner:
                self._refuse("it has a backslash between backquotes")
            _Reader(inner).read_list("")
            self.at = closing + 1
        elif self._is_at("$"):
            self._read_expansion(quoted=quoted)
        else:
            self.at += 1

    def _read_expansion(self, *, quoted: bool) -> None:
        self._refuse_arithmetic(self.at + 1)
        if self._is_at("$("):
            self.at += 2
            self.read_list(")")
        elif self._is_at("${"):
            start = self.at
            self.at = self._match(EXPANSION, f"it has the expansion {self.text[start : start + 12]!r}")
            if self.text[self.at - 1] == "}":
                return
            while not self._is_at("}"):
                if quoted and self._is_at("'"):
                    self._refuse("it has a single quote in an expansion in double quotes")
                self._read_part(quoted=quoted)
            self.at += 1
        elif variable := VARIABLE.match(self.text, self.at):
            self.at = variable.end()
        elif self.text[self.at + 1 : self.at + 2] in set("0123456789@*#!_-"):
            self._refuse(f"it has the expansion {self.text[self.at : self.at + 2]!r}")
        else:
            self.at += 1

    def _read_array(self) -> None:
        self.at += 1
        while not self._is_at(")"):
            if self._is_at("["):
                self._refuse("it has arithmetic")
            elif self._is_at("#"):
                self._skip_comment()
            elif self._is_at("\n"):
                self.at += 1
            elif not self._skip_blank():
                self._read_word()
        self.at += 1

    def _read_redirection(self) -> None:
        if self._is_at("<(", ">("):
            self.at += 2
            self.read_list(")")
        elif self._is_at("<<") and not self._is_at("<<<"):
            self._refuse("it has a here-document")
        else:
            self.at = self._match(OPERATOR, "")

    def _skip_blank(self) -> bool:
        start = self.at
        while self._is_at(" ", "\t", "\\\n"):
            self.at += 2 if self._is_at("\\") else 1
        return self.at > start

    def _skip_comment(self) -> None:
        while self.at < len(self.text) and not self._is_at("\n"):
            self.at += 1

    def _is_at(self, *parts: str) -> bool:
        return self.text.startswith(parts, self.at)

    def _find(self, quote: str) -> int:
        found = self.text.find(quote, self.at + 1)
        return found if found > 0 else self._refuse("it has an open quote")

    def _match(self, pattern: re.Pattern[str], otherwise: str) -> int:
        found = pattern.match(self.text, self.at)
        return found.end() if found else self._refuse(otherwise)

    def _refuse_arithmetic(self, at: int) -> None:
        if self.text.startswith(("((", "["), at):
            self._refuse("it has arithmetic")

    def _refuse(self, reason: str) -> NoReturn:
        raise _Beyond(reason)


def _judge(words: list[str]) -> None:
    """Refuse a command that is not plain, or that is about its shell."""
    rest = list(dropwhile(ASSIGNED.match, dropwhile(KEYWORDS.__contains__, words)))
    first = rest[0] if rest else ":"
    if first in REFUSED:
        raise _Beyond(f"it calls {first!r}")
    if first == "function":
        raise _Beyond("it defines a function")
    if first != "(" and not COMMAND.fullmatch(first) and not (first.startswith("<") and len(rest) == 1):
        raise _Beyond(f"the name of a command is not plain: {first!r}")
    if first in DECLARING and any(map(ATTRIBUTES.match, rest)):
        raise _Beyond(f"it calls {first!r} with attributes")
    for word in words:
        if found := MENTIONED.search(word) or OF_THE_SHELL.search(word):
            raise _Beyond(f"it mentions {found[0]!r}")
        if "\r" in word or "\0" in word:
            raise _Beyond("it has a control character")
        if OPENED_DESCRIPTOR.match(word):
            raise _Beyond("it opens a descriptor")


# For the callers that have not been adapted yet.


def is_about_its_shell(script: Path) -> bool:
    """Whether its text shows more than variables."""
    return beyond_variables(_text(script)) is not None


def may_end_its_shell(script: Path) -> bool:
    """Whether the shell that sources it may not survive that, or not as it was."""
    return beyond_variables(_text(script)) is not None


def _text(script: Path) -> bytes:
    return script.read_bytes() if script.is_file() else b""
