"""Merging a directory into another: what a build does with an upload."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from s2itasks.build.merge import merge

Tree = dict[str, str]


def write(root: Path, tree: Tree) -> Path:
    """Write files with these texts; a text ``-> x`` makes a symbolic link to x, a name ending in / a directory."""
    root.mkdir(parents=True, exist_ok=True)
    for name, text in tree.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if name.endswith("/"):
            path.mkdir()
        elif text.startswith("-> "):
            path.symlink_to(text[3:])
        else:
            path.write_text(text, encoding="utf-8")
    return root


def read(root: Path) -> Tree:
    """Read a tree back, in the words of `write`; a directory is shown only if it is empty."""
    tree: Tree = {}
    for directory, directories, files in os.walk(root):
        for path in (Path(directory, name) for name in (*directories, *files)):
            name = str(path.relative_to(root))
            if path.is_symlink():
                tree[name] = f"-> {path.readlink()}"
            elif path.is_file():
                tree[name] = path.read_text(encoding="utf-8")
            elif not any(path.iterdir()):
                tree[f"{name}/"] = ""
    return tree


MERGES: dict[str, tuple[Tree, Tree, Tree]] = {
    "into nothing": ({"a": "1", ".b/c": "2", "empty/": ""}, {}, {"a": "1", ".b/c": "2", "empty/": ""}),
    "side by side": (
        {"a": "1", "d/new": "2"},
        {"b": "3", "d/old": "4"},
        {"a": "1", "b": "3", "d/new": "2", "d/old": "4"},
    ),
    "the source wins": ({"a": "new", "d/a": "new"}, {"a": "old", "d/a": "old"}, {"a": "new", "d/a": "new"}),
    "file over directory": ({"a": "1"}, {"a/b/c": "2"}, {"a": "1"}),
    "directory over file": ({"a/b": "1"}, {"a": "2"}, {"a/b": "1"}),
    "link over file": ({"a": "-> b"}, {"a": "1"}, {"a": "-> b"}),
    "link over directory": ({"a": "-> b"}, {"a/c": "1"}, {"a": "-> b"}),
    "file over link": ({"a": "new"}, {"a": "-> b", "b": "old"}, {"a": "new", "b": "old"}),
    "directory over link": ({"a/c": "new"}, {"a": "-> b", "b/c": "old"}, {"a/c": "new", "b/c": "old"}),
    "dangling and absolute links": ({"a": "-> gone", "b": "-> /tmp"}, {}, {"a": "-> gone", "b": "-> /tmp"}),
}


@pytest.fixture(params=["rename", "copy"])
def roots(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    """Return paths for a source and a target: on one file system, and on two."""
    if request.param == "rename":
        yield tmp_path / "source", tmp_path / "target"
        return
    memory = Path("/dev/shm")  # noqa: S108 - the one other file system that any Linux has
    if not memory.is_dir() or memory.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is no second file system")
    elsewhere = memory / f"s2itasks-{os.getpid()}-{tmp_path.name}"
    yield elsewhere, tmp_path / "target"
    shutil.rmtree(elsewhere)


@pytest.mark.parametrize(("source", "target", "merged"), MERGES.values(), ids=MERGES.keys())
def test_merge(roots: tuple[Path, Path], source: Tree, target: Tree, merged: Tree) -> None:
    """Everything is moved, what both have is the source's afterwards, and the source is left empty."""
    write(roots[0], source)
    write(roots[1], target)
    merge(*roots)
    assert read(roots[1]) == merged
    assert list(roots[0].iterdir()) == []


def test_modes_are_kept(roots: tuple[Path, Path]) -> None:
    """A hook stays executable; a directory that both have gets the mode it has in the source."""
    source, target = roots
    write(source, {"hooks/run": "", "d/a": ""})
    write(target, {"hooks/run": "", "hooks/old": ""})
    (source / "hooks/run").chmod(0o755)
    (source / "hooks").chmod(0o2775)
    (source / "d").chmod(0o700)
    (target / "hooks").chmod(0o700)
    merge(source, target)
    modes = {name: stat.S_IMODE((target / name).stat().st_mode) for name in ("hooks/run", "hooks", "d")}
    assert modes == {"hooks/run": 0o755, "hooks": 0o2775, "d": 0o700}


def test_the_target_may_be_missing(tmp_path: Path) -> None:
    """The first build makes it, with its parents."""
    source = write(tmp_path / "source", {"a": "1"})
    merge(source, tmp_path / "opt/app-root/src")
    assert read(tmp_path / "opt") == {"app-root/src/a": "1"}


def test_a_missing_source_is_an_error(tmp_path: Path) -> None:
    """Whether it may be missing is for the caller to know."""
    with pytest.raises(FileNotFoundError):
        merge(tmp_path / "source", tmp_path / "target")


@pytest.mark.parametrize(("source", "target"), [("a", "a"), ("a", "a/b"), ("a/b", "a"), ("a", "link")])
def test_nothing_is_merged_with_itself(tmp_path: Path, source: str, target: str) -> None:
    """A directory and a part of it, under whatever name, are refused before anything is moved."""
    tree = write(tmp_path, {"a/b/b": "1", "a/c": "2", "link": "-> a"})
    before = read(tree)
    with pytest.raises(OSError, match="into itself"):
        merge(tmp_path / source, tmp_path / target)
    assert read(tree) == before
