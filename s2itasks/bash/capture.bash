# shellcheck shell=bash disable=SC2034 # watch.bash and its child use what this sets
# Makes the files that take a hook's output, in memory and without names; returns 1 where that is not simple.

S2ITASKS_LINE=/dev/shm/s2itasks.$$.$RANDOM
[[ -w /dev/shm && ! -e $S2ITASKS_LINE.out && ! -e $S2ITASKS_LINE.err ]] || \builtin return 1
\builtin set -C
{ \exec {S2ITASKS_OUT}>"$S2ITASKS_LINE.out" {S2ITASKS_ERR}>"$S2ITASKS_LINE.err"; } 2>/dev/null || \builtin return 1
\builtin set +C
if ! { \builtin printf '%65536s' '' >|"$S2ITASKS_LINE.out" && \builtin : >|"$S2ITASKS_LINE.out"; } 2>/dev/null; then
    /bin/rm -f "$S2ITASKS_LINE.out" "$S2ITASKS_LINE.err" # there is no room, as there may be none for what it says
    \exec {S2ITASKS_OUT}>&- {S2ITASKS_ERR}>&-
    \builtin return 1
fi
/bin/rm -f "$S2ITASKS_LINE.out" "$S2ITASKS_LINE.err"
