#!/bin/bash -p
# What was written for warpdrive calls this; s2itasks has taken its place (s2itasks "$S2ITASKS_VERSION").

case ${1-} in
    exec | shell | setup | migrate | ready | alive | run)
        exec "$S2ITASKS_LAUNCHER" "$@"
        ;;
    env) # for eval "$(warpdrive env)"
        exec "$S2ITASKS_LAUNCHER" env --format export
        ;;
    start) instead="s2itasks run" ;;
    build) instead="s2itasks assemble" ;;
    *) instead="s2itasks --list, which shows what there is" ;;
esac
printf 's2itasks: error: warpdrive has no command %q here; call %s\n' "${1-}" "$instead" >&2
exit 2
