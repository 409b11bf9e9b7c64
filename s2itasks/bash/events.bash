# shellcheck shell=bash
# What `run` says on its way; sourced by its program.

\builtin . "$S2ITASKS_BASH/clock.bash"

s2itasks_event() { # nobody may be reading
    \builtin trap '' PIPE
    \builtin printf -- '---> %s: %s\n' "$@" >&2
    \builtin trap - PIPE
}

s2itasks_sourcing() {
    s2itasks_event "$1" "sourcing $2"
    s2itasks_clock
    S2ITASKS_STARTED=$S2ITASKS_NOW
}

s2itasks_done() {
    \builtin local duration
    s2itasks_clock
    duration=$((S2ITASKS_NOW - S2ITASKS_STARTED))
    if ((duration < 100)); then
        \builtin printf -v duration '0.%02d s' "$duration"
    elif ((duration < 6000)); then
        \builtin printf -v duration '%d.%d s' $((duration / 100)) $((duration % 100 / 10))
    else
        \builtin printf -v duration '%d min %02d s' $((duration / 6000)) $((duration % 6000 / 100))
    fi
    s2itasks_event "$1" "done in $duration"
}
