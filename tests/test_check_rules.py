"""check: one planted defect for each rule gives exactly that finding, and its clean twin gives none."""

from __future__ import annotations

import os
import re
import sys
import tempfile
from pathlib import Path

import pytest
from checked import BASH, Content, found, spelled, tools, write
from hypothesis import given
from hypothesis import strategies as st

from s2itasks.check import RULES, check
from s2itasks.errors import UsageError
from s2itasks.phases import graph

Files = dict[str, Content]
EXAMPLES = Path(__file__).parent.parent / "examples"
CONVERTED = {"v2-django": "v2", "warpdrive": "warpdrive"}
HOOK = ".s2i/action_hooks/"
PIP = "#!/bin/bash -e\npip install s2itasks\n"  # with as many lines as BASH
TASKS = ".s2i/tasks.py"
TASK = "from invoke import task\n@task\n"
DJANGO: Files = {"manage.py": "", "requirements.txt": "Django>=4.2\n"}
# Of a BuildConfig, with what is no place of scripts.
STRATEGY = (
    "spec:\n  strategy:\n    sourceStrategy:\n      from: {kind: x, scripts: y}\n      env:\n"
    "      - name: scripts\n        scripts: z\n\n"
)
# Where a finding is, what is wrong, and the same without the flaw.
CASES: list[tuple[str, Files, Files]] = [
    # 1xx: entry points
    ("S2I101 .s2i/bin/assemble:1", {".s2i/bin/assemble": None}, {".s2i/bin/assemble": None, f"{HOOK}build": None}),
    (
        "S2I101 .s2i/bin/assemble:1",
        {".s2i/bin/assemble": None},
        {".s2i/bin/assemble": None, "Dockerfile": "FROM python\nRUN pip install s2itasks && s2itasks assemble\n"},
    ),
    (
        "S2I102 .s2i/bin/run:1",
        {".s2i/bin/run": None, f"{HOOK}deploy": f"{BASH}mkdir -p data\n"},
        {".s2i/bin/run": None, f"{HOOK}ready": f"{BASH}true\n"},
    ),
    (
        "S2I102 .s2i/bin/run:1",
        {".s2i/bin/run": None, f"{HOOK}deploy_env": "A=1\n"},
        {".s2i/bin/run": None, f"{HOOK}deploy_env": "# nothing yet\n"},
    ),
    (
        "S2I103 .s2i/bin/assemble:1",
        {".s2i/bin/assemble": f"{BASH}pip install s2itasks\n/usr/libexec/s2i/assemble\n"},
        {".s2i/bin/assemble": f"{BASH}$S2I_SCRIPTS_PATH/assemble\n/opt/do-s2itasks build\n"},
    ),
    (
        "S2I103 .s2i/bin/assemble:1",
        {".s2i/bin/assemble": f"{BASH}mv /tmp/src/* .\nchmod +x .s2i/action_hooks/*\n/usr/libexec/s2i/assemble\n"},
        {".s2i/bin/assemble": f"{PIP}mv /tmp/src/* .\nchmod +x .s2i/action_hooks/*\ns2itasks assemble || exit\n"},
    ),
    (
        "S2I103 .s2i/bin/run:1",
        {".s2i/bin/run": f"{BASH}exec /usr/libexec/s2i/run\n", f"{HOOK}deploy": f"{BASH}true\n"},
        {".s2i/bin/run": f"{BASH}exec /usr/libexec/s2i/run\n"},
    ),
    (
        "S2I103 .s2i/bin/assemble:1",
        {".s2i/bin/assemble": f"{BASH}./tools/build.sh\n", "tools/build.sh": "make\n"},
        {".s2i/bin/assemble": f"{BASH}exec ./tools/build.sh\n", "tools/build.sh": "exec s2itasks assemble\n"},
    ),
    (
        "S2I103 .s2i/bin/assemble:1",
        {".s2i/bin/assemble": "#!/usr/bin/env python\nprint('s2i')\n"},
        {".s2i/bin/assemble": "#!/usr/bin/env python\nos.execlp('s2itasks', 's2itasks', 'assemble')\n"},
    ),
    (
        "S2I104 .s2i/bin/assemble:3",
        {".s2i/bin/assemble": f"{PIP}exec s2itasks asemble\n"},
        {".s2i/bin/assemble": f"{BASH}exec python -m s2itasks assemble\n"},
    ),
    (
        "S2I104 .s2i/bin/assemble:3",
        {".s2i/bin/assemble": f"{PIP}exec s2itask assemble\n"},
        {".s2i/bin/assemble": f"{PIP}PHASE=assemble\nexec s2itasks $PHASE\n"},
    ),
    (
        f"S2I104 {HOOK}deploy:3",
        {f"{HOOK}deploy": f"{BASH}s2itasks migrte\n"},
        {f"{HOOK}deploy": f"{BASH}s2itasks setup\ns2itasks app.reindex\ns2i --version\n"},
    ),
    (
        "S2I105 .s2i/bin/assemble:3",
        {".s2i/bin/assemble": f"{PIP}exec s2itasks run\n"},
        {".s2i/bin/assemble": f"{BASH}/usr/libexec/s2i/assemble\ns2itasks build\n"},
    ),
    (
        "S2I105 .s2i/bin/run:3",
        {".s2i/bin/run": f"{BASH}exec s2itasks exec -- gunicorn wsgi\n", f"{HOOK}deploy": f"{BASH}true\n"},
        {".s2i/bin/run": f"{BASH}exec s2itasks exec -- gunicorn wsgi\n", f"{HOOK}deploy_env": "A=1\n"},
    ),
    (
        "S2I106 .s2i/bin/run:3",
        {".s2i/bin/run": f"{BASH}s2itasks run\n"},
        {".s2i/bin/run": f"{BASH}if true; then\n  exec env A=1 s2itasks run\nfi\n"},
    ),
    (
        "S2I106 .s2i/bin/run:3",
        {".s2i/bin/run": f"{BASH}exec s2itasks run 2>&1 | tee log\n"},
        {".s2i/bin/run": f"{BASH}exec s2itasks run >&2\n"},
    ),
    (
        "S2I106 .s2i/bin/run:3",
        {".s2i/bin/run": f"{BASH}exec s2itasks run &\nwait\n"},
        {".s2i/bin/run": f"{BASH}pre & exec s2itasks run\n"},
    ),
    (
        "S2I107 .s2i/bin/assemble:3",
        {".s2i/bin/assemble": f"{PIP}s2itasks assemble\n"},
        {".s2i/bin/assemble": f"{PIP}s2itasks assemble\nrm -rf /tmp/cache\n"},
    ),
    (
        "S2I107 .s2i/bin/assemble:2",
        {".s2i/bin/assemble": "#!/bin/bash\npip install s2itasks; s2itasks assemble\nrm -rf /tmp/cache\n"},
        {".s2i/bin/assemble": "#!/bin/bash\npip install s2itasks; s2itasks assemble || exit\nrm -rf /tmp/cache\n"},
    ),
    (
        "S2I108 .s2i/bin/run:3",
        {".s2i/bin/run": "#!/bin/bash\nexec s2itasks run\necho started\n"},
        {".s2i/bin/run": "#!/bin/bash\nexec 2>&1\nif x; then\n  exec s2itasks run\nfi\nexec s2itasks run\nexit 1\n"},
    ),
    (
        "S2I109 .s2i/bin/assemble:3",
        {".s2i/bin/assemble": f"{PIP}if [ -d .s2i/action_hooks ]; then exec s2itasks assemble; fi\nexec make\n"},
        {".s2i/bin/assemble": f"{PIP}if ls /tmp/src/.s2i/action_hooks; then exec s2itasks assemble; fi\nexec make\n"},
    ),
    (
        "S2I109 .s2i/bin/assemble:3",
        {".s2i/bin/assemble": f"{PIP}for h in $HOME/.s2i/action_hooks/*; do echo $h; done\nexec s2itasks assemble\n"},
        {".s2i/bin/assemble": f"{PIP}cp -R /tmp/src/. .\n[ -d .s2i/action_hooks ]\nexec s2itasks assemble\n"},
    ),
    (
        "S2I109 .s2i/bin/run:3",
        {".s2i/bin/run": f'{BASH}ls "$(dirname "$0")/../action_hooks"\nexec s2itasks run\n'},
        {".s2i/bin/run": f"{BASH}ls .s2i/action_hooks\nexec s2itasks run\n"},
    ),
    (
        "S2I110 .s2i/bin/assemble:4",
        {".s2i/bin/assemble": f"{BASH}$S2I_SCRIPTS_PATH/assemble\n.s2i/action_hooks/build\n"},
        {".s2i/bin/assemble": f"{BASH}$S2I_SCRIPTS_PATH/assemble\n.s2i/action_hooks/build\ns2itasks build || exit\n"},
    ),
    (
        "S2I110 .s2i/bin/run:3",
        {".s2i/bin/run": f"{BASH}for h in .s2i/action_hooks/*; do $h; done\n", f"{HOOK}deploy": f"{BASH}true\n"},
        {
            ".s2i/bin/run": f"{BASH}for h in .s2i/action_hooks/*; do $h; done\n",
            "Dockerfile": "FROM python\nCMD s2itasks run\n",
        },
    ),
    ("S2I111 .s2i/bin/run:1", {".s2i/bin/run 644": "#!/bin/bash\nexec s2itasks run\n"}, {}),
    # 2xx: hooks as files
    (f"S2I201 {HOOK}build:1", {f"{HOOK}build 644": f"{BASH}make\n"}, {f"{HOOK}build_env": "A=1\n"}),
    (f"S2I202 {HOOK}build:1", {f"{HOOK}build": "#!/bin/bash\r\nmake\r\n"}, {"x.bat": "rem\r\n"}),
    (f"S2I202 {HOOK}build_env:2", {f"{HOOK}build_env": "A=1\nB=2\r\n"}, {".s2i/environment": "A=1\r\n"}),
    (f"S2I203 {HOOK}build:1", {f"{HOOK}build": "\ufeff#!/bin/bash\nmake\n"}, {"x.txt": "\ufeffx"}),
    ("S2I203 .s2i/environment:1", {".s2i/environment": "\ufeffA=1\n"}, {".s2i/environment": "A=1\n"}),
    (f"S2I204 {HOOK}build:1", {f"{HOOK}build": "make\n"}, {f"{HOOK}build": b"\x7fELF\0"}),
    (f"S2I205 {HOOK}build:3", {f"{HOOK}build": "\n\n#!/bin/bash\nmake\n"}, {f"{HOOK}build": "#!/bin/bash\n\nmake\n"}),
    (f"S2I206 {HOOK}build:1", {f"{HOOK}build": "#!bash\nmake\n"}, {f"{HOOK}build": "#! /bin/bash -e\nmake\n"}),
    (
        f"S2I206 {HOOK}build:1",
        {f"{HOOK}build": "#!/usr/bin/env bash -e\nmake\n"},
        {f"{HOOK}build": "#!/usr/bin/env -S bash -e\nmake\n"},
    ),
    (
        f"S2I206 {HOOK}build:1",
        {f"{HOOK}build": "#!/home/me/venv/bin/python\nprint()\n"},
        {f"{HOOK}build": "#!/opt/app-root/bin/python\nprint()\n"},
    ),
    (f"S2I207 {HOOK}build:4", {f"{HOOK}build": f"{BASH}if true\nfi\n"}, {f"{HOOK}build": "#!/usr/bin/ruby\nif true\n"}),
    (f"S2I207 {HOOK}build_env:1", {f"{HOOK}build_env": "A=(\n"}, {f"{HOOK}build_env": "A=(1)\n"}),
    (
        f"S2I207 {HOOK}build:3",
        {f"{HOOK}build": f"{BASH}echo !(a|b\n"},
        {f"{HOOK}build": f"{BASH}shopt -s extglob\necho !(a|b)\n"},
    ),
    (
        f"S2I207 {HOOK}build:3",
        {f"{HOOK}build": f"{BASH}[[ $1 == x;y ]]\nmake\n"},
        {f"{HOOK}build": f"{BASH}[[ $1 == @(x|y) || $1 =~ (x|y) ]]\ncat <<END\n"},
    ),
    (f"S2I208 {HOOK}pre-build:1", {f"{HOOK}pre-build": BASH}, {f"{HOOK}pre_build": BASH}),
    ("S2I218 .s2i/hooks:1", {".s2i/hooks/deploy": BASH}, {".s2i/lib/deploy": BASH}),
    (f"S2I208 {HOOK}depoly:1", {f"{HOOK}depoly": BASH}, {f"{HOOK}deploy": BASH}),
    (f"S2I208 {HOOK}predeploy:1", {f"{HOOK}predeploy": BASH}, {f"{HOOK}predeploy.sql": "select 1;"}),
    (f"S2I208 {HOOK}deploy-env:1", {f"{HOOK}deploy-env 644": "A=1\n"}, {f"{HOOK}deploy.env": "A=1\n"}),
    (f"S2I208 {HOOK}post_start:1", {f"{HOOK}post_start": BASH}, {f"{HOOK}README": "post_start\n"}),
    (
        f"S2I208 {HOOK}pre_start_python-2.7:1",
        {f"{HOOK}pre_start_python-2.7": BASH},
        {f"{HOOK}pre_start_python-2.7": "#!/bin/bash\n# This hook is run before the start.\n"},
    ),
    (
        f"S2I208 {HOOK}start:1",
        {f"{HOOK}start": BASH},
        {f"{HOOK}start": BASH, f"{HOOK}run": '#!/bin/bash\nexec "$(dirname "$0")"/start\n'},
    ),
    (
        f"S2I210 {HOOK}wait-database:1",
        {f"{HOOK}wait-database": f"{BASH}nc -z database 5432\n"},
        {f"{HOOK}wait-database": f"{BASH}true\n", f"{HOOK}deploy": f'{BASH}"${{0%/*}}/wait-database"\n'},
    ),
    (
        f"S2I210 {HOOK}wait-database:1",
        {f"{HOOK}wait-database": f"{BASH}nc -z database 5432\n"},
        {f"{HOOK}check-server.py": "", f"{HOOK}wait.sh": "", f"{HOOK}data 644": "x\n", f"{HOOK}LICENSE": "x\n"},
    ),
    (f"S2I211 {HOOK}deploy:1", {f"{HOOK}deploy/README.md": "x\n"}, {".s2i/deploy/README.md": "x\n"}),
    ("S2I202 .s2i/probe:1", {".s2i/probe": "#!/usr/bin/env python\r\n"}, {".s2i/probe": "print()\r\n"}),
    (
        "S2I212 .s2i/probe:1",
        {".s2i/probe": BASH, f"{HOOK}ready": f"{BASH}exec timeout 1 .s2i/probe\n"},
        {".s2i/probe": BASH, f"{HOOK}ready": f"{BASH}bash .s2i/probe\n/usr/bin/probe\n"},
    ),
    (
        f"S2I212 {HOOK}check.py:1",
        {f"{HOOK}check.py 644": "#!/usr/bin/env python\n", f"{HOOK}ready": f'{BASH}$(dirname "$0")/check.py\n'},
        {f"{HOOK}check.py": "#!/usr/bin/env python\n", f"{HOOK}ready": f'{BASH}$(dirname "$0")/check.py\n'},
    ),
    (
        "S2I213 .s2i/tasks.py:3",
        {TASKS: f"{TASK}def build(c):\n    pass\n"},
        {TASKS: f"{TASK}def deploy(c):\n    pass\n"},
    ),
    (
        "S2I214 .s2i/tasks.py:3",
        {TASKS: f"{TASK}def deploy_env(c):\n    pass\n"},
        {TASKS: "def deploy_env(c):\n    pass\n"},
    ),
    (
        "S2I215 .s2i/tasks.py:3",
        {TASKS: f"{TASK}def deploy(c)\n    pass\n"},
        {TASKS: f"{TASK}def deploy(c):\n    pass\n"},
    ),
    (
        "S2I216 .s2i/tasks.py:3",
        {TASKS: f"{TASK}def depoly(c):\n    pass\n"},
        {TASKS: f"{TASK}def load_data(c):\n    pass\n"},
    ),
    (
        "S2I216 .s2i/tasks.py:3",
        {TASKS: f"{TASK}def post_start(c):\n    pass\n"},
        {TASKS: f"{TASK}def post_start(c):  # s2itasks: ignore=S2I216\n    pass\n"},
    ),
    (
        "S2I102 .s2i/bin/run:1",
        {".s2i/bin/run": None, TASKS: f"{TASK}def deploy(c):\n    pass\n"},
        {".s2i/bin/run": None, TASKS: f"{TASK}def load_data(c):\n    pass\n"},
    ),
    (
        f"S2I217 {HOOK}build:4",
        {f"{HOOK}build": f"{BASH}cat <<!\n${{A:-it's}}\n!\n"},
        {f"{HOOK}build": f'{BASH}cat <<!\n${{A:-"it\'s"}}\n!\n'},
    ),
    (
        f"S2I217 {HOOK}build:3",
        {f"{HOOK}build": f"{BASH}{'( ' * 200}true{' )' * 200}\n"},
        {f"{HOOK}build": f"{BASH}{'( ' * 20}true{' )' * 20}\n"},
    ),
    (
        f"S2I217 {HOOK}build:1",
        {f"{HOOK}build": f"{BASH}{'# x' * 400000}\n"},
        {f"{HOOK}build": b"\x7fELF\0" * 400000},
    ),
    (f"S2I217 {HOOK}build:1", {f"{HOOK}build": f"{BASH}true \0\n"}, {f"{HOOK}build": b"\x7fELF\0"}),
    # 3xx: env scripts
    (
        f"S2I301 {HOOK}build_env:1",
        {f"{HOOK}build_env": "#!/usr/bin/env python3\nimport os\nif os:\n  exit\n"},
        {f"{HOOK}build_env": "#!/bin/sh\n"},
    ),
    (
        f"S2I302 {HOOK}deploy_env:1",
        {f"{HOOK}deploy_env": "echo setting up\nA=1\n"},
        {f"{HOOK}deploy_env": "echo a >&2\nA=$(echo b)\nprintf -v B %s 1\nf() {\n  echo c\n}\necho d >/dev/null\n"},
    ),
    (
        f"S2I302 {HOOK}deploy_env:2",
        {f"{HOOK}deploy_env": "if true; then\n  cat <<!\nA\n!\nfi\n"},
        {f"{HOOK}deploy_env": "A=$(cat file)\n{ echo b; echo c; } >list\necho d | read -r E\n"},
    ),
    (
        f"S2I303 {HOOK}build_env:1",
        {f"{HOOK}build_env": '[ -n "$A" ] || exit 0\nB=1\n'},
        {f"{HOOK}build_env": '[ -n "$A" ] || return 0\nB=$(exit 1) || true\n(exit 1) || B=2\nexec 3>&1\n'},
    ),
    (
        f"S2I304 {HOOK}build_env:2",
        {f"{HOOK}build_env": 'A=1\n[ -n "$B" ] && C=1\n'},
        {f"{HOOK}build_env": '[ -n "$B" ] && C=1\nif [ -n "$B" ]; then\n  D=1\nfi\n'},
    ),
    (
        f"S2I304 {HOOK}build_env:2",
        {f"{HOOK}build_env": "if true; then\n  test -d /cache && A=1\nfi\n"},
        {f"{HOOK}build_env": "if true; then\n  test -d /cache && A=1 || true\nfi\n"},
    ),
    (
        f"S2I304 {HOOK}build_env:1",
        {f"{HOOK}build_env": "grep -q x /etc/hosts\n# nothing follows\n"},
        {f"{HOOK}build_env": "grep -q x /etc/hosts || A=1\n"},
    ),
    (
        f"S2I305 {HOOK}deploy_env:1",
        {f"{HOOK}deploy_env": 'for name in a b; do\n  A="$A $name"\ndone\n'},
        {f"{HOOK}deploy_env": 'for name in a b; do\n  A="$A $name"\ndone\nunset name\n'},
    ),
    (
        f"S2I305 {HOOK}deploy_env:1",
        {f"{HOOK}deploy_env": "here=$(pwd)\nA=$here/a\n"},
        {f"{HOOK}deploy_env": "f() {\n  local here\n  here=$(pwd)\n}\nhttp_proxy=x\nB=$(b=1; echo $b)\nexport npm=1\n"},
    ),
    # 4xx: .s2i/environment
    ("S2I401 .s2i/environment:2", {".s2i/environment": 'A=1\nB="two"\n'}, {".s2i/environment": "A=1\nB=it's two\n"}),
    ("S2I402 .s2i/environment:1", {".s2i/environment": "export A=1\n"}, {".s2i/environment": "A=1\n"}),
    ("S2I403 .s2i/environment:1", {".s2i/environment": "A=1 # one\n"}, {".s2i/environment": "# one\nA=1#2\n"}),
    ("S2I403 .s2i/environment:1", {".s2i/environment": "  # A=1\n"}, {".s2i/environment": "# A=1\n"}),
    ("S2I404 .s2i/environment:1", {".s2i/environment": "DEBUG\n"}, {".s2i/environment": "DEBUG=\n"}),
    ("S2I405 .s2i/environment:1", {".s2i/environment": "my.name=1\n"}, {".s2i/environment": "MY_NAME=1\n"}),
    ("S2I406 .s2i/environment:2", {".s2i/environment": "A=1\nA=2\n"}, {".s2i/environment": "A=1\nB=2\n"}),
    ("S2I407 .s2i/environment:1", {".s2i/environment": b"A=caf\xe9\n"}, {".s2i/environment": "A=café\n"}),
    (
        "S2I408 .s2i/environment:1",
        {".s2i/environment": f"A={'x' * 65536}\n"},
        {".s2i/environment": f"A={'x' * 65000}\n"},
    ),
    (
        "S2I409 .s2i/environment:1",
        {".s2i/environment": "DB_PASSWORD=hunter2\n"},
        {".s2i/environment": "DB_PASSWORD=\nDB_PASSWORD_FILE=/run/secrets/db\nSESSION_COOKIE_SECURE=true\nKEYS=5\n"},
    ),
    (
        "S2I409 .s2i/environment:1",
        {".s2i/environment": "DATABASE_URL=postgres://me:hunter2@db/app\n"},
        {".s2i/environment": "DATABASE_URL=postgres://db/app\nREGION=AKIA\n"},
    ),
    ("S2I410 .s2i/environment:1", {".s2i/environment": "'A'=1\n"}, {".s2i/environment": "A=1\n"}),
    # 5xx: what hooks do
    (
        f"S2I501 {HOOK}run:3",
        {f"{HOOK}run": f"{BASH}gunicorn wsgi\n"},
        {f"{HOOK}run": f"{BASH}if true; then\n  exec gunicorn wsgi\nelse\n  echo no >&2\n  exit 1\nfi\n"},
    ),
    (
        f"S2I501 {HOOK}run:6",
        {f"{HOOK}run": f"{BASH}if true; then\n  exec gunicorn wsgi\nelse\n  flask run\nfi\n"},
        {f"{HOOK}run": f"{BASH}trap 'kill $!' TERM\ngunicorn wsgi &\nwait\n"},
    ),
    (
        f"S2I501 {HOOK}run:4",
        {f"{HOOK}run": f'{BASH}main() {{\n  gunicorn wsgi\n}}\nmain "$@"\n'},
        {f"{HOOK}run": f'{BASH}main() {{\n  exec gunicorn wsgi\n}}\nmain "$@"\n'},
    ),
    (
        f"S2I501 {HOOK}run:3",
        {f"{HOOK}run": f"{BASH}exec python a | tee log\n"},
        {f"{HOOK}run": f"{BASH}exec python a > >(tee log)\n"},
    ),
    (
        f"S2I501 {HOOK}run:3",
        {f"{HOOK}run": f"{BASH}exec python a &\n"},
        {f"{HOOK}run": f"{BASH}python b &\nexec python a\n"},
    ),
    (
        f"S2I501 {HOOK}run:3",
        {f"{HOOK}run": f"{BASH}cd src && exec python a &\n"},
        {f"{HOOK}run": f"{BASH}cd src && exec python a\n"},
    ),
    (
        f"S2I501 {HOOK}run:3",
        {f"{HOOK}run": f"{BASH}(exec python a)\n"},
        {f"{HOOK}run": f"{BASH}{{ exec python a; }}\n"},
    ),
    (
        f"S2I502 {HOOK}build:3",
        {f"{HOOK}build": f"{BASH}nc -z $POSTGRES_SERVICE_HOST 5432\n"},
        {f"{HOOK}build": f"{BASH}nc -z ${{POSTGRES_SERVICE_HOST:-localhost}} 5432\n"},
    ),
    (
        f"S2I502 {HOOK}build:3",
        {f"{HOOK}build": f"{BASH}ls $DATA_DIR\n", f"{HOOK}deploy_env": "DATA_DIR=/data\nPATH=$PATH:/data\n"},
        {
            f"{HOOK}build": f'{BASH}ls $DATA_DIR $PATH\n[ -z "$MODE" ] || echo $MODE\n',
            f"{HOOK}deploy_env": "DATA_DIR=/data\nPATH=$PATH:/data\nMODE=x\n",
            f"{HOOK}build_env": "DATA_DIR=/tmp\n",
        },
    ),
    (
        f"S2I503 {HOOK}build:3",
        {f"{HOOK}build": f"{BASH}env\n"},
        {f"{HOOK}build": f"{BASH}env A=1 make\nprintenv HOME\n"},
    ),
    (
        f"S2I503 {HOOK}build:3",
        {f"{HOOK}build": f"{BASH}printenv | sort\n"},
        {f"{HOOK}build": f"{BASH}if env | grep x; then :; fi\nenv >x\nA=$(env)\n{{ env; }} | wc\nexport -p >&3\n"},
    ),
    (
        f"S2I503 {HOOK}build:4",
        {f"{HOOK}build": f"{BASH}f() {{\n  export -p >&2\n}}\nf\n"},
        {f"{HOOK}build": f"{BASH}# env\necho 'env'\ncat <<!\nenv\n!\n"},
    ),
    (f"S2I504 {HOOK}build:3", {f"{HOOK}build": f"{BASH}set -x\n"}, {f"{HOOK}build": f"{BASH}set +x\nset -- -x\n"}),
    (f"S2I504 {HOOK}build:1", {f"{HOOK}build": "#!/bin/bash -ex\nmake\n"}, {f"{HOOK}build": "#!/bin/bash -e\nmake\n"}),
    (
        f"S2I504 {HOOK}build:2",
        {f"{HOOK}build": "#!/bin/bash\nset -Eeuxo pipefail\nmake\n"},
        {f"{HOOK}build": "#!/bin/bash\nset -Eeuo pipefail\nmake -x\n"},
    ),
    (
        f"S2I505 {HOOK}build:3",
        {**DJANGO, f"{HOOK}build": f"{BASH}python manage.py collectstatic --noinput\n"},
        {
            **DJANGO,
            f"{HOOK}build": f"{BASH}python manage.py collectstatic --noinput\n",
            ".s2i/environment": "DISABLE_COLLECTSTATIC=1\n",
        },
    ),
    (
        f"S2I505 {HOOK}build:3",
        {**DJANGO, f"{HOOK}build": f"{BASH}./manage.py collectstatic\n"},
        {
            "manage.py": "",
            "requirements.txt": "Flask\ndjango-environ\n",
            f"{HOOK}build": f"{BASH}./manage.py collectstatic\n",
        },
    ),
    (
        f"S2I506 {HOOK}deploy:4",
        {**DJANGO, f"{HOOK}deploy": f"{BASH}# s2itasks: ignore=S2I507\npython manage.py migrate\n"},
        {
            **DJANGO,
            f"{HOOK}deploy": f"{BASH}# s2itasks: ignore=S2I507\npython manage.py migrate\n",
            f"{HOOK}deploy_env": "export DISABLE_MIGRATE=1\n",
        },
    ),
    (
        f"S2I506 {HOOK}deploy:4",
        {
            **DJANGO,
            f"{HOOK}deploy": f"{BASH}# s2itasks: ignore=S2I507\ns2itasks migrate\n",
            f"{HOOK}migrate": f"{BASH}exec s2itasks exec -- python manage.py migrate\n",
        },
        {
            **DJANGO,
            "app.py": "",
            f"{HOOK}deploy": f"{BASH}# s2itasks: ignore=S2I507\ns2itasks migrate\n",
            f"{HOOK}migrate": f"{BASH}exec python manage.py migrate\n",
        },
    ),
    (
        f"S2I507 {HOOK}deploy:3",
        {f"{HOOK}deploy": f"{BASH}if true; then s2itasks migrate; fi\n"},
        {f"{HOOK}deploy": f"{BASH}if true; then echo s2itasks migrate; fi\n"},
    ),
    (
        f"S2I507 {HOOK}deploy:3",
        {f"{HOOK}deploy": f"{BASH}exec s2itasks migrate\n"},
        {
            "manage.py": "",
            f"{HOOK}deploy": f"{BASH}python manage.py migrate --check\n",
            f"{HOOK}migrate": f"{BASH}./manage.py migrate\n",
        },
    ),
    (
        f"S2I508 {HOOK}ready:3",
        {f"{HOOK}ready": f"{BASH}(sleep 2; kill $$) &\ncurl localhost:8080\n"},
        {
            f"{HOOK}ready": f"{BASH}exec timeout 2 curl localhost:8080\n",
            f"{HOOK}deploy": f"{BASH}(sleep 2; kill $$) &\n",
        },
    ),
    (
        f"S2I509 {HOOK}alive:3",
        {f"{HOOK}alive": f"{BASH}curl localhost:8080 2>&1 | tee -a /proc/1/fd/1\n"},
        {f"{HOOK}alive": f"{BASH}curl localhost:8080 # not /proc/1/fd/1\n"},
    ),
    (f"S2I510 {HOOK}setup:3", {f"{HOOK}setup": f"{BASH}powershift image migrate\n"}, {f"{HOOK}setup": f"{BASH}true\n"}),
    (
        "S2I510 .s2i/bin/assemble:3",
        {".s2i/bin/assemble": f"{BASH}exec powershift image assemble\n"},
        {".s2i/bin/assemble": f"{BASH}pip install powershift-cli\nexec s2itasks assemble\n"},
    ),
    (
        f"S2I511 {HOOK}build:3",
        {f"{HOOK}build": f'{BASH}"$OPENSHIFT_REPO_DIR"manage.py check\n'},
        {
            f"{HOOK}build": f'{BASH}"$OPENSHIFT_REPO_DIR"manage.py check\n',
            ".s2i/environment": "OPENSHIFT_REPO_DIR=/opt/app-root/src/\n",
        },
    ),
    (
        f"S2I512 {HOOK}setup:3",
        {f"{HOOK}setup": f"{BASH}exec s2itasks setup\n"},
        {f"{HOOK}setup": f"{BASH}s2itasks verify\n", f"{HOOK}verify": f"{BASH}true\n"},
    ),
    (
        f"S2I512 {HOOK}deploy_env:1",
        {f"{HOOK}deploy_env": "A=$(s2itasks exec -- hostname)\nexport A\n"},
        {f"{HOOK}build": f"{BASH}s2itasks exec -- hostname\n"},
    ),
    # 6xx: jobs, .s2iignore
    (
        "S2I601 .s2i/jobs/hourly/clean:1",
        {".s2i/jobs/hourly/clean 644": f"{BASH}make\n"},
        {".s2i/jobs/hourly/clean": f"{BASH}make\n"},
    ),
    (
        "S2I601 .s2i/jobs/weekly/rows.dat:1",
        {".s2i/jobs/weekly/rows.dat 644": "(no script)\n"},
        {".s2i/jobs/rows.dat 644": "(no script)\n"},
    ),
    (
        "S2I602 .s2i/jobs/hourly/clean.bak:1",
        {".s2i/jobs/hourly/clean.bak": f"{BASH}make\n"},
        {".s2i/jobs/hourly/README 644": "x\n", ".s2i/jobs/hourly/.gitkeep 644": ""},
    ),
    ("S2I603 .s2i/jobs/clean:1", {".s2i/jobs/clean": f"{BASH}make\n"}, {".s2i/jobs/README.md 644": "x\n"}),
    (
        "S2I604 .s2i/jobs/hourly/db/clean:1",
        {".s2i/jobs/hourly/db/clean": f"{BASH}make\n"},
        {".s2i/jobs/hourly/db/rows.json 644": "[]\n", ".s2i/jobs/hourly/clean": f"{BASH}make\n"},
    ),
    ("S2I605 .s2i/jobs/hourly/jobs.deny:1", {".s2i/jobs/hourly/jobs.deny 644": "x\n"}, {"jobs.deny": "x\n"}),
    (
        "S2I608 .s2i/jobs/nightly/schedule:2",
        {".s2i/jobs/nightly/schedule 644": "# at night\n30 3 * *\n", ".s2i/jobs/nightly/clean": f"{BASH}make\n"},
        {".s2i/jobs/nightly/schedule 644": "# at night\n30 3 * * *\n", ".s2i/jobs/nightly/clean": f"{BASH}make\n"},
    ),
    (
        "S2I608 .s2i/jobs/hourly/schedule:1",
        {".s2i/jobs/hourly/schedule": f"{BASH}make\n"},
        {".s2i/jobs/hourly/plan": f"{BASH}make\n"},
    ),
    ("S2I606 .s2iignore:2", {".s2iignore": "# hidden files\n.*\n"}, {".s2iignore": ".*\n!.s2i\n"}),
    ("S2I606 .s2iignore:1", {".s2iignore": ".s2i/action_hooks/b*\n"}, {".s2iignore": "build\n*/build\n"}),
    (
        f"S2I607 {HOOK}build:2",
        {f"{HOOK}build": "#!/bin/bash\n# s2itasks: ignore=S2I999\nmake\n"},
        {f"{HOOK}build": "#!/bin/bash\n# s2itasks: ignore=S2I503\nenv\n"},
    ),
    # Rules that came later, in the order of their numbers
    ("S2I219 app.sh:1", {"app.sh": f"{BASH}exec gunicorn wsgi\n"}, {"app.sh 755": f"{BASH}exec gunicorn wsgi\n"}),
    (
        "S2I219 site/start:1",
        {"site/start": BASH, ".s2i/environment": "APP_HOME=site\nAPP_SCRIPT=start\n"},
        {"site/start": BASH, ".s2i/environment": "APP_HOME=site\nAPP_SCRIPT=missing\n"},
    ),
    (
        "S2I219 app.sh:1",
        {"app.sh": BASH, f"{HOOK}deploy_env": "A=1\n"},
        {"app.sh": BASH, f"{HOOK}deploy_env": "APP_SCRIPT=other\n"},
    ),
    (
        "S2I219 app.sh:1",
        {"app.sh": BASH},
        {"app.sh": BASH, f"{HOOK}run": f"{BASH}exec gunicorn wsgi\n"},
    ),
    (
        "S2I411 .s2i/environment:2",
        {".s2i/environment": "A=1\nS2I_BASH_ENV=/opt/app-root/etc/scl_enable\n"},
        {".s2i/environment": "A=1\nBASH_ENV=/opt/app-root/etc/scl_enable\n"},
    ),
    (
        "S2I510 openshift/app.yaml:4",
        {"openshift/app.yaml": "exec:\n  # powershift image alive\n  command:\n  - powershift\n  - image\n  - ready\n"},
        {"openshift/app.yaml": "exec:\n  # powershift image alive\n  command:\n  - s2itasks\n  - ready\n"},
    ),
    (
        "S2I510 template.json:1",
        {"template.json": '{"command": ["powershift", "image", "jobs", "hourly"]}\n'},
        {"template.json": '{"command": ["powershift", "cluster", "image"]}\n'},
    ),
    (
        "S2I510 app/cron.py:2",
        {"app/cron.py": "import os\nos.system('powershift image jobs hourly')\n"},
        {"app/cron.py": "import powershift.image\n", "node_modules/x/cron.py": "'powershift image jobs'\n"},
    ),
    (
        "S2I518 requirements.txt:1",
        {"requirements.txt": "powershift-cli[image]\n"},
        {"requirements.txt": "# powershift-cli[image]\ns2itasks\n"},
    ),
    (
        f"S2I513 {HOOK}build:3",
        {f"{HOOK}build": f"{BASH}python manage.py compilemessages && cd site\n", "site/manage.py": ""},
        {f"{HOOK}build": f"{BASH}cd site\npython manage.py compilemessages\n", "site/manage.py": ""},
    ),
    (
        f"S2I513 {HOOK}build:3",
        {f"{HOOK}build": f"{BASH}./tools/compile.sh --all\n"},
        {f"{HOOK}build": f"{BASH}[ ! -x tools/compile.sh ] || ./tools/compile.sh --all\n"},
    ),
    (
        f"S2I513 {HOOK}deploy_env:1",
        {f"{HOOK}deploy_env": '. "$S2I_SOURCE_PATH/etc/common"\n'},
        {f"{HOOK}deploy_env": '. "$S2I_SOURCE_PATH/etc/common"\n. $OTHER/common\n. /etc/common\n', "etc/common": ""},
    ),
    (
        f"S2I513 {HOOK}build:3",
        {f"{HOOK}build": f"{BASH}bash .s2i/lib/build.sh\n"},
        {f"{HOOK}build": f"{BASH}bash .s2i/lib/build.sh\nbash -c x.sh\npython -m x.py\n", ".s2i/lib/build.sh": ""},
    ),
    (
        f"S2I513 {HOOK}build:4",
        {f"{HOOK}build": f"{BASH}curl -o other.sh https://example.com/\nbash install.sh\n"},
        {
            f"{HOOK}build": f"{BASH}curl -o install.sh https://example.com/\nbash install.sh\n"
            "./node_modules/.bin/webpack\n./generated/x\n",
            ".gitignore": "/generated/\n",
        },
    ),
    (
        f"S2I514 {HOOK}build:2",
        {f"{HOOK}build": "#!/bin/bash\nmake\nmake install\n"},
        {f"{HOOK}build": "#!/bin/bash\nmake || exit\nmake install\n"},
    ),
    (
        f"S2I514 {HOOK}build:4",
        {f"{HOOK}build": "#!/bin/bash\necho begins\nfor each in a b; do\n  make $each\ndone\n"},
        {f"{HOOK}build": "#!/bin/bash -e\necho begins\nfor each in a b; do\n  make $each\ndone\n"},
    ),
    (
        f"S2I514 {HOOK}build:3",
        {f"{HOOK}build": "#!/bin/bash\nif [ -f x ]; then\n  make\n  exit 0\nfi\n"},
        {f"{HOOK}build": "#!/bin/bash\necho begins\nA=1\nif [ -f x ]; then\n  make\nelse\n  make y\nfi\n"},
    ),
    (
        "S2I514 .s2i/jobs/hourly/tidy:2",
        {".s2i/jobs/hourly/tidy": "#!/bin/sh\nmake && make clean\ntrue\n"},
        {".s2i/jobs/hourly/tidy": '#!/bin/sh\nmake\nstatus=$?\nmake clean\nexit "$status"\n'},
    ),
    (
        f"S2I515 {HOOK}deploy:3",
        {f"{HOOK}deploy": f"{BASH}date >>/var/log/deploy.log\n"},
        {f"{HOOK}deploy": f"{BASH}date >>/var/tmp/deploy.log\necho x >>/etc/passwd\ndate >/data/x\n"},
    ),
    (
        f"S2I515 {HOOK}build:3",
        {f"{HOOK}build": f"{BASH}cp -r /usr/share/x y /data\n"},
        {f"{HOOK}build": f"{BASH}cp -r /usr/share/x y data\n"},
    ),
    (
        f"S2I515 {HOOK}deploy:3",
        {f"{HOOK}deploy": f"{BASH}date >>logs/deploy.log\n"},
        {f"{HOOK}deploy": f"{BASH}mkdir -p logs\ndate >>logs/deploy.log\n"},
    ),
    (
        f"S2I516 {HOOK}deploy_env:2",
        {f"{HOOK}deploy_env": "A=1\nexport DB_PASSWORD=hunter2\n"},
        {f"{HOOK}deploy_env": 'A=1\nexport DB_PASSWORD="${OTHER_PASSWORD:-}"\nSECRET_KEY=only-for-the-build\n'},
    ),
    (
        f"S2I516 {HOOK}deploy:3",
        {f"{HOOK}deploy": f"{BASH}mysql --user app --password hunter2 app\n"},
        {f"{HOOK}deploy": f'{BASH}mysql --user app --password "$PASSWORD" app\n', ".s2i/required": "PASSWORD\n"},
    ),
    (
        f"S2I516 {HOOK}deploy:3",
        {f"{HOOK}deploy": f"{BASH}psql postgres://app:hunter2@db/app\n"},
        {f"{HOOK}deploy": f'{BASH}psql "postgres://app:$PASSWORD@db/app"\n', ".s2i/required": "PASSWORD\n"},
    ),
    (
        f"S2I516 {HOOK}build:2",
        {f"{HOOK}build": "#!/usr/bin/env python\nTOKEN = 'ghp_" + "a1B2" * 9 + "'\n"},
        {f"{HOOK}build": "#!/usr/bin/env python\nTOKEN = os.environ['TOKEN']\n"},
    ),
    (
        f"S2I517 {HOOK}build:3",
        {f"{HOOK}build": f"{BASH}ls /opt/app-root/src/x /opt/app-root\n"},
        {f"{HOOK}build": f"{BASH}ls $S2I_SOURCE_PATH/x /opt/app-rooted ${{S2I_UPLOAD_PATH:-/tmp/src}} # /tmp/src\n"},
    ),
    (
        f"S2I519 {HOOK}migrate:4",
        {
            f"{HOOK}migrate": f'{BASH}: "${{A_KEY:-}}$HOME$POSTGRESQL_SERVICE_HOST"\npsql "$A_DATABASE"\n',
            ".s2i/required": "A_KEY\n",
        },
        {f"{HOOK}migrate": f'{BASH}psql "$A_DATABASE"\n', ".s2i/required": "A_DATABASE # of shop\n"},
    ),
    (
        "S2I519 .s2i/jobs/hourly/report:3",
        {".s2i/jobs/hourly/report": f'{BASH}make "$A_TARGET"\n'},
        {".s2i/jobs/hourly/report": f'{BASH}make "$A_TARGET"\n', f"{HOOK}deploy_env": "A_TARGET=all\n"},
    ),
    (
        f"S2I519 {HOOK}deploy:3",
        {f"{HOOK}deploy": f'{BASH}make "$A_TARGET"\n'},
        {f"{HOOK}deploy": f'{BASH}make "$A_TARGET"\n', f"{HOOK}deploy_env": ". ./settings\n", "settings": ""},
    ),
    (
        "S2I520 .s2i/required:2",
        {".s2i/required": "# secrets\nSECRET_KEY=x\n"},
        {".s2i/required": "# secrets\nSECRET_KEY # of sessions\n"},
    ),
    # What real repositories showed
    (
        f"S2I510 {HOOK}build:3",
        {f"{HOOK}build": "#!/usr/bin/env python3\nimport os\nos.execvp('x', ['powershift', 'image', 'setup'])\n"},
        {f"{HOOK}build": "#!/usr/bin/env python3\n# powershift image setup\nprint('powershift image, gone')\n"},
    ),
    (
        f"S2I510 {HOOK}setup:3",
        {f"{HOOK}setup": f"{BASH}bash -c 'powershift image migrate'\n"},
        {f"{HOOK}setup": f"{BASH}powershift client install\necho no powershift image any more\n"},
    ),
    (
        "S2I219 app.sh:1",
        {"app.sh": BASH, f"{HOOK}build": f"{BASH}chmod 755 other.sh\n"},
        {"app.sh": BASH, f"{HOOK}build": f"{BASH}chmod 755 $S2I_SOURCE_PATH/app.sh\n"},
    ),
    (
        "S2I219 app.sh:1",
        {"app.sh": BASH, ".s2i/bin/run": "#!/bin/bash\nexec /usr/libexec/s2i/run\n"},
        {"app.sh": BASH, ".s2i/bin/run": "#!/bin/bash\nexec s2itasks exec -- bash app.sh\n"},
    ),
    (
        f"S2I517 {HOOK}build:3",
        {f"{HOOK}build": f'{BASH}ls "/opt/app-root"\n'},
        {
            f"{HOOK}build": f"{BASH}sed -i 's|/opt/app-root/src|x|' conf\ncat <<'E'\n/opt/app-root\nE\n",
            ".s2i/bin/save-artifacts": "#!/bin/bash\ntar -C /opt/app-root -cf - cache\n",
        },
    ),
    (
        f"S2I210 {HOOK}wait-database:1",
        {f"{HOOK}wait-database": f"{BASH}true\n"},
        {
            f"{HOOK}wait-database": f"{BASH}true\n",
            "job.yaml": "command: [./.s2i/action_hooks/wait-database]\n",
        },
    ),
    (
        f"S2I513 {HOOK}build:5",
        {f"{HOOK}build": f"{BASH}(cd site\nmake)\npython -u missing.py\n./other.sh || true\n"},
        {f"{HOOK}build": f"{BASH}tar xzf bundle.tar.gz\nbundle/run.sh\ngit clone https://x/y/tool.git\ntool/go.sh\n"},
    ),
    (
        f"S2I515 {HOOK}deploy:3",
        {f"{HOOK}deploy": f"{BASH}ln -s app.conf /etc/app.conf\n"},
        {f"{HOOK}deploy": f"{BASH}ln -s /usr/share/x\ncp -t /tmp /etc/hosts\ntouch -r /etc/localtime stamp\n"},
    ),
    (
        "S2I109 .s2i/bin/assemble:4",
        {".s2i/bin/assemble": f"{BASH}pip install -r /tmp/src/x\n[ -d .s2i/action_hooks ]\nexec s2itasks assemble\n"},
        {".s2i/bin/assemble": f"{PIP}mkdir -p .s2i/action_hooks\nexec s2itasks assemble\n"},
    ),
    (
        f"S2I511 {HOOK}pre_build:3",
        {f"{HOOK}pre_build": f'{BASH}ls "$OPENSHIFT_REPO_DIR"x\n', f"{HOOK}build_env": "OPENSHIFT_REPO_DIR=/x/\n"},
        {f"{HOOK}build": f'{BASH}ls "$OPENSHIFT_REPO_DIR"x\n', f"{HOOK}build_env": "OPENSHIFT_REPO_DIR=/x/\n"},
    ),
    (
        f"S2I511 {HOOK}deploy:3",
        {f"{HOOK}deploy": f"{BASH}psql $OPENSHIFT_POSTGRESQL_DB_URL\n"},
        {
            f"{HOOK}deploy": f"{BASH}psql $OPENSHIFT_POSTGRESQL_DB_URL\n",
            "template.json": '{"env": [{"name": "OPENSHIFT_POSTGRESQL_DB_URL", "value": "x"}]}\n',
        },
    ),
    (
        f"S2I516 {HOOK}deploy:3",
        {f"{HOOK}deploy": f"{BASH}curl -u admin:hunter2 https://example.com/\n"},
        {f"{HOOK}deploy": f'{BASH}curl -u "admin:${{PASSWORD-}}" http://x\nexport JWT_TOKEN_LIFETIME=1h KEYS="a b"\n'},
    ),
    (
        f"S2I516 {HOOK}deploy:3",
        {f"{HOOK}deploy": f"{BASH}curl -u +admin:hunter2 https://example.com/\n"},
        {f"{HOOK}deploy": f"{BASH}date -u +%H:%M >started\n"},
    ),
    (
        f"S2I514 {HOOK}deploy:2",
        {f"{HOOK}deploy": "#!/bin/bash\nmake\nmake x\n"},
        {f"{HOOK}deploy": "#!/bin/bash\n. .s2i/lib.sh\nmake\nmake x\n", ".s2i/lib.sh": "set -e\n"},
    ),
    (
        f"S2I511 {HOOK}deploy:3",
        {f"{HOOK}deploy": f'{BASH}[ -f "$OPENSHIFT_DATA_DIR"x ]\n'},
        {f"{HOOK}deploy": f'{BASH}[ -n "$OPENSHIFT_DATA_DIR" ]\nls "$OPENSHIFT_DATA_DIR" $OPENSHIFT_BUILD_NAME\n'},
    ),
    (
        f"S2I511 {HOOK}deploy:3",
        {f"{HOOK}deploy": f"{BASH}ping $OPENSHIFT_MYSQL_DB_HOST\n"},
        {f"{HOOK}deploy": f"{BASH}ping $OPENSHIFT_CI_HOST\n"},
    ),
    (
        f"S2I507 {HOOK}deploy:4",
        {f"{HOOK}deploy": f'{BASH}# s2itasks: ignore=S2I511\npython "$OPENSHIFT_REPO_DIR"manage.py migrate\n'},
        {f"{HOOK}migrate": f'{BASH}# s2itasks: ignore=S2I511\npython "$OPENSHIFT_REPO_DIR"manage.py migrate\n'},
    ),
    (
        "S2I103 .s2i/bin/assemble:1",
        {".s2i/bin/assemble": f"{BASH}python -I /tmp/src/.s2i/other.pyz assemble\n"},
        {".s2i/bin/assemble": f'{BASH}exec python -I "${{S2I_UPLOAD_PATH:-/tmp/src}}/vendor/s2itasks.pyz" assemble\n'},
    ),
    (
        "S2I113 build.yaml:9",
        {"build.yaml": f"{STRATEGY}      scripts: https://example.com/bin\n    scripts: x\n"},
        {"build.yaml": f"{STRATEGY}      # scripts: x\n      incremental: true\n    scripts: x\n"},
    ),
    (
        "S2I113 template.json:3",
        {"template.json": '{"sourceStrategy": {"from": {"name": "a:1"},\n"env": [],\n"scripts": "${SCRIPTS}"}}\n'},
        {"template.json": '{"sourceStrategy": {"from": {"scripts": "x"}, "scripts": ""}, "scripts": "y"}\n'},
    ),
    (
        "S2I113 build.yaml:1",
        {"build.yaml": "[{sourceStrategy: {}}, {sourceStrategy: {from: {name: a:1}, scripts: https://example.com}}]\n"},
        {"build.yaml": "# sourceStrategy: {scripts: https://example.com/bin}\n"},
    ),
    (
        "S2I114 .s2i/bin/assemble:3",
        {".s2i/bin/assemble": f"{BASH}if x; then exec s2i/assemble; else exec s2itasks assemble; fi\n"},
        {
            ".s2i/bin/assemble": f"{BASH}. ./prepare.sh\nexec s2itasks assemble\n",
            "prepare.sh": "pip install s2itasks\n",
        },
    ),
    (
        "S2I114 .s2i/bin/assemble:3",
        {".s2i/bin/assemble": f"{BASH}exec s2itasks assemble\n"},
        {".s2i/bin/assemble": f"{BASH}exec /opt/app-root/bin/s2itasks assemble\n"},
    ),
    (
        "S2I112 .s2i/bin/assemble:3",
        {".s2i/bin/assemble": f"{BASH}exec python -I /tmp/src/.s2i/s2itasks.pyz assemble\n"},
        {".s2i/bin/assemble": f"{BASH}exec python -I /tmp/src/other/s2itasks.pyz assemble\n"},
    ),
    (
        "S2I112 .s2i/bin/assemble:3",
        {".s2i/bin/assemble": f"{BASH}exec python -I /tmp/src/.s2i/s2itasks.pyz assemble\n", ".s2i/s2itasks.pyz": ""},
        {".s2i/s2itasks.pyz": "nobody starts it\n"},
    ),
]
IDS = [f"{case[0]}-{number}" for number, case in enumerate(CASES)]


