"""The env scripts that stand for the environment of an OpenShift V2 gear, and what is to be said of its variables."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from . import v2_variables
from .conversion import Conversion
from .draft import MARK, Draft
from .entry import Fate
from .v2_hooks import insert
from .whereabouts import sets

HEAD = f"{MARK} what OpenShift V2 set, and something here reads; its directories end in a slash\n"
SOURCED = f"{MARK} from what V2 sourced before it started something\n"
OF_UPLOAD = f"{MARK} what OpenShift V2 set; the repository is still where it was uploaded to"


def write_env_scripts(made: Conversion, names: Collection[str], lifted: Mapping[str, list[str]]) -> None:
    """Set the variables that something reads, and what hooks set that V2 sourced.

    :param lifted: the lines of such hooks, by the env script that has them now.
    """
    lines = v2_variables.assignments(names)
    head = HEAD + "".join(f"{line}\n" for line in lines) if lines else ""
    for script in ("build_env", "deploy_env"):
        own = "".join(f"{line}\n" for line in lifted.get(script, ()))
        path = f".s2i/action_hooks/{script}"
        if head or own:
            made.write(path, head + (SOURCED + own if own else ""))
            made.say(path, Fate.WRITTEN, f"new: it sets what {'V2' if head else 'hooks that V2 sourced'} did")


def set_before_build(made: Conversion, draft: Draft, names: Collection[str]) -> None:
    """Have ``pre_build`` set what it reads: it does not get the variables of ``build_env``."""
    own = {name for name in names if not sets(draft.text, name)}
    lines = v2_variables.assignments(own)
    if lines:
        lines = [f"export {line}" for line in lines]
        lines = [line.replace("=$S2I_SOURCE_PATH/", "=$S2I_UPLOAD_PATH/") for line in lines]
        insert(made, draft, [OF_UPLOAD, *lines], "it sets what it reads: build_env comes later")


def say_what_variables_need(made: Conversion, names: Collection[str], text: str) -> None:
    """Say what somebody has to know, or to do, about the variables that a text names."""
    reads, writes = v2_variables.read_in(text), v2_variables.written_in(text)
    deployed = v2_variables.given_in(text)
    for name, why in v2_variables.remarks(names):
        if name in reads and name not in deployed:
            made.say("", Fate.LEFT, f"{name}, which something reads: {why}")
        elif name in writes and name not in reads:
            made.say("", Fate.LEFT, f"{name}, which something here sets: {v2_variables.only_for_v2(name)}")
