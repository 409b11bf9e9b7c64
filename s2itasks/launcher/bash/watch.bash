# shellcheck shell=bash disable=SC2034 # ending.bash and forward.bash use what this sets
# Reads the options of a hook command, and watches a hook that has a limit, or whose output the container's log is to show.
# Sourced by the command's program with the options that there are, as one word, and the program's own arguments. Returns 0
# where there is nothing to watch, and 1 where that is not simple.
#
# A child becomes the hook, in a process group of its own. By a pipe it tells that it has got there; the end of the pipe is
# the end of the hook, as far as nothing that the hook leaves behind holds it open, too. A hook that is quick and goes well
# has its end here; ending.bash, which sees to all the others, need not even be read then. `\exec` and not `\builtin exec`,
# behind which it would keep no redirection.

s2itasks_options=$1 s2itasks_child=("${@:2:3}") s2itasks_limit='' s2itasks_log=''
\builtin shift 4
while [[ $# -gt 0 ]]; do
    [[ " $s2itasks_options " == *" ${1%%=*} "* ]] || \builtin return 1
    s2itasks_options=${s2itasks_options/"${1%%=*}"/} # each once
    case $1 in
        --timeout=*) s2itasks_limit=${1#*=} ;;
        --timeout)
            [[ $# -gt 1 ]] || \builtin return 1
            s2itasks_limit=$2
            \builtin shift
            ;;
        --log) s2itasks_log=1 ;;
        *) \builtin return 1 ;;
    esac
    \builtin shift
done
case $s2itasks_limit in
    '') ;;
    *[!0-9.]* | *.*.* | .* | *. | ?????????????*) \builtin return 1 ;;
    *[1-9]*) ;;
    *) s2itasks_limit='' ;; # zero is none
esac
[[ ${S2ITASKS_PROBE_LOG:-0} == 0 || $s2itasks_options != *--log* ]] || s2itasks_log=1
[[ -n $s2itasks_limit$s2itasks_log ]] || \builtin return 0

# What a container's runtime starts for a probe leads a process group and has no terminal; all else is not simple.
\builtin kill -s 0 -- "-$$" 2>/dev/null || \builtin return 1
if { \builtin : </dev/tty; } 2>/dev/null; then \builtin return 1; fi
[[ -e /proc/self/fd/0 && -e /proc/self/fd/1 ]] || \builtin return 1
if [[ ${BASH_VERSINFO[0]}${BASH_VERSINFO[1]} -lt 51 ]]; then # a pipe, which can be opened once more, for writing
    \exec {s2itasks_report}< <(\builtin :)
else
    \exec {s2itasks_report}<<<'' # without a process, but in older ones it is a file
fi
\exec {s2itasks_tell}>"/proc/self/fd/$s2itasks_report"
s2itasks_out='' s2itasks_err=''
# shellcheck source=capture.bash
[[ -z $s2itasks_log ]] || \builtin . "$S2ITASKS_PROGRAMS"/capture.bash || \builtin return 1
s2itasks_group='' s2itasks_signals=() s2itasks_told='' s2itasks_forward="$S2ITASKS_PROGRAMS"/forward.bash
# shellcheck disable=SC2066,SC2153 # a blank of several words
for s2itasks_signal in "$S2ITASKS_SIGNALS"; do
    # shellcheck disable=SC2064 # it is this signal that is meant
    \builtin trap "\\builtin . \"\$s2itasks_forward\" $s2itasks_signal" "$s2itasks_signal"
done

\exec {s2itasks_stderr}>&2 2>/dev/null # what bash says of ended children is nobody's business
\builtin set -m
{
    \builtin set +m
    \builtin set -- "${s2itasks_child[@]}" '' "$s2itasks_tell" "$s2itasks_out" "$s2itasks_err"
    \builtin unset -v "${!s2itasks_@}"
    # shellcheck source=/dev/null # each is checked by itself
    \builtin . "$S2ITASKS_PROGRAMS"/"$3".bash
    \builtin exit 126 # why it could not become the hook, bash has said
} 2>&"$s2itasks_stderr" {s2itasks_stderr}>&- {s2itasks_report}<&- &
s2itasks_group=$!
\builtin set +m
\exec {s2itasks_tell}>&-
for s2itasks_signal in "${s2itasks_signals[@]}"; do
    \builtin kill -s "$s2itasks_signal" -- "-$s2itasks_group" # it came before there was a group
done

# Hear of it for a tenth of a second, if it has so long.
s2itasks_heard=0 # hundredths of a second
if [[ $s2itasks_limit != 0.0* ]]; then
    \builtin read -r -d '' -t 0.1 -u "$s2itasks_report" s2itasks_told
    if [[ $? -gt 128 ]]; then
        s2itasks_heard=10
    else # it has closed the pipe, and most probably is about to end; the pipe, open at both ends, is now something to wait at
        \exec {s2itasks_report}<>"/proc/self/fd/$s2itasks_report"
        for s2itasks_slice in 0.0002 0.0005 0.001 0.002; do
            \builtin kill -s 0 "$s2itasks_group" || \builtin break
            \builtin read -r -d '' -t "$s2itasks_slice" -u "$s2itasks_report"
        done
        if ! \builtin kill -s 0 "$s2itasks_group" && \builtin wait "$s2itasks_group" &&
            [[ $s2itasks_told == *hook* && ${#s2itasks_signals[@]} -eq 0 && -z $s2itasks_log ]]; then
            \builtin exit 0
        fi
    fi
fi
# shellcheck source=ending.bash
\builtin . "$S2ITASKS_PROGRAMS"/ending.bash