@pytest.fixture(scope="module")
def environ(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return an environment with bash and git, and without shellcheck, wherever the tests run."""
    return tools(tmp_path_factory.mktemp("tools") / "bin", "bash", "git")


@pytest.fixture(scope="module")
def without_bash(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return one for the rules that read scripts by themselves: starting bash and git for each takes its time."""
    return tools(tmp_path_factory.mktemp("without") / "bin")


@pytest.mark.many_cases
@pytest.mark.parametrize(("finding", "flawed", "clean"), CASES, ids=IDS)
def test_a_planted_defect_and_its_clean_twin(
    finding: str,
    flawed: Files,
    clean: Files,
    tmp_path: Path,
    environ: dict[str, str],
    without_bash: dict[str, str],
) -> None:
    """Exactly that finding, with a line that says what it is and what to do about it, and none."""
    asked = environ if finding.startswith("S2I207") else without_bash
    (each,) = check(write(tmp_path / "flawed", flawed), graph, asked)
    assert spelled(each) == finding
    assert each.message.isprintable()
    assert re.search(r"[;:,] .", each.message), each.message
    assert "hunter2" not in each.message
    assert found(write(tmp_path / "clean", clean), asked) == []


def test_every_rule_has_a_planted_defect() -> None:
    """Shellcheck's has a test of its own."""
    assert {finding.partition(" ")[0] for finding, _, _ in CASES} | {"S2I209"} == set(RULES)


def test_shellcheck_is_asked_where_it_is_installed(tmp_path: Path) -> None:
    """Its warnings and errors for shell scripts, with its own codes; its comments and ours both silence it."""
    environ = tools(tmp_path / "bin", "bash", "git", "env")
    shellcheck = Path(sys.executable).parent / "shellcheck"
    (tmp_path / "bin" / "shellcheck").symlink_to(shellcheck)
    root = write(
        tmp_path / "source",
        {
            f"{HOOK}build": f"{BASH}cd $1\nrm -rf $(ls)\n",
            f"{HOOK}deploy": f"{BASH}# shellcheck disable=SC2046\nrm -rf $(ls)\n",
            f"{HOOK}setup": f"{BASH}rm -rf $(ls) # s2itasks: ignore=S2I209\n",
            f"{HOOK}verify": "#!/usr/bin/env python\nrm = $(ls)\n",
            f"{HOOK}deploy_env": "A=1\n",
        },
    )
    (finding,) = check(root, graph, environ)
    assert (finding.rule.id, finding.path, finding.line) == ("S2I209", f"{HOOK}build", 4)
    assert finding.message.endswith("(SC2046)")


@pytest.mark.parametrize(
    "text",
    [
        f"{BASH}# s2itasks: ignore=S2I503\n# and why\nenv\n",
        f"{BASH}env # s2itasks: ignore=S2I504, S2I503\n",
        "#!/bin/bash\n\n# s2itasks: ignore=S2I503,S2I504 # all over the file\n\nset -e\ntrue\nenv\nset -x\n",
    ],
)
def test_comments_silence_rules(text: str, tmp_path: Path, environ: dict[str, str]) -> None:
    """In the line, in the comment above it, in the comment that the file begins with."""
    assert found(write(tmp_path, {f"{HOOK}build": text}), environ) == []


def test_a_comment_elsewhere_silences_nothing(tmp_path: Path, environ: dict[str, str]) -> None:
    """Nor does one for another rule."""
    text = f"{BASH}# s2itasks: ignore=S2I503\n\nenv\n# s2itasks: ignore=S2I504\nenv\n"
    root = write(tmp_path, {f"{HOOK}build": text})
    assert found(root, environ) == [f"S2I503 {HOOK}build:5", f"S2I503 {HOOK}build:7"]


def test_a_task_file_is_no_stranger(tmp_path: Path, environ: dict[str, str]) -> None:
    """Hooks may be tasks there; what it holds is nobody's business here."""
    files: Files = {".s2i/tasks.py": "import nothing\n", ".s2i/bin/assemble": None, f"{HOOK}build": None}
    assert found(write(tmp_path, files), environ) == []


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe\0", b"#!/bin/bash\n\xe9 \xff", b"#!", b"\xef\xbb\xbf", b"#!/bin/bash\n$("]
)
def test_no_content_is_too_odd(content: bytes, tmp_path: Path, environ: dict[str, str]) -> None:
    """Whatever lies in the place of a script, there is an answer."""
    names = ["bin/assemble", "action_hooks/build", "action_hooks/deploy_env", "environment", "jobs/a/b"]
    check(write(tmp_path, {f".s2i/{name}": content for name in names}), graph, environ)


