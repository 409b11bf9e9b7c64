"""What the commands of a script call: s2itasks, powershift-image, Django's manage.py."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import dropwhile

from s2itasks.shell import Command

from .file import File

DJANGO = re.compile(r"(^|/|\}|_DIR)(manage\.py|django-admin(\.py)?)$")
HARMLESS = {"migrate": ("--check", "--plan", "--list"), "collectstatic": ("--dry-run", "-n")}
# ``powershift image``: in a command line, in a list of JSON, YAML or Python, in one of YAML with a line for each word.
BETWEEN = r"(?:[ \t]|\\\r?\n)+"
COMMANDS = r"(?:alive|assemble|deploy|env|exec|jobs|migrate|ready|run|setup|shell|verify)\b"
# Its words with a part in ``command`` and the rest in ``args``, as lists or with a line for each, in either order.
KEY = r"[\"']?{}[\"']?[ \t]*:[ \t]*"
ARGS, COMMAND = KEY.format("args"), KEY.format("command")
ITEM = r"\r?\n[ \t]*-[ ]+"
IMAGE = r"[\"']?image[\"']?"
# Its command ``env``, in quotes that have a name, and what is called instead: a shell was to read what it wrote.
ENV = r"(?P<{0}>[\"']?)(?P<{0}env>env)(?P={0})"
ENDS = r"(?=[ \t]*(?:#|\r?\n|\Z))"
EXPORT = ("env", "--format", "export")
FIRST = re.compile(r"([\"']?)env\1(?=\s*\]|[ \t]*\r?\n)")
COMMAND_FIRST = (
    rf"(?P<g>[\"']?)\bpowershift(?P=g)(?P<to>\s*\]\s*,?\s*{ARGS}\[\s*){IMAGE}\s*,\s*(?:{ENV.format('n')}(?=\s*\]))?"
    r"|(?<=- )(?P<h>[\"']?)(?P<there>(?:/[\w.-]+)*/)?powershift(?P=h)"
    rf"(?P<down>[ \t]*\r?\n[ \t]*{ARGS}{ITEM}){IMAGE}[ \t]*(?P<item>{ITEM})(?:{ENV.format('o')}{ENDS})?"
)
ARGS_FIRST = (
    rf"(?P<args>{ARGS}\[\s*){IMAGE}\s*,\s*(?P<rest>[^\[\]]*\]\s*,?\s*{COMMAND}\[\s*)"
    r"(?P<i>[\"']?)powershift(?P=i)(?=\s*\])"
    rf"|(?P<above>{ARGS}{ITEM}){IMAGE}[ \t]*{ITEM}(?P<more>[^\n:]*(?:{ITEM}[^\n:]*)*?\r?\n[ \t]*{COMMAND}{ITEM})"
    r"(?P<j>[\"']?)powershift(?P=j)(?=[ \t]*(?:\r?\n(?![ \t]*- )|\Z))"
)
# Such a ``command`` whose ``args`` are not beside it.
ALONE = re.compile(
    rf"{COMMAND}(?:\[\s*|{ITEM})(?P<q>[\"']?)(?:/[\w./-]+/)?powershift(?P=q)"
    r"(?=\s*\]|[ \t]*(?:\r?\n(?![ \t]*- )|\Z))"
)
OF_POWERSHIFT = re.compile(
    rf"(?P<a>[\"']?)\bpowershift(?P=a){BETWEEN}(?P<b>[\"']?)image(?P=b)(?={BETWEEN}[\"']?(?:{COMMANDS}|\$|-|{{{{))"
    rf"(?:(?P<blank>{BETWEEN}){ENV.format('k')}(?![\w.-]))?"
    r"|(?P<c>[\"']?)\bpowershift(?P=c)\s*,\s*(?P<d>[\"']?)image(?P=d)(?=\s*[,\])])"
    rf"(?:(?P<comma>\s*,\s*){ENV.format('l')}(?=\s*[,\])]))?"
    r"|(?<=- )(?P<e>[\"']?)(?P<path>(?:/[\w.-]+)*/)?powershift(?P=e)"
    r"(?P<comment>[ \t]*(?:#[^\n]*?)?)\r?\n(?:[ \t]*\r?\n)*"
    r"[ \t]*-[ ]+(?P<f>[\"']?)image(?P=f)(?=[ \t]*(?:#|\r?\n|\Z))"
    rf"(?:(?P<line>[ \t]*{ITEM}){ENV.format('m')}{ENDS})?"
    rf"|{COMMAND_FIRST}|{ARGS_FIRST}"
)
ONE_FILE = "s2itasks.pyz"
START_ONE_FILE = f'python -I "${{S2I_UPLOAD_PATH:-/tmp/src}}/.s2i/{ONE_FILE}"'
ISOLATES = ("-I", "-E", "-s", "-S", "-B")  # options of Python with which it is started
PYTHON = re.compile(r"python[\d.]*$")


def of_s2itasks(command: Command) -> list[str] | None:
    """Return the words behind ``s2itasks`` in a call of it."""
    argv = command.invoked()
    if argv and argv[0].rpartition("/")[2] == "s2itasks":
        return argv[1:]
    if argv and PYTHON.match(argv[0].rpartition("/")[2]):
        behind = [*dropwhile(ISOLATES.__contains__, argv[1:])]
        if behind[:2] == ["-m", "s2itasks"]:
            return behind[2:]
        if behind and behind[0].rpartition("/")[2] == ONE_FILE:
            return behind[1:]
    return None


def of_powershift(command: Command) -> list[str] | None:
    """Return the words behind ``powershift image`` in a call of it."""
    argv = command.invoked()
    if argv and argv[0].rpartition("/")[2] == "powershift" and argv[1:2] == ["image"]:
        return argv[2:]
    return None


def lines_of_powershift(text: str) -> Iterator[int]:
    """Yield the lines of any text in which ``powershift image`` is called, those of comments left out."""
    for found in OF_POWERSHIFT.finditer(text):
        if not text[: found.start()].rpartition("\n")[2].lstrip().startswith("#"):
            yield text.count("\n", 0, found.start()) + 1


def of_s2itasks_instead(call: re.Match[str]) -> str:
    """Return what to write for a match of `OF_POWERSHIFT`, in the quotes that it has."""
    parts = {name: text or "" for name, text in call.groupdict().items()}
    for name, between in (("rest", ", "), ("more", parts["above"])):
        parts[name] = FIRST.sub(lambda env, between=between: export(between, env[1]), parts[name], count=1)
    before = [parts[name] for name in ("args", "rest", "above", "more")]
    quote = "".join(parts[name] for name in "aceghij")
    behind = [parts[name] for name in ("comment", "to", "down", "blank", "comma", "line")]
    env = next((name for name in "klmno" if parts[f"{name}env"]), "")
    words = export(parts["blank"] or parts["line"] or parts["item"] or ", ", parts[env]) if env else ""
    return "".join([*before, quote, parts["path"], parts["there"], "s2itasks", quote, *behind, words])


def export(between: str, quote: str = "") -> str:
    """Return the words of the command that writes code for a shell, in the quotes and with what stands between them.

    :param between: what stands before the first one.
    """
    item = re.search(rf"{ITEM}\Z", between)
    separator = item[0] if item else ", " if "," in between else " "
    return separator.join(f"{quote}{word}{quote}" for word in EXPORT)


def phase(words: list[str]) -> str | None:
    """Return the first phase that a command line names, spelled as it should be; None where it cannot be known."""
    named = [word for word in words if not word.startswith("-")]
    return named[0].replace("-", "_") if named and "$" not in named[0] and "`" not in named[0] else None


def phases(file: File) -> Iterator[tuple[Command, str]]:
    """Return the calls of phases in a script, through s2itasks or its predecessor."""
    for command in file.script.commands():
        words = of_s2itasks(command)
        if words is None:
            words = of_powershift(command)
        called = phase(words) if words is not None else None
        if called is not None:
            yield command, called


def of_django(file: File, subcommand: str) -> Iterator[Command]:
    """Return the calls of ``manage.py SUBCOMMAND`` that change something."""
    for command in file.script.commands():
        argv = command.invoked()
        words = of_s2itasks(command)
        if words and words[0] == "exec":
            argv = [word for word in words[1:] if word != "--"]
        behind = behind_django(argv)
        if behind[:1] == [subcommand] and not any(word in HARMLESS[subcommand] for word in behind):
            yield command


def behind_django(argv: list[str]) -> list[str]:
    """Return the words behind ``manage.py`` in the command line that really runs; none where it does not call that."""
    for position, word in enumerate(argv):
        if DJANGO.search(word):
            return [each for each in argv[position + 1 :] if not each.startswith("--settings")]
        if word == "-m" and argv[position + 1 : position + 2] == ["django"]:
            return argv[position + 2 :]
    return []
