"""Build a release, and check it: ``inv release``, or ``python -m releasing``."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from . import artefacts, checks, dist, sbom, smoke, source
from .problems import ProblemError, Problems

AT_ONCE = 2  # Pythons
STARTED = time.monotonic()


def main() -> int:
    """Build into the directory ``dist``; return 1 where something is wrong, each of which is said on stderr."""
    parser = argparse.ArgumentParser(prog="releasing", description="Build a release, and check it.")
    parser.add_argument("--check", action="store_true", help="build it twice, and check everything")
    parser.add_argument("--python", metavar="PATH", action="append", default=[], help="one to try it with")
    given = parser.parse_args()
    problems = Problems()
    with tempfile.TemporaryDirectory(prefix="s2itasks-release-") as temporary:
        directory = Path(temporary)
        try:
            bundled = artefacts.fetch_bundled(directory / "bundled")
            _say("building sdist, wheel, one file, SBOM and checksums")
            built = _moved(artefacts.build(directory / "first", bundled))
            if given.check:
                _check(built, bundled, directory, given.python, problems)
        except ProblemError as problem:
            problems.add(str(problem))
    if problems.count:
        return 1
    for line in (built / dist.CHECKSUMS).read_text(encoding="ascii").splitlines():
        print(line)
    _say(f"dist has {'a release that passed all checks' if given.check else 'it all; --check was not asked for'}")
    return 0


def _check(built: Path, bundled: list[Path], directory: Path, pythons: list[str], problems: Problems) -> None:
    """Add what is wrong with a release."""
    changelog = (source.TOP / "CHANGELOG.md").read_text(encoding="utf-8")
    problems.add_all(checks.commit(source.changes(), source.tags(), source.version(), changelog))
    _say("building it again, elsewhere and with other settings, for the same bytes")
    again = artefacts.build(directory / "a second time" / "elsewhere", bundled, artefacts.ELSEWHERE)
    problems.add_all(checks.same_bytes(built, again))
    _say("asking twine, check-wheel-contents, pyroma and the schema of the SBOM, and rendering the description")
    problems.add_all(list(checks.tools(built)))
    problems.add_all(checks.address(dist.wheel_of(built), source.tags()))
    problems.add_all(checks.description(dist.wheel_of(built)))
    for document in built.glob("*.cdx.json"):
        problems.add_all(sbom.problems(document))
    if not pythons:
        problems.add("no supported Python is on this machine; install one, or name it with --python")

    def tried(number: int) -> list[str]:
        _say(f"trying wheel and one file with {pythons[number]}")
        return list(smoke.problems(pythons[number], built, bundled, directory / str(number)))

    with ThreadPoolExecutor(AT_ONCE) as pool:
        for found in pool.map(tried, range(len(pythons))):
            problems.add_all(found)


def _moved(built: Path) -> Path:
    """Put it into dist, which holds nothing else then, and return that."""
    target = source.TOP / "dist"
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(built, target)
    return target


def _say(what: str) -> None:
    print(f"release: {time.monotonic() - STARTED:4.0f} s: {what}\n", end="", flush=True)  # in one piece


if __name__ == "__main__":
    sys.exit(main())
