"""The bash program that stands on PATH after `assemble`, compiled from the task graph.

Probes and ``oc exec`` run all day on a fraction of a core, where starting an interpreter takes longer than a probe may.
So the commands that only source ``deploy_env`` and become something are done in bash, their prerequisites flattened.
It knows the usual case alone: whatever is unusual, and the wording of every failure, is the pinned runtime's.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping
from pathlib import Path

from invoke.collection import Collection

from . import __version__
from .environment_file import read
from .environment_problems import VALID_NAME
from .layout import Layout
from .phase import Kind, Phase

# What of the environment decides on the layout: where it is another one, the runtime finds out.
DECIDING = (
    "S2I_APPLICATION_PATH",
    "S2I_SOURCE_PATH",
    "S2I_SCRIPTS_PATH",
    "S2I_UPLOAD_PATH",
    "APP_ROOT",
    "STI_SCRIPTS_PATH",
)
# Variables of .s2i/environment that change how bash itself works, or what s2itasks does.
NOT_FILLED = ("BASH", "ENV", "IFS", "PATH", "POSIXLY_CORRECT", "PROMPT_COMMAND", "S2I_", "S2ITASKS_", "SHELLOPTS")
# What a script says that is about its shell and not about variables. In a shell that becomes the command, that would
# reach the command; the runtime sources it in one that ends.
ABOUT_THE_SHELL = re.compile(r"\b(exec|trap|umask|ulimit|enable|kill|BASH_SOURCE|FUNCNAME)\b")
# The activation runs under our options and may not end the shell; the images' own does neither.
ENDS_THE_SHELL = re.compile(r"\b(exit|set|exec|trap)\b")

PROGRAM = r"""#!/bin/bash --posix
# Starts s2itasks for the application in @application@. Written by s2itasks @version@ from its task graph, at the end of
# assemble. What a pod does all day is done here, in bash; anything unusual, and the wording of every failure, is the
# business of the pinned runtime. (In POSIX mode bash does not source $BASH_ENV before its turn. It ends below.)

s2itasks_runtime() {
    @interpreter_activation@\builtin exec @interpreter@ -I -S @start@ "${S2ITASKS_WORDS[@]}"
}

s2itasks_failed() { # an env script or the activation ended this shell
    S2ITASKS_STATUS=$?
    \builtin trap - EXIT ERR
    \builtin set +aefu
    [[ $S2ITASKS_STAGE == script ]] || s2itasks_runtime
    \builtin exec @interpreter@ -I -S @start@ --explain @source@ "$S2ITASKS_STATUS" "${S2ITASKS_RECORD-}"
}

