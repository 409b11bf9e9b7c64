"""A pod of the example, under a random UID: the application, and everything that is called beside it."""

from __future__ import annotations

import json
import re
import shlex
import time

import pexpect
import pytest

from .conftest import Remark
from .engine import Container, Unavailable
from .recipe import RANDOM_UID

pytestmark = pytest.mark.e2e

ACCOUNT = {
    "DJANGO_SUPERUSER_USERNAME": "admin",
    "DJANGO_SUPERUSER_EMAIL": "admin@example.com",
    "DJANGO_SUPERUSER_PASSWORD": "correct horse",
}
USERS = "from django.contrib.auth.models import User; print('users:', *User.objects.values_list('username', flat=True))"
FAILURES = 3  # in a row are what the kubelet takes for an answer


def test_the_page(pod: Container) -> None:
    """It is served, with its style sheet from the image."""
    status, page = pod.get()
    assert status == 200
    (style,) = re.findall(r'href="(/static/[^"]+\.[0-9a-f]{12}\.css)"', page)
    assert pod.get(style)[0] == 200


def test_pid_1_is_the_application(pod: Container) -> None:
    """gunicorn, with nothing of s2itasks above it, and as the random user with group 0 alone."""
    assert pod.init_command()[1:3] == ["/opt/app-root/bin/gunicorn", "wsgi"]
    assert pod.init_status("Uid") == [str(RANDOM_UID)] * 4
    assert pod.init_status("Gid") == ["0"] * 4
    assert pod.init_status("PPid") == ["0"]
    parents = 'for each in /proc/[0-9]*; do tr "\\0" " " < "$each/cmdline"; echo; done'
    assert "s2itasks" not in pod.output("bash", "-c", parents)


def test_exec(pod: Container) -> None:
    """A command in the application environment, every argument as it was given."""
    program = "import os, sys; print(sys.argv[1:], os.environ['DATABASE_URL'], sys.prefix)"
    printed = pod.output("s2itasks", "exec", "--", "python", "-c", program, "a  b", "", "$HOME")
    assert printed == "['a  b', '', '$HOME'] sqlite:////opt/app-root/data/db.sqlite3 /opt/app-root\n"
    assert "no issues" in pod.output("s2itasks", "exec", "python", "manage.py", "check")
    assert pod.exec("s2itasks", "exec", "--", "sh", "-c", "exit 7").returncode == 7
    assert pod.exec("s2itasks", "exec", "--", "sh", "-c", "kill -KILL $$").returncode == 137
    missing = pod.exec("s2itasks", "exec", "no-such-command")
    assert (missing.returncode, missing.stderr.count("s2itasks: error: ")) == (127, 1)


def test_without_a_shell(pod: Container) -> None:
    """The image's PATH finds s2itasks, and it finds the environment that only shells activate."""
    bare = pod.output("env")
    assert "VIRTUAL_ENV=" not in bare
    assert "BASH_ENV=" in bare
    environment = pod.output("s2itasks", "exec", "env")
    assert "\nVIRTUAL_ENV=/opt/app-root\n" in environment
    assert "BASH_ENV=" not in environment
    assert "PROMPT_COMMAND=" not in environment


def test_the_random_user_has_a_name(pod: Container) -> None:
    """Whatever the container engine does about that, the image does it for everything in the environment."""
    assert pod.output("s2itasks", "exec", "--", "whoami") == "default\n"


def test_list(pod: Container) -> None:
    """It shows the phases, and which hooks there are."""
    listed = pod.output("s2itasks", "--list")
    assert re.search(r"^  deploy  +present", listed, re.MULTILINE), listed
    assert "Hooks of /opt/app-root/src/.s2i" in listed


