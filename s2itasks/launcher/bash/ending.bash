# shellcheck shell=bash disable=SC2153,SC2154 # watch.bash sets what this uses
# Watches a hook that takes its time, until it ends, or has to, or a signal ends it; and sees to what did not go well, which
# the runtime explains. The end of the pipe may not be the end of the hook, nor come with it, where a daemon that it leaves
# behind holds it open, too; so from time to time the child itself is looked at.

s2itasks_wait() { # hear of the child until it has ended; false when that takes more than $1 hundredths of a second
    \builtin local said status now until slice slices
    slices=(0.002 0.005 0.01 0.02 0.05 0.1)
    \builtin read -r now _ </proc/uptime # a clock that no change of the time of day touches
    until=$((10#${now/./} + $1))
    while :; do
        # bash itself, when there is much to do, may miss the end of a child until it waits for it
        \builtin kill -s 0 "$s2itasks_group" || \builtin return 0
        \builtin read -r status <"/proc/$s2itasks_group/stat"
        [[ ${status##*) } != Z* ]] || \builtin return 0
        \builtin read -r now _ </proc/uptime
        now=$((10#${now/./}))
        [[ $now -lt $until ]] || \builtin return 1
        slice=${slices[0]}
        [[ ${#slices[@]} -eq 1 ]] || slices=("${slices[@]:1}")
        [[ $((until - now)) -ge 10 ]] || slice=0.0$((until - now))
        \builtin read -r -d '' -t "$slice" -u "$s2itasks_report" said
        status=$?
        s2itasks_told+=$said
        if [[ $status -le 128 ]]; then # the pipe is closed; open at both ends, it is something to wait at
            \exec {s2itasks_report}<>"/proc/self/fd/$s2itasks_report"
            slices=(0.001 0.002 0.005 0.01 0.02 0.05 0.1)
        fi
    done
}

s2itasks_line=${s2itasks_limit:-99999999999}
[[ $s2itasks_line == *.* ]] || s2itasks_line+=.
s2itasks_count=${s2itasks_line#*.}00
if s2itasks_wait "$((10#${s2itasks_line%%.*} * 100 + 10#${s2itasks_count:0:2} - s2itasks_heard))"; then
    s2itasks_limit=''
fi
s2itasks_script=${s2itasks_child[2]}
[[ $s2itasks_told == *hook* ]] || s2itasks_script=deploy_env
if [[ -n $s2itasks_limit ]]; then
    \builtin kill -s TERM -- "-$s2itasks_group"
    \builtin kill -s CONT -- "-$s2itasks_group"
    s2itasks_wait "$S2ITASKS_GRACE" || \builtin kill -s KILL -- "-$s2itasks_group"
fi
s2itasks_count=''
while [[ $s2itasks_count != "${#s2itasks_signals[@]}" ]]; do
    s2itasks_count=${#s2itasks_signals[@]}
    \builtin wait "$s2itasks_group" # a signal ends that, too
    s2itasks_status=$?
done

if [[ -z $s2itasks_limit && ${#s2itasks_signals[@]} -eq 0 ]]; then
    [[ $s2itasks_told == *hook* ]] || \builtin exit "$s2itasks_status" # why it did not get to the hook has been said
    s2itasks_line=/proc/self/fd
    [[ $s2itasks_status -ne 0 || (-n $s2itasks_log &&
        (-s $s2itasks_line/$s2itasks_out || -s $s2itasks_line/$s2itasks_err)) ]] || \builtin exit 0
fi
\builtin trap '' "$S2ITASKS_SIGNALS" # the group has had them, and what is left is short
\exec 2>&"$s2itasks_stderr" {s2itasks_stderr}>&-
\builtin exec "$S2ITASKS_LAUNCHER" --aftermath hook "$s2itasks_script" "$s2itasks_group" "$s2itasks_status" \
    "${s2itasks_signals-}" "$s2itasks_limit" "$s2itasks_out" "$s2itasks_err"
