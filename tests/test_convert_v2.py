"""init --from v2: what becomes of each thing that OpenShift V2's hooks, jobs and layouts have."""

from __future__ import annotations

from pathlib import Path

import conversions
import pytest
from conversions import S2I, V2

from s2itasks.convert.conversion import Conversion
from s2itasks.convert.entry import Fate
from s2itasks.convert.v2_application import TEXT

MANAGE = '"$OPENSHIFT_REPO_DIR"wsgi/project/manage.py'
KEPT = "# s2itasks: *"  # a comment that says what to do, whatever that is


def hook(root: Path, name: str, body: str, *others: str) -> Conversion:
    """Convert a repository with one hook, and perhaps empty files beside it."""
    files = {f"{V2}{name}": f"#!/bin/bash\n{body}\n", **dict.fromkeys(others, "")}
    return conversions.converted(conversions.write(root, files), "v2")


# A line of the deploy hook, what it becomes (nothing: it goes), and a part of what the report says of it.
LINES = [
    ("source $OPENSHIFT_HOMEDIR/python/virtenv/bin/activate", "", "is active already"),
    ("source ${OPENSHIFT_PYTHON_DIR}virtenv/venv/bin/activate", "", "is active already"),
    (". ~/python-2.7/virtenv/bin/activate", "", "is active already"),
    ("[ -f ~/python/virtenv/bin/activate ] && . ~/python/virtenv/bin/activate", "", "is active already"),
    ("cd $OPENSHIFT_REPO_DIR", "", "hooks run in the source directory"),
    ('cd "${OPENSHIFT_REPO_DIR}"', "", "hooks run in the source directory"),
    ("cd ~/app-root/repo", "", "hooks run in the source directory"),
    ("cd $OPENSHIFT_REPO_DIR/wsgi", "cd $OPENSHIFT_REPO_DIR/wsgi", ""),
    ("cd /tmp\ncd $OPENSHIFT_REPO_DIR", "cd /tmp\ncd $OPENSHIFT_REPO_DIR", ""),
    ("ls ~/app-root/runtime/repo/x", "ls $S2I_SOURCE_PATH/x", "is the source directory"),
    ("ls ${OPENSHIFT_HOMEDIR}app-root/repo/x", "ls $S2I_SOURCE_PATH/x", "is the source directory"),
    ("ls $OPENSHIFT_HOMEDIR/app-root/data/x", "ls ${OPENSHIFT_DATA_DIR}x", "has a variable"),
    ("ls '~/app-root/repo'", "ls '~/app-root/repo'", ""),
    ("ls $HOME/app-root/data/x", "ls ${OPENSHIFT_DATA_DIR}x", "has a variable"),
    ('ls "${HOME}app-root/data"', 'ls "${OPENSHIFT_DATA_DIR}"', "has a variable"),
    ("ls ${HOME}app-root/runtime/repo/x", "ls $S2I_SOURCE_PATH/x", "is the source directory"),
    ("${OPENSHIFT_PYTHON_DIR}virtenv/bin/pip list", "pip list", "on PATH"),
    ("~/python/virtenv/bin/pip list", "pip list", "on PATH"),
    ("${HOME}python-2.7/virtenv/bin/pip list", "pip list", "on PATH"),
    ("export PATH=$OPENSHIFT_HOMEDIR/python/virtenv/bin:$PATH", "", "is active already"),
    ("PATH=~/python/virtenv/bin:${PATH}", "", "is active already"),
    (
        "export PATH=$HOME/python/virtenv/bin:$PATH && ls",
        f"{KEPT}\nexport PATH=$HOME/python/virtenv/bin:$PATH && ls",
        "take out what asks for it",
    ),
    (
        "if [ ! -f ~/python/virtenv/bin/activate ]; then\n    exit\nfi",
        f"{KEPT}\nif [ ! -f ~/python/virtenv/bin/activate ]; then\n    exit\nfi",
        "take out what asks for it",
    ),
    (
        "for x in ~/.env/user_vars/*; do\n    export ${x##*/}\ndone",
        f"{KEPT}\nfor x in ~/.env/user_vars/*; do\n    export ${{x##*/}}\ndone",
        "set them for the deployment",
    ),
    ('cat "${HOME}.env/user_vars/X"', f'{KEPT}\ncat "${{HOME}}.env/user_vars/X"', "set them for the deployment"),
    (
        "echo app/wsgi.py > ~/.env/user_vars/OPENSHIFT_PYTHON_WSGI_APPLICATION",
        f"{KEPT}\necho app/wsgi.py > ~/.env/user_vars/OPENSHIFT_PYTHON_WSGI_APPLICATION",
        "APP_MODULE=app.wsgi",
    ),
    ('"$OPENSHIFT_REPO_DIR".openshift/action_hooks/x', '"$OPENSHIFT_REPO_DIR".s2i/action_hooks/x', "in .s2i"),
    (f"python {MANAGE} collectstatic --noinput", f"python {MANAGE} collectstatic --noinput", ""),
    (f"if true; then\n    python {MANAGE} syncdb\nfi", "if true; then\n    s2itasks migrate\nfi", "the hook migrate"),
    (f"python {MANAGE} migrate --noinput", "s2itasks migrate", "the hook migrate has it"),
    (f"cd wsgi\npython {MANAGE} migrate", f"cd wsgi\npython {MANAGE} migrate", ""),
    (f"python {MANAGE} migrate $APPS", f"python {MANAGE} migrate $APPS", ""),
    (f"python {MANAGE} syncdb --migrate", f"{KEPT}\npython {MANAGE} migrate --migrate", "South"),
    (
        "python .openshift/action_hooks/secure_db.py",
        f"{KEPT}\n# python .openshift/action_hooks/secure_db.py",
        "changepassword",
    ),
    (
        "if [ ! -f $OPENSHIFT_DATA_DIR/db ]; then\n    python secure_db.py | tee x\nfi",
        f"if [ ! -f $OPENSHIFT_DATA_DIR/db ]; then\n    {KEPT}\n    # python secure_db.py | tee x\n    :\nfi",
        "changepassword",
    ),
    ("kill $(cat pid)", f"{KEPT}\n# kill $(cat pid)", "nothing is to be killed"),
    ("killall celery || true", f"{KEPT}\n# killall celery || true", "nothing is to be killed"),
    ("nohup python x.py &", f"{KEPT}\n# nohup python x.py &", "a deployment of its own"),
    ("python x.py >x \\\n    2>&1 &", f"{KEPT}\n# python x.py >x \\\n# 2>&1 &", "a deployment of its own"),
    ("supervisord -c x", f"{KEPT}\n# supervisord -c x", "a deployment of its own"),
    ("gear restart", f"{KEPT}\n# gear restart", "no cartridges and no router"),
    (
        "${OPENSHIFT_PYTHON_DIR}/python/bin/control stop",
        f"{KEPT}\n# ${{OPENSHIFT_PYTHON_DIR}}/python/bin/control stop",
        "no cartridges",
    ),
    ("ls $OPENSHIFT_HAPROXY_DIR", f"{KEPT}\n# ls $OPENSHIFT_HAPROXY_DIR", "no cartridges and no router"),
    ("if kill $1; then\n    true\nfi", f"{KEPT}\nif kill $1; then\n    true\nfi", "nothing is to be killed"),
    ("cat <<'END'\nkill 1\nEND", "cat <<'END'\nkill 1\nEND", ""),
    ("echo 'cd ~/app-root/repo'", "echo 'cd ~/app-root/repo'", ""),
]