s2itasks_starts() { # can the kernel start this script, as far as its first line tells?
    [[ -f $1 && -r $1 && -x $1 ]] || return
    S2ITASKS_LINE=''
    IFS='' \builtin read -r -n 256 S2ITASKS_LINE <"$1"
    [[ $S2ITASKS_LINE == $'\x7fELF'* ]] && return
    [[ $S2ITASKS_LINE == '#!'*[!\ ]* && $S2ITASKS_LINE != *$'\r' ]] || return
    S2ITASKS_LINE=${S2ITASKS_LINE:2}
    S2ITASKS_LINE=${S2ITASKS_LINE#"${S2ITASKS_LINE%%[! ]*}"}
    [[ -x ${S2ITASKS_LINE%%[ $'\t']*} ]]
}

s2itasks_found() { # is this a command that exec will find?
    [[ $1 != */* ]] || { s2itasks_starts "$1"; return; }
    [[ -n $1 && -n ${PATH-} ]] || return
    \builtin local IFS=: directory
    \builtin set -f
    for directory in $PATH; do
        if [[ -x ${directory:-.}/$1 && -f ${directory:-.}/$1 ]]; then
            \builtin set +f
            s2itasks_starts "${directory:-.}/$1"
            return
        fi
    done
    \builtin set +f
    return 1
}

S2ITASKS_WORDS=("$@") S2ITASKS_PHASE=${1-} S2ITASKS_STAGE=start S2ITASKS_PWD=$PWD
case $S2ITASKS_PHASE in
    @with_command@)
        case ${2--} in
            --)
                [[ $# -gt 2 ]] || s2itasks_runtime
                shift 2
                ;;
            -*) s2itasks_runtime ;;
            *) shift ;;
        esac
        ;;
    @alone@)
        [[ $# -eq 1 ]] || s2itasks_runtime
        shift
        ;;
    *) s2itasks_runtime ;;
esac
S2ITASKS_COMMAND=("$@")
set --

# The usual case: the layout of the build, nothing that changes how bash or s2itasks work, an unchanged file.
S2ITASKS_LINE="@deciding@"
[[ $S2ITASKS_LINE == @layout_given@ ||
    $S2ITASKS_LINE == @layout_known@ ]] || s2itasks_runtime
[[ ${POSIXLY_CORRECT@a} != *x* && ${SHELLOPTS@a} != *x* && ${BASHOPTS@a} != *x* && . -ef $PWD ]] || s2itasks_runtime
[[ ${BASH_ENV-} != *[\"\`\\]* && -x @hooks@ &&
    @unchanged@ ]] || s2itasks_runtime
S2ITASKS_LINE=("${!S2ITASKS_TIMEOUT_@}")
[[ ${#S2ITASKS_LINE[@]} -eq 0 && ! -v S2ITASKS_PROBE_LOG ]] || s2itasks_runtime
if [[ -e @script@ || -L @script@ ]]; then
    [[ -f @script@ && -r @script@ ]] || s2itasks_runtime
    IFS='' \builtin read -r -d '' S2ITASKS_LINE <@script@
    [[ $S2ITASKS_LINE != $'\xef\xbb\xbf'* && $S2ITASKS_LINE != *$'\r\n'* ]] || s2itasks_runtime
fi
\builtin set +o posix

case ${S2ITASKS_ENVIRONMENT-} in
    @mark@) ;; # this process tree has the application environment already
    build:* | build_env:*) s2itasks_runtime ;;
    *)
        # What .s2i/environment says, for the names that are missing, and the layout.
@fill@
        \builtin export @layout_exports@

        # The image's activation, once.
        S2ITASKS_STAGE=activation S2ITASKS_OLDPWD=${OLDPWD-}
        \builtin trap s2itasks_failed EXIT
        if [[ -n ${BASH_ENV-} ]]; then
            \builtin eval "S2ITASKS_LINE=\"$BASH_ENV\""
            [[ ! -r $S2ITASKS_LINE ]] || \builtin . "$S2ITASKS_LINE" >&2
        fi
        \builtin unset BASH_ENV ENV PROMPT_COMMAND
        \builtin cd @source@
        if [[ -f @user@ ]]; then
            \builtin . @user@ >&2 ||
                \builtin printf 's2itasks: warning: %s failed; going on without it\n' @user@ >&2
        fi
        \builtin set +e +f +u +o pipefail
        \builtin unset IFS
        \builtin cd @source@

        # @env_script@
        if [[ -e @script@ ]]; then
            S2ITASKS_STAGE=script BASH_ARGV0=@script@
            \builtin trap 'S2ITASKS_RECORD="$? ${LINENO-} ${BASH_SOURCE[1]+${BASH_SOURCE[0]}}"' ERR
            \builtin set -a -e -E -o pipefail
            \builtin . @script@ >&2
            \builtin set +a +e +E +f +u +C +o pipefail
            \builtin trap - ERR
            \builtin unset S2ITASKS_RECORD
        fi
        \builtin trap - EXIT
        \builtin cd "$S2ITASKS_PWD"
        if [[ -n $S2ITASKS_OLDPWD ]]; then OLDPWD=$S2ITASKS_OLDPWD; else \builtin unset OLDPWD; fi
        \builtin export S2ITASKS_ENVIRONMENT=@mark@
        ;;
esac
\builtin shopt -s execfail

# @become@
case $S2ITASKS_PHASE in
    @with_command@)
        s2itasks_found "${S2ITASKS_COMMAND[0]}" && \builtin exec -- "${S2ITASKS_COMMAND[@]}"
        ;;
    @shell@) \builtin exec @bash@ ;;
    *)
        [[ -e @hooks@/$S2ITASKS_PHASE || -L @hooks@/$S2ITASKS_PHASE ]] || \builtin exit 0
        if s2itasks_starts @hooks@/"$S2ITASKS_PHASE"; then
            S2ITASKS_OLDPWD=${OLDPWD-}
            \builtin cd @source@
            if [[ -n $S2ITASKS_OLDPWD ]]; then OLDPWD=$S2ITASKS_OLDPWD; else \builtin unset OLDPWD; fi
            \builtin exec @hooks@/"$S2ITASKS_PHASE"
        fi
        ;;
esac
s2itasks_runtime # it says why not
"""


def program(
    collection: Collection,
    layout: Layout,
    environ: Mapping[str, str],
    *,
    launcher: Path,
    interpreter: str,
    start: Path,
    bash: str,
    activated: bool,
) -> str:
    """Give the text of the program.

    :param environ: the process environment of the build, which is the image's.
    :param launcher: where it will stand.
    :param interpreter: what starts the pinned runtime.
    :param start: the runtime's first file.
    :param activated: whether the interpreter needs the image's activation to be started.
    """
    fast = [phase for phase in collection.tasks.values() if isinstance(phase, Phase) and _is_fast(phase)]
    file = read(layout.environment_file, "environment")
    script = layout.hooks / "deploy_env"
    user = layout.application / "etc" / "generate_container_user"
    if (
        any(not VALID_NAME.fullmatch(name) or name.startswith(NOT_FILLED) for name in file)
        or ABOUT_THE_SHELL.search(_text(script))
        or ENDS_THE_SHELL.search(_text(user))
    ):
        fast = []
    known = {**{name: environ.get(name, "") for name in DECIDING}, **layout.variables}
    fill = [f"[[ -v {name} ]] || \\builtin export {name}={shlex.quote(value)}" for name, value in file.items()]
    values = {
        "application": str(layout.application),
        "version": __version__,
        "interpreter": shlex.quote(interpreter),
        "interpreter_activation": '[[ -z ${BASH_ENV-} ]] || \\builtin . "$BASH_ENV"\n    ' if activated else "",
        "start": shlex.quote(str(start)),
        "source": shlex.quote(str(layout.source)),
        "hooks": shlex.quote(str(layout.hooks)),
        "script": shlex.quote(str(script)),
        "user": shlex.quote(str(user)),
        "mark": shlex.quote(f"deploy_env:{layout.source}"),
        "deciding": "|".join(f"${{{name}-}}" for name in DECIDING),
        "layout_given": shlex.quote("|".join(environ.get(name, "") for name in DECIDING)),
        "layout_known": shlex.quote("|".join(known[name] for name in DECIDING)),
        "layout_exports": " \\\n            ".join(
            f"{name}={shlex.quote(value)}" for name, value in layout.variables.items()
        ),
        "unchanged": " &&\n    ".join(_unchanged(each, launcher) for each in (layout.environment_file, script, user)),
        "fill": "\n".join(f"        {line}" for line in fill or [":"]),
        "bash": shlex.quote(bash),
        "with_command": _pattern(phase.name for phase in fast if phase.takes_command),
        "alone": _pattern(phase.name for phase in fast if not phase.takes_command),
        "shell": _pattern(phase.name for phase in fast if not phase.takes_command and phase.kind is None),
        "env_script": _comment(fast, "is sourced first"),
        "become": f"What {', '.join(phase.name for phase in fast) or 'nothing'} become.",
    }
    text = PROGRAM
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    return text


def _is_fast(phase: Phase) -> bool:
    """Tell whether a phase is no more than env scripts and becoming something, as its declaration says."""
    only_env_scripts = all(
        isinstance(each, Phase) and each.kind is Kind.ENV_SCRIPT and not each.pre for each in phase.prerequisites()
    )
    becomes = phase.becomes or phase.kind is Kind.HOOK
    return phase.quiet and becomes and only_env_scripts and bool(phase.prerequisites())


def _pattern(names: Iterable[str]) -> str:
    listed = list(names)
    return " | ".join(listed) if listed else "''"


def _comment(fast: list[Phase], what: str) -> str:
    return f"{', '.join(each.name for each in fast[0].prerequisites()) if fast else 'nothing'} {what}."


def _text(script: Path) -> str:
    """Give the text of a script without its comments, or nothing where there is none to read."""
    try:
        return re.sub(r"(?m)^\s*#.*$", "", script.read_bytes().decode("latin-1"))
    except OSError:
        return ""


def _unchanged(file: Path, launcher: Path) -> str:
    quoted = shlex.quote(str(file))
    if file.exists():
        return f"-e {quoted} && ! {quoted} -nt {shlex.quote(str(launcher))}"
    return f"! -e {quoted}"
