"""init --from warpdrive: what becomes of hooks, their variables and calls, and of the settings of the server."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import conversions
import pytest
from conversions import S2I, WARPDRIVE

from s2itasks.convert.entry import Fate

# A line of the deploy hook, and what it becomes.
LINES = [
    ("warpdrive migrate", "s2itasks migrate"),
    ("exec warpdrive start", "exec s2itasks run"),
    ("warpdrive build", "s2itasks assemble"),
    ("warpdrive exec python x.py", "s2itasks exec python x.py"),
    ('eval "$(warpdrive env)"', 'eval "$(s2itasks env --format export)"'),
    ("ls warpdrive start-x", "ls warpdrive start-x"),
    ("ls $WARPDRIVE_APP_ROOT/data", "ls $S2I_APPLICATION_PATH/data"),
    ('ls "${WARPDRIVE_SRC_ROOT}/x"', 'ls "${S2I_SOURCE_PATH}/x"'),
    ("ls ${WARPDRIVE_SRC_ROOT:-x}", "ls ${S2I_SOURCE_PATH:-x}"),
    ("ls '$WARPDRIVE_SRC_ROOT'", "ls '$WARPDRIVE_SRC_ROOT'"),
    ("curl localhost:$WARPDRIVE_HTTP_PORT/x", "curl localhost:${PORT:-8080}/x"),
    ("python .warpdrive/util_scripts/x.py", "python .s2i/util_scripts/x.py"),
    ("$WARPDRIVE_SRC_ROOT/.warpdrive/action_hooks/pre-build", "$S2I_SOURCE_PATH/.s2i/action_hooks/pre_build"),
    ("cd /opt/app-root/src", "cd ${S2I_SOURCE_PATH:-/opt/app-root/src}"),
]


@pytest.mark.many_cases
@pytest.mark.parametrize(("line", "becomes"), LINES)
def test_a_line(tmp_path: Path, line: str, becomes: str) -> None:
    """Calls, variables and places have new names, where a shell sees them."""
    files = {f"{WARPDRIVE}deploy": f"#!/bin/bash\n{line}\n"}
    made = conversions.converted(conversions.write(tmp_path, files), "warpdrive")
    assert conversions.text(made, f"{S2I}deploy") == f"#!/bin/bash\n{becomes}\n"


# A line of the hook pre-build, and what it becomes: the source is still in the upload then, and .s2i is not.
BEFORE_THE_BUILDER = [
    ("sed -i s/a/b/ $WARPDRIVE_SRC_ROOT/requirements.txt", "sed -i s/a/b/ $S2I_UPLOAD_PATH/requirements.txt"),
    ('cp x "${WARPDRIVE_SRC_ROOT}"', 'cp x "${S2I_UPLOAD_PATH}"'),
    ("ls /opt/app-root/src /opt/app-root/etc", "ls $S2I_UPLOAD_PATH $S2I_APPLICATION_PATH/etc"),
    ("ls $WARPDRIVE_APP_ROOT/etc", "ls $S2I_APPLICATION_PATH/etc"),
    ("python .warpdrive/util_scripts/x.py a", "python $S2I_SOURCE_PATH/.s2i/util_scripts/x.py a"),
    ('"$WARPDRIVE_SRC_ROOT"/.warpdrive/util_scripts/x', '"$S2I_SOURCE_PATH"/.s2i/util_scripts/x'),
    ('"${WARPDRIVE_SRC_ROOT}/.warpdrive/action_hooks/build-env"', '"${S2I_SOURCE_PATH}/.s2i/action_hooks/build_env"'),
    ("/opt/app-root/src/.warpdrive/util_scripts/x", "$S2I_SOURCE_PATH/.s2i/util_scripts/x"),
    ("ls .warpdrive/wheelhouse", "ls .warpdrive/wheelhouse"),
    ("ls '.warpdrive/util_scripts/x'", "# s2itasks: *\nls '.warpdrive/util_scripts/x'"),
    ("cd x\n.warpdrive/util_scripts/x", "cd x\n# s2itasks: *\n.warpdrive/util_scripts/x"),
]


@pytest.mark.many_cases
@pytest.mark.parametrize(("line", "becomes"), BEFORE_THE_BUILDER)
def test_a_line_of_pre_build(tmp_path: Path, line: str, becomes: str) -> None:
    """Warpdrive ran it in the source directory with the source in place; it runs in the upload now."""
    files = {f"{WARPDRIVE}pre-build": f"#!/bin/bash\nset -e\n{line}\n"}
    made = conversions.converted(conversions.write(tmp_path, files), "warpdrive")
    shebang, options, comment, cd, *rest = conversions.text(made, f"{S2I}pre_build").split("\n")
    assert (shebang, options, cd) == ("#!/bin/bash", "set -e", 'cd "$S2I_UPLOAD_PATH" || exit')
    got = ["# s2itasks: *" if each.startswith("# s2itasks:") else each for each in rest]
    assert got == [*becomes.split("\n"), ""]
    assert comment.startswith("# s2itasks: ")
    assert "is what it was" not in "".join(each.why for each in made.entries if "UPLOAD" in each.after)


def test_what_pre_build_still_reads(tmp_path: Path) -> None:
    """No env script is for it, so it sets that by itself; in another language, somebody has to."""
    files = {f"{WARPDRIVE}pre-build": "#!/bin/bash\nsh -c 'ls $WARPDRIVE_SRC_ROOT $WARPDRIVE_APP_HOME'\n"}
    made = conversions.converted(conversions.write(tmp_path, files), "warpdrive")
    exported = [line for line in conversions.text(made, f"{S2I}pre_build").split("\n") if line.startswith("export")]
    assert exported == [f"export WARPDRIVE_{name}=$S2I_UPLOAD_PATH" for name in ("SRC_ROOT", "APP_HOME")]
    files = {f"{WARPDRIVE}pre-build": "#!/bin/bash\nS2I_UPLOAD_PATH=x\nls $WARPDRIVE_SRC_ROOT\n"}
    made = conversions.converted(conversions.write(tmp_path, files), "warpdrive")
    assert conversions.text(made, f"{S2I}pre_build").endswith("\nS2I_UPLOAD_PATH=x\nls $WARPDRIVE_SRC_ROOT\n")
    files = {f"{WARPDRIVE}pre-build": "#!/usr/bin/env python\nimport os\n"}
    made = conversions.converted(conversions.write(tmp_path, files), "warpdrive")
    assert conversions.text(made, f"{S2I}pre_build") == files[f"{WARPDRIVE}pre-build"]
    assert 'cd "$S2I_UPLOAD_PATH"' in conversions.left(made, f"{WARPDRIVE}pre-build")[-1]


@pytest.mark.parametrize("name", ["pre-build", "build", "build-env 644", "deploy-env 644", "setup", "ready", "alive"])
def test_names(tmp_path: Path, name: str) -> None:
    """Hyphens become underscores."""
    made = conversions.converted(conversions.write(tmp_path, {f"{WARPDRIVE}{name}": "A=1\n"}), "warpdrive")
    bare = name.partition(" ")[0].replace("-", "_")
    assert conversions.text(made, f"{S2I}{bare}").endswith("A=1\n")
    assert made.files[f"{S2I}{bare}"].executable is not bare.endswith("_env")


def test_hooks_without_run_bit(tmp_path: Path) -> None:
    """Warpdrive passed over them."""
    made = conversions.converted(conversions.write(tmp_path, {f"{WARPDRIVE}deploy 644": "true\n"}), "warpdrive")
    assert (f"{S2I}deploy" in made.files, len(conversions.left(made, f"{WARPDRIVE}deploy"))) == (False, 1)


def test_deploy_cfg(tmp_path: Path) -> None:
    """What ran once in each container is the first that deploy does."""
    files = {f"{WARPDRIVE}deploy-cfg": "#!/bin/bash\ntrue\n", f"{WARPDRIVE}deploy": "#!/bin/bash\nset -e\n\nx\n"}
    made = conversions.converted(conversions.write(tmp_path, files), "warpdrive")
    *head, call, _, last, end = conversions.text(made, f"{S2I}deploy").split("\n")
    assert (head[:2], call, last, end) == (
        ["#!/bin/bash", "set -e"],
        '"$S2I_SOURCE_PATH/.s2i/action_hooks/deploy_cfg"',
        "x",
        "",
    )
    assert made.files[f"{S2I}deploy_cfg"].executable


@pytest.mark.parametrize("order", ["setup migrate", "deploy setup migrate", "migrate", "deploy migrate migrate"])
def test_deploy_cfg_in_a_container(tmp_path: Path, order: str) -> None:
    """Whatever comes first there calls it: a lifecycle hook of a deployment has a container of its own."""
    hook = "#!/bin/bash\necho {} >>$WARPDRIVE_APP_ROOT/log\n"
    named = {name: hook.format(name) for name in ("deploy-cfg", "deploy", "setup", "migrate")}
    (tmp_path / "before").mkdir()
    conversions.write(tmp_path / "before", {f"{WARPDRIVE}{name}": text for name, text in named.items()})
    made = conversions.converted(tmp_path / "before", "warpdrive")
    root = tmp_path / "root"
    conversions.write(root / "src", {path: file.content for path, file in made.files.items()})
    environ = {**os.environ, "S2I_APPLICATION_PATH": str(root), "S2I_SOURCE_PATH": str(root / "src")}
    for name in order.split():
        subprocess.run([root / "src" / S2I / name], env=environ, check=True)
    assert (root / "log").read_text().split() == ["deploy-cfg", *order.split()]


def test_a_deploy_cfg_that_fails(tmp_path: Path) -> None:
    """What needs it is not done, and it is called again the next time."""
    files = {f"{WARPDRIVE}deploy-cfg": "#!/bin/bash\nexit 3\n", f"{WARPDRIVE}migrate": "#!/bin/bash\ntrue\n"}
    made = conversions.converted(conversions.write(tmp_path, files), "warpdrive")
    root = tmp_path / "root"
    conversions.write(root / "src", {path: file.content for path, file in made.files.items()})
    environ = {**os.environ, "S2I_APPLICATION_PATH": str(root), "S2I_SOURCE_PATH": str(root / "src")}
    for _ in range(2):
        assert subprocess.run([root / "src" / S2I / "migrate"], env=environ, check=False).returncode == 3


def test_a_marker_of_setup(tmp_path: Path) -> None:
    """It becomes that of --once, which keeps two at the same time apart."""
    marker = "$WARPDRIVE_APP_ROOT/data/markers/setup"
    setup = f"#!/bin/bash\nif [ ! -f {marker} ]; then\n    x\n    mkdir -p data\n    date > {marker}\nfi\n"
    files = {f"{WARPDRIVE}setup": setup, f"{WARPDRIVE}deploy": "#!/bin/bash\nif true; then\n    warpdrive setup\nfi\n"}
    made = conversions.converted(conversions.write(tmp_path, files), "warpdrive")
    place = "$S2I_APPLICATION_PATH/data/markers"
    assert conversions.text(made, f"{S2I}deploy").split("\n")[2:4] == [
        f'    mkdir -p "{place}"',
        f'    s2itasks setup --once "{place}/setup"',
    ]
    files[f"{WARPDRIVE}setup"] = "#!/bin/bash\nx\n"
    made = conversions.converted(conversions.write(tmp_path, files), "warpdrive")
    assert "    s2itasks setup\n" in conversions.text(made, f"{S2I}deploy")


SERVERS = [
    ("gunicorn", "exec gunicorn --log-file - --bind 0.0.0.0:${PORT:-8080} \\\n    site.wsgi --workers 2\n", "gunicorn"),
    ("mod_wsgi", "--startup-log --port ${PORT:-8080} \\\n    site.wsgi --workers 2\n", "mod_wsgi"),
    ("uwsgi", "--http-socket :${PORT:-8080} \\\n    site.wsgi --workers 2\n", "uwsgi"),
    ("waitress", "--threads=5 \\\n    site.wsgi --workers 2\n", "waitress"),
]


@pytest.mark.parametrize(("mode", "end", "package"), SERVERS)
def test_servers(tmp_path: Path, mode: str, end: str, package: str) -> None:
    """``deploy_mode`` and ``server_args`` become a run hook, and the package that warpdrive brought is required."""
    files = {".warpdrive/deploy_mode": f"{mode}\n", ".warpdrive/server_args": "site.wsgi --workers 2\n"}
    made = conversions.converted(conversions.write(tmp_path, files), "warpdrive")
    assert conversions.text(made, f"{S2I}run").endswith(end)
    assert made.files[f"{S2I}run"].executable
    assert made.added["requirements.txt"] == [package]


def test_server_arguments(tmp_path: Path) -> None:
    """They may be several, in files of their own, and have variables in them; what a shell would run is not written."""
    files = {
        ".warpdrive/deploy_mode": "mod_wsgi",
        ".warpdrive/server_args/mod_wsgi": "--url-alias /m/ $WARPDRIVE_APP_ROOT/m/\n\n--x ${WARPDRIVE_SRC_ROOT}/y\n",
    }
    made = conversions.converted(conversions.write(tmp_path, files), "warpdrive")
    text = conversions.text(made, f"{S2I}run")
    assert text.endswith(" \\\n    --url-alias /m/ $S2I_APPLICATION_PATH/m/ \\\n    --x ${S2I_SOURCE_PATH}/y\n")
    files[".warpdrive/server_args/mod_wsgi"] = "--x `id`\n"
    made = conversions.converted(conversions.write(tmp_path, files), "warpdrive")
    assert f"{S2I}run" not in made.files
    assert len(conversions.left(made, ".warpdrive/server_args")) == 1
    assert made.added["requirements.txt"] == ["mod_wsgi"]


@pytest.mark.parametrize(
    ("files", "added"),
    [
        ({"deploy_mode": "shell"}, ["APP_SCRIPT=app.sh"]),
        ({"deploy_mode": "python"}, ["APP_FILE=app.py"]),
        ({"home": "site"}, ["APP_HOME=site"]),
        ({"user_vars/COLOUR": "blue\n"}, ["COLOUR=blue"]),
        ({"user_vars/COLOUR": 'light "blue"\n'}, ['COLOUR=light "blue"']),
        ({"user_vars/TEXT": "two\nlines\n"}, None),
        ({"user_vars/TEXT": "two\nlines=1\n"}, None),
        ({"user_vars/EMPTY": "\n"}, None),
        ({"user_vars/SPACED": " x \n"}, None),
        ({"user_vars/QUOTED": '"quoted"\n'}, None),
        ({"user_vars/COMMENT": "x # y\n"}, None),
        ({"server_type": "gunicorn"}, None),
    ],
)
def test_settings(tmp_path: Path, files: dict[str, str], added: list[str] | None) -> None:
    """They are lines of .s2i/environment where that can hold them; else they are left to a person."""
    conversions.write(tmp_path, {f".warpdrive/{path}": content for path, content in files.items()})
    made = conversions.converted(tmp_path, "warpdrive")
    assert made.added.get(".s2i/environment") == added
    assert added or any(entry.left for entry in made.entries)


def test_what_both_env_scripts_had(tmp_path: Path) -> None:
    """``.warpdrive/environment`` was a script; variables that code reads are set, others are named."""
    conversions.write(tmp_path, {
        ".warpdrive/environment": "A=$WARPDRIVE_APP_ROOT\n",
        f"{WARPDRIVE}deploy-env 644": "B=1\n",
        "settings.py": "os.environ['WARPDRIVE_APP_ROOT'], os.environ['WARPDRIVE_PHASE']\n",
    })  # fmt: skip
    made = conversions.converted(tmp_path, "warpdrive")
    live = ["WARPDRIVE_APP_ROOT=$S2I_APPLICATION_PATH", "A=$S2I_APPLICATION_PATH"]
    assert [line for line in conversions.text(made, f"{S2I}build_env").splitlines() if line[0] != "#"] == live
    assert [line for line in conversions.text(made, f"{S2I}deploy_env").splitlines() if line[0] != "#"] == [
        *live,
        "B=1",
    ]
    assert [why.partition(",")[0] for why in conversions.left(made, "")][-1] == "WARPDRIVE_PHASE"


def test_helpers_and_what_has_no_place(tmp_path: Path) -> None:
    """``util_scripts`` go along; a wheelhouse is left to a person."""
    conversions.write(tmp_path, {
        ".warpdrive/util_scripts/check.py": "run(['warpdrive', 'exec', 'x'])\n",
        ".warpdrive/wheelhouse/x.whl": "",
        "template.json": '{"command": ["warpdrive", "start"]}\n',
    })  # fmt: skip
    made = conversions.converted(tmp_path, "warpdrive", write_manifests=True)
    assert conversions.text(made, ".s2i/util_scripts/check.py") == "run(['s2itasks', 'exec', 'x'])\n"
    assert len(conversions.left(made, ".warpdrive/wheelhouse/x.whl")) == 1
    assert conversions.text(made, "template.json") == '{"command": ["s2itasks", "run"]}\n'
    assert made.deletable == [".warpdrive"]
    assert conversions.fates(made, "template.json") == {Fate.CHANGED}


@pytest.mark.parametrize(
    "setup",
    [
        "if [ ! -f {} ]; then\n    touch {}\nfi\necho always\n",
        "if [ ! -f {} ]; then\n    touch {}\nelse\n    echo again\nfi\n",
        "if [ ! -f {} ] && [ -n $X ]; then\n    touch {}\nfi\n",
        "M={}\nif [ ! -f $M ]; then\n    touch $M\nfi\n",
        "if [ ! -f data/setup ]; then\n    touch data/setup\nfi\n",
    ],
)
def test_what_is_no_marker(tmp_path: Path, setup: str) -> None:
    """Where a hook does something without it as well, or only the hook knows its name, --once would change that."""
    setup = f"#!/bin/bash\n{setup.replace('{}', '$WARPDRIVE_APP_ROOT/setup')}"
    files = {f"{WARPDRIVE}setup": setup, f"{WARPDRIVE}deploy": "#!/bin/bash\nwarpdrive setup\n"}
    made = conversions.converted(conversions.write(tmp_path, files), "warpdrive")
    assert conversions.text(made, f"{S2I}deploy") == "#!/bin/bash\ns2itasks setup\n"


def test_a_deploy_hook_that_is_no_shell_script(tmp_path: Path) -> None:
    """It cannot be given a line of bash; the report says what it has to run first."""
    deploy = "#!/usr/bin/env python\nprint()\n"
    files = {f"{WARPDRIVE}deploy": deploy, f"{WARPDRIVE}deploy-cfg": "#!/bin/bash\ntrue\n"}
    made = conversions.converted(conversions.write(tmp_path, files), "warpdrive")
    assert conversions.text(made, f"{S2I}deploy") == deploy
    assert ["have it run first" in why for why in conversions.left(made, f"{WARPDRIVE}deploy")] == [False, True]


DJANGO = {"manage.py": 'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site.settings")\n'}
NAMED = {**DJANGO, "site/settings.py": "WSGI_APPLICATION = 'site.wsgi.application'\n"}
WSGI = {"wsgi.py": ""}
MODULE = "--application-type module --entry-point {} --callable-object application"


@pytest.mark.parametrize(
    ("settings", "application", "end"),
    [
        ({"deploy_mode": "wsgi"}, WSGI, MODULE.format("wsgi")),
        ({"deploy_mode": "wsgi", "server_type": "gunicorn", "server_args": "-w"}, WSGI, "-w \\\n    wsgi:application"),
        ({"server_type": "waitress"}, {"wsgi/__init__.py": ""}, "--threads=5 \\\n    wsgi:application"),
        ({"server_type": "uwsgi"}, NAMED | WSGI, "--module site.wsgi --callable application"),
        ({"deploy_mode": "django"}, NAMED, MODULE.format("site.wsgi")),
        ({"deploy_mode": "django", "server_type": "gunicorn"}, NAMED, "site.wsgi:application"),
        ({"deploy_mode": "django"}, DJANGO, ""),
        ({"deploy_mode": "django"}, WSGI, ""),
        ({"deploy_mode": "wsgi"}, {}, ""),
        ({"deploy_mode": "wsgi", "server_type": "paste"}, WSGI, ""),
        ({"deploy_mode": "wsgi", "user_vars/WARPDRIVE_WSGI_MODULE_NAME": "x"}, WSGI, ""),
        ({"deploy_mode": "wsgi", "server_args": "--name 'a"}, WSGI, ""),
        ({"deploy_mode": "auto", "server_args": "--x"}, {"app.py": ""}, "exec python app.py \\\n    --x"),
        ({"home": "x", "server_args": "--x"}, {"app.sh 755": ""}, 'exec "$S2I_SOURCE_PATH/app.sh" \\\n    --x'),
        ({"home": "x", "deploy_mode": "wsgi", "server_type": "gunicorn"}, {"x/wsgi.py": ""}, "wsgi:application"),
    ],
)  # fmt: skip
def test_what_warpdrive_found_out(
    tmp_path: Path, settings: dict[str, str], application: dict[str, str], end: str
) -> None:
    """The run hook has the server, its arguments and the application, where they are certain; else it is named."""
    conversions.write(tmp_path, {f".warpdrive/{path}": text for path, text in settings.items()})
    made = conversions.converted(conversions.write(tmp_path, application), "warpdrive")
    text = conversions.text(made, f"{S2I}run")
    assert text.endswith(f"{end}\n") if end else text == ""
    assert ('\ncd "$S2I_SOURCE_PATH/x"\n' in text) is ("home" in settings)
    assert bool(conversions.left(made, "") + conversions.left(made, ".warpdrive/server_args")) is (not end)
    assert bool(conversions.left(made, f"{S2I}run")) is (application.keys() >= NAMED.keys() and bool(end))


@pytest.mark.parametrize("value", ['"x"\n', "x # y\n", " x\n", b"a\0b\n"])
def test_user_vars_that_have_no_place(tmp_path: Path, value: str | bytes) -> None:
    """S2I and s2itasks would read another value."""
    made = conversions.converted(conversions.write(tmp_path, {".warpdrive/user_vars/X": value}), "warpdrive")
    assert ".s2i/environment" not in made.added
    assert len(conversions.left(made, ".warpdrive/user_vars/X")) == 1


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("command: [warpdrive]\nargs: [migrate]\n", "command: [s2itasks]\nargs: [migrate]\n"),
        ("script: warpdrive env > x\n", "script: s2itasks env --format export > x\n"),
        ("command:\n- warpdrive\nargs:\n- start\n", "command:\n- s2itasks\nargs:\n- run\n"),
    ],
)
def test_a_call_with_args(tmp_path: Path, before: str, after: str) -> None:
    """The command is in one list, and its words in another."""
    conversions.write(tmp_path, {".warpdrive/x": "", "pod.yaml": before})
    made = conversions.converted(tmp_path, "warpdrive", write_manifests=True)
    assert conversions.text(made, "pod.yaml") == after


MAKES = 'mkdir -p "$S2I_APPLICATION_PATH/{}"'


@pytest.mark.parametrize(
    ("files", "hook", "names"),
    [
        ({f"{WARPDRIVE}build": "#!/bin/bash\nln -s a $WARPDRIVE_APP_ROOT/tmp/a\n"}, "build", ["tmp"]),
        ({f"{WARPDRIVE}pre-build": '#!/bin/bash\nls "$WARPDRIVE_APP_ROOT"/tmp\n'}, "pre_build", ["tmp"]),
        ({f"{WARPDRIVE}deploy": "#!/bin/bash\ntouch ${WARPDRIVE_APP_ROOT}/data/x\n"}, "build", ["data"]),
        ({f"{WARPDRIVE}build": '#!/bin/bash\nmkdir -p "$WARPDRIVE_APP_ROOT/data"\n'}, "build", ["data"]),
        ({f"{WARPDRIVE}build": "#!/bin/bash\nls $WARPDRIVE_APP_ROOT/database tmp/x\n"}, "build", []),
        ({"x.py": "join(environ['WARPDRIVE_APP_ROOT'], 'data', 'x')\n"}, "build", ["data"]),
        ({".warpdrive/deploy_mode": "uwsgi", ".warpdrive/server_args": "$WARPDRIVE_APP_ROOT/tmp/x"}, "build", ["tmp"]),
    ],
)
def test_directories(tmp_path: Path, files: dict[str, str], hook: str, names: list[str]) -> None:
    """Warpdrive made tmp and data of the application root; now what uses them does, and once."""
    made = conversions.converted(conversions.write(tmp_path, {".warpdrive/x": "", **files}), "warpdrive")
    lines = conversions.text(made, f"{S2I}{hook}").split("\n")
    assert [line for line in lines if line.startswith("mkdir")] == [MAKES.format(name) for name in names]


def test_variables_of_mod_wsgi(tmp_path: Path) -> None:
    """They are options still, where the repository names them; others are left to somebody who knows the deployment."""
    files = {
        ".warpdrive/deploy_mode": "mod_wsgi",
        ".warpdrive/server_args": "site.wsgi\n",
        ".warpdrive/user_vars/MOD_WSGI_THREADS": "7",
        "dc.yaml": "name: MOD_WSGI_PROCESSES\nname: MOD_WSGI_SERVER_STATUS\n",
    }
    made = conversions.converted(conversions.write(tmp_path, files), "warpdrive")
    text = conversions.text(made, f"{S2I}run").replace("exec mod_wsgi-express", "printf '%s\\n'")
    environ = {"PATH": os.environ["PATH"], "MOD_WSGI_THREADS": "7", "MOD_WSGI_SERVER_STATUS": "1"}
    done = subprocess.run(["bash", "-c", text], env=environ, capture_output=True, text=True, check=True)
    assert done.stdout.split()[-6:] == ["--port", "8080", "--threads", "7", "--server-status", "site.wsgi"]
    (why,) = conversions.left(made, ".warpdrive/deploy_mode")
    assert "(MOD_WSGI_PROCESSES, MOD_WSGI_THREADS, MOD_WSGI_SERVER_STATUS)" in why
    (tmp_path / ".warpdrive/deploy_mode").write_text("auto")
    made = conversions.converted(tmp_path, "warpdrive")
    assert "reads nothing of MOD_WSGI_PROCESSES, " in conversions.left(made, "")[-1]
    conversions.write(tmp_path, WSGI)
    (tmp_path / ".warpdrive/deploy_mode").unlink()
    made = conversions.converted(tmp_path, "warpdrive")
    assert '--threads "$MOD_WSGI_THREADS"} \\\n' in conversions.text(made, f"{S2I}run")
    assert len(conversions.left(made, f"{S2I}run")) == 1
    (tmp_path / ".warpdrive/server_args").write_text("'a b'")
    (why,) = conversions.left(conversions.converted(tmp_path, "warpdrive"), ".warpdrive/server_args")
    assert '--threads "$MOD_WSGI_THREADS"}' in why


def test_what_the_builder_would_do_again(tmp_path: Path) -> None:
    """Where hooks collect static files or migrate, it is told not to."""
    python = "#!/bin/bash\nwarpdrive exec python manage.py {} --noinput\n"
    files = {f"{WARPDRIVE}build": python.format("collectstatic"), f"{WARPDRIVE}migrate": python.format("migrate")}
    made = conversions.converted(conversions.write(tmp_path, files), "warpdrive")
    assert made.added[".s2i/environment"] == ["DISABLE_COLLECTSTATIC=1", "DISABLE_MIGRATE=1"]