@pytest.mark.many_cases
@pytest.mark.parametrize(("line", "becomes", "said"), LINES, ids=[line for line, _, _ in LINES])
def test_a_line(tmp_path: Path, line: str, becomes: str, said: str) -> None:
    """What it becomes is shown with `KEPT` for a comment that says what to do."""
    made = hook(tmp_path, "deploy", f"true\n{line}")
    got = conversions.text(made, f"{S2I}deploy").split("\n")[2:-1]
    masked = [KEPT.rjust(len(KEPT) + len(each) - len(each.lstrip())) if "# s2itasks:" in each else each for each in got]
    assert masked == (becomes.split("\n") if becomes else [])
    told = [entry.why for entry in made.entries if entry.path == f"{V2}deploy" and entry.line]
    assert any(said in why for why in told) if said else told == []


@pytest.mark.parametrize(
    ("body", "becomes"),
    [
        ("if true; then\n    kill 1\nfi", f"if true; then\n    {KEPT}\n    # kill 1\n    :\nfi"),
        ("while\n    kill -0 1\ndo\n    x\ndone", f"while\n    {KEPT}\n    kill -0 1\ndo\n    x\ndone"),
    ],
)
def test_what_is_around_a_line(tmp_path: Path, body: str, becomes: str) -> None:
    """No block is left empty, and what decides about a loop stays."""
    text = conversions.text(hook(tmp_path, "deploy", body), f"{S2I}deploy")
    got = [line.partition("# s2itasks:")[0] + KEPT if "# s2itasks:" in line else line for line in text.splitlines()[1:]]
    assert got == becomes.split("\n")


