# shellcheck shell=bash disable=SC2153 # the launcher sets what this uses
# Watches a hook that has a limit, or whose output the container's log is to show; sourced by the launcher.
#
# A child becomes the hook, in a process group of its own. By a pipe it tells that it has got there; the end of the pipe is
# the end of the hook, as far as nothing that the hook leaves behind holds it open, too, and so from time to time the
# child itself is looked at. What did not go well, the runtime ends and explains.

s2itasks_forward() { # a signal to the hook's process group; the third is the last
    S2ITASKS_SIGNALS+=("$1")
    [[ ${#S2ITASKS_SIGNALS[@]} -lt $S2ITASKS_ENOUGH ]] || \builtin set -- KILL
    [[ -n $S2ITASKS_GROUP ]] || return 0
    \builtin kill -s "$1" -- "-$S2ITASKS_GROUP"
    [[ $1 != QUIT ]] || \builtin kill -s TERM -- "-$S2ITASKS_GROUP"
    \builtin kill -s CONT -- "-$S2ITASKS_GROUP"
} 2>/dev/null

# What a container's runtime starts for a probe leads a process group and has no terminal; all else is not simple.
S2ITASKS_GROUP='' S2ITASKS_SIGNALS=() S2ITASKS_TOLD='' S2ITASKS_ERR=''
\builtin kill -s 0 -- "-$$" 2>/dev/null || s2itasks_runtime
if { \builtin : </dev/tty; } 2>/dev/null; then s2itasks_runtime; fi
[[ -e /proc/self/fd/0 && -e /proc/self/fd/1 && -e /proc/self/fd/2 ]] || s2itasks_runtime
if \builtin declare -F exec >/dev/null; then s2itasks_runtime; fi # behind `builtin`, exec keeps no redirection
\exec {S2ITASKS_REPORT}<<<'' # a pipe, from bash 5.1 on; it can be opened once more, for writing
[[ -p /proc/self/fd/$S2ITASKS_REPORT ]] || s2itasks_runtime
\exec {S2ITASKS_TELL}>"/proc/self/fd/$S2ITASKS_REPORT"
if [[ -n $S2ITASKS_LOG ]]; then
    S2ITASKS_LINE=/dev/shm/s2itasks.$$.$RANDOM
    [[ -w /dev/shm && ! -e $S2ITASKS_LINE.out && ! -e $S2ITASKS_LINE.err ]] || s2itasks_runtime
    \builtin set -C
    { \exec {S2ITASKS_OUT}>"$S2ITASKS_LINE.out" {S2ITASKS_ERR}>"$S2ITASKS_LINE.err"; } 2>/dev/null ||
        s2itasks_runtime
    \builtin set +C
    /bin/rm -f "$S2ITASKS_LINE.out" "$S2ITASKS_LINE.err"
fi
for S2ITASKS_LINE in TERM INT HUP QUIT; do
    # shellcheck disable=SC2064 # it is this signal that is meant
    \builtin trap "s2itasks_forward $S2ITASKS_LINE" "$S2ITASKS_LINE"
done

\builtin set -m
\builtin . "$S2ITASKS_BECOME" {S2ITASKS_REPORT}<&- &
S2ITASKS_GROUP=$!
\builtin set +m
\exec {S2ITASKS_TELL}>&-
for S2ITASKS_LINE in "${S2ITASKS_SIGNALS[@]}"; do
    \builtin kill -s "$S2ITASKS_LINE" -- "-$S2ITASKS_GROUP" # it came before there was a group
done

s2itasks_told() { # hear of the child until it has ended; false when that takes more hundredths of a second
    \builtin local said status until slice slices
    slices=(0.1)
    s2itasks_clock
    until=$((S2ITASKS_NOW + $1))
    while [[ $S2ITASKS_NOW -lt $until ]]; do
        slice=${slices[0]}
        [[ ${#slices[@]} -eq 1 ]] || slices=("${slices[@]:1}")
        [[ $((until - S2ITASKS_NOW)) -ge 10 ]] || slice=0.0$((until - S2ITASKS_NOW))
        \builtin read -r -d '' -t "$slice" -u "$S2ITASKS_REPORT" said
        status=$?
        S2ITASKS_TOLD+=$said
        if [[ $status -le 128 ]]; then # it has closed the pipe, and most probably is about to end
            for status in {1..50}; do
                \builtin kill -s 0 "$S2ITASKS_GROUP" || return 0
            done
            \exec {S2ITASKS_REPORT}<>"/proc/self/fd/$S2ITASKS_REPORT"
            slices=(0.001 0.002 0.005 0.01 0.02 0.05 0.1) # it may need our processor for that
        fi
        \builtin kill -s 0 "$S2ITASKS_GROUP" || return 0
        s2itasks_clock
    done
    return 1
} 2>/dev/null

S2ITASKS_LINE=${S2ITASKS_LIMIT:-99999999999}
[[ $S2ITASKS_LINE == *.* ]] || S2ITASKS_LINE+=.
S2ITASKS_COUNT=${S2ITASKS_LINE#*.}00
if s2itasks_told "$((10#${S2ITASKS_LINE%%.*} * 100 + 10#${S2ITASKS_COUNT:0:2}))"; then S2ITASKS_LIMIT=''; fi
[[ $S2ITASKS_TOLD == *hook* ]] || S2ITASKS_SCRIPT=$S2ITASKS_ENV_SCRIPT
if [[ -n $S2ITASKS_LIMIT ]]; then
    \builtin kill -s TERM -- "-$S2ITASKS_GROUP"
    \builtin kill -s CONT -- "-$S2ITASKS_GROUP"
    s2itasks_told "$S2ITASKS_GRACE" || \builtin kill -s KILL -- "-$S2ITASKS_GROUP"
fi 2>/dev/null
S2ITASKS_COUNT=''
while [[ $S2ITASKS_COUNT != "${#S2ITASKS_SIGNALS[@]}" ]]; do
    S2ITASKS_COUNT=${#S2ITASKS_SIGNALS[@]}
    \builtin wait "$S2ITASKS_GROUP" 2>/dev/null # a signal ends that, too
    S2ITASKS_STATUS=$?
done

if [[ -z $S2ITASKS_LIMIT && ${#S2ITASKS_SIGNALS[@]} -eq 0 ]]; then
    [[ $S2ITASKS_TOLD == *hook* ]] || \builtin exit "$S2ITASKS_STATUS" # why it did not get to the hook has been said
    S2ITASKS_LINE=/proc/self/fd
    [[ $S2ITASKS_STATUS -ne 0 || ( -n $S2ITASKS_LOG &&
        ( -s $S2ITASKS_LINE/$S2ITASKS_OUT || -s $S2ITASKS_LINE/$S2ITASKS_ERR ) ) ]] || \builtin exit 0
fi
\builtin trap '' TERM INT HUP QUIT # the group has had them, and what is left is short
s2itasks_aftermath hook "$S2ITASKS_SOURCE" "$S2ITASKS_SCRIPT" "$S2ITASKS_GROUP" "$S2ITASKS_STATUS" \
    "${S2ITASKS_SIGNALS-}" "$S2ITASKS_LIMIT" "$S2ITASKS_OUT" "$S2ITASKS_ERR"
