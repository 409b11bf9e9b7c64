"""What the text of an env script tells about sourcing it in the very shell that becomes a command."""

from __future__ import annotations

import re
from pathlib import Path

# What a script says that is about its shell and not about variables. In a shell that becomes the command, that would
# reach the command; the runtime sources it in one that ends.
ABOUT_THE_SHELL = re.compile(
    r"\b(exec|trap|umask|ulimit|enable|kill|builtin|BASH_SOURCE|FUNCNAME|source)\b|\$\{?0"
    r"|(^|[;&|({]|\b(then|do|else)\b)[ \t]*\.[ \t]",  # another script, of which nothing is known
    re.MULTILINE,
)
# The image's own script runs under our options and may not end the shell; the one of the images does neither.
ENDS_THE_SHELL = re.compile(r"\b(exit|set|exec|trap)\b")
# The lines of a script that starts no process, as far as they are worth telling.
NO_SUBSTITUTION = r"(?:(?!\$\(|[<>]\(|`).)*"
ASSIGNMENT = r"""[A-Za-z_]\w*=(?:"(?:[^"`$\\]|\\.|\$(?!\())*"|'[^']*'|[^\s"'`|&;()<>$\\]|\\.|\$(?!\())*"""
STARTS_NO_PROCESS = re.compile(
    rf"""\s*(?:
        \#.*
        | (?:export|readonly|unset|set|shopt)\b[^`|&;()]*
        | {ASSIGNMENT}(?:\s+{ASSIGNMENT})*\s*(?:\#.*)?
        | (?:if|elif|while)\s+(?:\[\[{NO_SUBSTITUTION}\]\]|\[{NO_SUBSTITUTION}\])\s*;?\s*(?:then|do)?
        | (?:then|do|else|fi|done|return|true|:)\s*;?
    )?""",
    re.VERBOSE,
)


def is_about_its_shell(script: Path) -> bool:
    """Tell whether it does more than to set variables, or is in a form that bash cannot read."""
    text = _text(script)
    return bool(ABOUT_THE_SHELL.search(text)) or text.startswith("\xef\xbb\xbf") or "\r\n" in text


def may_end_its_shell(script: Path) -> bool:
    """Tell whether the shell that sources it may not survive that, or not as it was."""
    return bool(ENDS_THE_SHELL.search(_text(script)))


def starts_no_process(script: Path) -> bool:
    """Tell whether bash never waits while it sources it; then it hears no signal.

    That is for the shells of a container's commands, but not for its first process, which is told to stop by one.
    """
    return all(STARTS_NO_PROCESS.fullmatch(line) for line in _text(script).splitlines())


def _text(script: Path) -> str:
    """Give the text of a script without its comments, or nothing where there is none to read."""
    try:
        return re.sub(r"(?m)^\s*#.*$", "", script.read_bytes().decode("latin-1"))
    except OSError:
        return ""
