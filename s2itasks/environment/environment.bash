# shellcheck shell=bash
# The env-script protocol: makes this shell's environment that of a build or of the application.
#
# Nothing else sources an env script. Python does it in a bash of its own and reads back what is left (env_script.py);
# the compiled programs do it in the shell that becomes the command. The tricks:
# - A quoted variable whose name begins with S2ITASKS is a blank. It is filled in before bash reads this, and so are the
#   lines from `# when X` to `# end` chosen: an env script finds no variable and no function of ours, only an ERR and an
#   EXIT trap.
# - `\builtin` reaches bash's own command where an alias or a function has its name.
# - `shift`, unlike `set`, leaves it to bash to bring back the arguments of whoever sources this with arguments of its own.
# - The first argument is `loud` where somebody reads along.
# - With an EXIT trap, bash takes note of a signal and looks at it later; one that comes as a wait begins is looked at when
#   that has ended. What has been trapped before, and is not any more, ends bash there and then, as without an EXIT trap.

if [[ $BASHPID -ne 1 ]]; then # there, it would not: the first process of a container needs a trap
    \builtin trap '\builtin trap - TERM; \builtin kill -s TERM "$BASHPID"' TERM
    \builtin trap '\builtin trap - HUP; \builtin kill -s HUP "$BASHPID"' HUP
fi
# when fill
"$S2ITASKS_FILL"
# end
# when mark
\builtin export S2ITASKS_ENVIRONMENT="$S2ITASKS_SOURCING_MARK" # for a nested s2itasks, which would go round in circles
# end

# The image's activation: what bash itself would source when it starts, and the script that names a random user.
if [[ -n ${BASH_ENV-} ]]; then
    s2itasks_file=$BASH_ENV
    [[ $BASH_ENV == *[\"\\]* ]] || \builtin eval "s2itasks_file=\"$BASH_ENV\""
    [[ $s2itasks_file == */* ]] || s2itasks_file=./$s2itasks_file
    # when mark
    # shellcheck disable=SC2064 # a blank
    \builtin trap "$S2ITASKS_ON_ACTIVATION_EXIT" EXIT
    [[ $BASHPID -eq 1 ]] || \builtin trap - TERM HUP
    # end
    # shellcheck source=/dev/null # it is the image's
    [[ ! -f $s2itasks_file || ! -r $s2itasks_file ]] || \builtin . "$s2itasks_file" >&2
    # when mark
    \builtin trap - EXIT
    # end
fi
\builtin unset -v s2itasks_file s2itasks_text s2itasks_image s2itasks_wanted s2itasks_variables BASH_ENV ENV PROMPT_COMMAND
# when user
s2itasks_preload=${LD_PRELOAD-}
[[ $PWD == "$S2ITASKS_DIRECTORY" ]] || \builtin cd "$S2ITASKS_DIRECTORY" || \builtin return
if [[ ${1-} == loud ]]; then
    \builtin . "$S2ITASKS_USER" >&2 ||
        \builtin printf 's2itasks: warning: %s failed, going on without it; see its output above\n' "$S2ITASKS_USER" >&2
else
    \builtin . "$S2ITASKS_USER" >/dev/null 2>&1
fi
if [[ -n ${NSS_WRAPPER_PASSWD-} && ! -r $NSS_WRAPPER_PASSWD ]]; then # with the library alone, no user has a name
    [[ ${1-} != loud ]] ||
        \builtin printf 's2itasks: warning: %s could not write %s, going on without %s; %s\n' \
            "$S2ITASKS_USER" "$NSS_WRAPPER_PASSWD" 'NSS_WRAPPER_PASSWD and LD_PRELOAD' \
            'mount a writable volume there if users need names' >&2
    \builtin unset -v LD_PRELOAD NSS_WRAPPER_PASSWD NSS_WRAPPER_GROUP
    [[ -z $s2itasks_preload ]] || \builtin export LD_PRELOAD="$s2itasks_preload"
fi
\builtin unset -v s2itasks_preload
# end
# when mark
[[ $SHELLOPTS == braceexpand:hashall:interactive-comments ]] || # mostly; that is quicker than a redirection
    # end
    { \builtin set +aefkuvxC +o pipefail; } 2>/dev/null
[[ $IFS == $' \t\n' ]] || IFS=$' \t\n'
[[ $PWD == "$S2ITASKS_DIRECTORY" ]] || \builtin cd "$S2ITASKS_DIRECTORY" || \builtin return
\builtin shift "$#"
# when report
\builtin printf 'activated\0' >&"$S2ITASKS_REPORT"
# end

"$S2ITASKS_SCRIPTS"

# when report
{ \builtin enable printf && \builtin printf 'sourced\0' >&"$S2ITASKS_REPORT"; } 2>/dev/null
\builtin exec /bin/cat /proc/self/environ /proc/self/status /proc/self/limits >&"$S2ITASKS_ENVIRONMENT_REPORT"
# end
# when mark
# shellcheck disable=SC2034 # likewise
\builtin export S2ITASKS_ENVIRONMENT="$S2ITASKS_MARK"
# end
