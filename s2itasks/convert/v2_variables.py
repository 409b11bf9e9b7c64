"""The variables of an OpenShift V2 gear: what they are in a container, and what has to be said of them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

NAME = re.compile(r"\bOPENSHIFT_[A-Z0-9_]*[A-Z0-9]")
GIVEN = re.compile(r"\bname[\"']?[ \t]*:[ \t]*[\"']?(OPENSHIFT_[A-Z0-9_]*[A-Z0-9])\b")
SETS = re.compile(
    rf"{GIVEN.pattern}"  # in a manifest or a template
    r"|(?<![\w${])OPENSHIFT_[A-Z0-9_]+=(?!=)"  # in a script
    r"|(?<=/user_vars/)OPENSHIFT_[A-Z0-9_]+\b"  # for all that V2 started
    r"|\benviron(?:\[|\.setdefault\()[\"']OPENSHIFT_[A-Z0-9_]+[\"'](?:\](?=[ \t]*=(?!=))|(?=,))"  # in Python
)
# What an env script can say. V2's directories end in a slash, which scripts and code rely on.
VALUES = {
    "OPENSHIFT_REPO_DIR": "$S2I_SOURCE_PATH/",
    "OPENSHIFT_DATA_DIR": "${OPENSHIFT_DATA_DIR:-$S2I_APPLICATION_PATH/data/}",
    "OPENSHIFT_HOMEDIR": "$S2I_APPLICATION_PATH/",
    "OPENSHIFT_PYTHON_DIR": "$S2I_APPLICATION_PATH/",
    "OPENSHIFT_TMP_DIR": "${TMPDIR:-/tmp}/",
    "OPENSHIFT_LOG_DIR": "${TMPDIR:-/tmp}/",
    "OPENSHIFT_PYTHON_LOG_DIR": "${TMPDIR:-/tmp}/",
    "OPENSHIFT_PYTHON_IP": "0.0.0.0",  # noqa: S104 - a container listens on all addresses
    "OPENSHIFT_PYTHON_PORT": "${PORT:-8080}",
    "OPENSHIFT_DIY_IP": "0.0.0.0",  # noqa: S104 - likewise
    "OPENSHIFT_DIY_PORT": "${PORT:-8080}",
    "OPENSHIFT_APP_DNS": "${OPENSHIFT_APP_DNS:-*}",
    "OPENSHIFT_GEAR_DNS": "${OPENSHIFT_GEAR_DNS:-*}",
}
# What somebody has to know of those.
REMARKS = {
    "OPENSHIFT_DATA_DIR": "mount a volume at data in the application root (/opt/app-root/data), or where "
    "OPENSHIFT_DATA_DIR says: without one, what is written there is gone with its container",
    "OPENSHIFT_APP_DNS": "set it for the deployment to the host name of its route; until then it is *, which Django's "
    "ALLOWED_HOSTS takes for any host",
    "OPENSHIFT_GEAR_DNS": "set it for the deployment to the host name of its route; until then it is *",
    "OPENSHIFT_HOMEDIR": "V2's home held app-root/repo, app-root/data and python; nothing else is there",
    "OPENSHIFT_LOG_DIR": "nobody reads files in /tmp: write to stdout, which is the container's log",
    "OPENSHIFT_PYTHON_LOG_DIR": "nobody reads files in /tmp: write to stdout, which is the container's log",
}
# What only the deployment knows.
UNKNOWN = {
    r"OPENSHIFT_(MYSQL|POSTGRESQL|MONGODB)_\w+": "set it for the deployment: the database's service, and "
    "what its secret has",
    "OPENSHIFT_SECRET_TOKEN": "set it for the deployment from a secret; V2 made one for each application",
    "OPENSHIFT_(APP_NAME|GEAR_NAME|NAMESPACE|APP_UUID|GEAR_UUID|CLOUD_DOMAIN|BROKER_HOST|CLIENT_RESULT)": "set it for "
    "the deployment, if it is still needed",
    "OPENSHIFT_PYTHON_VERSION": "the image sets PYTHON_VERSION",
}
# What V2 read, and nothing does now.
READ_BY_V2 = {
    "OPENSHIFT_PYTHON_REQUIREMENTS_PATH": "V2's build read it; the builder installs requirements.txt: have that name "
    "the other file ('-r PATH')",
    "OPENSHIFT_PYTHON_WSGI_APPLICATION": "V2's server read it; set APP_MODULE in .s2i/environment (app.wsgi for "
    "app/wsgi.py), and put gunicorn into requirements.txt",
    "OPENSHIFT_PYPI_MIRROR_URL": "V2's build read it; the builder reads PIP_INDEX_URL",
}
NOT_READ = "nothing reads it; delete that, if only V2 read it"
# What spoke to a cartridge or to the router in front of gears.
OF_CARTRIDGES = re.compile(
    r"OPENSHIFT_(?:HAPROXY\w*|\w*_CARTRIDGE\w*|CARTRIDGE\w*|GEAR_DIR|GEAR_MEMORY\w*|JENKINS\w*|CRON\w*|DEPENDENCIES\w*)"
)
OTHERWISE = "V2's cartridges or router set it, and nothing does now; see what it was for"


def named_in(text: str) -> set[str]:
    """Return the variables of V2 that a text names."""
    return set(NAME.findall(text))


def read_in(text: str) -> set[str]:
    """Return the variables of V2 that a text reads: it does more than to set them."""
    return set(NAME.findall(SETS.sub("", "\n".join(_live(text)))))


def written_in(text: str) -> set[str]:
    """Return the variables of V2 that a text sets."""
    return {name for found in SETS.finditer("\n".join(_live(text))) for name in NAME.findall(found[0])}


def given_in(text: str) -> set[str]:
    """Return the variables of V2 that a manifest or a template among other texts gives to a container."""
    return set(GIVEN.findall("\n".join(_live(text))))


def only_for_v2(name: str) -> str:
    """Return what to do with a variable that is set, and that nothing reads."""
    return READ_BY_V2.get(name, NOT_READ)


def _live(text: str) -> Iterator[str]:
    return (line for line in text.split("\n") if not line.lstrip().startswith("#"))


def assignments(names: Collection[str]) -> list[str]:
    """Return the lines of an env script that set what can be set."""
    return [f"{name}={value}" for name, value in VALUES.items() if name in names]


def remarks(names: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield each variable that somebody has to know something of, with that."""
    for name in sorted(names):
        unknown = next((why for pattern, why in UNKNOWN.items() if re.fullmatch(pattern, name)), "")
        if name in REMARKS:
            yield name, REMARKS[name]
        elif name not in VALUES:
            yield name, READ_BY_V2.get(name, "") or unknown or OTHERWISE
