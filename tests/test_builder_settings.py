"""docs/builder.md says what the embedded builder can be told, all of it and nothing else."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

import s2itasks
from s2itasks.builder.workers import MOST, default_workers

PACKAGE = Path(s2itasks.__file__).parent
REPOSITORY = Path(__file__).resolve().parent.parent
PAGE = REPOSITORY / "docs" / "builder.md"
# What an entry point imports, without what it shares with the other one.
ASSEMBLE = ("assemble", "install", "pip", "tool", "upload")
RUN = ("gunicorn", "project", "run", "workers")
NAME = re.compile(r"[A-Z][A-Z0-9_]+")


def read(module: Path) -> Iterator[str]:
    """Return the variables that a module reads: by ``get``, by subscript, or asking whether they are there."""
    for node in ast.walk(ast.parse(module.read_bytes())):
        asked: list[ast.expr] = []
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get":
            asked = node.args[:1] if of_environment(node.func.value) else []
        elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load) and of_environment(node.value):
            asked = [node.slice]
        elif isinstance(node, ast.Compare) and any(map(of_environment, node.comparators)):
            asked = [node.left]
        for each in asked:
            assert isinstance(each, ast.Constant), f"{module}:{each.lineno}: a name that cannot be read here"
            yield str(each.value)


def of_environment(value: ast.expr) -> bool:
    """Whether it is ``os.environ``, or what is called so where it is handed on."""
    return ast.unparse(value) in ("os.environ", "variables")


def settings() -> dict[str, set[str]]:
    """Return the variables that the code reads, with the modules that do."""
    found: dict[str, set[str]] = {}
    for module in (*sorted((PACKAGE / "builder").glob("*.py")), PACKAGE / "precedence.py"):
        for name in read(module):
            found.setdefault(name, set()).add(module.stem)
    return found


def documented() -> dict[str, list[str]]:
    """Return the rows of the page's table of settings, by name."""
    table = PAGE.read_text(encoding="utf-8").partition("| name |")[2].partition("\n\n")[0]
    rows = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table.splitlines()[2:]]
    return {row[0].strip("|` "): row[1:] for row in rows}


def test_every_setting_is_there() -> None:
    """And no other; what reads it is the script that the page names."""
    code, page = settings(), documented()
    assert len(code) > 15
    assert sorted(page) == sorted(code)
    assert all(NAME.fullmatch(name) and len(row) == 4 and all(row) for name, row in page.items())
    for name, modules in code.items():
        if modules <= set(ASSEMBLE):
            assert page[name][2] == "assemble", name
        elif modules <= set(RUN):
            assert page[name][2] == "run", name


@pytest.mark.parametrize("name", sorted(settings()))
def test_every_setting_is_tested(name: str) -> None:
    """Some test of the builder sets it."""
    tests = [path for path in Path(__file__).parent.glob("*builder*.py") if path != Path(__file__)]
    assert any(name in path.read_text(encoding="utf-8") for path in tests)


def test_the_formula_of_workers(tmp_path: Path) -> None:
    """The numbers of the page are those of the code."""
    row = documented()["WEB_CONCURRENCY"]
    numbers = re.findall(r"\d+", " ".join(row))
    assert numbers == [str(MOST), "1", "40", "43"]
    (tmp_path / "memory.max").write_text(f"{(43 + 40) << 20}\n")
    assert default_workers(tmp_path) == 1


def defaults() -> Mapping[str, str]:
    """Return the page's defaults, without what is none."""
    return {name: row[1] for name, row in documented().items() if row[1] not in ("none", "not set")}


@pytest.mark.parametrize("name", ["APP_SCRIPT", "APP_FILE", "PORT", "GUNICORN_CMD_ARGS", "S2I_UPLOAD_PATH"])
def test_defaults(name: str) -> None:
    """They are in the code in so many words."""
    code = "".join(path.read_text(encoding="utf-8") for path in (PACKAGE / "builder").glob("*.py"))
    code += (PACKAGE / "precedence.py").read_text(encoding="utf-8")
    for word in defaults()[name].strip("`").replace("$PORT", "{port}").split():
        assert f'"{word}"' in code


def test_the_page_is_linked() -> None:
    """From the README's table."""
    assert "](docs/builder.md)" in (REPOSITORY / "README.md").read_text(encoding="utf-8")
