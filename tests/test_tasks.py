"""Hooks in Python: the tasks of ``.s2i/tasks.py``, under the application's interpreter and the rules of scripts."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from application import Application
from limits import timed_out
from signals import announced, fifo, is_alive

IMPORT = "import os, sys\nfrom invoke import task\n"


def tasks(application: Application, text: str, *, uploaded: bool = False) -> Path:
    """Give the application a task file."""
    directory = application.upload if uploaded else application.source
    return application.write(directory / ".s2i" / "tasks.py", IMPORT + text)


def test_a_task_named_like_a_hook_is_that_hook(application: Application) -> None:
    """With its prerequisites, in the build environment and in the source directory, ended with its status."""
    application.env_script("build_env", "A=1")
    tasks(
        application,
        '@task\ndef before(c):\n    print("before", flush=True)\n'
        '@task(pre=[before])\ndef build(c):\n    print("build", os.environ["A"], os.getcwd(), flush=True)\n'
        "    sys.exit(3)\n",
    )
    done = application.s2itasks("build")
    assert (done.status, done.out) == (3, f"before\nbuild 1 {application.source}\n")
    assert done.error == "build of .s2i/tasks.py ended with status 3; see its output above"
    assert "---> build: running build of .s2i/tasks.py\n" in done.err


@pytest.mark.slow
def test_a_whole_life(application: Application) -> None:
    """assemble and run take hooks from either; what runs in the container comes from the copy set aside."""
    application.builder("assemble", f"cp -r {application.upload}/. {application.source}; rm -r {application.upload}/*")
    application.builder("run", 'echo "run $A"')
    application.write(application.upload / "models.py", "NAME = 'models'\n")
    application.env_script("deploy_env", "A=1", uploaded=True)
    application.hook("pre_build", 'echo pre_build >>"$LOG"', uploaded=True)
    log = 'open(os.environ["LOG"], "a").write'
    tasks(
        application,
        f'@task\ndef build(c):\n    import models\n    {log}("build " + models.NAME + "\\n")\n'
        f'@task\ndef deploy(c):\n    {log}("deploy " + os.environ["A"] + "\\n")\n'
        '@task\ndef ready(c):\n    print("ready")\n'
        '@task(name="load-data", help={"file": "which"})\ndef load(c, file="x"):\n    print("load", file)\n',
        uploaded=True,
    )
    application.s2itasks("assemble").succeeded()
    launcher = str(application.path / "bin" / "s2itasks")
    assert application.s2itasks("exec", launcher, "ready").succeeded().out == "ready\n"
    assert application.s2itasks("exec", launcher, "ready", "--timeout", "20", "--log").succeeded().out == "ready\n"
    assert application.s2itasks("exec", launcher, "app.load-data", "--file=y").succeeded().out == "load y\n"
    assert application.s2itasks("run").succeeded().out == "run 1\n"
    assert application.logged == ["pre_build", "build models", "deploy 1"]


@pytest.mark.slow
def test_other_tasks_are_the_applications_own(application: Application) -> None:
    """In the application environment, with options and prerequisites; the process becomes the task."""
    application.env_script("deploy_env", "A=1")
    tasks(
        application,
        '@task\ndef first(c):\n    print("first", flush=True)\n'
        '@task(first)\ndef load_data(c, size=1):\n    print(os.environ["A"], size, os.getpid(), flush=True)\n',
    )
    process = application.start("app.load_data", "--size", "7")
    out, err = process.communicate(timeout=30)
    assert (out.decode(), err) == (f"first\n1 7 {process.pid}\n", b"")
    assert "--size" in application.s2itasks("app.load-data", "--help").succeeded().out


@pytest.mark.many_cases
@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("app.lode", "the application has no task 'lode'; did you mean 'app.load'?"),
        ("app.build", "'build' is a hook, not a task of its own; run s2itasks build"),
        ("app.load --nope", "app.load: No idea what '--nope' is!; see s2itasks --help app.load"),
    ],
)
def test_mistakes_on_the_command_line(application: Application, word: str, message: str) -> None:
    """One message each, and 2."""
    tasks(application, "@task\ndef load(c):\n    pass\n@task\ndef build(c):\n    pass\n")
    done = application.s2itasks(*word.split())
    assert (done.status, done.out, done.error) == (2, "", message)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("@task\ndef ready(c)\n    pass\n", ".s2i/tasks.py, line 4: "),
        (
            "import no_such_module\n@task\ndef ready(c):\n    pass\n",
            ".s2i/tasks.py, line 3: ModuleNotFoundError: No module named 'no_such_module'",
        ),
        (
            "import models\n@task\ndef ready(c):\n    pass\n",
            ".s2i/tasks.py, line 3 (in {source}/models.py, line 2): ZeroDivisionError: division by zero",
        ),
        ("sys.exit(5)\n@task\ndef ready(c):\n    pass\n", ".s2i/tasks.py, line 3: SystemExit: 5"),
        ("@task\ndef ready(c):\n    pass\ndel ready\n", ".s2i/tasks.py has no task 'ready' once it is imported"),
    ],
)
def test_a_file_that_does_not_import(application: Application, text: str, message: str) -> None:
    """One message with file, line and error; what does not need it works."""
    application.write(application.source / "models.py", "\nx = 1 / 0\n")
    tasks(application, text)
    done = application.s2itasks("ready")
    errors = [line for line in done.err.splitlines() if line.startswith("s2itasks: error: ")]
    assert errors[0].startswith(f"s2itasks: error: {message.format(source=application.source)}")
    assert (done.status, len(errors), "Traceback" in done.err) == (2, 1, False)
    application.hook("alive", "echo alive")
    assert application.s2itasks("alive").succeeded().out == "alive\n"
    assert application.s2itasks("exec", "echo", "x").succeeded().out == "x\n"


def test_a_hook_is_a_script_or_a_task(application: Application) -> None:
    """Not both: neither when it runs, nor when the image is built."""
    application.hook("build", "echo ran", uploaded=True)
    application.hook("build", "echo ran")
    tasks(application, "@task\ndef build(c):\n    pass\n", uploaded=True)
    tasks(application, "@task\ndef build(c):\n    pass\n")
    done = application.s2itasks("build")
    assert (done.status, done.out) == (2, "")
    assert done.error == (
        ".s2i/action_hooks/build and build of .s2i/tasks.py (line 4) are the same hook; remove one of them"
    )
    assert application.s2itasks("assemble").error == done.error


def test_an_env_script_is_no_task(application: Application) -> None:
    """It has to change the environment of others, which a process of its own cannot."""
    tasks(application, "@task\ndef deploy_env(c):\n    pass\n", uploaded=True)
    done = application.s2itasks("assemble")
    assert (done.status, done.error) == (
        2,
        (
            "deploy_env of .s2i/tasks.py (line 4) cannot be a task: deploy_env is sourced by bash; rename it, or write "
            "deploy_env in bash"
        ),
    )


def test_invokes_own_configuration_is_no_business_of_a_pod(application: Application) -> None:
    """A home directory can be anybody's, and unreadable."""
    tasks(application, "@task\ndef ready(c):\n    print('ready')\n")
    application.write(application.source / ".invoke.yaml", "{")
    assert application.s2itasks("ready").succeeded().out == "ready\n"


