"""Images that a repository is built from and that have a Python on which s2itasks does not run."""

from __future__ import annotations

import re
from pathlib import Path

from s2itasks import application
from s2itasks.check import elsewhere

from .conversion import Conversion
from .entry import Fate
from .unit import is_code

OLDEST = (3, 9)  # as `requires-python` in pyproject.toml says
NAMED = re.compile(r"(?<![\w.-])(?:[\w.-]+/)*python(?::(\d)\.(\d+)(?![\d])|-(\d)(\d+)(?![\w.])(?:-[a-z]+\d+)?)[\w.-]*")
BUILDS = re.compile(r"\.(?:ya?ml|json)$|(?:^|/)(?:Docker|Container)file[^/]*$")
OF_TESTS = re.compile(r"^\.(?:github|gitlab|circleci|travis)")
TOO_OLD = "{} has Python {}, and s2itasks runs on {} or later: build from an image that has it, also in the cluster"


def name(made: Conversion, root: Path) -> None:
    """Name each line of a manifest, a template or a Dockerfile that speaks of such an image."""
    for path in elsewhere.mentioning(root, b"python:", b"python-"):
        if not BUILDS.search(path) or OF_TESTS.search(path):
            continue
        for number, line in enumerate(application.text_of(root, root / path).split("\n"), start=1):
            for found in NAMED.finditer(line) if is_code(line) else ():
                major, minor = (int(each) for each in found.groups() if each is not None)
                if (major, minor) < OLDEST and major > 1:
                    oldest = ".".join(map(str, OLDEST))
                    said = TOO_OLD.format(found[0], f"{major}.{minor}", oldest)
                    made.say(path, Fate.LEFT, said, number, found[0])
