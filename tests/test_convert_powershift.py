"""init --from powershift: what becomes of entry points, hooks, jobs, code and manifests."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import conversions
import pytest
from conversions import S2I, STANDARD

from s2itasks.convert.entry import Fate

ASSEMBLE, RUN = ".s2i/bin/assemble", ".s2i/bin/run"
PYZ = 'exec python -I "${S2I_UPLOAD_PATH:-/tmp/src}/.s2i/s2itasks.pyz" assemble'

INSIDE = PYZ[5:].replace('"', "")

NOTHING = "# s2itasks: s2itasks.pyz lies in the repository: nothing has to be installed"
NOT_INSTALLED = f"{NOTHING}\n# pip install powershift-cli[image]"

# The lines of an entry point, how s2itasks is installed, and what the lines become.
ENTRY_POINTS = [
    ("exec powershift image assemble", "pyz", PYZ),
    ("powershift image assemble || exit 1", "pyz", f"{PYZ[5:]} || exit 1"),
    ("exec powershift image assemble", "pip", "exec s2itasks assemble"),
    ("/opt/app-root/bin/powershift image assemble", "pip", "/opt/app-root/bin/s2itasks assemble"),
    ("exec powershift image run", "pyz", "exec s2itasks run"),
    ("pip install powershift-cli[image]", "pip", "pip install s2itasks"),
    ("pip install -U 'powershift-image>=1.4'", "pip", "pip install -U s2itasks"),
    ("pip install -U pip powershift-cli[image] setuptools", "pip", "pip install -U pip s2itasks setuptools"),
    ("pip install -U pip powershift-cli[image] setuptools", "pyz", "pip install -U pip setuptools"),
    ("pip install powershift-cli[image]", "pyz", NOT_INSTALLED),
    ("ls /tmp/src", "pyz", "ls /tmp/src"),
    (
        'if [ "$X" ]; then exec /usr/libexec/s2i/assemble; else exec powershift image assemble; fi',
        "pyz",
        f'if [ "$X" ]; then exec /usr/libexec/s2i/assemble; else {PYZ}; fi',
    ),
    ('f() { "$@"; }; f powershift image assemble', "pyz", f'f() {{ "$@"; }}; f {PYZ[5:]}'),
    ("[ -d x ] && /opt/app-root/bin/powershift image assemble", "pyz", f"[ -d x ] && {PYZ[5:]}"),
    ("exec powershift \\\n  image \\\n  assemble", "pyz", PYZ.replace(" assemble", " \\\n  assemble")),
    ('scl enable rh-python36 "powershift image assemble"', "pyz", f'scl enable rh-python36 "{INSIDE}"'),
    ("bash -c 'powershift image assemble' || exit", "pyz", f"bash -c '{INSIDE}' || exit"),
    ("pip install powershift-cli[image]\nexec powershift image assemble", "pyz", f"{NOT_INSTALLED}\n{PYZ}"),
]  # fmt: skip


@pytest.mark.many_cases
@pytest.mark.parametrize(("lines", "install", "becomes"), ENTRY_POINTS)
def test_entry_points(tmp_path: Path, lines: str, install: str, becomes: str) -> None:
    """They call s2itasks, and what else they do stays; no variable of s2itasks is set there."""
    files = {ASSEMBLE: f"#!/bin/bash\nset -e\nulimit -n 100\n{lines}\n"}
    made = conversions.converted(conversions.write(tmp_path, files), "powershift", install=install)
    got = conversions.text(made, ASSEMBLE) or files[ASSEMBLE]
    assert got == f"#!/bin/bash\nset -e\nulimit -n 100\n{becomes}\n"


# A line of a hook, and what it becomes.
LINES = [
    ("powershift image migrate", "s2itasks migrate"),
    ("exec powershift image jobs hourly", "exec s2itasks jobs hourly"),
    ("if powershift image ready; then true; fi", "if s2itasks ready; then true; fi"),
    ("bash -c 'powershift image exec x'", "bash -c 's2itasks exec x'"),
    ('eval "$(powershift image env)"', 'eval "$(s2itasks env --format export)"'),
    ('eval "$(/srv/bin/powershift image env)"', 'eval "$(/srv/bin/s2itasks env --format export)"'),
    ("bash -c '. <(powershift image env)'", "bash -c '. <(s2itasks env --format export)'"),
    ("powershift \\\n    image env", "s2itasks env --format export"),
    ("echo powershift cluster", "echo powershift cluster"),
    ("ls /tmp/src", "ls ${S2I_UPLOAD_PATH:-/tmp/src}"),
    ('ls "/tmp/src/a b" /tmp/srcs', 'ls "${S2I_UPLOAD_PATH:-/tmp/src}/a b" /tmp/srcs'),
    (
        "cd /opt/app-root/src && mkdir -p /opt/app-root/data",
        "cd ${S2I_SOURCE_PATH:-/opt/app-root/src} && mkdir -p ${S2I_APPLICATION_PATH:-/opt/app-root}/data",
    ),
    ("A=${A:-/opt/app-root/data}", "A=${A:-${S2I_APPLICATION_PATH:-/opt/app-root}/data}"),
    ("export A=/opt/app-root/etc:$A", "export A=${S2I_APPLICATION_PATH:-/opt/app-root}/etc:$A"),
    ("cat >x <<END\n/tmp/src\nEND", "cat >x <<END\n${S2I_UPLOAD_PATH:-/tmp/src}\nEND"),
    ("cat >x <<'END'\n/tmp/src\nEND", "cat >x <<'END'\n/tmp/src\nEND"),
    (
        "python -c 'import os; os.listdir(\"/tmp/src\")'",
        "# s2itasks: *\npython -c 'import os; os.listdir(\"/tmp/src\")'",
    ),
    ("# of /tmp/src", "# of /tmp/src"),
    ("ls '/opt/app-root/src'", "# s2itasks: *\nls '/opt/app-root/src'"),
    ("ls '/opt/app-root/srcs'", "# s2itasks: *\nls '/opt/app-root/srcs'"),
    ("ls '/tmp/src' /tmp/src", "# s2itasks: *\nls '/tmp/src' ${S2I_UPLOAD_PATH:-/tmp/src}"),
    ("ls '/tmp/src'\nls '/tmp/src'", "# s2itasks: *\nls '/tmp/src'\n# s2itasks: *\nls '/tmp/src'"),
    ("IFS=/; ls /tmp/src", "IFS=/; ls /tmp/src"),
    ("while IFS= read -r x; do ls /tmp/src; done", "while IFS= read -r x; do ls ${S2I_UPLOAD_PATH:-/tmp/src}; done"),
    ("ls ${S2I_SOURCE_PATH:-/opt/app-root/src}", "ls ${S2I_SOURCE_PATH:-/opt/app-root/src}"),
    ("S2I_SOURCE_PATH=/opt/app-root/src", "S2I_SOURCE_PATH=/opt/app-root/src"),
    ("(( broken\nls /tmp/src", "(( broken\nls /tmp/src"),
]


@pytest.mark.many_cases
@pytest.mark.parametrize(("line", "becomes"), LINES)
def test_hooks(tmp_path: Path, line: str, becomes: str) -> None:
    """What calls powershift-image calls s2itasks, and what is written out has a variable, where a shell puts it in."""
    files = {f"{S2I}deploy": f"#!/bin/bash\n{line}\n"}
    made = conversions.converted(conversions.write(tmp_path, files), "powershift")
    got = (conversions.text(made, f"{S2I}deploy") or files[f"{S2I}deploy"]).split("\n")[1:-1]
    assert ["# s2itasks: *" if each.startswith("# s2itasks:") else each for each in got] == becomes.split("\n")
    unsure = "# s2itasks: *" in becomes or "broken" in line or "<<'END'" in line
    assert bool(conversions.left(made, f"{S2I}deploy")) is unsure


# Lines of an entry point that may call a command that is not there yet.
BARE = [
    "PS='powershift image'\n$PS assemble",
    "powershift image $1",
    "powershift image ${0##*/}",
    "CMD=powershift\n$CMD image assemble",
    "exec powershift $image assemble",
]


@pytest.mark.many_cases
@pytest.mark.parametrize("lines", BARE)
def test_a_call_that_cannot_be_one_of_the_file(tmp_path: Path, lines: str) -> None:
    """S2itasks is installed then, and the line is named: without both, every build would end with 127."""
    files = {ASSEMBLE: f"#!/bin/bash\npip install powershift-cli[image]\n{lines}\n"}
    made = conversions.converted(conversions.write(tmp_path, files), "powershift")
    assert conversions.text(made, ASSEMBLE).startswith("#!/bin/bash\npip install s2itasks\n")
    assert any("no command of that name before assemble has run" in why for why in conversions.left(made, ASSEMBLE))


def test_what_an_entry_point_sources(tmp_path: Path) -> None:
    """It may install and call as the entry point does."""
    helper = ".s2i/bin/common.sh"
    files = {
        ASSEMBLE: "#!/bin/bash\n. /tmp/src/.s2i/bin/common.sh\nprepare\n",
        helper: "prepare() {\n    pip install powershift-cli[image]\n    exec powershift image assemble\n}\n",
    }
    made = conversions.converted(conversions.write(tmp_path, files), "powershift")
    (nothing, pip) = NOT_INSTALLED.split("\n")
    assert conversions.text(made, helper) == f"prepare() {{\n    {nothing}\n    {pip}\n    {PYZ}\n}}\n"


def test_an_entry_point_in_another_language(tmp_path: Path) -> None:
    """It is named."""
    script = "#!/usr/bin/env python\nimport os\nos.execlp('powershift', 'powershift', 'image', 'assemble')\n"
    made = conversions.converted(conversions.write(tmp_path, {ASSEMBLE: script}), "powershift")
    assert [PYZ in why for why in conversions.left(made, ASSEMBLE)] == [True]


def test_the_script_that_runs_the_hooks_by_itself(tmp_path: Path) -> None:
    """As it was handed round before there was a package; what it does besides is a comment, and named."""
    inline = (
        "#!/bin/bash\nset -eo pipefail\nS2I_SOURCE_PATH=`pwd`\nexport S2I_SOURCE_PATH\n"
        "test -d /tmp/src/.s2i && mv /tmp/src/.s2i .\n"
        "if [ -x $S2I_SOURCE_PATH/.s2i/action_hooks/pre_build ]; then\n"
        "    echo 'the first hook'\n    $S2I_SOURCE_PATH/.s2i/action_hooks/pre_build\nfi\n"
        "set -a; . $S2I_SOURCE_PATH/.s2i/action_hooks/build_env; set +a\n"
        "$S2I_SCRIPTS_PATH/assemble\nnpm run build\nfix-permissions /opt/app-root/src\n"
    )
    made = conversions.converted(conversions.write(tmp_path, {ASSEMBLE: inline}), "powershift")
    shebang, comment, kept, last, end = conversions.text(made, ASSEMBLE).split("\n")
    assert (shebang, kept, last, end) == ("#!/bin/bash", "# npm run build", PYZ, "")
    assert comment.startswith("# s2itasks: ")
    assert conversions.left(made, ASSEMBLE) == [comment.removeprefix("# s2itasks: ")]
    assert len([entry for entry in made.entries if entry.fate is Fate.REMOVED]) == 11


def test_an_entry_point_that_is_ours(tmp_path: Path) -> None:
    """It is left alone, as all is that was converted already."""
    made = conversions.converted(conversions.write(tmp_path, STANDARD), "powershift")
    assert (made.files, made.entries) == ({}, [])


@pytest.mark.parametrize("path", [".s2i/bin/common.sh", ".s2i/bin/save-artifacts", ".s2i/probe.sh", f"{S2I}ready"])
def test_what_runs_without_s2itasks(tmp_path: Path, path: str) -> None:
    """S2I runs or sources it, or a manifest names it: no variable of s2itasks is set there, and the path is."""
    clean = "#!/bin/bash\nSRC=/opt/app-root/src\necho rm -rf $SRC/node_modules /tmp/src/x\n"
    made = conversions.converted(conversions.write(tmp_path, {path: clean}), "powershift")
    script = conversions.text(made, path) or clean
    environ = {"PATH": os.defpath}
    done = subprocess.run(["bash", "-uc", script], env=environ, capture_output=True, text=True, check=True)
    assert done.stdout == "rm -rf /opt/app-root/src/node_modules /tmp/src/x\n"


def test_lists_of_packages(tmp_path: Path) -> None:
    """One that pip reads is changed, also in .s2i; others, and what a script makes up, are named."""
    install = 'for p in "powershift-cli[image]" flask; do\n    pip install $p\ndone\n'
    files = {
        ".s2i/requirements.txt": "powershift-cli[image]\n",
        "Pipfile": '[packages]\npowershift-cli = {extras = ["image"], version = "*"}\n',
        "pyproject.toml": 'dependencies = ["powershift-cli[image]"]\n',
        "Dockerfile": "RUN pip install powershift-image\n",
        "app.yaml": "description: powershift-image\n",
        f"{S2I}pre_build": f"#!/bin/bash\npip install -r .s2i/requirements.txt\n{install}",
    }
    made = conversions.converted(conversions.write(tmp_path, files), "powershift", write_manifests=True)
    assert conversions.text(made, ".s2i/requirements.txt").endswith("\n# powershift-cli[image]\n")
    named = {entry.path: entry.line for entry in made.entries if entry.left}
    assert named == {"Pipfile": 2, "pyproject.toml": 1, "Dockerfile": 1, f"{S2I}pre_build": 3}


def test_jobs_stay(tmp_path: Path) -> None:
    """S2itasks reads their directory, too, and nobody knows who else names it."""
    job = ".s2i/cron_jobs/daily/clean"
    conversions.write(tmp_path, {job: "#!/bin/bash\npowershift image exec x\n"})
    made = conversions.converted(tmp_path, "powershift")
    assert [*made.files] == [job]
    assert conversions.text(made, job) == "#!/bin/bash\ns2itasks exec x\n"


# A file elsewhere, what it becomes, and whether only --write-manifests does that.
ELSEWHERE = [
    ("cron.yaml", "args: [powershift, image, jobs, hourly]\n", "args: [s2itasks, jobs, hourly]\n", True),
    ("cron.json", '{"command": ["powershift", "image", "jobs"]}\n', '{"command": ["s2itasks", "jobs"]}\n', True),
    (
        "split.json",
        '{"command": ["powershift"],\n"args": ["image", "jobs", "hourly"]}\n',
        '{"command": ["s2itasks"],\n"args": ["jobs", "hourly"]}\n',
        True,
    ),
    ("split.yaml", "command: [powershift]\nargs: [image, ready]\n", "command: [s2itasks]\nargs: [ready]\n", True),
    (
        "lines.yaml",
        "- command:\n  - /opt/app-root/bin/powershift\n  args:\n  - image\n  - ready\n",
        "- command:\n  - /opt/app-root/bin/s2itasks\n  args:\n  - ready\n",
        True,
    ),
    ("rows.yaml", "command:\n- powershift\nargs:\n- image\n- run\n", "command:\n- s2itasks\nargs:\n- run\n", True),
    (
        "sorted.json",
        '{"args": ["image", "run"], "command": ["powershift"]}',
        '{"args": ["run"], "command": ["s2itasks"]}',
        True,
    ),
    (
        "sorted.yaml",
        "- args:\n  - image\n  - jobs\n  - hourly\n  command:\n  - powershift\n  env: []\n",
        "- args:\n  - jobs\n  - hourly\n  command:\n  - s2itasks\n  env: []\n",
        True,
    ),
    ("build.yml", "script: powershift image verify\n", "script: s2itasks verify\n", True),
    ("probe.yaml", "- powershift\n- image\n- ready\n", "- s2itasks\n- ready\n", True),
    ("Makefile", "x:\n\tpowershift image env >env.sh\n", "x:\n\ts2itasks env --format export >env.sh\n", True),
    ("env.yaml", "args: [powershift, image, env]\n", "args: [s2itasks, env, --format, export]\n", True),
    ("e.json", '["powershift", "image", "env"]\n', '["s2itasks", "env", "--format", "export"]\n', True),
    (
        "l.yaml",
        "  - powershift\n  - image\n  - env\n",
        "  - s2itasks\n  - env\n  - --format\n  - export\n",
        True,
    ),
    (
        "s.yaml",
        "command: [powershift]\nargs: [image, env]\n",
        "command: [s2itasks]\nargs: [env, --format, export]\n",
        True,
    ),
    (
        "t.yaml",
        "command:\n- powershift\nargs:\n- image\n- env\n",
        "command:\n- s2itasks\nargs:\n- env\n- --format\n- export\n",
        True,
    ),
    (
        "u.json",
        '{"args": ["image", "env"], "command": ["powershift"]}',
        '{"args": ["env", "--format", "export"], "command": ["s2itasks"]}',
        True,
    ),
    (
        "v.yaml",
        "- args:\n  - image\n  - env\n  command:\n  - powershift\n",
        "- args:\n  - env\n  - --format\n  - export\n  command:\n  - s2itasks\n",
        True,
    ),
    ("y.py", 'x = out("powershift image env")\n', 'x = out("s2itasks env --format export")\n', False),
    ("z.py", 'run(["powershift", "image", "env"])\n', 'run(["s2itasks", "env", "--format", "export"])\n', False),
    ("x.py", 'run(["powershift", "image", "migrate"])\n', 'run(["s2itasks", "migrate"])\n', False),
    ("x.sh", "#!/bin/sh\npowershift image migrate\n", "#!/bin/sh\ns2itasks migrate\n", False),
    ("requirements.txt", "flask\npowershift-cli[image]\n", "flask\n# s2itasks: *\n# powershift-cli[image]\n", False),
]


@pytest.mark.many_cases
@pytest.mark.parametrize("write", [False, True])
@pytest.mark.parametrize(("path", "before", "after", "manifest"), ELSEWHERE, ids=[each[0] for each in ELSEWHERE])
def test_elsewhere(tmp_path: Path, path: str, before: str, after: str, manifest: bool, write: bool) -> None:  # noqa: FBT001
    """Scripts and Python files are converted; manifests are somebody's to apply, so they are named first."""
    conversions.write(tmp_path, {".s2i/x": "", path: before})
    made = conversions.converted(tmp_path, "powershift", write_manifests=write)
    changed = write or not manifest
    got = [
        "# s2itasks: *" if line.startswith("# s2itasks:") else line
        for line in (conversions.text(made, path) or before).split("\n")
    ]
    assert "\n".join(got) == (after if changed else before)
    assert bool(conversions.left(made, path)) is not changed


