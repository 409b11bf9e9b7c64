"""Repositories with different hooks, of which manifests are made, and the options to make them with."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from checked import BASH, Content, write

from s2itasks.manifests import asked, described
from s2itasks.manifests.asked import Asked
from s2itasks.manifests.described import Application
from s2itasks.phases import graph

HOOK, JOBS = ".s2i/action_hooks/", ".s2i/jobs/"
CALL = f"{BASH}exec python manage.py "
DIGEST = f"sha256:{'0123456789abcdef' * 4}"
CURL = f"{BASH}exec curl -fsS -o /dev/null http://localhost:8080/ready\n"
ODD = "Clean_Up the Résumés: " + "x" * 60

Files = dict[str, Content]
FULL: Files = {
    **{
        f"{HOOK}{name}": f"{BASH}./{name}\n" for name in ("ready", "alive", "migrate", "post_deploy", "setup", "verify")
    },
    **{f"{JOBS}{name}/job": f"{BASH}make\n" for name in ("minutely", "hourly", "daily", "weekly", "monthly")},
    f"{JOBS}nightly/job": f"{BASH}make\n",
    f"{JOBS}nightly/schedule 644": "# when nobody works\nCRON_TZ=Europe/Berlin\n30 3 * * mon-fri\n",
    ".s2i/required": "SECRET_KEY  # signs sessions; 50 characters: #1 of the list\nDATABASE_URL# postgresql://…\nSMTP_HOST\n",
    ".s2i/environment": "SMTP_HOST=mail.example.com\n",
    f"{HOOK}deploy_env": "DATABASE_URL=${DATABASE_URL:-sqlite:///data/db}\n",
}
SETS: dict[str, Files] = {
    "nothing": {},
    "full": FULL,
    "alive": {f"{HOOK}alive": f"{BASH}./alive\n"},
    "curl": {f"{HOOK}ready": CURL, f"{HOOK}verify": f"{BASH}make\n"},
    "deploy-migrates": {f"{HOOK}deploy": f"{BASH}exec s2itasks migrate\n", f"{HOOK}migrate": f"{CALL}migrate\n"},
    "django": {"manage.py": "", "requirements.txt": "Django>=4.2\n", f"{HOOK}migrate": f"{CALL}migrate\n"},
    "odd-jobs": {
        **{f"{JOBS}{name}/job": f"{BASH}make\n" for name in (ODD, "yes", "012", "a--b")},
        **{f"{JOBS}{name}/schedule 644": "*/20 * * * *\n" for name in (ODD, "yes", "012", "a--b")},
    },
    "tasks": {
        ".s2i/tasks.py": "from invoke import task\n@task\ndef ready(c):\n    pass\n@task\ndef setup(c):\n    pass\n"
    },
}


def application(root: Path, files: Files) -> Application:
    """Write a repository and read it."""
    return described.read(write(root, files), graph, {"PATH": "/usr/bin:/bin"})


def asks(**options: Any) -> Asked:
    """Return what the command line asks for, with options as it spells them."""
    given = {"name": "shop", "image": "registry.example.com/shop:1.4.2", "for_": "kubernetes", **options}
    return Asked(
        name=asked.name(given["name"]),
        image=asked.image(given["image"]),
        platform=asked.platform(given["for_"]),
        host=asked.host(given.get("host"), web=not given.get("no_web")),
        ports=asked.ports(given.get("port", ()), web=not given.get("no_web")),
        replicas=asked.replicas(given.get("replicas", "1")),
        data=asked.data(given.get("data")),
        secret=asked.secret(given.get("secret")),
        git=asked.git(given.get("git"), given.get("ref"), given.get("context_dir"), given.get("builder")),
        setup=asked.setup(given.get("with_", ())),
    )


OPTIONS: dict[str, tuple[Any, ...]] = {
    "for_": ("kubernetes", "openshift"),
    "image": (
        *("registry.example.com:5000/team/shop:1.4.2", "shop:1.4.2", "shop", "quay.io/team/shop:latest"),
        f"quay.io/team/shop@{DIGEST}",
    ),
    "name": ("shop", "a" + "-very" * 12 + "-l"),
    "web": (
        *({}, {"host": "shop.example.com"}, {"port": ("web=9000", "9001")}),
        *({"host": "shop.example.com", "port": ("web=9000", "9001")}, {"no_web": True}),
    ),
    "replicas": ("1", "3"),
    "data": (None, "data", "/var/lib/shop=10Gi"),
    "secret": (None, "shop.secrets"),
    "with_": ((), ("setup",)),
    "git": ({}, {"git": "https://git.example.com/shop.git"}, {
        "git": "git@git.example.com:team/shop.git", "ref": "v1", "context_dir": "web", "builder": "python:3.12-ubi9",
    }),
}  # fmt: skip


def every(step: int = 1) -> Iterator[Asked]:
    """Yield all that can be asked for, or every so manieth of it."""
    for values in itertools.islice(itertools.product(*OPTIONS.values()), 0, None, step):
        given = dict(zip(OPTIONS, values))
        yield asks(**given.pop("git"), **given.pop("web"), **given)
