# shellcheck shell=bash disable=SC2034 # watch.bash and its child use what this sets
# Makes the files that take a hook's output, in memory and without names; returns 1 where that is not simple.

s2itasks_file=/dev/shm/s2itasks.$$.$RANDOM
[[ -w /dev/shm && ! -e $s2itasks_file.out && ! -e $s2itasks_file.err ]] || \builtin return 1
\builtin set -C
{ \exec {s2itasks_out}>"$s2itasks_file.out" {s2itasks_err}>"$s2itasks_file.err"; } 2>/dev/null || \builtin return 1
\builtin set +C
if ! { \builtin printf '%65536s' '' >|"$s2itasks_file.out" && \builtin : >|"$s2itasks_file.out"; } 2>/dev/null; then
    /bin/rm -f "$s2itasks_file.out" "$s2itasks_file.err" # there is no room, as there may be none for what it says
    \exec {s2itasks_out}>&- {s2itasks_err}>&-
    \builtin return 1
fi
/bin/rm -f "$s2itasks_file.out" "$s2itasks_file.err"
