"""Try the mutants: ``inv mutants``, or ``python -m mutants``."""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

from . import trial
from .catalogue import MUTANTS
from .mutant import DoesNotApplyError, Mutant
from .tree import Tree

AT_ONCE = 2


def main() -> int:
    """Try what was asked for, a line each; return 1 where a mutant survives or cannot be tried."""
    parser = argparse.ArgumentParser(prog="mutants", description="Put faults into s2itasks, and see who notices.")
    parser.add_argument("--only", metavar="PATTERN", default="", help="the mutants whose file or description matches")
    parser.add_argument("--shares", type=int, default=1, help="make so many shares, and try the one of this commit")
    asked = parser.parse_args()
    chosen = [mutant for mutant in MUTANTS if re.search(asked.only, str(mutant))][_share(asked.shares) :: asked.shares]
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="s2itasks-mutants-") as directory:
        Path(directory).chmod(0o755)  # some tests are run by other users
        trees: SimpleQueue[Tree] = SimpleQueue()
        for number in range(AT_ONCE):
            trees.put(Tree(Path(directory) / str(number)))
        tree = trees.get()
        without = _failing_anyway(tree, sorted({f"tests/{test}" for mutant in chosen for test in mutant.tests}))
        trees.put(tree)

        def tried(mutant: Mutant) -> None:
            tree = trees.get()
            try:
                verdict, caught = _tried(tree, mutant, without)
            finally:
                trees.put(tree)
            if not caught:
                missed.append(f"NOT CAUGHT  {mutant}: {verdict}")
            print(f"caught  {mutant}: {verdict}" if caught else missed[-1], flush=True)

        missed: list[str] = []
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(tried, chosen))
    caught = len(chosen) - len(missed)
    for line in (*(f"left out, as it fails without any fault: {test}" for test in without), *missed):
        print(line)
    print(f"{caught} of {len(chosen)} caught in {time.monotonic() - started:.0f} s")
    return 0 if chosen and not missed else 1


def _share(shares: int) -> int:
    """Return which share it is the turn of: each commit has another one, and the same each time."""
    commit = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=True).stdout
    share = int(commit, 16) % shares
    if shares > 1:
        print(f"share {share + 1} of {shares}", flush=True)
    return share


def _failing_anyway(tree: Tree, tests: Sequence[str]) -> list[str]:
    """Return those of some tests that fail without any fault, beside others and alone, and so can tell nothing."""
    tree.reset()
    failed = list(tests)
    for workers in (2, 1):
        outcome = trial.run(tree, failed, workers=workers, until_one_fails=False, without=[])
        if outcome.trouble:
            sys.exit(f"mutants: without any fault, {outcome.trouble}")
        failed = outcome.failed
        if not failed:
            break
        beside = "beside others" if workers > 1 else "alone"
        print(f"without any fault, {beside}: {', '.join(failed)} failed", flush=True)
    return failed


def _tried(tree: Tree, mutant: Mutant, without: list[str]) -> tuple[str, bool]:
    """Try the tests that most likely notice, then all; return what to say, and whether one has noticed.

    :param without: the tests that fail without any fault; more of them may be found.
    """
    likely = [f"tests/{test}" for test in mutant.tests]
    tests = likely
    while True:
        try:
            tree.reset(mutant)
        except DoesNotApplyError as problem:
            return str(problem), False
        outcome = trial.run(tree, tests, workers=1 if tests else 2, until_one_fails=True, without=without)
        if outcome.trouble:
            return outcome.trouble, False
        if outcome.failed and tests:
            return f"by {outcome.failed[0]}", True
        if outcome.failed:
            failing = _failing_anyway(tree, outcome.failed)
            noticed = [test for test in outcome.failed if test not in failing]
            if noticed:
                return f"by {noticed[0]}, which is not among the likely ones", True
            without += failing
        elif tests:
            tests = []
        else:
            return "SURVIVED", False


if __name__ == "__main__":
    sys.exit(main())
