"""What stands nowhere in the code: exit statuses, variables and files, for the man page and for docs/."""

from __future__ import annotations

from s2itasks.errors import CANNOT_EXECUTE, NOT_FOUND, SIGNALLED, TIMED_OUT, USAGE

EXIT_STATUSES = {
    "0": "All went well. A hook that is not there is skipped.",
    "that of the hook, command or builder script": "It decides.",
    "1": "A job failed, an application did not become ready, check found something, doctor found that something fails, "
    "the embedded builder found nothing to run, or the system refused something, such as a file on a full disk.",
    f"{USAGE}": "Usage, a configuration that cannot work, a script that bash cannot parse, or a required variable that "
    "is not set.",
    f"{TIMED_OUT}": "It timed out.",
    f"{CANNOT_EXECUTE}": "It is not executable, has CRLF line endings or a byte-order mark, or the environment is too "
    "large.",
    f"{NOT_FOUND}": "It or its interpreter was not found, or the build had the hook and it is gone.",
    f"{SIGNALLED}+n": "It was ended by signal n: 143 is SIGTERM, 137 SIGKILL, 130 Ctrl-C.",
}
VARIABLES = {
    "S2I_APPLICATION_PATH": "The application root (default: $APP_ROOT, else /opt/app-root).",
    "S2I_SOURCE_PATH": "The source directory (default: src of the application root).",
    "S2I_SCRIPTS_PATH": "The directory of the builder's assemble and run (default: $STI_SCRIPTS_PATH, else "
    "/usr/libexec/s2i). Where neither script is there, s2itasks has a builder of its own.",
    "S2I_UPLOAD_PATH": "The directory that a build finds the application's files in (default: /tmp/src).",
    "S2ITASKS_TIMEOUT_NAME": "Seconds that a hook or env script may take, with NAME in upper case: "
    "S2ITASKS_TIMEOUT_DEPLOY=60. The status is 124 where it takes longer.",
    "S2ITASKS_PROBE_LOG": "1 shows the output of ready and alive in the container's log, as --log does.",
    "S2ITASKS_IMAGE_HOOKS": "off leaves out the hooks and jobs of the builder image.",
    "NO_COLOR, FORCE_COLOR": "No colours on a terminal; colours elsewhere.",
}
FILES = {
    ".s2i/bin/assemble, .s2i/bin/run": "What S2I calls instead of the builder's scripts.",
    ".s2i/s2itasks.pyz": "s2itasks in one file, which init writes.",
    ".s2i/environment": "NAME=value lines; they fill in variables that are not set.",
    ".s2i/required": "The variables without which a deployment ends before it begins.",
    ".s2i/action_hooks/NAME": "Hooks, executable and in any language. build_env and deploy_env are bash, and sourced.",
    ".s2i/jobs/CATEGORY/NAME": "The jobs of a category, and its schedule in the file schedule.",
    ".s2i/tasks.py": "Hooks and tasks of the application in Python.",
    "/opt/app-root/bin/s2itasks": "What pods call; assemble writes it.",
    "/opt/app-root/libexec/s2itasks": "The copy of s2itasks that assemble sets aside for pods.",
    "/opt/app-root/etc/s2itasks": "Hooks and jobs of the image.",
}


def table(heading: str, rows: dict[str, str]) -> str:
    """Return rows as a table in Markdown.

    :param heading: that of the first column.
    """
    lines = [f"| {heading} | meaning |", "| --- | --- |"]
    lines += [f"| {_code(name)} | {text} |" for name, text in rows.items()]
    return "\n".join(lines) + "\n"


def _code(names: str) -> str:
    """Return names as code, and what has words in it as it is."""
    return names if "that of" in names else ", ".join(f"`{name}`" for name in names.split(", "))
