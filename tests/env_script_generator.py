"""Env scripts that are made up: commands that fail in the middle of something, and what bash makes of that.

In each template, VAR and OTHER stand for names of variables, and BODY for commands of which one fails.
"""

from __future__ import annotations

from hypothesis import strategies as st

NAMES = ("A", "B", "C", "GIVEN")
SUB_SCRIPT = "SUB=$(false; echo sub)\nfalse || SUB=$SUB$?\n"  # what `./sub` is

# Under errexit most of these end where they fail. In a substitution bash goes on, unless told to inherit errexit.
BODIES = r"""
false; echo x
cat /nonexistent; echo unknown
no-such-command; echo n
ls /nonexistent | cat; echo p
false | true; echo q
true | false | true
true; (false; echo s)
echo a; false
false || echo o; false && echo a; echo z
if false; then echo 1; fi; echo 2
[ -d /nonexistent ]; echo $?
cd /nonexistent; echo d
cd /; false; pwd
echo $(false; echo in; false) x
while false; do :; done; echo w
! true; echo $?
read -r X </nonexistent; echo r
{ false; echo g; } | cat
umask 077; false; umask
GIVEN=inner; false; echo $GIVEN
sort <(false; echo b; echo a)
echo one; echo two
for i in 1 2; do false; echo $i; done
unset GIVEN; test -n "$GIVEN"; echo ${GIVEN-none}
"""
SUBSTITUTIONS = r"""
VAR=$(BODY)
VAR=`BODY`
VAR="<$(BODY)>"
VAR=$(BODY)$(BODY)
export VAR=$(BODY)
export VAR="`BODY`"
VAR=(one $(BODY) two)
VAR+=$(BODY)
VAR=${UNSET:-$(BODY)}
declare -x VAR=$(BODY)
VAR=$(BODY) || VAR=failed
VAR=$(BODY) && VAR=$VAR.
! VAR=$(BODY)
VAR=1$(BODY) OTHER=2$(BODY)
read -r VAR < <(BODY)
read -r VAR OTHER <<<"$(BODY)"
for i in $(BODY); do VAR=$VAR$i; done
printf -v VAR %s $(BODY)
if [ "$(BODY)" = x ]; then VAR=1; else VAR=$?; fi
while [ "${#VAR}" -lt 8 ]; do VAR=${VAR}x$(BODY); done
echo $(BODY)
[[ -n $(BODY) ]] && VAR=some
VAR=$(BODY; echo $?)
VAR=$(echo "$(BODY)"; false; echo after)
VAR=$(if BODY; then echo yes; else echo no; fi)
"""
COMPOUNDS = r"""
BODY
{ BODY; } | while read -r LINE; do echo $LINE; done
( BODY ) >/dev/null
{ BODY; } >/dev/null
( BODY ) || VAR=$?
{ BODY; } || VAR=group
if { BODY; }; then VAR=yes; else VAR=no; fi
true | { BODY; }
( VAR=inside; BODY ) && VAR=and
"""
PLAIN = r"""
VAR=1
VAR=$?
unset VAR
export VAR
VAR=$PWD
VAR=$'one\ntwo'
VAR="quo'te"
VAR=$VAR:$OTHER
: ${VAR:=default}
PATH=/extra:$PATH
HOME=/elsewhere
LC_ALL=C
TERM=dumb
HOSTNAME=x
cd /
cd /nonexistent || true
pushd / >/dev/null
pushd / >/dev/null; popd >/dev/null
echo to stdout
echo to stderr >&2
read -r VAR
true && false || VAR=chain
true & VAR=child
VAR[2]=x
test -n "$VAR" || VAR=empty
false && true
"""
INHERITED = r"""
umask 027
umask 002
umask u=rwx,g=,o=
ulimit -S -n 200
ulimit -S -c 0
ulimit -S -s 4096
"""
FATAL = r"""
false
return 0
return 3
no-such-command
cat /nonexistent
false | true
(false)
VAR=$(false)
[ -d /nonexistent ]
"""
OF_THE_SHELL = r"""
set +e; BODY; set -e
set +e; BODY
set +o pipefail; BODY; set -o pipefail
set -u; VAR=${OTHER-}
set -f; VAR=*; set +f
set +a; VAR=hidden; set -a
set -- one two; VAR=$#; shift
shift 5 || VAR=$?
shift 5
f() { BODY; }; VAR=$(f)
f() { BODY; }; f || VAR=$?
f() { BODY; }; f
f() { false; VAR=in; }; f && true
f() { BODY; }; if f; then VAR=f; fi
f() { local X=$(BODY); VAR=$X; }; f
f() { local X; X=$(BODY); VAR=$X; }; f
f() ( BODY ); f || VAR=$?
f() { return 4; }; f || VAR=$?
VAR=$(set -e; BODY)
IFS=:
IFS=: read -r VAR OTHER <<<a:b
IFS=,; VAR=$*; IFS=' '
unset IFS
readonly R_VAR=1$(BODY) || true
VAR=$((1 + $(false; echo 1)))
. ./sub
source ./sub; VAR=$SUB
VAR=$(. ./sub; echo "$SUB")
eval "VAR=\$(BODY)"
exec 5>&2; exec 5>&-
declare -i VAR=2+3
declare -A M=([x]=$(BODY)); VAR=${M[x]}
case $(BODY) in x) VAR=x ;; *) VAR=other ;; esac
VAR=$0 OTHER=$#
VAR=$-; VAR=${VAR//c/}
shopt -s nullglob; VAR=$(echo /nonexistent*); shopt -u nullglob
command cat /nonexistent || VAR=$?
VAR=$BASH_SUBSHELL
VAR=${BASH_SOURCE[0]} OTHER=$LINENO
VAR=${#FUNCNAME[@]}
sleep 0 & wait $!; VAR=$?
((VAR = 0)) || true
let VAR=2
enable -n pwd
FUNCNEST=3
"""
HERE_DOCUMENTS = [
    "VAR=$(cat <<X\n$(BODY)\n$GIVEN\nX\n)",
    "read -r VAR <<X\n`BODY`\nX",
    "cat >&2 <<'X'\n$(false)\nX",
    "VAR=$(cat <<-X; false; echo end\n\t$(BODY)\n\tX\n)",
]
# What a script sees of bash. The first shows in its text that it is about its shell, the second does not.
LOOKS = 'printf "%s\\n" "options=${-//c/}" "SHELLOPTS=$SHELLOPTS" "BASHOPTS=$BASHOPTS" >>"$SEEN"'
LOOKS_WITHOUT_NAMES = 'declare -p >>"$SEEN"'


