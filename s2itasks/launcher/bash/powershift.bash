#!/bin/bash -p
# What was written for powershift-image calls this; s2itasks has taken its place (s2itasks "$S2ITASKS_VERSION").

if [[ ${1-} == image ]]; then
    case ${2-} in
        exec | shell | run | setup | migrate | ready | alive | verify | jobs | assemble)
            exec "$S2ITASKS_LAUNCHER" "${@:2}"
            ;;
        env) # for eval "$(powershift image env)"
            exec "$S2ITASKS_LAUNCHER" env --format export
            ;;
    esac
    printf 's2itasks: error: powershift image has no command %q here; s2itasks --list shows what there is\n' "${2-}" >&2
else
    printf 's2itasks: error: only powershift image is here, and not %q; install powershift-cli for its other plug-ins\n' \
        "${1-}" >&2
fi
exit 2
