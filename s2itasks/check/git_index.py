"""What git would give to whoever clones the repository: the modes in its index.

A repository can name programs that git starts, even in a directory that only looks like one. So git is told which
repository it is, that it is to start nothing, and reads and writes nothing but the index.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from s2itasks import console
from s2itasks.errors import TIMED_OUT, Failure

STARTING_NOTHING = (
    *("-c", "core.fsmonitor="),
    *("-c", f"core.hooksPath={os.devnull}"),
    *("-c", "core.pager=cat"),
    *("-c", "safe.bareRepository=explicit"),
    "--no-pager",
    "--no-optional-locks",
    "--literal-pathspecs",
)


PATIENCE = 20  # seconds; a repository can have git wait for a FIFO


class GitRefused(Failure):
    """git was asked to change its index and did not."""

    def __init__(self, said: str, command: str = "check --fix") -> None:
        super().__init__(
            f"git update-index failed: {said.rstrip('.') or 'it does not say why'}",
            cure=f"correct that, and run {command} again",
            status=1,
        )


def modes(root: Path, environ: Mapping[str, str], path: str) -> dict[str, int]:
    """Return the mode of every file at or below a path that git tracks, by its path in the source; none without git."""
    return {name: int(fields[0], 8) for name, fields in _listed(root, environ, path).items()}


def trusts_the_tree(root: Path, environ: Mapping[str, str]) -> bool:
    """Whether modes in the working tree mean anything; with core.fileMode=false, only the index does."""
    asked = _git(root, environ, "config", "--type=bool", "core.fileMode")
    return not (asked and asked.stdout.strip() == b"false")


def make_executable(root: Path, environ: Mapping[str, str], path: str) -> None:
    """Set the run bit of a file in the index, and leave what else the index says of it.

    ``update-index --chmod`` would add the file as it is in the tree, and writing an index has git compare files with
    it, all through filters that the repository names. So git is given the entry, and an empty directory for a tree.

    :raises GitRefused: when git does not, because its index is locked for instance.
    """
    fields = _listed(root, environ, path).get(path, [])
    asked = _git(root, environ, "rev-parse", "--absolute-git-dir", "--show-prefix")
    if len(fields) != len(("mode", "object", "stage")) or asked is None or asked.returncode:
        raise GitRefused(f"its index has no {path}")
    directory, prefix = os.fsdecode(asked.stdout).split("\n")[:2]
    entry = os.fsencode(f"100755 {fields[1]} {fields[2]}\t{prefix}{path}\0")
    _enter(entry, directory, environ)


def add(root: Path, environ: Mapping[str, str], path: str, mode: int, content: bytes) -> None:
    """Add a file to the index, as ``git add`` would without any filter; nothing where there is no repository.

    :raises GitRefused: when git does not.
    """
    asked = _git(root, environ, "rev-parse", "--absolute-git-dir", "--show-prefix")
    if asked is None or asked.returncode:
        return
    directory, prefix = os.fsdecode(asked.stdout).split("\n")[:2]
    where = f"--git-dir={directory}"
    with tempfile.TemporaryDirectory(prefix="s2itasks-") as tree:
        place = Path(tree)
        hashed = _started(place, environ, where, "hash-object", "-w", "--no-filters", "--stdin", given=content)
        if hashed is not None and hashed.returncode == 0:
            entry = os.fsencode(f"{mode:o} {os.fsdecode(hashed.stdout).strip()} 0\t{prefix}{path}\0")
            hashed = _started(
                place, environ, where, f"--work-tree={tree}", "update-index", "-z", "--index-info", given=entry
            )
    if hashed is None or hashed.returncode:
        said = os.fsdecode(hashed.stderr).strip().splitlines() if hashed else []
        raise GitRefused(said[0] if said else "", "init")


def uncommitted(root: Path, environ: Mapping[str, str], files: Mapping[str, bytes]) -> list[str]:
    """Return the paths of those files, given with their contents, that the last commit does not have as they are.

    Without a repository, a commit or git, these are all of them.
    """
    listed = _git(root, environ, "ls-tree", "-r", "-z", "HEAD")
    committed: dict[str, str] = {}
    for entry in os.fsdecode(listed.stdout).split("\0") if listed is not None and not listed.returncode else ():
        fields, _, path = entry.partition("\t")
        committed[path] = fields.rpartition(" ")[2]
    return [path for path, content in files.items() if committed.get(path) not in _names(content)]


def _names(content: bytes) -> list[str]:
    """Return the names that git has for a content, which it may keep with other line endings."""
    spellings = {content, content.replace(b"\r\n", b"\n")}
    return [kind(b"blob %d\0" % len(each) + each).hexdigest() for each in spellings for kind in (_sha1, hashlib.sha256)]


def _sha1(content: bytes) -> hashlib._Hash:
    return hashlib.sha1(content, usedforsecurity=False)


def _enter(entry: bytes, directory: str, environ: Mapping[str, str], *asked_by: str) -> None:
    """Put an entry into the index of a repository, with an empty directory for a tree.

    :raises GitRefused: when git does not.
    """
    with tempfile.TemporaryDirectory(prefix="s2itasks-") as tree:
        where = (f"--git-dir={directory}", f"--work-tree={tree}")
        done = _started(Path(tree), environ, *where, "update-index", "-z", "--index-info", given=entry)
    if done is None or done.returncode:
        said = os.fsdecode(done.stderr).strip().splitlines() if done else []
        raise GitRefused(said[0] if said else "", *asked_by)


def _listed(root: Path, environ: Mapping[str, str], path: str) -> dict[str, list[str]]:
    """Return what the index says of what is below a path: mode, object, stage."""
    listed = _git(root, environ, "ls-files", "--stage", "-z", "--", path)
    if listed is not None and listed.returncode:
        said = (os.fsdecode(listed.stderr).strip().splitlines() or ["it does not say why"])[0]
        console.warning(f"{root}: git does not tell its index ({said}), so run bits are those of the working tree")
    entries = listed.stdout.split(b"\0")[:-1] if listed and listed.returncode == 0 else []
    split = (entry.partition(b"\t") for entry in entries)
    return {os.fsdecode(name): os.fsdecode(fields).split() for fields, _, name in split}


def _top(root: Path) -> Path | None:
    """Return the nearest directory with a repository in ``.git``; a bare one that lies in the tree is none."""
    here = root.resolve()
    return next((each for each in (here, *here.parents) if os.path.lexists(each / ".git")), None)


def _git(root: Path, environ: Mapping[str, str], *words: str) -> subprocess.CompletedProcess[bytes] | None:
    """Run git in a source; return None where there is no git, or nothing that it could work in."""
    top = _top(root)
    if top is None and "GIT_DIR" not in environ:
        return None
    where = [] if top is None or "GIT_DIR" in environ else [f"--git-dir={top / '.git'}", f"--work-tree={top}"]
    return _started(root.resolve(), environ, *where, *words)


def _started(
    directory: Path, environ: Mapping[str, str], *words: str, given: bytes = b""
) -> subprocess.CompletedProcess[bytes] | None:
    try:
        return subprocess.run(  # noqa: S603 - git, as the user has it
            ["git", "-C", str(directory), *STARTING_NOTHING, *words],  # noqa: S607
            env={**environ, "LC_ALL": "C"},
            input=given,
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess([], TIMED_OUT, b"", b"it did not come to an end")
    except OSError:
        return None
