"""A wheel and a one file in empty environments of a Python: they start, and do what a person does with them first."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from .artefacts import WRITE, pip
from .dist import ONE_FILE, sha256, wheel_of
from .problems import ProblemError, run

SHARED = (
    "share/man/man1/s2itasks.1",
    "share/bash-completion/completions/s2itasks",
    "share/zsh/site-functions/_s2itasks",
    "share/fish/vendor_completions.d/s2itasks.fish",
)
EXAMPLE = Path(__file__).parent.parent / "examples" / "flask"


def problems(python: str, built: Path, bundled: list[Path], directory: Path) -> Iterator[str]:
    """Install and run them with a Python; yield what is wrong, a sentence each.

    :param built: the directory of the release.
    :param bundled: the wheels of what it needs.
    :param directory: a new one, for environments and what is made in them.
    """
    directory.mkdir(parents=True)
    try:
        version = run(python, "--version", failing=f"{python} does not start").strip()
        venv = directory / "venv"
        run(python, "-I", "-m", "venv", "--without-pip", venv, failing=f"{version}: it makes no virtual environment")
        one_file = [str(venv / "bin/python"), "-I", str(built / ONE_FILE)]
        yield from _Trial(f"{version}, {ONE_FILE}", one_file, directory / "one file").problems(built)
        pip(
            *("--python", str(venv / "bin/python"), "install", "--no-index", *map(str, (wheel_of(built), *bundled))),
            failing=f"{version}: the wheel cannot be installed",
        )
        installed = [str(venv / "bin/s2itasks")]
        yield from _Trial(f"{version}, the wheel", installed, directory / "wheel").problems(built)
        yield from (
            f"{version}, the wheel: {name} is not installed; see shared-data in pyproject.toml"
            for name in SHARED
            if not (venv / name).is_file()
        )
        yield from _other_bytes(version, venv, built, directory)
    except ProblemError as problem:
        yield str(problem)


def _other_bytes(version: str, venv: Path, built: Path, directory: Path) -> Iterator[str]:
    """Yield a sentence where this Python makes another one file of the same packages."""
    again, (packages,) = directory / ONE_FILE, venv.glob("lib/python*/site-packages")
    command = (venv / "bin/python", "-I", "-c", WRITE, packages, again)
    run(*command, failing=f"{version}: {ONE_FILE} cannot be written by it")
    if sha256(again) != sha256(built / ONE_FILE):
        yield f"{version}: its {ONE_FILE} has other bytes than that of the release; compare their MANIFEST.json"


class _Trial:
    """One way to call it, with a home and a repository of its own."""

    def __init__(self, name: str, command: list[str], directory: Path) -> None:
        self._name, self._command, self._directory = name, command, directory

    def problems(self, built: Path) -> Iterator[str]:
        """Yield what is wrong."""
        repository = self._directory / "repository"
        repository.mkdir(parents=True)
        version = wheel_of(built).name.split("-")[1]
        run("git", "init", "--quiet", repository, failing=f"{self._name}: git cannot make a repository")
        for words, expected in (
            (("--version",), f"s2itasks {version}\n"),
            (("--list",), "builder_assemble"),
            (("--help", "build"), "Runs first: build_env"),
            (("check", str(EXAMPLE)), "All checks passed!"),
            (("check", "--explain", "S2I503"), "# S2I503: "),
            (("init", str(repository), "--hooks", "build"), ".s2i/bin/assemble"),
            (("check", str(repository)), "All checks passed!"),
            (("--print-completion-script", "bash"), "complete -o default -F _complete_s2itasks s2itasks"),
            (("--complete", "--", "s2itasks", "mig"), "migrate\n"),
        ):
            said = self._run(*words)
            if expected not in said:
                yield f"{self._name}: s2itasks {' '.join(words)} does not say {expected.strip()!r}, but {said[:200]!r}"
        written = repository / ".s2i" / ONE_FILE
        if not written.is_file() or sha256(written) != sha256(built / ONE_FILE):
            yield f"{self._name}: init has not written the {ONE_FILE} of the release into the repository"

    def _run(self, *words: str) -> str:
        environ = {"PATH": os.defpath, "HOME": str(self._directory), "LC_ALL": "C.UTF-8"}
        failing = f"{self._name}: s2itasks {' '.join(words)} fails"
        return run(*self._command, *words, failing=failing, cwd=self._directory, environ=environ)
