# shellcheck shell=bash
# Says what `run` does on its way: a phase ($1) and a text ($2), or `since` and when it began ($3, of /proc/uptime, a clock
# that no change of the time of day touches). The colours are those of colour.py, under the same conditions.

\builtin trap '' PIPE # nobody may be reading
s2itasks_head="---> $1:"
if [[ -z ${NO_COLOR-} && (${FORCE_COLOR:-0} != 0 || (-z ${FORCE_COLOR-} && ${TERM-} != dumb && -t 2)) ]]; then
    s2itasks_head=$'\e[1m'$s2itasks_head$'\e[0m'
fi
if [[ $2 == since ]]; then
    \builtin read -r s2itasks_now _ </proc/uptime
    s2itasks_now=$((10#${s2itasks_now/./} - 10#${3/./})) # in hundredths of a second
    if [[ $s2itasks_now -lt 100 ]]; then
        \builtin printf -- '%s done in 0.%02d s\n' "$s2itasks_head" "$s2itasks_now" >&2
    elif [[ $s2itasks_now -lt 6000 ]]; then
        \builtin printf -- '%s done in %d.%d s\n' \
            "$s2itasks_head" $((s2itasks_now / 100)) $((s2itasks_now % 100 / 10)) >&2
    else
        \builtin printf -- '%s done in %d min %02d s\n' \
            "$s2itasks_head" $((s2itasks_now / 6000)) $((s2itasks_now % 6000 / 100)) >&2
    fi
    \builtin unset -v s2itasks_now
else
    \builtin printf -- '%s %s\n' "$s2itasks_head" "$2" >&2
fi
\builtin unset -v s2itasks_head
\builtin trap - PIPE