def test_what_is_no_text(tmp_path: Path) -> None:
    """A wheel is none of its business; a script that is longer than anybody's is named."""
    files = {".s2i/wheels/x.whl": b"\0" * 200_000, f"{S2I}deploy": b"#!/bin/bash\n" + b"true\n" * 40_000}
    made = conversions.converted(conversions.write(tmp_path, files), "powershift")
    assert [entry.path for entry in made.entries] == [f"{S2I}deploy"]


def test_python_that_is_none(tmp_path: Path) -> None:
    """It is left as it is, and named."""
    conversions.write(tmp_path, {".s2i/x": "", "x.py": 'print "powershift image run"\n'})
    made = conversions.converted(tmp_path, "powershift")
    assert (set(made.files), len(conversions.left(made, "x.py"))) == (set(), 1)


@pytest.mark.parametrize("origin", ["powershift", "warpdrive"])
def test_a_build_with_scripts_from_elsewhere(tmp_path: Path, origin: str) -> None:
    """It would use nothing of the conversion, so it is named, whether manifests are written or not."""
    template = '{"sourceStrategy": {\n"from": {},\n"scripts": "https://example.com/warpdrive/s2i/bootstrap"}}\n'
    conversions.write(tmp_path, {f".{origin}/x": "", "template.json": template})
    for write in (False, True):
        made = conversions.converted(tmp_path, origin, write_manifests=write)
        (entry,) = [entry for entry in made.entries if entry.path == "template.json"]
        assert (entry.line, entry.left, "remove this line" in entry.why) == (3, True, True)
        assert entry.before == "scripts: https://example.com/warpdrive/s2i/bootstrap"
        assert "template.json" not in made.files


@pytest.mark.parametrize("text", ["command: [powershift]\n", "a:\n  command:\n  - powershift\n  env: []\n"])
def test_a_command_with_args_elsewhere(tmp_path: Path, text: str) -> None:
    """It is named, as nobody knows what belongs to it; another plug-in of powershift is none of our business."""
    conversions.write(tmp_path, {".s2i/x": "", "pod.yaml": text, "o.yaml": "command: [powershift, cluster]\n"})
    made = conversions.converted(tmp_path, "powershift", write_manifests=True)
    assert [len(conversions.left(made, path)) for path in ("pod.yaml", "o.yaml")] == [1, 0]
    assert not made.files
