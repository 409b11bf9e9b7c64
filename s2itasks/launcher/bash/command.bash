# shellcheck shell=bash
# s2itasks "$S2ITASKS_NAME", after "$S2ITASKS_BEFORE": compiled from the task graph, sourced by the launcher, which see.
# Where it returns, the pinned runtime does what is asked for.

# when command
[[ $# -gt 3 && ($4 != -* || ($4 == -- && $# -gt 4)) ]] || \builtin return
# end
# when no_options
[[ $# -eq 3 ]] || \builtin return
# end
# when fill_ours
"$S2ITASKS_FILL_OURS"
# end
# when usual
[[ "$S2ITASKS_USUAL" ]] || \builtin return
# end
# when shebang
\builtin read -r s2itasks_line <"$S2ITASKS_BECOMES"
[[ $s2itasks_line == "$S2ITASKS_SHEBANG" && -x "$S2ITASKS_HOOK_INTERPRETER" ]] || \builtin return
\builtin unset -v s2itasks_line
# end
if [[ ${S2ITASKS_ENVIRONMENT-} != "$S2ITASKS_MARK" && -n ${4-x} ]]; then
    # when slow
    [[ $$ -ne 1 ]] || \builtin return # bash hears no signal while it waits for a process of the env script
    # end
    \builtin mapfile -d '' -t s2itasks_text </proc/self/environ
    [[ " ${s2itasks_text[*]}" != *' BASH_FUNC_'* ]] || \builtin return # with -p, it has imported no functions
fi
# when options
if [[ $# -gt 3 || ${S2ITASKS_PROBE_LOG:-0} != 0 ]] && [[ -n ${4-x} ]]; then # it is empty in the child that is watched
    # shellcheck source=watch.bash
    \builtin . "$S2ITASKS_PROGRAMS"/watch.bash "$S2ITASKS_OPTIONS" "$@" || \builtin return
fi
# end

# The application environment, unless this process tree has it.
if [[ ${S2ITASKS_ENVIRONMENT-} != "$S2ITASKS_MARK" ]]; then
    # when quick
    # shellcheck source=first.bash
    [[ $BASHPID -ne 1 ]] || \builtin . "$S2ITASKS_PROGRAMS"/first.bash
    # end
    # when loud
    \builtin read -r s2itasks_now _ </proc/uptime
    \builtin set -- "${@:1:3}" "$s2itasks_now"
    \builtin unset -v s2itasks_now
    # end
    # when loud env_script
    # shellcheck source=event.bash
    \builtin . "$S2ITASKS_PROGRAMS"/event.bash "$S2ITASKS_SCRIPT_NAME" "$S2ITASKS_SOURCING"
    # end
    # shellcheck source=environment.bash
    if ! \builtin . "$S2ITASKS_PROGRAMS"/environment.bash "$S2ITASKS_LOUDNESS"; then
        \builtin unset -v S2ITASKS_ENVIRONMENT
        \builtin return
    fi
    # when loud env_script
    # shellcheck source=event.bash
    \builtin . "$S2ITASKS_PROGRAMS"/event.bash "$S2ITASKS_SCRIPT_NAME" since "$4"
    # end
    # when required
    if ! [[ "$S2ITASKS_REQUIRED" ]]; then
        # when refuses
        \builtin exec "$S2ITASKS_LAUNCHER" --aftermath required error
        # end
        # when warns
        "$S2ITASKS_LAUNCHER" --aftermath required warning </dev/null
        # end
    fi
    # end
fi
[[ . -ef "$S2ITASKS_CWD" && $PWD == "$S2ITASKS_CWD" ]] || \builtin cd "$S2ITASKS_CWD" || \builtin return
if [[ ${OLDPWD@a} != *r* ]]; then
    if [[ -n $2 ]]; then OLDPWD=$2; else \builtin unset -v OLDPWD; fi
fi
\builtin shopt -s execfail

# when command
# Find the command as exec would. Where the kernel may not be able to start it, the runtime says why.
if [[ $4 == -- ]]; then \builtin shift 4; else \builtin shift 3; fi
\builtin set -- - - exec -- "$@" # as the launcher is to find it, should this return
s2itasks_file=${5-}
if [[ $s2itasks_file != */* ]]; then
    [[ ${IFS@a} != *r* && -v PATH ]] || \builtin return
    \builtin set -f
    s2itasks_file=$PATH: # what an expansion ends with gives no field more
    # shellcheck disable=SC2016 # eval, for which alone IFS is another, expands it
    IFS=: \builtin eval 'for s2itasks_file in $s2itasks_file; do
        s2itasks_file=${s2itasks_file:-.}/$5
        [[ ! -x $s2itasks_file || ! -f $s2itasks_file ]] || \builtin break
    done'
    \builtin set +f
fi
[[ -n $5 && -f $s2itasks_file && -x $s2itasks_file ]] || \builtin return
if [[ $s2itasks_file != /usr/bin/* ]]; then
    [[ -r $s2itasks_file ]] || \builtin return
    \builtin read -r -N 4 s2itasks_line <"$s2itasks_file"
    if [[ $s2itasks_line != $'\x7fELF' ]]; then
        # shellcheck source=interpreted.bash
        \builtin . "$S2ITASKS_PROGRAMS"/interpreted.bash || \builtin return
    fi
fi
\builtin exec -a "$5" -- "$s2itasks_file" "${@:6}"
# end
# when loud
# shellcheck source=event.bash
\builtin . "$S2ITASKS_PROGRAMS"/event.bash "$S2ITASKS_NAME" "$S2ITASKS_BECOMING"
# end
# when options
if [[ -z ${4-x} ]]; then # the child that is watched tells that it has got here, and has its output captured
    \builtin printf 'hook ' >&"$5"
    [[ -z $6 ]] || \builtin eval "\\exec >&$6 2>&$7 $6>&- $7>&-"
fi
# end
# when becomes
\builtin exec "$S2ITASKS_BECOMES"
# end
# when no_hook
\builtin exit 0
# end