@pytest.mark.parametrize("home", ["a" * 5000, "a/" * 3000, "a\0b", "/nowhere", "../..", "\udcff"])
def test_no_name_is_too_odd(home: str, tmp_path: Path, environ: dict[str, str]) -> None:
    """That of a directory that is not there, in ``.s2i/environment``."""
    files: Files = {
        ".s2i/environment": f"APP_HOME={home}\n".encode("utf-8", "surrogateescape"),
        "requirements.txt": "django\n",
        f"{HOOK}build": f"{BASH}python manage.py collectstatic\n",
        f"{HOOK}deploy": f"{BASH}python manage.py migrate\n",
    }
    assert f"S2I507 {HOOK}deploy:3" in found(write(tmp_path, files), environ)


WORDS = r"""
exec s2itasks run assemble env set -x $A ${B:-c} $( ) ( ) { } ; && || | & # ' " ` >f 2>&1 <<! ! if then fi for x in do
done case esac [ ] [[ ]] exit echo export a=b A= python manage.py migrate sleep kill \ é
"""
ODD = st.lists(st.sampled_from([*WORDS.split(), "\n", "\0"]), max_size=25).map(" ".join)
COMMANDS = [
    "true",
    "python manage.py migrate",
    "s2itasks migrate",
    "cd x",
    "echo $(s2itasks migrate)",
    "exec a",
    "set -x",
]
AROUND = ["if {}; then {}; fi", "{{ {}; {}; }}", "({}; {})", "for x in a; do {}; {}; done", "while {}; do {}; done"]
AROUND += [
    "{}\n{}",
    "{}; {}",
    "{} && {}",
    "{} | {}",
    "case a in a) {} ;; *) {} ;; esac",
    "f() {{ {}; {}; }}",
    "! {}; {}",
]
STRUCTURED = st.recursive(
    st.sampled_from(COMMANDS),
    lambda inner: st.tuples(st.sampled_from(AROUND), inner, inner).map(lambda made: made[0].format(*made[1:])),
    max_leaves=8,
)


