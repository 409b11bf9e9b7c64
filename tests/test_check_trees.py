"""check: sources that look like real ones give exactly the findings that were planted in them."""

from __future__ import annotations

from pathlib import Path

import pytest
import trees
from checked import found, tools

SEEDS = range(60)


@pytest.fixture(scope="module")
def environ(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return an environment with bash and git, and without shellcheck, wherever the tests run."""
    return tools(tmp_path_factory.mktemp("tools") / "bin", "bash", "git")


def _write(root: Path, tree: trees.Tree) -> Path:
    for name, text in tree.files.items():
        path, _, mode = name.partition(" ")
        env_script = path.endswith("_env")
        executable = path.startswith((".s2i/bin/", ".s2i/action_hooks/", ".s2i/jobs/")) and not env_script
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
        target.chmod(int(mode, 8) if mode else 0o755 if executable else 0o644)
    return root


@pytest.mark.many_cases
@pytest.mark.parametrize("seed", SEEDS)
def test_what_was_planted_is_found(seed: int, tmp_path: Path, environ: dict[str, str]) -> None:
    """And nothing else is."""
    tree = trees.tree(seed)
    assert found(_write(tmp_path, tree), environ) == sorted(tree.planted, key=_by_place)


@pytest.mark.many_cases
@pytest.mark.parametrize("number", range(len(trees.FLAWS)))
def test_each_alone(number: int, tmp_path: Path, environ: dict[str, str]) -> None:
    """In a source that has no other flaw."""
    tree = trees.tree(number)
    bare = trees.Tree({name: text for name, text in tree.files.items() if ".s2i/bin/" in name})
    bare.files[".s2i/action_hooks/migrate"] = "#!/bin/bash\ntrue\n"
    bare.files[".s2i/bin/run"] = "#!/bin/bash\nexec s2itasks run\n"
    trees.FLAWS[number](bare)
    assert found(_write(tmp_path, bare), environ) == bare.planted


def _by_place(planted: str) -> tuple[str, int, str]:
    rule, _, place = planted.partition(" ")
    path, _, line = place.rpartition(":")
    return path, int(line), rule
