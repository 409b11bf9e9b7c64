"""The applications that are measured: their hooks, the same by hand in bash, and a pinned s2itasks."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from s2itasks.launcher import pinned
from s2itasks.layout import Layout
from s2itasks.phases import graph

from .measure import Command

UNPINNED = str(Path(sys.executable).parent / "s2itasks")
INVOKE = str(Path(sys.executable).parent / "inv")

# As an application's own script would be written, if it did just this: the image's user, the variables, the command.
BY_HAND = """\
#!/bin/bash
set -eo pipefail
cd "$S2I_APPLICATION_PATH/src"
if [ -f "$S2I_APPLICATION_PATH/etc/generate_container_user" ]; then
    . "$S2I_APPLICATION_PATH/etc/generate_container_user"
fi
set -a; . .s2i/action_hooks/deploy_env; set +a
exec "$@"
"""

# Names the random user of a container, as the images' script does it with about as many processes. (It does not preload
# nss_wrapper, which this machine need not have.)
CONTAINER_USER = r"""
user=$(id -u) group=$(id -g)
NSS_WRAPPER_PASSWD=$S2I_APPLICATION_PATH/etc/passwd
sed "/^[^:]*:[^:]*:$user:/d" /etc/passwd >"$NSS_WRAPPER_PASSWD"
grep -q '^container:' "$NSS_WRAPPER_PASSWD" ||
    printf 'container:x:%s:%s::%s:/bin/bash\n' "$user" "$group" "$HOME" >>"$NSS_WRAPPER_PASSWD"
NSS_WRAPPER_GROUP=/etc/group
export NSS_WRAPPER_PASSWD NSS_WRAPPER_GROUP
unset user group
"""

PROCESSES = "A=$(date +%s)\nB=$(uname -n)\nC=$(id -u)\n"  # a deploy_env as many applications have it
# The same as tasks of plain invoke. `c.run` would add pipes and threads of its own; this is the best it can do.
PLAIN_INVOKE = '''\
import os
import subprocess

from invoke import task

APPLICATION = os.environ["S2I_APPLICATION_PATH"]
USER = f"{APPLICATION}/etc/generate_container_user"
SOURCE = f"""
if [ -f {USER} ]; then . {USER} >&2; fi
set -a; . .s2i/action_hooks/deploy_env >&2; set +a; env -0
"""


def become(*argv):
    os.chdir(f"{APPLICATION}/src")
    done = subprocess.run(["/bin/bash", "-c", SOURCE], stdout=subprocess.PIPE, check=True)
    pairs = (line.split(b"=", 1) for line in done.stdout.split(b"\\0") if line)
    os.execvpe(argv[0], argv, dict(pairs))


@task(name="exec")
def exec_(c):
    become(*c.remainder.split())


@task
def alive(c):
    become(".s2i/action_hooks/alive")


@task
def run(c):
    become(os.environ["S2I_SCRIPTS_PATH"] + "/run")
'''
IMAGE_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True)
class Application:
    """An application root with a one-line env script, an empty hook, and a builder whose ``run`` ends at once."""

    root: Path

    @property
    def source(self) -> Path:
        """The source directory."""
        return self.root / "src"

    @property
    def hooks(self) -> Path:
        """The directory of the hooks."""
        return self.source / ".s2i" / "action_hooks"

    @property
    def environ(self) -> dict[str, str]:
        """The process environment of its containers."""
        return {
            "PATH": f"{self.root}/bin:{IMAGE_PATH}",
            "HOME": str(self.source),
            "LANG": "C.UTF-8",
            "S2I_APPLICATION_PATH": str(self.root),
            "S2I_SCRIPTS_PATH": str(self.root / "builder"),
        }

    def command(self, *argv: str | Path) -> Command:
        """Give a command that is run in a container of this application."""
        return Command(tuple(map(str, argv)), self.source, self.environ)

    def by_hand(self, *argv: str | Path) -> Command:
        """Give the command in bash by hand."""
        return self.command(self.root / "by-hand", *argv)

    def launcher(self, *words: str) -> Command:
        """Give a command line of s2itasks after pinning."""
        return self.command(self.root / "bin" / "s2itasks", *words)

    def stand_in(self, program: str, *words: str) -> Command:
        """Give a command line of a program that s2itasks has taken the place of."""
        return self.command(self.root / "bin" / program, *words)

    def runtime(self, *words: str) -> Command:
        """Give what the launcher does with a command line that is not usual."""
        start = Layout.from_environment(self.environ).runtime / "start.py"
        return self.command(os.path.realpath(sys.executable), "-I", "-S", start, *words)

    def unpinned(self, *words: str) -> Command:
        """Give a command line of the s2itasks that pip installed, which does not hand it over."""
        return self.command(sys.executable, "-c", "from s2itasks.cli.command_line import run; run()", *words)

    def invoke(self, *words: str) -> Command:
        """Give a command line of plain invoke."""
        return self.command(INVOKE, "--search-root", self.root, *words)


def make(root: Path, *, deploy_env: str = "A=1\n", container_user: bool = False) -> Application:
    """Write an application and pin s2itasks in it.

    :param container_user: whether the image has a ``generate_container_user``.
    """
    application = Application(root)
    application.hooks.mkdir(parents=True)
    (application.hooks / "deploy_env").write_text(deploy_env)
    script(application.hooks / "alive", "#!/bin/bash\n")
    script(root / "builder" / "run", "#!/bin/bash\nexit\n")
    script(root / "by-hand", BY_HAND)
    (root / "tasks.py").write_text(PLAIN_INVOKE)
    if container_user:
        script(root / "etc" / "generate_container_user", CONTAINER_USER)
    layout = Layout.from_environment(application.environ)
    pinned.set_aside(layout)
    pinned.pin(layout, application.environ, graph)
    return application


def script(path: Path, text: str) -> Path:
    """Write an executable file, making its directory."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path