@pytest.mark.parametrize(
    ("line", "added"),
    [
        (f"python {MANAGE} collectstatic --noinput", ["DISABLE_COLLECTSTATIC=1"]),
        (f"python {MANAGE} syncdb --noinput", ["DISABLE_MIGRATE=1"]),
        ("true", None),
    ],
)
def test_what_the_builder_is_told(tmp_path: Path, line: str, added: list[str] | None) -> None:
    """It does not do again what a hook does."""
    assert hook(tmp_path, "deploy", line).added.get(".s2i/environment") == added


def test_the_hook_migrate(tmp_path: Path) -> None:
    """It has the command in today's spelling; there is none where there are two different ones."""
    made = hook(tmp_path, "deploy", f"python {MANAGE} syncdb --noinput\ntrue")
    assert conversions.text(made, f"{S2I}migrate").endswith(f"\nset -e\npython {MANAGE} migrate --noinput\n")
    assert made.files[f"{S2I}migrate"].executable
    made = hook(tmp_path, "deploy", f"python {MANAGE} migrate auth\npython {MANAGE} migrate")
    assert f"{S2I}migrate" not in made.files


def test_a_build_has_no_database(tmp_path: Path) -> None:
    """A migration there is left to a person."""
    made = hook(tmp_path, "build", f"python {MANAGE} migrate")
    assert ["a build has no database" in why for why in conversions.left(made, f"{V2}build")] == [True]


def test_links_into_the_data_directory(tmp_path: Path) -> None:
    """They move to deploy, with the guards around them, and are a comment in build."""
    links = "if [ ! -d ${OPENSHIFT_DATA_DIR}media ]; then\n    mkdir -p ${OPENSHIFT_DATA_DIR}media\nfi\n"
    links += "ln -snf ${OPENSHIFT_DATA_DIR}media $OPENSHIFT_REPO_DIR/static/media"
    made = hook(tmp_path, "build", f"npm ci\n{links}")
    assert links in conversions.text(made, f"{S2I}deploy")
    build = conversions.text(made, f"{S2I}build")
    assert "\nnpm ci\n# s2itasks: moved to deploy" in build
    assert "\n# ln -snf ${OPENSHIFT_DATA_DIR}media" in build
    assert '\nmkdir -p "$OPENSHIFT_DATA_DIR"\n' in build  # what a volume is mounted over
    made = hook(tmp_path, "build", "ln -s ${OPENSHIFT_DATA_DIR}$MEDIA x")  # what MEDIA is, deploy may not know
    assert "\nln -s ${OPENSHIFT_DATA_DIR}$MEDIA x\n" in conversions.text(made, f"{S2I}build")


