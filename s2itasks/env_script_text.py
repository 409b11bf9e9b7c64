"""What the text of an env script shows about sourcing it in the very shell that becomes a command.

A shell that is the first process of a container hears no signal while it waits for a process: there, a script may be
sourced only if it starts none. Any other shell may wait, but the script may do nothing to the shell itself.
"""

from __future__ import annotations

import re

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


# What a script says that is about its shell, or how it may end without the ERR trap, by which its failures are told. In a
# shell that becomes the command, the one would reach the command, and the other nobody would hear of.
BEYOND_VARIABLES = {
    "it calls {!r}": re.compile(
        r"\b(?:exit|trap|exec|source|eval|set|shopt|shift|enable|builtin|command|kill|wait|coproc|logout|suspend|disown"
        r"|alias|unalias|function|readonly|let|mapfile|readarray|getopts|bind|complete|compgen|compopt|fc|history)\b"
        r"|(?:declare|typeset|local)[ \t]+[-+](?![aAgx]+[ \t])"
    ),
    "it sources another file": re.compile(r"(?m)(?:^|[;&|({`!]|\b(?:then|do|else|elif|if|while|until)\b)[ \t]*\.(?=[ \t])"),
    "it defines a function": re.compile(r"\([ \t]*\)"),
    "it has arithmetic": re.compile(r"\(\(|\$\[|\w\["),
    "it has the expansion {!r}": re.compile(r"\$\{?[0-9@*#_!?$-]|\$\{[^}]*(?:\?|@\w\}|:[-+ ]?\d)"),
    "it mentions {!r}": re.compile(
        r"\b(?:BASH\w*|SHELLOPTS|POSIXLY_CORRECT|FUNCNAME|FUNCNEST|LINENO|IFS|PS4|SECONDS|PIPESTATUS|OPT(?:ARG|ERR|IND)"
        r"|TMOUT|GLOBIGNORE|EXECIGNORE|S2ITASKS_\w*)\b"
    ),
    "it has a word that is quoted in the middle": re.compile(r"(?m)(?:^|[;&|({`])[ \t]*[\w.]*[\\'\"]"),
    "it has a carriage return, a NUL or a byte-order mark": re.compile(r"\r|\0|\A\xef\xbb\xbf"),
}
FULL_LINE_COMMENT = re.compile(r"(?m)^[ \t]*#.*$")
ENDS_THE_SHELL = re.compile(r"\b(?:exit|exec|set|trap)\b")


def beyond_variables(text: bytes) -> str | None:
    """Return what the script may do to its shell besides setting variables, or None where the shell may go on after it.

    The script may start processes, change the directory, umask and limits, and fail. The words are looked for, whatever
    they stand for; the reason completes a sentence: ``it calls 'exit'``.
    """
    live = FULL_LINE_COMMENT.sub("", text.decode("latin-1"))
    for reason, pattern in BEYOND_VARIABLES.items():
        found = pattern.search(live)
        if found:
            return reason.format(found[0].strip())
    return None


def may_end_its_shell(text: bytes) -> bool:
    """Whether the image's own script may end the shell that sources it, or leave it another one."""
    return bool(ENDS_THE_SHELL.search(FULL_LINE_COMMENT.sub("", text.decode("latin-1"))))
