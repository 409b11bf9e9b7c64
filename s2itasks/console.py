"""What s2itasks itself says, line by line: events on stderr in the builder's style, what was asked for on stdout.

Names and texts of an application are in these lines, so nothing of a line is taken for more by a terminal or by the log
of a CI: control characters, line breaks and marks that change the direction of writing are spelled out. What looks like
a secret is masked.
"""

from __future__ import annotations

import contextlib
import re
import sys

# What "-ing" alone would not do for.
PARTICIPLES = {
    "become": "becoming", "pin": "pinning", "run": "running", "set": "setting", "source": "sourcing", "take": "taking",
}  # fmt: skip

# A line without any of these holds no secret. That is looked at first: `masking` takes 30 ms to import, and a failing
# probe has a message, too.
PERHAPS_SECRET = (  # noqa: SIM905 - a line for each would bury the rest
    "= // @ % ` pass pw pat salt cred bearer basic auth sess key jwt dsn signature secret token private cookie -u -p "
    "-a begin akia asia gho_ ghp_ ghr_ ghs_ ghu_ github_ gl xox xapp- k_live_ k_test_ whsec_ aiza gocspx- ya29. eyj "
    "sha256~ sk- hvs. npm_ pypi- slack.com office discord"
).split()
COMMAND = re.compile(r"##(vso)?(?=\[)")  # of an older GitHub, and of Azure


def doing(what: str) -> str:
    """Say that what begins with a verb is being done: ``running .s2i/action_hooks/build``."""
    verb, space, rest = what.partition(" ")
    return f"{PARTICIPLES.get(verb, f'{verb}ing')}{space}{rest}"


def event(phase: str, text: str) -> None:
    """Announce a step of a phase."""
    say(f"---> {phase}: {text}")


def detail(text: str) -> None:
    """Print a line that belongs to the event before it."""
    say(f"     {text}")


def warning(text: str) -> None:
    """Print a warning: the phase goes on, but somebody should look at it."""
    say(f"s2itasks: warning: {text}")


def error(text: str) -> None:
    """Print why the command fails."""
    say(f"s2itasks: error: {text}")


def duration(seconds: float) -> str:
    """Spell a duration for a reader: ``0.03 s``, ``4.2 s``, ``2 min 05 s``."""
    if seconds < 1:
        return f"{seconds:.2f} s"
    if seconds < 60:  # noqa: PLR2004 - a minute
        return f"{seconds:.1f} s"
    return f"{int(seconds // 60)} min {int(seconds % 60):02d} s"


def say(line: str) -> None:
    """Write a line to stderr, and never let a closed or broken one change what the command does."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        sys.stderr.write(f"{plain(_masked(line))}\n")
        sys.stderr.flush()


def show(line: str) -> None:
    """Write a line to stdout, at once."""
    print(plain(_masked(line)), flush=True)


def plain(line: str) -> str:
    r"""Spell out what is not printable, as Python spells it: ``\n``, ``\x1b``, ``\u202e``; and commands to a CI.

    GitHub takes a line for one that begins with two colons, blanks before them included, Azure one with ``##vso[``.
    """
    if not line.isprintable():
        line = "".join(each if each.isprintable() else repr(each)[1:-1] for each in line)
    if line.lstrip().startswith("::"):
        line = line.replace(":", r"\x3a", 1)
    return COMMAND.sub(r"#\\x23\1", line) if "##" in line else line


def _masked(line: str) -> str:
    """Mask what looks like a secret, in whatever way it got into a message."""
    lowered = line.lower()
    if not any(mark in lowered for mark in PERHAPS_SECRET):
        return line
    from s2itasks.environment.masking import masked_text  # noqa: PLC0415 - see above

    return masked_text(line)