def test_variables(tmp_path: Path) -> None:
    """Those that hooks and code read, with the slash that both rely on; the report has what only somebody knows."""
    conversions.write(tmp_path, {
        "site/settings.py": "import os\nos.environ['OPENSHIFT_APP_DNS'], os.environ.get('OPENSHIFT_MYSQL_DB_HOST')\n",
        "wsgi/application": "os.environ['OPENSHIFT_PYTHON_DIR']\n",
    })  # fmt: skip
    made = hook(tmp_path, "deploy", 'echo "$OPENSHIFT_REPO_DIR"x ${OPENSHIFT_TMP_DIR}y $OPENSHIFT_DATA_DIR')
    lines = conversions.text(made, f"{S2I}deploy_env").splitlines()[1:]
    assert lines == [
        "OPENSHIFT_REPO_DIR=$S2I_SOURCE_PATH/",
        "OPENSHIFT_DATA_DIR=${OPENSHIFT_DATA_DIR:-$S2I_APPLICATION_PATH/data/}",
        "OPENSHIFT_PYTHON_DIR=$S2I_APPLICATION_PATH/",
        "OPENSHIFT_TMP_DIR=${TMPDIR:-/tmp}/",
        "OPENSHIFT_APP_DNS=${OPENSHIFT_APP_DNS:-*}",
    ]
    assert conversions.text(made, f"{S2I}build_env").splitlines()[1:] == lines
    named = [why.partition(",")[0] for why in conversions.left(made, "")]
    assert named == ["OPENSHIFT_APP_DNS", "OPENSHIFT_DATA_DIR", "OPENSHIFT_MYSQL_DB_HOST"]


@pytest.mark.parametrize(
    ("name", "becomes"),
    [
        ("pre_build", "pre_build"),
        ("post_deploy", "post_deploy"),
        ("pre_start_python-2.7 644", "deploy_env"),
        ("post_start_python 644", "post_deploy"),
        ("post_build_python-3.3 644", "build"),
    ],
)
def test_names(tmp_path: Path, name: str, becomes: str) -> None:
    """What was sourced around a cartridge's action ran without run bit, too."""
    made = hook(tmp_path, name, "export A=1")
    assert "\nexport A=1\n" in conversions.text(made, f"{S2I}{becomes}")
    assert made.files[f"{S2I}{becomes}"].executable == (becomes != "deploy_env")


def test_what_belongs_to_one_phase(tmp_path: Path) -> None:
    """It is in one hook, in the order in which V2 ran it."""
    conversions.write(tmp_path, {f"{V2}pre_start_python 644": "echo second\n"})
    made = hook(tmp_path, "deploy", "echo first")
    text = conversions.text(made, f"{S2I}deploy")
    assert [line for line in text.splitlines() if line.startswith("echo")] == ["echo first", "echo second"]


@pytest.mark.parametrize("name", ["start", "stop", "pre_stop_python"])
def test_servers(tmp_path: Path, name: str) -> None:
    """Their lines are comments in ``run``, which starts what the builder would."""
    made = hook(tmp_path, name, "nohup python server.py &")
    *_, comment, last = conversions.text(made, f"{S2I}run").splitlines()
    assert (comment, last) == ("# nohup python server.py &", 'exec "$S2I_SCRIPTS_PATH/run"')
    assert len(conversions.left(made, f"{V2}{name}")) == 1


def test_what_v2_did_not_run(tmp_path: Path) -> None:
    """Hooks and jobs without run bit are named, comments alone are dropped, and neither is copied."""
    conversions.write(tmp_path, {
        f"{V2}deploy 644": "#!/bin/bash\ntrue\n",
        f"{V2}pre_build": "#!/bin/bash\n# This is a simple script.\n",
        ".openshift/cron/daily/clean 644": "#!/bin/bash\ntrue\n",
    })  # fmt: skip
    made = conversions.converted(tmp_path, "v2")
    assert set(made.files) == set()
    assert ["no run bit" in why for why in conversions.left(made, f"{V2}deploy")] == [True]
    assert conversions.fates(made, f"{V2}pre_build") == {Fate.DROPPED}
    assert ["no run bit" in why for why in conversions.left(made, ".openshift/cron/daily/clean")] == [True]