def test_nothing_of_s2itasks_is_in_its_way(application: Application) -> None:
    """The application's modules may have the names of ours, and its tasks the name ``tasks``."""
    application.write(application.source / "signals.py", "NAME = 'the application'\n")
    application.write(application.source / "tasks.py", "NAME = 'celery'\n")
    tasks(application, "@task\ndef ready(c):\n    import signals, tasks\n    print(signals.NAME, tasks.NAME)\n")
    assert application.s2itasks("ready").succeeded().out == "the application celery\n"


@pytest.mark.slow
def test_it_is_stopped_like_a_script(application: Application) -> None:
    """By its limit and by a signal, with what it has started."""
    application.variables["FIFO"] = str(fifo(application.root))
    tasks(
        application,
        "import signal\n@task\ndef deploy(c):\n"
        '    open(os.environ["FIFO"], "w").write(f"ready {os.getpid()}\\n")\n    signal.pause()\n'
        '@task\ndef ready(c):\n    open(os.environ["LOG"], "w").write("started")\n    signal.pause()\n',
    )
    process = application.start("run")
    child = announced(Path(application.variables["FIFO"]), process)
    process.terminate()
    process.communicate(timeout=30)
    assert process.returncode == 143
    assert not is_alive(child)
    limit, done = timed_out(application, "ready")
    said = f"ready of .s2i/tasks.py timed out after {limit} s, the limit of --timeout"
    assert (done.status, done.error) == (124, f"{said}; find out what it waits for, or raise the limit")


@pytest.mark.slow
def test_the_interpreter_is_the_applications(application: Application) -> None:
    """The one it finds on its PATH, which an env script may have changed."""
    other = application.root / "bin"
    other.mkdir()
    (other / "python").symlink_to(os.path.realpath(sys.executable))
    application.env_script("deploy_env", f"PATH={other}:$PATH")
    tasks(application, "@task\ndef ready(c):\n    print(sys.executable)\n")
    assert application.s2itasks("ready").succeeded().out == f"{other}/python\n"
    application.env_script("deploy_env", "PATH=/nowhere")
    done = application.s2itasks("ready")
    assert (done.status, done.error) == (127, "'python': command not found; install it, or add its directory to PATH")


