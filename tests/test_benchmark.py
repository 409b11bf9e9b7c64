"""The benchmark: what machines get from it, never how long anything takes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

TREE = Path(__file__).parent.parent


def test_its_numbers_for_machines(tmp_path: Path) -> None:
    """Every command in every way, the targets with what was measured, and the same tables as Markdown."""
    file = tmp_path / "numbers.json"
    words = ["--only", "start", "--rounds", "1", "--json", str(file)]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", *words], cwd=TREE, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(file.read_text())
    assert set(found) == {"rounds", "machine", "tables", "targets", "notes"}
    assert found["rounds"] == 1
    assert set(found["machine"]) == {"cpu", "cores", "kernel", "python", "bash", "load"}
    assert set(found["tables"]) == {"start", "start-user", "node", "start-processes"}
    ways = {
        f"{command}/{way}" for command in ("exec", "alive", "run") for way in ("hand", "launcher", "python", "unpinned")
    }
    stand_ins = {"alive/powershift-stand-in", "alive/warpdrive-stand-in"}
    assert ways | stand_ins | {"true", "alive-timeout/launcher", "exec/invoke"} <= set(found["tables"]["start"])
    for row in found["tables"]["start"].values():
        assert {"wall_ms", "cpu_ms"} <= set(row)
        assert all(isinstance(value, float) for value in row.values())
    launcher = {target["row"] for target in found["targets"] if target["row"].endswith("/launcher")}
    assert launcher == {f"{command}/launcher" for command in ("exec", "alive", "alive-timeout", "run", "shell")}
    assert stand_ins <= {target["row"] for target in found["targets"]}
    assert set(found["targets"][0]) == {"table", "row", "column", "measured", "at_most", "at_least", "met"}
    assert "| `exec -- true`, by hand in bash " in done.stdout


def test_the_fit_of_an_exponent() -> None:
    """It finds the power, whatever the fixed cost is."""
    done = subprocess.run([sys.executable, "-c", FIT], cwd=TREE, capture_output=True, text=True, check=True)
    assert done.stdout == "1.0\n2.0\n"


FIT = """
from benchmarks.measure import exponent
print(exponent({size: 0.2 + size * 0.003 for size in (0, 10, 100, 1000)}))
print(exponent({size: 0.2 + size ** 2 * 0.003 for size in (0, 10, 100, 1000)}))
"""