def _lines(text: str) -> list[str]:
    return text.strip().splitlines()


@st.composite
def _filled(draw: st.DrawFn, templates: list[str]) -> str:
    name, other = draw(st.sampled_from(NAMES)), draw(st.sampled_from(NAMES))
    text = draw(st.sampled_from(templates)).replace("OTHER", other).replace("R_VAR", f"R_{name}").replace("VAR", name)
    while "BODY" in text:
        text = text.replace("BODY", draw(st.sampled_from(_lines(BODIES))), 1)
    return text


def _scripts(looks: str, statements: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    substitution = _filled(_lines(SUBSTITUTIONS))
    ending: st.SearchStrategy[list[str]] = st.just([]) | st.lists(_filled(_lines(FATAL)), max_size=1)
    body = st.tuples(st.lists(statements, max_size=3), substitution, st.lists(statements, max_size=3), ending)
    return body.map(lambda parts: "\n".join([looks, *parts[0], parts[1], *parts[2], looks, *parts[3], ""]))


_SUBSTITUTION, _COMPOUND, _PLAIN, _INHERITED, _OF_THE_SHELL = (
    _filled(templates)
    for templates in (
        _lines(SUBSTITUTIONS),
        _lines(COMPOUNDS),
        _lines(PLAIN),
        _lines(INHERITED),
        [*_lines(OF_THE_SHELL), *HERE_DOCUMENTS],
    )
)
# Scripts that the shell which becomes the command can source, and scripts that do something to their shell.
KEPT_TO_VARIABLES = _scripts(LOOKS_WITHOUT_NAMES, _SUBSTITUTION | _PLAIN | _COMPOUND | _INHERITED)
ABOUT_THE_SHELL = _scripts(LOOKS, _OF_THE_SHELL | _PLAIN | _COMPOUND | _INHERITED)
SCRIPTS = KEPT_TO_VARIABLES | ABOUT_THE_SHELL
