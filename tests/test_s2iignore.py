"""``.s2iignore``: which paths S2I leaves out of an upload."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from s2itasks.check.s2iignore import ignored
from s2itasks.rehearse.source_copy import copy

FILES = ("a.pyc", "keep.txt", ".hidden", "lib/b.pyc", "lib/deep/c.pyc", "lib/deep/x")


def source(root: Path, *lines: str) -> Path:
    """Make a source with some files and this ``.s2iignore``."""
    for name in FILES:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    (root / ".s2iignore").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return root


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("*.pyc", ["a.pyc"]),
        ("**.pyc", ["a.pyc"]),
        ("**/b.pyc", ["lib/b.pyc"]),
        ("lib/**", ["lib/b.pyc", "lib/deep"]),
        ("lib/d**p/x", ["lib/deep/x"]),
        ("***", [".hidden", ".s2iignore", "a.pyc", "keep.txt", "lib"]),
        ("l[**i]b", ["lib"]),
    ],
)
def test_stars_end_at_a_slash(pattern: str, expected: list[str], tmp_path: Path) -> None:
    """Go's filepath.Glob, which S2I calls, knows no ``**``: any number of stars is one."""
    found = ignored(source(tmp_path, pattern))
    assert sorted(path.relative_to(tmp_path).as_posix() for path in found) == expected


def test_a_copy_leaves_them_out(tmp_path: Path) -> None:
    """As an upload would."""
    copy(source(tmp_path / "source", "**.pyc", "lib/**p"), tmp_path / "upload", tmp_path / "root")
    left = sorted(path.relative_to(tmp_path / "upload").as_posix() for path in (tmp_path / "upload").rglob("*"))
    assert left == [".hidden", ".s2iignore", "keep.txt", "lib", "lib/b.pyc"]


@given(st.lists(st.text(alphabet="ab*?[]!-^\\/. #\0~é", max_size=12) | st.text(max_size=5), max_size=4))
@example(["[z-a]"])
@example(["/" + "a" * 5000])
@example(["\0"])
def test_no_pattern_is_too_odd(patterns: list[str]) -> None:
    """Whatever stands there, it names paths of the source, or none."""
    with tempfile.TemporaryDirectory() as directory:
        root = source(Path(directory))
        (root / ".s2iignore").write_bytes("\n".join(patterns).encode("utf-8", "surrogatepass"))
        assert all(root in path.parents for path in ignored(root))
