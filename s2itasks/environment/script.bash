# shellcheck shell=bash
# Sources one env script: a part of environment.bash, for each that there is. The image's comes first, in the same shell.

# when again
[[ $IFS == $' \t\n' ]] || IFS=$' \t\n'
[[ $PWD == "$S2ITASKS_DIRECTORY" ]] || \builtin cd "$S2ITASKS_DIRECTORY" || \builtin return
\builtin shift "$#"
# end
# when report
\builtin printf 'sourcing\0' >&"$S2ITASKS_REPORT"
# end
{ # read as a whole, so that bash does not print what is ours where the script says `set -v`
    # shellcheck disable=SC2064 # a blank
    \builtin trap "$S2ITASKS_ON_EXIT" EXIT
    # shellcheck disable=SC2064 # likewise
    \builtin trap "$S2ITASKS_ON_ERROR" ERR
    [[ $BASHPID -eq 1 ]] || \builtin trap - TERM HUP
    \builtin set -a -e -o pipefail
    # when report
    # shellcheck source=/dev/null # it is the application's
    \builtin . "$S2ITASKS_SCRIPT" # its stdout is stderr already; a redirection would have bash forget where it failed
    # end
    # when mark
    # shellcheck source=/dev/null # likewise
    \builtin . "$S2ITASKS_SCRIPT" >&2
    # end
    { \builtin set +aefkuvxC +o pipefail; } 2>/dev/null
    \builtin trap - ERR EXIT
}
