"""A large application root, and the pass over its permissions beside the image's ``fix-permissions``."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

from s2itasks.build import permissions

from .applications import script
from .measure import Command, Cost, here, interleaved, medians, run
from .report import Row, Table, Target

FILES, PER_DIRECTORY = 50_000, 100

# What the images' script does with the arguments that the builders give it: four walks, each for one thing.
FIND = """\
#!/bin/bash
own=()
[ "$(id -u)" = 0 ] || own=(-uid "$(id -u)")
find -P "$1" "${own[@]}" ! -gid 0 -exec chgrp -h 0 {} +
find -P "$1" "${own[@]}" ! -type l ! -perm -g+rw -exec chmod g+rw {} +
find -P "$1" "${own[@]}" ! -type l -perm /u+x ! -perm /g+x -exec chmod g+x {} +
find -P "$1" "${own[@]}" -type d ! -perm /g+x -exec chmod g+x {} +
true
"""


def make(root: Path) -> Path:
    """Write it: small files, a hundred in a directory, every tenth one executable."""
    for directory in range(FILES // PER_DIRECTORY):
        package = root / "lib" / f"package{directory:03}"
        package.mkdir(parents=True)
        for index in range(PER_DIRECTORY):
            (package / f"module{index:02}.py").touch(0o755 if index % 10 == 0 else 0o644)
    return root


def reset(root: Path, upload: Path | None = None) -> None:
    """Take from group 0 what the pass gives it, and write an upload of one hook and one file if there is to be one."""
    if upload:
        script(upload / ".s2i" / "action_hooks" / "build", "#!/bin/bash\n")
        (upload / "app.py").touch()
    for place, directories, files in os.walk(root / "lib"):
        for name in [*directories, *files]:
            path = os.path.join(place, name)  # noqa: PTH118 - 50,000 of them
            os.chmod(path, os.stat(path).st_mode & 0o7707 | 0o040)  # noqa: PTH101, PTH116 - likewise


def table(root: Path, rounds: int) -> Table:
    """Measure the pass where it has all to do, and where there is nothing to do."""
    find = Command((str(script(root.parent / "find", FIND)), str(root)), root, {"PATH": os.environ["PATH"]})
    ways = {
        "find": partial(run, find),
        "s2itasks": partial(here, partial(permissions.fix, root, {"PATH": "/nonexistent"})),
    }

    def changing(way: str) -> Cost:
        reset(root)
        return ways[way]()

    def settled(way: str) -> Cost:
        ways[way]()
        return ways[way]()

    measured = {f"{state.__name__}/{way}": partial(state, way) for state in (changing, settled) for way in ways}
    costs = medians(interleaved(measured, rounds))
    labels = {"find": "as the image's `fix-permissions`", "s2itasks": "s2itasks"}
    states = {"changing": "all to change", "settled": "nothing to change"}
    rows = []
    for name, cost in costs.items():
        state, _, way = name.partition("/")
        values = {
            "wall_ms": 1000 * cost.wall,
            "cpu_ms": 1000 * cost.cpu,
            "ratio": cost.wall / costs[f"{state}/find"].wall,
        }
        target = Target("ratio", at_most=1.0) if way == "s2itasks" else None
        rows.append(Row(name, f"{states[state]}, {labels[way]}", values, target))
    columns = {"wall_ms": ("time", "{:,.0f} ms"), "cpu_ms": ("CPU", "{:,.0f} ms"), "ratio": ("× find", "{:.2f}")}
    note = f"{rounds} rounds, {FILES:,} files. s2itasks calls the image's own where there is one."
    return Table("permissions", "permissions", columns, rows, note)
