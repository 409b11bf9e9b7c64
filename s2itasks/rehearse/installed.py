"""What the builder does with projects of Poetry, uv and Pipenv, where that is less than their own tools would do."""

from __future__ import annotations

from collections.abc import Iterator

from . import requirements
from .uploaded import Uploaded

NO_PROJECT = "DISABLE_PYPROJECT_TOML_PROCESSING=1"


def remarks(uploaded: Uploaded) -> Iterator[str]:
    """Return what somebody who uses one of those tools should know, each with its cure."""
    listed = requirements.file(uploaded)
    chosen = any(uploaded.variables.get(name) for name in ("ENABLE_PIPENV", "ENABLE_MICROPIPENV"))
    locks = [] if listed or chosen else list(filter(uploaded.has, ("Pipfile.lock", "poetry.lock")))
    for lock in locks[:1]:
        yield (
            f"{lock} is not read: {_instead(uploaded)}; "
            "set ENABLE_MICROPIPENV=1 in .s2i/environment, and what it locks is installed"
        )
    if uploaded.has("uv.lock") and not listed and not locks:
        yield (
            f"uv.lock is not read by the builder: {_instead(uploaded)}; for what it locks, "
            "uv export --frozen --no-dev --no-emit-project -o requirements.txt"
        )
    if "pyproject.toml" in uploaded.package_files:
        yield from _of_project(uploaded)


def _instead(uploaded: Uploaded) -> str:
    return (
        "'pip install .' takes the newest that pyproject.toml admits"
        if uploaded.package_files
        else "nothing is installed"
    )


def _of_project(uploaded: Uploaded) -> Iterator[str]:
    """Return why ``pip install .``, which a pyproject.toml has the builder run, may be more than somebody wants."""
    pyproject = uploaded.pyproject
    if pyproject.document is None or uploaded.has("setup.py") or uploaded.has("setup.cfg"):
        return
    if pyproject.table("tool", "poetry").get("package-mode") is False:
        yield (
            "pyproject.toml has package-mode = false, with which the builder's 'pip install .' fails; "
            f"set {NO_PROJECT} and ENABLE_MICROPIPENV=1 in .s2i/environment"
        )
    elif not any(pyproject.table(*names) for names in (("project",), ("build-system",), ("tool", "poetry"))):
        yield (
            "pyproject.toml has no project in it, and the builder runs 'pip install .' for it all the same; "
            f"set {NO_PROJECT} in .s2i/environment"
        )
    elif pyproject.table("tool", "uv").get("package") is False:
        yield (
            "pyproject.toml has package = false for uv, and the builder runs 'pip install .' for it all the same; "
            f"set {NO_PROJECT} in .s2i/environment, and export a requirements.txt"
        )