# What is done in the container, how it is undone, and what doctor says of it: topic, verdict and a part of the text.
FAULTS = {
    "nothing": ("true", "true", "build", "ok", "assembled it on"),
    "changed hook": ("cp {hook} /tmp/kept; echo : >>/tmp/kept; mv {hook} /opt/app-root/as-built; cp /tmp/kept {hook}",
                     "mv -f /opt/app-root/as-built {hook}", "files", "warning", "alive has changed since the build"),
    "lost hook": ("mv {hook} /opt/app-root/as-built", "mv /opt/app-root/as-built {hook}", "hooks", "fails", "alive"),
    "no run bit": ("mv {hook} /opt/app-root/as-built; cp /opt/app-root/as-built {hook}; chmod 644 {hook}",
                   "mv -f /opt/app-root/as-built {hook}", "hooks", "fails", "alive is not executable"),
    "broken hook": ("mv {hook} /opt/app-root/as-built; printf '#!/bin/bash\\nif\\n' >{hook}; chmod 755 {hook}",
                    "mv -f /opt/app-root/as-built {hook}", "hooks", "fails", "has a syntax error"),
    "failing probe": ("mv {hook} /opt/app-root/as-built; printf '#!/bin/bash\\nexit 3\\n' >{hook}; chmod 755 {hook}",
                      "mv -f /opt/app-root/as-built {hook}", "probes", "fails", "alive ended with status 3"),
    "slow probe": ("mv {hook} /opt/app-root/as-built; printf '#!/bin/bash\\nsleep 1.2\\n' >{hook}; chmod 755 {hook}",
                   "mv -f /opt/app-root/as-built {hook}", "probes", "fails", "of timeoutSeconds"),
    "required": ("echo 'NOWHERE  # to be found' >.s2i/required", "rm .s2i/required",
                 "required", "fails", "NOWHERE (to be found) is required"),
    "environment": ("mv .s2i/environment /opt/app-root/as-built; echo A=1 >.s2i/environment",
                    "mv -f /opt/app-root/as-built .s2i/environment",
                    "files", "warning", ".s2i/environment has changed"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_doctor(pod: Container, fault: str) -> None:
    """It finds what was planted, as the random user of a pod."""
    plant, undo, topic, verdict, text = FAULTS[fault]
    names = {"hook": "/opt/app-root/src/.s2i/action_hooks/alive"}
    pod.output("bash", "-ec", f"cd /opt/app-root/src\n{plant.format(**names)}")
    done = pod.exec("s2itasks", "doctor", "--format", "json")
    pod.output("bash", "-ec", f"cd /opt/app-root/src\n{undo.format(**names)}")
    assert "Traceback" not in done.stderr
    seen = json.loads(done.stdout)["symptoms"]
    found = [each for each in seen if (each["topic"], each["verdict"]) == (topic, verdict) and text in each["seen"]]
    assert found, seen
    assert done.returncode == (1 if verdict == "fails" else 0), seen


def test_exec_on_a_terminal(pod: Container) -> None:
    """Django's shell is interactive: it prompts, and reads what is typed."""
    shell = pod.terminal("s2itasks", "exec", "--", "python", "manage.py", "shell")
    shell.expect_exact(">>> ")
    shell.sendline("import sys; [stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)]")
    shell.expect_exact("[True, True, True]")
    shell.expect_exact(">>> ")
    shell.sendline("raise SystemExit(3)")
    shell.expect(pexpect.EOF)
    assert shell.wait() == 3


def test_shell_on_a_terminal(pod: Container) -> None:
    """bash with a prompt, in the application environment; its PATH stays what it is from one prompt to the next."""
    shell = pod.terminal("s2itasks", "shell")
    shell.sendline("PS1='next: '")
    shell.expect("\nnext: ")
    shell.sendline('echo "<$DJANGO_SETTINGS_MODULE $(tty > /dev/null && echo terminal) ${PROMPT_COMMAND-none}>"')
    shell.expect_exact("<website.settings terminal none>")
    shell.expect_exact("next: ")
    shell.sendline("a=$PATH")
    shell.expect_exact("next: ")
    shell.sendline('[ "$PATH" = "$a" ]; exit $(($? + 4))')
    shell.expect(pexpect.EOF)
    assert shell.wait() == 4


def test_shell_from_a_pipe(pod: Container) -> None:
    """It reads its commands from there."""
    done = pod.exec("s2itasks", "shell", stdin='echo "$DJANGO_SETTINGS_MODULE"\nexit 5\n')
    assert (done.returncode, done.stdout) == (5, "website.settings\n")


def test_a_task_of_the_application(pod: Container) -> None:
    """It imports the application's packages, and is given invoke."""
    assert pod.output("s2itasks", "app.export").startswith("created,name,message")


def test_setup(pod: Container) -> None:
    """The hook sees variables, and that there is a terminal or none."""
    nothing_to_go_by = pod.exec("s2itasks", "setup")
    assert nothing_to_go_by.returncode == 1
    assert "there is no terminal to ask on" in nothing_to_go_by.stderr
    for _ in range(2):
        pod.output("s2itasks", "setup", environment=ACCOUNT)
    asking = pod.terminal("s2itasks", "setup")
    for question, answer in (
        ("Username", "somebody"),
        ("Email", ""),
        ("Password: ", "staple battery"),
        ("Password (again): ", "staple battery"),
    ):
        asking.expect_exact(question)
        asking.sendline(answer)
    asking.expect(pexpect.EOF)
    assert asking.wait() == 0
    assert "users: admin somebody\n" in pod.output("s2itasks", "exec", "python", "manage.py", "shell", "-c", USERS)


def test_jobs(pod: Container) -> None:
    """A category runs, and says how each of its jobs went."""
    done = pod.exec("s2itasks", "jobs", "hourly")
    assert done.returncode == 0, done.stderr
    assert ".s2i/jobs/hourly/clearsessions ended with status 0" in done.stderr


def test_verify(pod: Container) -> None:
    """It passes, called as a build's post-commit hook calls a script."""
    assert "no issues" in pod.output("/bin/sh", "-ic", "s2itasks verify")


def test_probes_under_a_tight_cpu_limit(pod: Container, remark: Remark) -> None:
    """With a tenth of a processor they still say that all is well."""
    try:
        pod.engine.limit_cpu(pod.name, 100)
    except Unavailable as reason:
        pytest.skip(f"no CPU limits here: {reason}")
    for command in (["true"], ["s2itasks", "ready"], ["s2itasks", "alive"]):
        remark(f"at 100m, {shlex.join(command)}: {_asked(pod, command)}")
    pod.engine.limit_cpu(pod.name, None)


def _asked(pod: Container, command: list[str]) -> str:
    """Ask as the kubelet does, and tell how long each answer took."""
    times = []
    for _ in range(FAILURES):
        started = time.monotonic()
        answer = pod.exec(*command)
        times.append(f"{time.monotonic() - started:.2f} s (status {answer.returncode})")
        if answer.returncode == 0:
            return ", ".join(times)
    raise AssertionError(f"{command}: {', '.join(times)}\n{answer.stderr}")
