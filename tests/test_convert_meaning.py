"""convert: what a hook does is what it did: both are run, with commands that write down what they were called with."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import conversions
import hypothesis
import pytest
from conversions import S2I, V2, WARPDRIVE
from hypothesis import strategies as st

from s2itasks.convert.entry import Fate

pytestmark = pytest.mark.slow

EXAMPLES = int(os.environ.get("S2ITASKS_TEST_EXAMPLES", "12"))  # each runs its hooks twice
STUB = """#!/bin/bash
printf '%s\\n' "$PWD: ${0##*/}${*:+ $*}" >>"$TRACE"
[[ ${0##*/} != fails ]]
"""
# It calls the hook that it is named after, as s2itasks does, or writes down that it was called.
S2ITASKS = """#!/bin/bash
here=$PWD
cd "${S2I_SOURCE_PATH:-.}"
[[ $1 == migrate && -f .s2i/action_hooks/migrate ]] && exec bash .s2i/action_hooks/migrate
printf '%s\\n' "$here: s2itasks $*" >>"$TRACE"
"""
RUN = 'set -a; [[ ! -f $1 ]] || . "$1"; set +a; exec bash "$0"'  # a hook, with its env script
PREDECESSOR = {
    "powershift": '#!/bin/bash\nprintf \'%s\\n\' "$PWD: s2itasks ${*:2}" >>"$TRACE"\n',
    "warpdrive": '#!/bin/bash\nprintf \'%s\\n\' "$PWD: s2itasks $*" >>"$TRACE"\n',
}
COMMANDS = ("python", "pip", "npm", "ls", "ln", "cp", "mkdir", "rsync", "nohup", "kill", "gear", "fails", "tar")
DROPPED = ("nohup", "kill", "gear")  # what a container has no use for; the report has each
# Where a hook goes first: what is relative before that, V2 looked for in another directory.
BEGINS = [
    "cd $OPENSHIFT_REPO_DIR",
    'cd "$OPENSHIFT_REPO_DIR"',
    "cd ~/app-root/repo",
    "cd ${OPENSHIFT_HOMEDIR}app-root/repo",
]
ACTIVATE = "$OPENSHIFT_HOMEDIR/python/virtenv/bin/activate"
DATA = [
    "${OPENSHIFT_DATA_DIR}x",
    "~/app-root/data/x",
    '"$OPENSHIFT_DATA_DIR"x',
    "'${OPENSHIFT_DATA_DIR}x'",
    "host:app-root/data/x",
]
V2_LINES = [
    "cd wsgi", "cd wsgi\ncd -", *BEGINS, "ls @", "ls \\\n    @ y", "rsync @ z", "ln -s @ static", "mkdir -p @",
    "cp @ y", "python manage.py migrate", "python manage.py syncdb", "python manage.py \\\n    syncdb --noinput",
    "log python manage.py migrate", "python manage.py migrate --list",
    "if python manage.py migrate --check; then ls; fi",
    "python wsgi/manage.py collectstatic --noinput", "${OPENSHIFT_PYTHON_DIR}virtenv/bin/pip list",
    f"source {ACTIVATE}", f". {ACTIVATE} && ls a", f"source {ACTIVATE} || exit 1", f". {ACTIVATE}; ls b",
    f"if true; then . {ACTIVATE}; ls c; fi", "nohup x &", "npm ci &\nwait", "kill 1", "kill 1 || true",
    "kill 1 && ls d", "ls e && kill 1", "gear stop; ls f", "bash .openshift/action_hooks/helper",
    "bash $OPENSHIFT_REPO_DIR/.openshift/action_hooks/helper", "fails || ls g", "fails && ls h", "(cd wsgi; ls @)",
    "cat <<END | while read -r x; do ls $x; done\n@\nEND", "export OPENSHIFT_DATA_DIR=/srv/", "return 0 2>/dev/null",
    "python -c 'import @'", "(\ncd wsgi\npython manage.py migrate\n)", "ln -s @ static && ls i", "x=$(cd wsgi; pwd)",
    "unset OPENSHIFT_DATA_DIR", "python - <<'END'\nOPENSHIFT_DATA_DIR\nEND", 'ls "$(echo @)"',
]  # fmt: skip
S2I_PATHS = [
    "/opt/app-root/src/x",
    '"/opt/app-root/src"',
    "'/tmp/src'",
    "a:/opt/app-root/src",
    "/tmp/src/y",  # noqa: S108 - where S2I uploads to
    "/opt/app-root",
]
POWERSHIFT_LINES = [
    "cd /", "ls @", "ls \\\n    @", "powershift image migrate", "powershift image \\\n    migrate", "fails || ls",
    "powershift \\\n    image migrate", "powershift image exec ls @", "ls @ && powershift image ready",
    "S2I_SOURCE_PATH=/opt/app-root/src/web", "export S2I_APPLICATION_PATH=/srv", "bash -c 'ls @'", 'bash -c "ls @"',
    "cat <<END | while read -r x; do ls $x; done\n@\nEND", "python -c \"import '@'\"", "unset S2I_SOURCE_PATH",
    "for x in @; do ls $x; done", "x=powershift\n$x image migrate", 'ls "$(powershift image exec ls @)"',
]  # fmt: skip
# Of .s2i/bin/assemble.
ASSEMBLE_LINES = [
    "powershift image assemble", "exec powershift image assemble", "powershift \\\n    image assemble", "fails || ls",
    "bash -c 'powershift image assemble'", 'bash -c "powershift image assemble"', "x='powershift image'\n$x assemble",
    'f() { "$@"; }; f powershift image assemble', "powershift image assemble && powershift image verify", "ls /tmp/src",
    "fails; powershift image ${1:-assemble}", "x=$(powershift image assemble)", "ls && powershift image assemble || ls",
    "bash <<END\npowershift image assemble\nEND", "/opt/app-root/bin/powershift image migrate",
]  # fmt: skip
# The one file, and what pip installs: before that, and before the one file has run, there is no s2itasks.
ONE_FILE = """#!/bin/bash
if [[ $2 == */.s2i/s2itasks.pyz ]]; then
    /bin/cp "${0%/*}/.s2itasks" "${0%/*}/s2itasks"
    exec "${0%/*}/s2itasks" "${@:3}"
fi
"""
PIP = """#!/bin/bash
[[ " $* " != *" s2itasks "* ]] || /bin/cp "${0%/*}/.s2itasks" "${0%/*}/s2itasks"
"""
WARPDRIVE_LINES = [
    *(line.replace("powershift image", "warpdrive") for line in POWERSHIFT_LINES if "$x image" not in line),
    "warpdrive setup", "ls $WARPDRIVE_APP_ROOT ${WARPDRIVE_SRC_ROOT}/x", "ls '$WARPDRIVE_APP_ROOT'",
    "WARPDRIVE_SRC_ROOT=/srv", "if [ ! -f $WARPDRIVE_APP_ROOT/m ]; then warpdrive setup; fi",
]  # fmt: skip


PLACES = {
    "S2I_SOURCE_PATH": "/opt/app-root/src",
    "S2I_APPLICATION_PATH": "/opt/app-root",
    "S2I_UPLOAD_PATH": "/tmp/src",  # noqa: S108 - where S2I uploads to
}


@st.composite
def bodies(draw: st.DrawFn, lines: list[str], places: list[str]) -> str:
    """Make up some lines of a hook, some of them in a function, an ``if`` or a loop."""
    made = []
    for _ in range(draw(st.integers(1, 5))):
        line = draw(st.sampled_from(lines))
        line = line.replace("@", draw(st.sampled_from(places)))
        around = draw(st.sampled_from(["%s"] * 8 + ["if true; then\n%s\nfi", "f() {\n%s\n}\nf", "(\n%s\n)"]))
        made.append(around % line)
    return "\n".join(made) + "\n"


@st.composite
def v2_hooks(draw: st.DrawFn) -> dict[str, str]:
    """Make up hooks of V2's that go to the repository first, and a helper that they call."""

    def hook(head: str = "") -> str:
        return f"{head}{draw(st.sampled_from(BEGINS))}\n{draw(bodies(V2_LINES, DATA))}"

    files = {
        f"{V2}deploy": hook('#!/bin/bash\nlog() { "${@}"; }\n'),
        f"{V2}helper": "#!/bin/bash\n" + draw(bodies([*BEGINS, "ls @", "cd wsgi"], DATA)),
    }
    for name in ("build", "pre_start_python-2.7"):
        if draw(st.booleans()):
            files[f"{V2}{name}"] = hook('#!/bin/bash\nlog() { "${@}"; }\n')
    return files


@st.composite
def assembles(draw: st.DrawFn) -> str:
    """Make up an entry point that installs powershift-image, and calls it in some way, within one line or several."""
    around = ["%s"] * 4 + ["if true; then\n%s\nfi", "f() {\n%s\n}\nf"]
    in_one = ['if [ "$X" ]; then ls; else %s; fi', "{ %s; }", "( %s )", "ls | while read -r x; do %s; done"]
    lines = ["pip install powershift-cli[image]"]
    for _ in range(draw(st.integers(1, 3))):
        line = draw(st.sampled_from(ASSEMBLE_LINES))
        lines.append(draw(st.sampled_from(around if "\n" in line else around + in_one)) % line)
    return "\n".join(lines) + "\n"


class Machine:
    """A home directory with a repository in it, and commands that write down how they are called."""

    def __init__(self, files: dict[str, str]) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="s2itasks-test-"))
        self.source = self.home / "app-root/repo"
        (self.source / "wsgi/wsgi").mkdir(parents=True)
        conversions.write(self.source, files)
        virtual = {f"python/virtenv/bin/{name}": STUB for name in ("pip", "python")}
        conversions.write(self.home, {**virtual, "python/virtenv/bin/activate": ""})
        conversions.write(self.home, {f"bin/{name} 755": STUB for name in COMMANDS})
        own = {"s2itasks": S2ITASKS, **PREDECESSOR}
        conversions.write(self.home, {f"bin/{name} 755": text for name, text in own.items()})

    def run(self, *words: str, at: Path, **variables: str) -> None:
        """Run a hook."""
        environ = {
            "PATH": f"{self.home}/bin:/usr/bin:/bin", "TRACE": f"{self.home}/trace", "HOME": str(self.home),
            **variables,
        }  # fmt: skip
        subprocess.run(["bash", *words], cwd=at, env=environ, check=False, capture_output=True, timeout=60)

    def trace(self) -> list[str]:
        """Return what was called since this was asked last."""
        trace = self.home / "trace"
        text = trace.read_text() if trace.exists() else ""
        trace.unlink(missing_ok=True)
        text = text.replace(str(self.home), "~").replace("/.openshift/", "/.s2i/")
        calls = text.replace("~/app-root/data/", "~/data/").splitlines()
        return [call for call in calls if call.split()[1] not in DROPPED]


def compare(files: dict[str, str], origin: str, hooks: list[str], **variables: str) -> None:
    """Run the hooks as they were and as they are now; where nothing is left to a person, they do the same."""
    machine = Machine(files)
    try:
        home = f"{machine.home}/"
        if origin == "v2":
            variables = {"OPENSHIFT_HOMEDIR": home, "OPENSHIFT_REPO_DIR": f"{machine.source}/"}
            variables |= {"OPENSHIFT_PYTHON_DIR": f"{home}python/", "OPENSHIFT_DATA_DIR": f"{home}app-root/data/"}
        for path in (each for each in hooks if each in files):
            sourced = origin == "v2" and "pre_start" in path
            words = ["-c", f". {machine.source}/{path}"] if sourced else [str(machine.source / path)]
            machine.run(*words, at=machine.home if origin == "v2" else machine.source, **variables)
        before = [call.replace(" syncdb", " migrate") for call in machine.trace()]
        made = conversions.converted(machine.source, origin, environ={"PATH": ""})
        if any(entry.fate is Fate.LEFT and entry.line for entry in made.entries):
            hypothesis.event("left to a person")
            return
        if origin == "v2":
            shutil.rmtree(machine.home / "python")
        conversions.write(machine.source, {path: file.content for path, file in made.files.items()})
        ours = {"S2I_SOURCE_PATH": str(machine.source), "S2I_APPLICATION_PATH": str(machine.home)}
        for name in ("build", "deploy"):
            if f"{S2I}{name}" in made.files or f"{S2I}{name}" in files:
                hook = str(machine.source / S2I / name)
                machine.run("-c", RUN, hook, f"{hook}_env", at=machine.source, **(ours if origin == "v2" else PLACES))
            if origin == "powershift" and name == "deploy":  # a manifest may call it by its path
                alone = machine.trace()
                machine.run(hook, at=machine.source)
                assert machine.trace() == alone == before, (machine.source / S2I / name).read_text()
                return
        after = [call for call in machine.trace() if not call.endswith("mkdir -p ~/data/")]
        hooks = [f"{path}:\n{file.content.decode()}" for path, file in made.files.items()]
        assert sorted(after) == sorted(before), "\n".join(hooks)
    finally:
        shutil.rmtree(machine.home)


@hypothesis.settings(max_examples=EXAMPLES, deadline=None)
@hypothesis.given(files=v2_hooks())
def test_hooks_of_v2(files: dict[str, str]) -> None:
    """They are sourced or run, move lines from one to another, and call helpers."""
    compare(files, "v2", [f"{V2}{name}" for name in ("build", "deploy", "pre_start_python-2.7")])


@hypothesis.settings(max_examples=EXAMPLES, deadline=None)
@hypothesis.given(body=bodies(POWERSHIFT_LINES, S2I_PATHS))
def test_hooks_of_powershift(body: str) -> None:
    """Paths become variables."""
    compare({f"{S2I}deploy": f"#!/bin/bash\n{body}"}, "powershift", [f"{S2I}deploy"])


@hypothesis.settings(max_examples=EXAMPLES, deadline=None)
@hypothesis.given(body=bodies(WARPDRIVE_LINES, S2I_PATHS))
def test_hooks_of_warpdrive(body: str) -> None:
    """Variables have another name."""
    variables = {"WARPDRIVE_APP_ROOT": "/opt/app-root", "WARPDRIVE_SRC_ROOT": "/opt/app-root/src"}
    compare({f"{WARPDRIVE}deploy": f"#!/bin/bash\n{body}"}, "warpdrive", [f"{WARPDRIVE}deploy"], **variables)


@hypothesis.settings(max_examples=EXAMPLES, deadline=None)
@hypothesis.given(body=assembles())
def test_entry_points_of_powershift(body: str) -> None:
    """They find s2itasks, which is a file in the repository, and is installed only where that is sure to be needed."""
    path = ".s2i/bin/assemble"
    machine = Machine({path: f"#!/bin/bash\n{body}"})
    script = str(machine.source / path)
    try:
        machine.run(script, at=machine.source)
        before = [call for call in machine.trace() if "powershift-cli" not in call]
        made = conversions.converted(machine.source, "powershift", environ={"PATH": ""})
        if path in made.files:
            conversions.write(machine.source, {path: made.files[path].content})
        binaries = machine.home / "bin"
        (binaries / "s2itasks").rename(binaries / ".s2itasks")
        (binaries / "powershift").unlink()
        conversions.write(machine.home, {"bin/python 755": ONE_FILE, "bin/pip 755": PIP})
        machine.run(script, at=machine.source)
        if any(entry.fate is Fate.LEFT and "it was not sure" in entry.why for entry in made.entries):
            hypothesis.event("left to a person")
            return
        assert machine.trace() == before or "x='powershift image'" in body, (machine.source / path).read_text()
    finally:
        shutil.rmtree(machine.home)
