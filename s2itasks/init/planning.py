"""What is to be written into a repository: the entry points, the one file, starter hooks."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from s2itasks.errors import UsageError
from s2itasks.onefile import archive

from . import served, starters

ONE_FILE = ".s2i/s2itasks.pyz"
RUN = "#!/bin/bash\nexec s2itasks run\n"
# What .s2i/bin/assemble says, by the way in which s2itasks gets into the image.
ASSEMBLE = {
    "pyz": '#!/bin/bash\nexec python -I "${S2I_UPLOAD_PATH:-/tmp/src}/.s2i/s2itasks.pyz" assemble\n',
    "pip": "#!/bin/bash\nset -e\npip install s2itasks\nexec s2itasks assemble\n",
    "wheel": "#!/bin/bash\nset -e\n"
    'pip install --no-index --find-links "${S2I_UPLOAD_PATH:-/tmp/src}/.s2i/wheels" s2itasks\nexec s2itasks assemble\n',
}
ENV_SCRIPTS = ("build_env", "deploy_env")


@dataclass(frozen=True)
class Wanted:
    """A file that a repository is to have.

    :param path: in the repository.
    :param adds: lines are added to what is there, instead of its content being this one.
    :param environment: the line of ``.s2i/environment`` that a file needs beside it.
    :param in_place: it has been made from what is there, and takes its place.
    """

    path: str
    content: bytes
    executable: bool = False
    adds: bool = False
    environment: str = ""
    in_place: bool = False


def wanted(source: Path, install: str, hooks: Sequence[str], *, converts: bool = False) -> Iterator[Wanted]:
    """Yield the files, in the order in which they are named.

    :param install: one of those of `ASSEMBLE`.
    :param hooks: names of starter hooks, several in one item with commas between them.
    :param converts: whether a conversion says what is served.
    :raises UsageError: when there is no such way or hook.
    """
    require_way(install)
    names = [name.strip().replace("-", "_") for item in hooks for name in item.split(",") if name.strip()]
    made_with = starters.framework(source)
    texts = {name: starters.starter(name, made_with) for name in names}
    yield Wanted(".s2i/bin/assemble", ASSEMBLE[install].encode(), executable=True)
    line = "" if converts else served.served(source, names)
    yield Wanted(".s2i/bin/run", RUN.encode(), executable=True, environment=line)
    if install == "pyz":
        yield Wanted(ONE_FILE, one_file())
    for name, text in texts.items():
        lines = starters.taken_over(name, made_with)
        yield Wanted(f".s2i/action_hooks/{name}", text, executable=name not in ENV_SCRIPTS, environment=lines)


def require_way(install: str) -> None:
    """Refuse a way for s2itasks into the image that there is not.

    :raises UsageError: names those that there are.
    """
    if install not in ASSEMBLE:
        raise UsageError(f"init has no --install {install!r}", cure=f"choose one of: {', '.join(ASSEMBLE)}")


def one_file() -> bytes:
    """Return the one file, made of the running s2itasks."""
    with tempfile.TemporaryDirectory(prefix="s2itasks-") as directory:
        target = Path(directory) / "s2itasks.pyz"
        archive.write(target)
        return target.read_bytes()


def environment(written: Iterable[Wanted]) -> Iterator[Wanted]:
    """Yield the environment file with what files need in it; nothing where they need nothing."""
    lines = [each.environment for each in written if each.environment]
    if lines:
        yield Wanted(".s2i/environment", "".join(f"{line}\n" for line in lines).encode(), adds=True)
