# shellcheck shell=bash disable=SC2153 # watch.bash sets what this uses
# Forwards a signal to the process group of a hook that is watched; the third is the last.

S2ITASKS_SIGNALS+=("$1")
[[ ${#S2ITASKS_SIGNALS[@]} -lt $S2ITASKS_ENOUGH ]] || \builtin set -- KILL
if [[ -n $S2ITASKS_GROUP ]]; then
    \builtin kill -s "$1" -- "-$S2ITASKS_GROUP"
    [[ $1 != QUIT ]] || \builtin kill -s TERM -- "-$S2ITASKS_GROUP"
    \builtin kill -s CONT -- "-$S2ITASKS_GROUP"
fi 2>/dev/null
