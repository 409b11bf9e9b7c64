# shellcheck shell=bash disable=SC2154 # watch.bash sets what this uses
# Forwards a signal to the process group of a hook that is watched; the third is the last.

s2itasks_signals+=("$1")
[[ ${#s2itasks_signals[@]} -lt "$S2ITASKS_ENOUGH" ]] || \builtin set -- KILL
if [[ -n $s2itasks_group ]]; then
    \builtin kill -s "$1" -- "-$s2itasks_group"
    [[ $1 != QUIT ]] || \builtin kill -s TERM -- "-$s2itasks_group" # bash ignores SIGQUIT
    \builtin kill -s CONT -- "-$s2itasks_group"
fi 2>/dev/null