@given(ODD | STRUCTURED)
def test_no_script_is_too_odd(text: str) -> None:
    """Whatever its words are, every rule comes to an end."""
    with tempfile.TemporaryDirectory() as directory:
        names = ["bin/assemble", "bin/run", "environment", "jobs/a/b", "x"]
        names += [f"action_hooks/{name}" for name in ("build", "build_env", "deploy_env", "deploy", "run", "ready")]
        root = write(Path(directory), {f".s2i/{name}": f"#!/bin/bash\n{text}\n" for name in names})
        for finding in check(root, graph, {"PATH": ""}):
            assert finding.message.isprintable()


def test_a_script_that_is_read_in_part(tmp_path: Path) -> None:
    """What can be found is found; what depends on the part that is missing is not said."""
    deep = f"{'( ' * 30000}true{' )' * 30000}"
    files: Files = {
        f"{HOOK}build": f"#!/bin/bash\nenv\n{deep}\nexport -p\nfor ((i = 0; i < 3; i++)) {{\n  printenv\n}}\n",
        f"{HOOK}run": f"#!/bin/bash\nunreadable() {{ {deep}; }}\nunreadable\n",
        f"{HOOK}deploy_env": f"a=1\n{deep}\n[ -n $b ]\n",
    }
    assert found(write(tmp_path, files), {"PATH": ""}) == [
        f"S2I503 {HOOK}build:2",
        f"S2I217 {HOOK}build:3",
        f"S2I503 {HOOK}build:4",
        f"S2I503 {HOOK}build:6",
        f"S2I217 {HOOK}deploy_env:2",
        f"S2I217 {HOOK}run:2",
    ]


