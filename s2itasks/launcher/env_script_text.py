"""What the text of an env script shows about sourcing it in the very shell that becomes a command.

A shell that is the first process of a container hears no signal while it waits for a process: there, a script may be
sourced only if it starts none. Any other shell may wait, but the script may do nothing to the shell itself.
"""

from __future__ import annotations

import re
from typing import NamedTuple

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


def starts_no_process(text: bytes) -> bool:
    """Whether the script provably sets variables and does nothing else: bash then starts no process and never waits.

    Accepted are comments and ``[export] NAME=word …``, with words of plain characters, literals in quotes, ``$NAME``,
    ``${NAME}`` and ``${NAME:-literal}``. It takes the text for granted alone: that no function or alias is called
    ``export``, and that no trap is set.
    """
    return bool(STARTS_NO_PROCESS.fullmatch(text.decode("latin-1") + "\n"))


# What a script says that is about its shell, and would reach the command that this becomes; or that is different there.
BEYOND_VARIABLES = {
    "it says {!r}": re.compile(
        r"\b(?:exit|trap|exec|source|eval|set|shopt|enable|builtin|kill|coproc|logout|suspend|disown|caller"
        r"|BASH_(?:SOURCE|LINENO|ARG[CV]0?|EXECUTION_STRING|COMMAND|ENV)|FUNCNAME|SHELLOPTS|BASHOPTS|POSIXLY_CORRECT)\b"
        r"|command(?=[ \t]+(?!-[vV]))|(?i:\bs2itasks_\w*)"
    ),
    "it sources another file": re.compile(
        r"(?m)(?:^|[;&|({`!]|\b(?:then|do|else|elif|if|while|until|time)\b)[ \t]*\.(?=[ \t])"
    ),
    "it defines a function that is called like a command of bash": re.compile(
        r"\b(?:builtin|cd|export|mapfile|printf|read|return|shift|unset)[ \t]*\([ \t]*\)"
        r"|\bfunction[ \t]+(?:builtin|cd|export|mapfile|printf|read|return|shift|unset)\b"
    ),
    "it has the expansion {!r}": re.compile(
        r"\$\{?[0_](?!\w)|\$\{.*?[\w\]@*#!:]\?"  # the latter, as ${A?}, end bash without a trap
    ),
    "it makes up a command's name": re.compile(
        r"(?m)(?:^|[;&|{]|\b(?:then|do|else|elif|if|while|until|time)\b)[ \t]*(?:![ \t]+)?"
        r"(?:[\w.]*(?:\\(?!\n)|['\"$])|`)"
    ),
    "it has a carriage return, a NUL or a byte-order mark": re.compile(r"\r|\0|\A\xef\xbb\xbf"),
}
FULL_LINE_COMMENT = re.compile(r"(?m)^[ \t]*#.*$")
ENDS_THE_SHELL = re.compile(r"\b(?:exit|exec|set|trap)\b")


class Beyond(NamedTuple):
    """What a script may do to its shell besides setting variables.

    :param reason: completes a sentence: ``it says 'exit'``.
    :param line: where, from 1.
    """

    reason: str
    line: int


def beyond_variables(text: bytes) -> Beyond | None:
    """Return what the script may do to its shell besides setting variables, or None where the shell may go on after it.

    It may start processes, define functions, change the directory, umask and limits, and fail. Words are looked for,
    whatever they stand for.
    """
    live = FULL_LINE_COMMENT.sub("", text.decode("latin-1"))
    for reason, pattern in BEYOND_VARIABLES.items():
        found = pattern.search(live)
        if found:
            begins = found.end() - len(found[0].lstrip())
            return Beyond(reason.format(found[0].strip()), live.count("\n", 0, begins) + 1)
    return None


def may_end_its_shell(text: bytes) -> bool:
    """Whether the image's own script may end the shell that sources it, or leave it another one."""
    return bool(ENDS_THE_SHELL.search(FULL_LINE_COMMENT.sub("", text.decode("latin-1"))))