def test_jobs(tmp_path: Path) -> None:
    """Those that V2 ran, converted as hooks are; its sample, lists and what it passed over are dropped and named."""
    cron = ".openshift/cron/"
    conversions.write(tmp_path, {
        f"{cron}daily/backup": "#!/bin/bash\ncd $OPENSHIFT_REPO_DIR\n./backup\n",
        f"{cron}weekly/chronograph": '#!/bin/bash\ncat "$(dirname $0)"/chrono.dat\n',
        f"{cron}weekly/chrono.dat": "Time And Relative D...\n",
        f"{cron}weekly/jobs.deny": "# not these\nold\n",
        f"{cron}weekly/old": "#!/bin/bash\ntrue\n",
        f"{cron}weekly/README": "about\n",
        f"{cron}hourly/jobs.allow": "mine\n",
        f"{cron}hourly/mine": "#!/usr/bin/env python\nprint(1)\n",
        f"{cron}hourly/other": "#!/bin/bash\ntrue\n",
        f"{cron}README.cron": "about\n",
    })  # fmt: skip
    made = conversions.converted(tmp_path, "v2")
    assert conversions.text(made, ".s2i/jobs/daily/backup") == "#!/bin/bash\n./backup\n"
    assert conversions.text(made, ".s2i/jobs/hourly/mine") == "#!/usr/bin/env python\nprint(1)\n"
    assert [path for path in made.files if "/jobs/" in path] == [".s2i/jobs/daily/backup", ".s2i/jobs/hourly/mine"]
    assert [("@daily" in why, "--timeout 1200" in why) for why in conversions.left(made, f"{cron}daily")] == [
        (True, True)
    ]
    for name in ("chronograph", "chrono.dat", "README", "jobs.deny"):
        assert conversions.fates(made, f"{cron}weekly/{name}") == {Fate.DROPPED}, name
    assert ["jobs.allow or jobs.deny" in why for why in conversions.left(made, f"{cron}weekly/old")] == [True]


@pytest.mark.parametrize("name", ["hot_deploy", "disable_auto_scaling", "force_clean_build", "made_up"])
def test_markers(tmp_path: Path, name: str) -> None:
    """Each is named with what there is instead."""
    made = conversions.converted(conversions.write(tmp_path, {f".openshift/markers/{name}": ""}), "v2")
    assert len(conversions.left(made, f".openshift/markers/{name}")) == 1


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"\xef\xbb\xbf#!/bin/bash\ntrue\n", "#!/bin/bash\ntrue\n"),
        (b"#!/bin/bash\r\ntrue\r\n", "#!/bin/bash\ntrue\n"),
        (b"true\n", "#!/bin/bash\ntrue\n"),
        (b"\n#!/bin/sh\ntrue\n", "#!/bin/sh\ntrue\n"),
        (b"#!/bin/bash\necho '\xe4\n", "#!/bin/bash\necho '\udce4\n"),
        (b"#!/usr/bin/env python\nimport os\n", "#!/usr/bin/env python\nimport os\n"),
    ],
    ids=["byte-order mark", "CRLF", "no shebang", "blank line", "unreadable", "Python"],
)
def test_the_file_itself(tmp_path: Path, content: bytes, text: str) -> None:
    """It is put right, and that is in the report."""
    made = conversions.converted(conversions.write(tmp_path, {f"{V2}deploy": content}), "v2")
    assert conversions.text(made, f"{S2I}deploy") == text
    assert len([entry for entry in made.entries if entry.path == f"{V2}deploy"]) == 2


def test_helpers(tmp_path: Path) -> None:
    """They go with the hooks that call them; what is for V2's starter alone does not."""
    made = hook(tmp_path, "deploy", "x", f"{V2}wait.py 644", f"{V2}secure_db.py", f"{V2}.gitkeep 644")
    assert f"{S2I}wait.py" in made.files
    assert f"{S2I}secure_db.py" not in made.files
    assert made.deletable == [".openshift"]


@pytest.mark.parametrize(
    ("files", "served", "environment", "required"),
    [
        (["wsgi/application"], "wsgi/application", ["APP_MODULE=openshift_wsgi"], ["gunicorn", "whitenoise"]),
        (["wsgi.py", "wsgi/static/x.css"], "wsgi.py", ["APP_MODULE=openshift_wsgi"], ["gunicorn", "whitenoise"]),
        (["wsgi.py"], "", None, ["gunicorn"]),
        (["app.py", "wsgi/application"], "", None, None),
    ],
)
def test_layouts(
    tmp_path: Path, files: list[str], served: str, environment: list[str] | None, required: list[str] | None
) -> None:
    """The builder's run serves what V2's Apache did, its static files, too."""
    made = conversions.converted(conversions.write(tmp_path, {".openshift/x": "", **dict.fromkeys(files, "")}), "v2")
    assert conversions.text(made, "openshift_wsgi.py") == (TEXT.format(path=served) if served else "")
    assert (made.added.get(".s2i/environment"), made.added.get("requirements.txt")) == (environment, required)


