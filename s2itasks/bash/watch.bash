# shellcheck shell=bash disable=SC2034,SC2153 # the program of the command sets what this uses, and ending.bash uses what this sets
# Reads the options of a hook command, and watches a hook that has a limit, whose output the container's log is to show, or
# whose env script starts processes: a shell that waits for one hears no signal. Returns where there is nothing to watch, and with 1 where that is not simple.
#
# A child becomes the hook, in a process group of its own. By a pipe it tells that it has got there; the end of the pipe is
# the end of the hook, as far as nothing that the hook leaves behind holds it open, too. A hook that is quick and goes well
# has its end here; ending.bash, which sees to all the others, need not even be read then.

S2ITASKS_LIMIT='' S2ITASKS_LOG=''
while [[ $# -gt 1 ]]; do
    \builtin shift
    [[ " $S2ITASKS_OPTIONS " == *" ${1%%=*} "* ]] || \builtin return 1
    S2ITASKS_OPTIONS=${S2ITASKS_OPTIONS/"${1%%=*}"/} # each once
    case $1 in
        --timeout=*) S2ITASKS_LIMIT=${1#*=} ;;
        --timeout)
            [[ $# -gt 1 ]] || \builtin return 1
            S2ITASKS_LIMIT=$2
            \builtin shift
            ;;
        --log) S2ITASKS_LOG=1 ;;
        *) \builtin return 1 ;;
    esac
done
case $S2ITASKS_LIMIT in
    '') ;;
    *[!0-9.]* | *.*.* | .* | *. | ?????????????*) \builtin return 1 ;;
    *[1-9]*) ;;
    *) S2ITASKS_LIMIT='' ;; # zero is none
esac
[[ ${S2ITASKS_PROBE_LOG:-0} == 0 || $S2ITASKS_OPTIONS != *--log* ]] || S2ITASKS_LOG=1
[[ -z $S2ITASKS_LIMIT$S2ITASKS_LOG ]] || S2ITASKS_ALWAYS=''
[[ -n $S2ITASKS_LIMIT$S2ITASKS_LOG$S2ITASKS_ALWAYS ]] || \builtin return 0

s2itasks_becoming() { # the child is about to
    \builtin printf 'hook ' >&"$S2ITASKS_TELL"
    [[ -n $S2ITASKS_OUT ]] || \builtin return 0
    \exec >&"$S2ITASKS_OUT" 2>&"$S2ITASKS_ERR" {S2ITASKS_OUT}>&- {S2ITASKS_ERR}>&-
}

# What a container's runtime starts for a probe leads a process group and has no terminal; all else is not simple.
S2ITASKS_GROUP='' S2ITASKS_SIGNALS=() S2ITASKS_TOLD='' S2ITASKS_OUT='' S2ITASKS_ERR=''
\builtin kill -s 0 -- "-$$" 2>/dev/null || \builtin return 1
if { \builtin : </dev/tty; } 2>/dev/null; then \builtin return 1; fi
[[ -e /proc/self/fd/0 && -e /proc/self/fd/1 && -e /proc/self/fd/2 ]] || \builtin return 1
if \builtin declare -F exec >/dev/null; then \builtin return 1; fi # behind `builtin`, exec keeps no redirection
if ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] < 501)); then # a pipe, which can be opened once more, for writing
    \exec {S2ITASKS_REPORT}< <(\builtin :)
else
    \exec {S2ITASKS_REPORT}<<<'' # without a process, but in older ones it is a file
fi
\exec {S2ITASKS_TELL}>"/proc/self/fd/$S2ITASKS_REPORT"
[[ -z $S2ITASKS_LOG ]] || \builtin . "$S2ITASKS_BASH/capture.bash" || \builtin return 1
for S2ITASKS_LINE in TERM INT HUP QUIT; do
    # shellcheck disable=SC2064 # it is this signal that is meant
    \builtin trap "\builtin . \"\$S2ITASKS_BASH/forward.bash\" $S2ITASKS_LINE" "$S2ITASKS_LINE"
done

\builtin set -m
{
    \builtin trap '\builtin trap - EXIT; \builtin exit 1' TERM INT HUP QUIT # what that means, we say
    \builtin . "$S2ITASKS_PROGRAM"
    s2itasks_runtime "${S2ITASKS_WORDS[@]}"
} {S2ITASKS_REPORT}<&- &
S2ITASKS_GROUP=$!
\builtin set +m
\exec {S2ITASKS_TELL}>&-
for S2ITASKS_LINE in "${S2ITASKS_SIGNALS[@]}"; do
    \builtin kill -s "$S2ITASKS_LINE" -- "-$S2ITASKS_GROUP" # it came before there was a group
done

# Hear of it for a tenth of a second, if it has so long.
S2ITASKS_HEARD=0
if [[ $S2ITASKS_LIMIT != 0.0* ]]; then
    \builtin read -r -d '' -t 0.1 -u "$S2ITASKS_REPORT" S2ITASKS_TOLD
    if [[ $? -gt 128 ]]; then
        S2ITASKS_HEARD=10
    else # it has closed the pipe, and most probably is about to end
        for S2ITASKS_LINE in {1..50}; do
            \builtin kill -s 0 "$S2ITASKS_GROUP" || \builtin break
        done 2>/dev/null
        if ! \builtin kill -s 0 "$S2ITASKS_GROUP" 2>/dev/null && \builtin wait "$S2ITASKS_GROUP" &&
            [[ $S2ITASKS_TOLD == *hook* && ${#S2ITASKS_SIGNALS[@]} -eq 0 && -z $S2ITASKS_LOG ]]; then
            \builtin exit 0
        fi
    fi
fi
\builtin . "$S2ITASKS_BASH/ending.bash"
