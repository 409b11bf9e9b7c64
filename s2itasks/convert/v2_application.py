"""The application behind OpenShift V2's cartridge: its entry point, its static files, its packages, its traps."""

from __future__ import annotations

import ast
import os
import pkgutil
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from s2itasks import application
from s2itasks.check import elsewhere

from . import v2_old_python
from .conversion import Conversion
from .entry import Fate

WSGI = "wsgi/application"
ENTRY_POINT = "openshift_wsgi.py"
TEXT = '''\
"""What gunicorn serves: the application as OpenShift V2 served it, with the files of wsgi/static below /static/."""

import importlib.machinery
import importlib.util
import os
import sys

from whitenoise import WhiteNoise

HERE = os.path.dirname(os.path.abspath(__file__))
# V2 had these two in front of Python's own modules; behind them, they hide none.
sys.path += [os.path.join(HERE, "libs"), os.path.join(HERE, "wsgi")]

loader = importlib.machinery.SourceFileLoader("openshift_application", os.path.join(HERE, "{path}"))
module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
loader.exec_module(module)

static = os.path.join(HERE, "wsgi", "static")
served = WhiteNoise(module.application)
served.add_files(static, prefix="static/")
# What a link there leads to, as one into the data directory, changes while this runs: it is looked up for each request.
application = WhiteNoise(served, autorefresh=True)
for directory, names, _ in os.walk(static):
    for link in (os.path.join(directory, name) for name in names if os.path.islink(os.path.join(directory, name))):
        prefix = "/static/" + os.path.relpath(link, static) + "/"
        served.files = {{url: file for url, file in served.files.items() if not url.startswith(prefix)}}
        application.add_files(link, prefix=prefix)
'''
HARMLESS = ("test", "this", "antigravity", "__main__", "__init__", "idlelib")
READ = 64 * 1024  # bytes of a file


def text(root: Path) -> str:
    """Return the application's own files that name variables of V2."""
    paths = [path for path in elsewhere.mentioning(root, b"OPENSHIFT_") if not path.startswith(".openshift/")]
    return "\n".join(application.text_of(root, root / path) for path in (*paths, WSGI))


def prepare(made: Conversion, root: Path) -> None:
    """Have the builder's ``run`` serve the application, and say what stands in its way."""
    served = [name for name in (WSGI, "wsgi.py") if (root / name).is_file()]
    packages = [] if (root / "app.py").is_file() else served
    if packages and (served[0] == WSGI or (root / "wsgi/static").is_dir()):
        made.write(ENTRY_POINT, TEXT.format(path=served[0]))
        made.say(
            served[0],
            Fate.WRITTEN,
            f"gunicorn serves it through {ENTRY_POINT}, which serves wsgi/static, too, as V2 did, and looks up what a "
            "link there leads to for each request; the link has to be there when the server starts, as deploy's are",
        )
        made.add(
            ".s2i/environment", f"APP_MODULE={ENTRY_POINT.removesuffix('.py')}", "that is what the builder's run serves"
        )
        _require(made, root, "gunicorn", "whitenoise")
    elif packages:
        made.say(served[0], Fate.WRITTEN, "the builder's run has gunicorn serve it")
        _require(made, root, "gunicorn")
    elif (root / "app.py").is_file():
        made.say(
            "app.py", Fate.WRITTEN, "the builder's run starts it, as V2 did; it has to listen on port 8080, or $PORT"
        )
    _install_without_setup(made, root)
    for name in served:
        v2_old_python.say(made, name, application.text_of(root, root / name))
    for path, module in _shadowing(root):
        made.say(path, Fate.LEFT, _renaming(root, path, module))


def _require(made: Conversion, root: Path, *names: str) -> None:
    """Have pip install some packages."""
    text = application.text_of(root, root / "requirements.txt")
    for name in names:
        _add_requirement(made, text, name, "it takes the place of V2's Apache")


def _install_without_setup(made: Conversion, root: Path) -> None:
    """Have pip install what setup.py requires, where that is no package to install."""
    text = application.text_of(root, root / "requirements.txt")
    setup = application.text_of(root, root / "setup.py")
    if setup and not re.search(r"\b(packages|py_modules)\s*=", setup):
        wanted = _install_requires(setup)
        why = "setup.py has nothing but requirements, and pip refuses to install a directory with several packages"
        made.add(".s2i/environment", "DISABLE_SETUP_PY_PROCESSING=1", why)
        if not wanted and not text:
            made.say(
                "setup.py", Fate.LEFT, "write what it requires into requirements.txt, as far as it is still needed"
            )
        for name in wanted:
            _add_requirement(made, text, name, "setup.py requires it")


def _add_requirement(made: Conversion, text: str, name: str, why: str) -> None:
    bare = re.split(r"[^\w.-]", name)[0]
    if bare and not re.search(rf"^\s*{re.escape(bare)}\b(?!-)", text, re.IGNORECASE | re.MULTILINE):
        made.add("requirements.txt", name, why)


def _install_requires(setup: str) -> list[str]:
    """Return what a setup.py requires, as far as it is written out."""
    try:
        tree = ast.parse(setup)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    lists = {
        target.id: node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "install_requires":
            value = lists.get(node.value.id) if isinstance(node.value, ast.Name) else node.value
            if isinstance(value, ast.List):
                texts = [each.value for each in value.elts if isinstance(each, ast.Constant)]
                return [each for each in texts if isinstance(each, str) and "\n" not in each]
    return []


def _shadowing(root: Path) -> Iterator[tuple[str, str]]:
    """Yield the application's modules that have the name of one of Python's own, where V2's import path had them."""
    known = _of_python()
    for directory in ("", "libs", "wsgi"):
        for name in _names_in(root / directory):
            module = name.removesuffix(".py")
            if module in known and (name.endswith(".py") or (root / directory / name / "__init__.py").is_file()):
                yield os.path.join(directory, name), module  # noqa: PTH118 - a path in the source


def _names_in(directory: Path) -> list[str]:
    """Return the names in a directory; none where there is none."""
    try:
        return sorted(os.listdir(directory))  # noqa: PTH208 - names are wanted
    except OSError:
        return []


def _of_python() -> set[str]:
    names = set(getattr(sys, "stdlib_module_names", ()))  # from Python 3.10 on
    names = names or {each.name for each in pkgutil.iter_modules([os.path.dirname(os.__file__)])}  # noqa: PTH120
    return {name for name in names | set(sys.builtin_module_names) if not name.startswith("_")}.difference(HARMLESS)


def _renaming(root: Path, path: str, module: str) -> str:
    """Return what is wrong with a module's name, and the renaming that cures it, with the files that import it."""
    directory, _, name = path.rpartition("/")
    other = os.path.join(directory, f"app_{name}")  # noqa: PTH118 - a path in the source
    pattern = re.compile(rf"^\s*(?:import|from)\s+{module}\b", re.MULTILINE)
    users = [
        each
        for each in (*elsewhere.mentioning(root, module.encode()), WSGI)
        if pattern.search(application.text_of(root, root / each)) and each != path
    ]
    cure = f"git mv {path} {other}"
    if users:
        cure += f", and write 'import app_{module} as {module}' for 'import {module}' in {', '.join(users)}"
    return (
        f"Python has a module {module!r} itself, and whoever imports that name gets one where the other is wanted (an "
        f"AttributeError or worse); rename it: {cure}, and in hooks that call it"
    )
