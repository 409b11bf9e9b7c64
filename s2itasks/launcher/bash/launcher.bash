#!/bin/bash -p
# s2itasks for the application in "$S2ITASKS_APPLICATION", written by s2itasks "$S2ITASKS_VERSION" at the end of assemble.
#
# What pods run all day is done in bash, by a program for each command, which this sources. Where that returns, or there is
# none, or anything is not as it was in the build, the pinned runtime does it, in Python. The tricks:
# - With -p, bash sources no $BASH_ENV and imports no functions before their turn; from here on it is as any other.
# - `\builtin` reaches bash's own command where an alias or a function has its name.
# - What `exec` cannot start, the line behind it deals with (execfail).
# - A program finds in $1 and $2 the caller's directory and the one before that, then the words of the command line.

\builtin set +p
[[ ! /proc/self/fd/2 -ef $0 ]] || \exec 2>&- # where that is closed, bash has opened this file in its place
case ${1-} in
    "$S2ITASKS_NAMES")
        if [[ -n ${2-x} &&
            "$S2ITASKS_DECIDING" == @("$S2ITASKS_GIVEN"|"$S2ITASKS_KNOWN") &&
            ${SHELLOPTS@a}${BASHOPTS@a}${POSIXLY_CORRECT@a} != *x* &&
            ${S2ITASKS_ENVIRONMENT-} != @(build|sourcing)* &&
            -e /proc/self/fd/2 && . -ef $PWD &&
            "$S2ITASKS_UNCHANGED" ]]; then
            # What is in the files that an environment is made of?
            # when file
            \builtin mapfile -d '' -t s2itasks_variables <"$S2ITASKS_FILE"
            # end
            # when demands
            \builtin mapfile -d '' -t s2itasks_wanted <"$S2ITASKS_DEMANDS"
            # end
            # when script
            \builtin mapfile -d '' -t s2itasks_text <"$S2ITASKS_SCRIPT"
            # end
            # when image_script
            \builtin mapfile -d '' -t s2itasks_image <"$S2ITASKS_IMAGE_SCRIPT"
            # end
            if [[ ${s2itasks_variables[*]-} == "$S2ITASKS_FILE_CONTENT" &&
                ${s2itasks_wanted[*]-} == "$S2ITASKS_DEMANDS_CONTENT" &&
                ${s2itasks_image[*]-} == "$S2ITASKS_IMAGE_SCRIPT_CONTENT" &&
                ${s2itasks_text[*]-} == "$S2ITASKS_SCRIPT_CONTENT" ]]; then
                \builtin set -- "$PWD" "${OLDPWD-}" "$@"
                # shellcheck source=/dev/null # each is checked by itself
                \builtin . "$S2ITASKS_PROGRAMS"/"$3".bash
                \builtin shift 2
            fi
        fi
        ;;
esac
if [[ ${S2ITASKS_ENVIRONMENT-} == "$S2ITASKS_SOURCING_MARK" && ${1-} == /* ]]; then
    # An error in the arithmetic of an env script: bash has left all files, and goes on here.
    # Which it was, its EXIT trap says.
    [[ $(\builtin trap -p EXIT) != *' --aftermath '* ]] || \builtin exit 1
    \builtin exec "$S2ITASKS_LAUNCHER" --aftermath env-script '' 1 '' '' ''
fi
# when activated
# shellcheck source=/dev/null # it is the image's
[[ -z ${BASH_ENV-} ]] || \builtin . "$BASH_ENV" >&2
# end
if [[ ! -e "$S2ITASKS_INTERPRETER" ]]; then
    \builtin printf 's2itasks: error: the Python that assemble was run by is gone: %s; keep it in the image, or build again\n' \
        "$S2ITASKS_INTERPRETER" >&2
    \builtin exit 127
fi
\builtin shopt -s execfail
\builtin exec "$S2ITASKS_INTERPRETER" -I -S "$S2ITASKS_START" "$@"
\builtin printf 's2itasks: error: %s cannot be started; %s\n' "$S2ITASKS_INTERPRETER" \
    'see why above (a single variable may have 128 KiB, all that deploy_env exports about 2 MB)' >&2
\builtin exit 126
