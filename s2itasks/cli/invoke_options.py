"""invoke's options that are none of ours, and what to do instead; people who know invoke try them."""

from __future__ import annotations

from s2itasks.errors import UsageError

TELLS = "leave it out: each phase says what it runs, and s2itasks --dry PHASE tells it beforehand"
STREAMS = "leave it out: hooks have the terminal, or the pipes, of whoever calls s2itasks"
NO_FILES = "leave it out: s2itasks reads no configuration of invoke's"
NO_PASSWORD = "leave it out: nothing of s2itasks calls sudo"  # noqa: S105 - it is none
INSTEAD = {
    "--collection": "leave it out: an application's tasks are in .s2i/tasks.py",
    "--command-timeout": "give a phase its limit: s2itasks ready --timeout 5",
    "--config": NO_FILES,
    "--debug": TELLS,
    "--echo": TELLS,
    "--hide": STREAMS,
    "--list-depth": "leave it out: the list has one level; s2itasks --list -F nested draws what runs before what",
    "--no-dedupe": "leave it out: a phase runs as often as it is asked for",
    "--prompt-for-sudo-password": NO_PASSWORD,
    "--pty": STREAMS,
    "--search-root": "call s2itasks in the repository, or set S2I_SOURCE_PATH",
    "--warn-only": "leave it out: what follows a failing phase never runs",
    "--write-pyc": NO_FILES,
}
SHORT = {
    "-c": "--collection",
    "-D": "--list-depth",
    "-d": "--debug",
    "-e": "--echo",
    "-f": "--config",
    "-p": "--pty",
    "-r": "--search-root",
    "-T": "--command-timeout",
    "-w": "--warn-only",
}


def refusal(word: str) -> UsageError | None:
    """Return why an option is refused, or None where it is not one of invoke's.

    :param word: as it is typed, with or without a value behind ``=``.
    """
    option = word.partition("=")[0] if word.startswith("--") else SHORT.get(word[:2], "")
    if option not in INSTEAD:
        return None
    spelled = option if word.startswith("--") else word[:2]
    name = "" if spelled == option else f" ({option})"
    return UsageError(f"there is no option {spelled!r}: that is invoke's{name}", cure=INSTEAD[option])