DEEP = 100_000
CHAIN = "@task\ndef t0(c):\n    pass\n" + "".join(
    f"@task(pre=[t{n - 1}])\ndef t{n}(c):\n    pass\n" for n in range(1, 1500)
)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(
            "\n@task(pre=[x])\ndef x(c):\n    pass\n",
            "line 5: task 'x' is its own prerequisite (x needs x); take one out",
            id="a task that names itself",
        ),
        pytest.param(
            "@task(pre=[ready])\ndef x(c):\n    pass\n@task(x)\ndef ready(c):\n    pass\n",
            "line 4: task 'x' is its own prerequisite (x needs ready needs x); take one out",
            id="two tasks that name each other",
        ),
        pytest.param(
            f"\n@task(pre=[{'-' * DEEP}1])\ndef x(c):\n    pass\n",
            "line 4: it is nested too deeply for Python; take it apart",
            id="a deep expression in the declaration",
        ),
        pytest.param(
            f"@task(pre=[x{'()' * 900}])\ndef x(c):\n    pass\n",
            "line 3: it is nested too deeply for Python; take it apart",
            id="one that only cannot be spelled",
        ),
        pytest.param(
            f"@task\ndef ready(c):\n    pass\nX = (1 if 1\n  else{' 1 if 1 else' * (DEEP // 2)} 1)\n",
            "line 6: it is nested too deeply for Python; take it apart",
            id="a deep expression anywhere",
        ),
        pytest.param(
            CHAIN,
            "line 904: more than 300 tasks have to run before task 't300', each before the next; "
            "let fewer of them need each other",
            id="a long chain",
        ),
    ],
)
def test_a_task_file_that_goes_too_deep(application: Application, text: str, message: str) -> None:
    """One message and 2, from whatever looks at it."""
    tasks(application, text)
    for words in ("--list -F nested", "--dry ready", "app.x"):
        done = application.s2itasks(*words.split())
        assert (done.status, done.error) == (2, f".s2i/tasks.py, {message}"), words


@pytest.mark.slow
def test_every_command_says_the_same_of_a_task_that_names_itself(application: Application) -> None:
    """Help says it in its own place, and completion goes without the application's tasks."""
    tasks(application, "@task(pre=[x])\ndef x(c):\n    pass\n")
    message = ".s2i/tasks.py, line 4: task 'x' is its own prerequisite (x needs x); take one out"
    for words in ("--list", "--list -F json", "--help app.x", "--dry app.x", "ready", "deploy", "run", "assemble"):
        done = application.s2itasks(*words.split())
        assert (done.status, done.error) == (2, message), words
    assert f"  It would fail: {message}\n" in application.s2itasks("--help", "ready").succeeded().out
    completed = application.s2itasks("--complete", "--", "s2itasks", "")
    assert (completed.status, completed.err) == (0, "")
    assert "ready" in completed.out.split()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x.pre.append(ready)\n", "task 'ready' is its own prerequisite; take it out of pre= or post="),
        ("ready.pre.append(ready)\n", "task 'ready' is its own prerequisite; take it out of pre= or post="),
        ("x.post.append(x)\n", "task 'x' is its own prerequisite; take it out of pre= or post="),
        (
            "ready.pre.append([x])\n",
            (
                "task 'ready' has a prerequisite that is not a task: [<Task 'x'>]; "
                "give it the decorator @task, or take it out"
            ),
        ),
        (
            "for n in range(1500):\n    x = task(name=f't{n}', pre=[x])(lambda c: None)\nready.pre=[x]\n",
            (
                "more than 300 tasks have to run before task 'ready', each before the next; "
                "let fewer of them need each other"
            ),
        ),
    ],
)
@pytest.mark.parametrize("words", ["ready", "ready --timeout 20"])
def test_what_only_importing_it_tells(application: Application, words: str, text: str, message: str) -> None:
    """A file may change the lists of its tasks."""
    tasks(application, f"@task\ndef x(c):\n    pass\n@task(pre=[x])\ndef ready(c):\n    pass\n{text}")
    done = application.s2itasks(*words.split())
    errors = [line for line in done.err.splitlines() if line.startswith("s2itasks: error: ")]
    assert (done.status, errors[0]) == (2, f"s2itasks: error: .s2i/tasks.py: {message}")
    assert "Traceback" not in done.err


@pytest.mark.slow
def test_prerequisites_that_are_shared_are_no_circle(application: Application) -> None:
    """Two tasks may need a third."""
    tasks(
        application,
        "@task\ndef a(c):\n    print('a')\n@task(a)\ndef b(c):\n    print('b')\n"
        "@task(a, b)\ndef ready(c):\n    print('ready')\n",
    )
    assert application.s2itasks("ready").succeeded().out == "a\nb\nready\n"
    application.s2itasks("--list", "-F", "nested").succeeded()


def test_an_option_with_a_value_of_another_type(application: Application) -> None:
    """invoke takes the type of the default, and leaves it to Python to complain."""
    tasks(application, "@task\ndef load(c, count=1):\n    pass\n")
    done = application.s2itasks("app.load", "--count=abc")
    assert (done.status, "Traceback" in done.err) == (2, False)
    assert done.error.startswith("app.load: ")
    assert done.error.endswith("; see s2itasks --help app.load")