def test_requirements(tmp_path: Path) -> None:
    """Those of a setup.py that is no package are written where pip finds them; what is listed is not added."""
    setup = "packages_ = []\nsetup(name='x', install_requires=['Django<=1.8', 'static3'])\n"
    conversions.write(
        tmp_path, {".openshift/x": "", "wsgi.py": "", "setup.py": setup, "requirements.txt": "gunicorn==20\n"}
    )
    made = conversions.converted(tmp_path, "v2")
    assert made.added["requirements.txt"] == ["Django<=1.8", "static3"]
    assert made.added[".s2i/environment"] == ["DISABLE_SETUP_PY_PROCESSING=1"]


def test_a_setup_without_packages(tmp_path: Path) -> None:
    """The builder would try to install it, whatever the layout is."""
    conversions.write(tmp_path, {".openshift/x": "", "app.py": "", "setup.py": "setup(name='x')\n"})
    made = conversions.converted(tmp_path, "v2")
    assert ["what it requires" in why for why in conversions.left(made, "setup.py")] == [True]
    assert made.added[".s2i/environment"] == ["DISABLE_SETUP_PY_PROCESSING=1"]


def test_old_python(tmp_path: Path) -> None:
    """What the entry point has that Python has no more is named with its line."""
    entry = "import imp\nexecfile(x, dict(__file__=x))\nimport django.core.handlers.wsgi\n"
    made = conversions.converted(conversions.write(tmp_path, {".openshift/x": "", "wsgi/application": entry}), "v2")
    lines = [each.line for each in made.entries if each.left and each.path == "wsgi/application"]
    assert lines == [1, 2, 3]


ACTIVATION = """import os
virtenv = os.environ['OPENSHIFT_PYTHON_DIR'] + '/virtenv/'
virtualenv = os.path.join(virtenv, 'bin/activate_this.py')
try:
    execfile(virtualenv, dict(__file__=virtualenv))
except IOError:
    pass
"""


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("x = 1\n", ["3 this line", "4 the whole statement, lines 4 to 7"]),
        ("x = virtualenv\n", ["3 this line, once nothing reads what it sets: line 8 does",
                              "4 the whole statement, lines 4 to 7"]),
        ("print 1\n", ["3 what activates it, with the whole statement that it stands in (a try with its except)",
                       "5 what activates it, with the whole statement that it stands in (a try with its except)"]),
        ("def f():\n    exec(open(virtualenv).read())\n", [
            "3 this line", "4 the whole statement, lines 4 to 7",
            "9 this line (and write 'pass' where nothing else is left)"]),
    ],
)  # fmt: skip
def test_an_activation(tmp_path: Path, more: str, said: list[str]) -> None:
    """It is named as far as it can be deleted without breaking the rest."""
    files = {".openshift/x": "", "wsgi/application": ACTIVATION + more}
    made = conversions.converted(conversions.write(tmp_path, files), "v2")
    found = [each for each in made.entries if each.left and each.path == "wsgi/application"]
    assert [f"{each.line} {each.why.partition('delete ')[2]}" for each in found] == said


def test_a_module_that_shadows_one_of_python(tmp_path: Path) -> None:
    """The renaming is named, with the files that import it."""
    conversions.write(tmp_path, {
        ".openshift/x": "", "libs/secrets.py": "", "libs/mine.py": "", "wsgi/site/settings.py": "import secrets\n",
    })  # fmt: skip
    (why,) = conversions.left(conversions.converted(tmp_path, "v2"), "libs/secrets.py")
    assert "git mv libs/secrets.py libs/app_secrets.py" in why
    assert "'import app_secrets as secrets' for 'import secrets' in wsgi/site/settings.py" in why
