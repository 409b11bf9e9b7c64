"""Made-up sources that look like real ones, with flaws planted in them: what `check` has to find, and nothing else.

A tree is chosen by a seed: an application of some kind with hooks as people write them, and then a few flaws, each put
where it changes nothing for the others.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

HOOKS = ".s2i/action_hooks"
ASSEMBLE, RUN, ENVIRONMENT = ".s2i/bin/assemble", ".s2i/bin/run", ".s2i/environment"


@dataclass
class Tree:
    """The files of a source, and what is to be found in them.

    :param files: their texts; a path may say a mode of its own: ``NAME 644``.
    :param planted: rules with paths and lines, as ``S2I101 .s2i/bin/assemble:1``.
    """

    files: dict[str, str]
    planted: list[str] = field(default_factory=list)

    def text(self, path: str) -> str:
        """Return a file's text; that of a script where there is none yet."""
        return self.files.get(path, "#!/bin/bash\nset -eo pipefail\n")

    def append(self, path: str, line: str, rule: str) -> None:
        """Add a line to a script, in which a rule does not hold."""
        text = self.text(path)
        last = text.rstrip("\n").rpartition("\n")[2]
        if last.startswith("exec "):  # after which nothing runs
            text = text[: text.rindex(last)]
            self.files[path] = f"{text}{line}\n{last}\n"
        else:
            self.files[path] = f"{text}{line}\n"
        self.planted.append(f"{rule} {path}:{text.count(chr(10)) + 1}")

    def line(self, line: str, rule: str = "") -> None:
        """Add a line to ``.s2i/environment``."""
        text = self.files.get(ENVIRONMENT, "")
        self.files[ENVIRONMENT] = f"{text}{line}\n"
        if rule:
            self.planted.append(f"{rule} {ENVIRONMENT}:{text.count(chr(10)) + 1}")


def tree(seed: int) -> Tree:
    """Return the tree of a seed."""
    chance = random.Random(seed)  # noqa: S311 - the same for each seed is the point
    made = chance.choice([_django, _flask, _worker])(chance)
    flaws = chance.sample(FLAWS, chance.randint(1, 6))
    for flaw in flaws:
        flaw(made)
    for name in [name for name in made.files if f"{name} 644" in made.files]:  # written to after its mode was taken
        made.files[f"{name} 644"] = made.files.pop(name)
    return made


def _django(chance: random.Random) -> Tree:
    """Return one with static files and migrations."""
    files = {
        ASSEMBLE: "#!/bin/bash\nset -e\npip install s2itasks\nexec s2itasks assemble\n",
        RUN: "#!/bin/bash\nexec s2itasks run\n",
        "manage.py": "import os, sys\n",
        "requirements.txt": "Django>=4.2\ngunicorn\npsycopg[binary]\n",
        "site/wsgi.py": "application = None\n",
        f"{HOOKS}/build": "#!/bin/bash\nset -eo pipefail\n\npython manage.py compilemessages\n",
        f"{HOOKS}/migrate": "#!/bin/bash\nset -e\nexec python manage.py migrate --noinput\n",
        f"{HOOKS}/deploy_env": 'DATABASE_URL="postgres://app:$DATABASE_PASSWORD@${DATABASE_HOST:-db}/app"\n',
        ".s2i/required": "DATABASE_PASSWORD  # of the user app\n",
        f"{HOOKS}/ready": "#!/bin/bash\nexec curl -fsS -o /dev/null http://localhost:8080/health\n",
        ".s2i/jobs/daily/clearsessions": "#!/bin/bash\nexec python manage.py clearsessions\n",
    }
    if chance.random() < 0.5:
        files[f"{HOOKS}/setup"] = "#!/bin/bash\nset -e\ns2itasks migrate\npython manage.py createcachetable\n"
    made = Tree(files)
    made.line("APP_MODULE=site.wsgi")
    made.line("DISABLE_MIGRATE=1")
    return made


def _flask(chance: random.Random) -> Tree:
    """Return one with an environment, a front end and a hook in Python."""
    files = {
        ASSEMBLE: "#!/bin/bash\npip install --no-index --find-links=/tmp/src/wheels s2itasks &&\n"
        "    exec s2itasks assemble\n",
        RUN: "#!/bin/bash\nexec s2itasks run\n",
        "app.py": "from flask import Flask\n",
        "requirements.txt": "flask\ngunicorn\n",
        "package.json": "{}\n",
        f"{HOOKS}/pre_build": "#!/bin/sh -e\ncurl -fsSLo node.tgz https://example.com/node.tgz\ntar xf node.tgz\n",
        f"{HOOKS}/build": '#!/bin/bash\nset -eu\nfor part in admin shop; do\n    (cd "$part" && npm ci)\ndone\n',
        f"{HOOKS}/build_env": "export NODE_ENV=production\nPATH=$PWD/node/bin:$PATH\n",
        f"{HOOKS}/alive": "#!/usr/bin/env python3\nfrom urllib import request\nrequest.urlopen('http://localhost:8080/')\n",
    }
    if chance.random() < 0.5:
        files[f"{HOOKS}/deploy"] = '#!/bin/bash\nset -e\nmkdir -p "${DATA_DIR:-data}"\n'
    made = Tree(files)
    made.line("# for everybody")
    made.line("WEB_CONCURRENCY=2")
    return made