def test_a_script_that_cannot_be_opened(tmp_path: Path, environ: dict[str, str]) -> None:
    """It is a finding that says why."""
    source = write(tmp_path, {f"{HOOK}build": BASH})
    (source / HOOK / "build").chmod(0o100)
    if os.access(source / HOOK / "build", os.R_OK):
        pytest.skip("root can open everything")
    assert found(source, environ) == [f"S2I217 {HOOK}build:1"]


@pytest.mark.parametrize("example", sorted(EXAMPLES.iterdir()), ids=lambda path: path.name)
def test_examples_are_clean(example: Path, environ: dict[str, str]) -> None:
    """Under --strict: not even a hint, but where one writes places out, as it is there to do, or is to be converted."""
    origin = CONVERTED.get(example.name)
    if origin:
        with pytest.raises(UsageError, match=f"convert it: s2itasks init --from {origin}"):
            found(example, environ)
        return
    rules = {finding.partition(" ")[0] for finding in found(example, environ)}
    assert rules == ({"S2I517"} if example.name == "powershift" else set())


@pytest.mark.parametrize(
    ("line", "cure"),
    [
        ('source "$OPENSHIFT_PYTHON_DIR"virtenv/bin/activate', "delete the line, or write ':' for it"),
        ("if [ ! -f $OPENSHIFT_HOMEDIR/bin/activate ]; then exit 1; fi", "delete what asks for it as a whole"),
        (". $OPENSHIFT_HOMEDIR/bin/activate && make", "delete what asks for it as a whole"),
    ],
)
def test_what_to_do_about_an_activation(tmp_path: Path, line: str, cure: str) -> None:
    """What is done to the letter leaves a script that works."""
    write(tmp_path, {f"{HOOK}build": f"{BASH}{line}\n"})
    said = [each.message for each in check(tmp_path, graph, tools(tmp_path / "bin")) if each.rule.id == "S2I511"]
    assert [cure in each for each in said] == [True]
