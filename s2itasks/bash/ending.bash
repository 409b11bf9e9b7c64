# shellcheck shell=bash disable=SC2153,SC2154 # watch.bash sets what this uses
# Watches a hook that takes its time, until it ends, or has to, or a signal ends it; and sees to what did not go well, which
# the runtime explains. The end of the pipe may not be the end of the hook, nor come with it, where a daemon that it leaves
# behind holds it open, too; so from time to time the child itself is looked at.

\builtin . "$S2ITASKS_BASH/clock.bash"

s2itasks_is_over() { # bash itself, when there is much to do, may miss the end of a child until it waits for it
    \builtin local state
    \builtin kill -s 0 "$S2ITASKS_GROUP" || return 0
    \builtin read -r state <"/proc/$S2ITASKS_GROUP/stat"
    [[ ${state##*) } == Z* ]]
}

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
                ! s2itasks_is_over || return 0
            done
            \exec {S2ITASKS_REPORT}<>"/proc/self/fd/$S2ITASKS_REPORT"
            slices=(0.001 0.002 0.005 0.01 0.02 0.05 0.1) # it may need our processor for that
        fi
        ! s2itasks_is_over || return 0
        s2itasks_clock
    done
    return 1
} 2>/dev/null

S2ITASKS_LINE=${S2ITASKS_LIMIT:-99999999999}
[[ $S2ITASKS_LINE == *.* ]] || S2ITASKS_LINE+=.
S2ITASKS_COUNT=${S2ITASKS_LINE#*.}00
if s2itasks_told "$((10#${S2ITASKS_LINE%%.*} * 100 + 10#${S2ITASKS_COUNT:0:2} - S2ITASKS_HEARD))"; then S2ITASKS_LIMIT=''; fi
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
    # Why it did not get to the hook has been said; where nothing was asked for, it is as if we had become the hook, unless
    # the kernel did not start that.
    [[ $S2ITASKS_TOLD == *hook* && ( -z $S2ITASKS_ALWAYS || $S2ITASKS_STATUS == 12[67] ) ]] ||
        \builtin exit "$S2ITASKS_STATUS"
    S2ITASKS_LINE=/proc/self/fd
    [[ $S2ITASKS_STATUS -ne 0 || ( -n $S2ITASKS_LOG &&
        ( -s $S2ITASKS_LINE/$S2ITASKS_OUT || -s $S2ITASKS_LINE/$S2ITASKS_ERR ) ) ]] || \builtin exit 0
fi
\builtin trap '' TERM INT HUP QUIT # the group has had them, and what is left is short
s2itasks_runtime --aftermath hook "$S2ITASKS_SOURCE" "$S2ITASKS_SCRIPT" "$S2ITASKS_GROUP" "$S2ITASKS_STATUS" \
    "${S2ITASKS_SIGNALS-}" "$S2ITASKS_LIMIT" "$S2ITASKS_OUT" "$S2ITASKS_ERR"