def _worker(chance: random.Random) -> Tree:
    """Return one with an application that its hook starts, and with helpers."""
    files = {
        ASSEMBLE: "#!/bin/bash\nset -e\n. /etc/profile || true\npip install s2itasks\nexec s2itasks assemble\n",
        RUN: "#!/bin/bash\nexec s2itasks run\n",
        "worker/__main__.py": "print()\n",
        "requirements.txt": "celery[redis]\n",
        f"{HOOKS}/run": '#!/bin/bash\nset -e\nexec celery -A worker worker --concurrency "${WORKERS:-2}"\n',
        f"{HOOKS}/deploy": "#!/bin/bash\nset -e\n.s2i/wait-for redis 6379\n",
        ".s2i/wait-for 755": '#!/bin/bash\nuntil exec 3<>"/dev/tcp/$1/$2"; do sleep 1; done\n',
        f"{HOOKS}/verify": "#!/bin/bash\npython -m pytest -q\n",
    }
    if chance.random() < 0.5:
        files[".s2i/jobs/hourly/report"] = "#!/usr/bin/env python3\nprint('report')\n"
    made = Tree(files)
    made.line("PYTHONUNBUFFERED=1")
    return made


def _file(path: str, text: str, rule: str) -> Callable[[Tree], None]:
    """Plant a file."""

    def plant(made: Tree) -> None:
        made.files[path] = text
        made.planted.append(f"{rule} {path.partition(' ')[0]}:1")

    return plant


def _appended(path: str, line: str, rule: str) -> Callable[[Tree], None]:
    return lambda made: made.append(path, line, rule)


def _set(line: str, rule: str) -> Callable[[Tree], None]:
    return lambda made: made.line(line, rule)


def _without_run_bit(made: Tree) -> None:
    name = min(name for name in made.files if name.startswith(f"{HOOKS}/") and not name.endswith("_env"))
    made.files[f"{name} 644"] = made.files.pop(name)
    made.planted.append(f"S2I201 {name}:1")


def _manifest(made: Tree) -> None:
    made.files["openshift/cron.yaml"] = "spec:\n  command: [powershift, image, jobs, hourly]\n"
    made.planted.append("S2I510 openshift/cron.yaml:2")


def _behind_exec(made: Tree) -> None:
    made.planted.append(f"S2I108 {RUN}:{made.files[RUN].count(chr(10)) + 1}")
    made.files[RUN] += "echo started\n"


FLAWS: list[Callable[[Tree], None]] = [
    _without_run_bit,
    _manifest,
    _behind_exec,
    _appended(f"{HOOKS}/setup", "powershift image migrate", "S2I510"),
    _appended(f"{HOOKS}/setup", "python tools/seed.py", "S2I513"),
    _appended(f"{HOOKS}/setup", "date >>/var/log/setup.log", "S2I515"),
    _appended(f"{HOOKS}/setup", "date >>history/setup.log", "S2I515"),
    _appended(f"{HOOKS}/setup", "curl --user-token hunter2hunter2 https://example.com/", "S2I516"),
    _appended(f"{HOOKS}/setup", "ls /opt/app-root/src/media", "S2I517"),
    _appended(f"{HOOKS}/setup", "env", "S2I503"),
    _appended(f"{HOOKS}/setup", 'rm -rf "$OPENSHIFT_REPO_DIR/cache"', "S2I511"),
    _appended(f"{HOOKS}/setup", "s2itasks setup", "S2I512"),
    _appended(f"{HOOKS}/setup", "s2itasks migrte", "S2I104"),
    _appended(f"{HOOKS}/deploy_env", "echo sourced", "S2I302"),
    _appended(f"{HOOKS}/deploy_env", "export ADMIN_PASSWORD=hunter2", "S2I516"),
    _file(f"{HOOKS}/pre-build", "#!/bin/bash\ntrue\n", "S2I208"),
    _file(f"{HOOKS}/post_start 755", "#!/bin/bash\ntrue\n", "S2I208"),
    _file(".s2i/jobs/tidy 755", "#!/bin/bash\ntrue\n", "S2I603"),
    _file(".s2i/jobs/weekly/tidy 644", "#!/bin/bash\ntrue\n", "S2I601"),
    _file(".s2i/jobs/weekly/jobs.deny", "tidy\n", "S2I605"),
    _file("app/notify.py", "COMMAND = 'powershift image jobs notify'\n", "S2I510"),
    _set('TITLE="My site"', "S2I401"),
    _set("export COLOUR=blue", "S2I402"),
    _set("S2I_BASH_ENV=/opt/app-root/etc/scl_enable", "S2I411"),
    _set("STRIPE_SECRET=hunter2hunter2", "S2I409"),
    _set("FEATURE-X=1", "S2I405"),
]
