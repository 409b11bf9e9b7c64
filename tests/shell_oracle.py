"""Two readings of a shell script in one form, to be compared: that of s2itasks, and that of shfmt.

A reading is a list of what a script consists of, in its order: each simple and compound command with its words, its
redirections, the variables that those read and the operators around it; then what is inside of it, up to ``end``.
Quotes and escapes are removed from words. Of an expansion the name is left, of a substitution the brackets: what is in
them follows by itself.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from s2itasks import shell

SHFMT = Path(sys.executable).with_name("shfmt")
DECLARES = ("declare", "local", "export", "readonly", "typeset", "nameref")
ELEMENT = re.compile(r"\[.*?\](?=\+?=)", re.DOTALL)
Json = dict[str, Any]


class Rejected(Exception):
    """Shfmt cannot read the script."""


class Said(NamedTuple):
    """What a script has in one place."""

    kind: str
    negated: bool = False
    before: str = ""
    after: str = ""
    words: tuple[tuple[int, str], ...] = ()
    assigned: tuple[str, ...] = ()
    redirected: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()


END = Said("end")
Reading = list[Said]


def by_s2itasks(script: str) -> tuple[Reading, list[shell.Unread]]:
    """Return how s2itasks reads a script, and what it does not."""
    read = shell.parse(script)
    return list(_block(read)), read.unread


def by_shfmt(script: bytes) -> Reading:
    """Return how shfmt reads a script.

    :raises Rejected: when it does not.
    """
    asked = subprocess.run([SHFMT, "-ln=bash", "--to-json"], input=script, capture_output=True, check=False)
    if asked.returncode:
        raise Rejected(asked.stderr.decode(errors="replace").strip())
    return list(_Shfmt(script).statements(json.loads(asked.stdout).get("Stmts", [])))


def _block(block: shell.Block) -> Iterator[Said]:
    for node in block.nodes:
        yield from _node(node)


def _node(node: shell.Node) -> Iterator[Said]:
    said = Said("simple", node.negated, node.before, node.after)
    redirected = tuple(f"{each.descriptor}{each.operator}{_text(each.target)}" for each in node.redirects)
    targets = [each.target for each in node.redirects]
    if isinstance(node, shell.Compound):
        words = node.words if not (node.kind == "for" and not node.name) else []
        reads = (each for word in (*node.words, *targets) for each in word.expansions)
        yield said._replace(
            kind=" ".join(filter(None, (node.kind, node.name if node.kind != "if" else ""))),
            words=tuple((word.line, _text(word)) for word in words),
            redirected=redirected,
            reads=tuple(each.name for each in reads),
        )
        for word in node.words:
            yield from _substituted(word)
        for block in node.blocks:
            for pattern in block.patterns:
                yield Said("pattern", words=((pattern.line, _text(pattern)),), reads=_reads(pattern))
                yield from _substituted(pattern)
            yield from _block(block)
            yield END
        for target in targets:
            yield from _substituted(target)
    elif isinstance(node, shell.Command):
        words = node.words if node.name not in ("((", "let") else node.words[:1]
        texts = [_text(word) for word in words]
        if node.name in DECLARES:
            texts = [re.sub(r"^(\w+)\[[^]]*\](?==)", r"\1[]", text) for text in texts]
        yield said._replace(
            words=tuple(zip((word.line for word in words), texts)),
            assigned=tuple(
                f"{each.name}{'' if each.index is None else '[]'}{'+' if each.append else ''}={_text(each.value)}"
                for each in node.assignments
            ),
            redirected=redirected,
            reads=tuple(each.name for each in node.expansions()),
        )
        for word in node.all_words():
            yield from _substituted(word)


def _substituted(word: shell.Word) -> Iterator[Said]:
    for block in word.substitutions:
        yield from _block(block)
        yield END


def _reads(word: shell.Word) -> tuple[str, ...]:
    return tuple(each.name for each in word.expansions)


def _text(word: shell.Word) -> str:
    return "".join(map(_part, word.parts))


def _part(part: shell.Literal | shell.Expansion | shell.Substitution | shell.Arithmetic | shell.Array) -> str:
    if isinstance(part, shell.Literal):
        return part.text
    if isinstance(part, shell.Expansion):
        return f"${{{part.name}}}"
    if isinstance(part, shell.Substitution):
        return f"{part.text[0]}()" if part.text[0] in "<>" else "$()"
    if isinstance(part, shell.Arithmetic):
        return "$(())"
    return f"({' '.join(ELEMENT.sub('[]', _text(each), count=1) for each in part.elements)})"


class _Shfmt:
    """The tree that shfmt gives for a script."""

    def __init__(self, script: bytes) -> None:
        self.script = script

    def statements(self, statements: list[Json]) -> Iterator[Said]:
        for statement in statements:
            for said, inner in self.flattened(statement):
                yield said
                yield from inner

    def flattened(self, statement: Json) -> list[tuple[Said, Reading]]:
        """Return the commands of pipelines and lists one after another."""
        command = statement.get("Cmd") or {"Type": "CallExpr"}
        kind = command["Type"]
        if kind == "BinaryCmd":
            operator = "|" if command["Op"] == "|&" else command["Op"]
            left, right = self.flattened(command["X"]), self.flattened(command["Y"])
            left[-1] = (left[-1][0]._replace(after=operator), left[-1][1])
            right[0] = (right[0][0]._replace(before=operator), right[0][1])
            found = left + right
        elif kind == "TimeClause":
            found = self.flattened(command.get("Stmt") or {})
        elif kind in ("FuncDecl", "CoprocClause"):
            found = self.single(kind, command)
        else:
            found = [self.command(kind, command, statement.get("Redirs", []))]
        if statement.get("Negated"):
            found[0] = (found[0][0]._replace(negated=True), found[0][1])
        if statement.get("Background"):
            found[-1] = (found[-1][0]._replace(after="&"), found[-1][1])
        return found

    def single(self, kind: str, command: Json) -> list[tuple[Said, Reading]]:
        """Return a function or a coprocess, and what is connected with it.

        For shfmt, the ``&& b`` of ``f() { a; } && b`` belongs to the body of the function; bash calls b at once.
        """
        if kind == "FuncDecl":
            name = f"function {command['Name']['Value']}"
        else:
            name = f"coproc {self.word(command['Name'])[1]}" if "Name" in command else "coproc"
        (body, inner), *connected = self.flattened(command.get("Body") or command["Stmt"])
        return [(Said(name, after=body.after), [body._replace(after=""), *inner, END]), *connected]

    def command(self, kind: str, command: Json, redirects: list[Json]) -> tuple[Said, Reading]:
        targets = [self.target(each) for each in redirects]
        said = Said("simple", redirected=tuple(
            f"{each.get('N', {}).get('Value', '')}{each['Op']}{self.target_text(each)}" for each in redirects
        ))  # fmt: skip
        if kind in ("CallExpr", "DeclClause", "LetClause", "TestClause", "ArithmCmd"):
            parts = [*command.get("Args", []), *command.get("Assigns", []), *command.get("Exprs", [])]
            parts += [command["X"]] if "X" in command else []
            places = [(_start(part), part) for part in parts]
            places += [(_start(each["Word"]), target) for each, target in zip(redirects, targets)]
            ordered = [part for _, part in sorted(places, key=lambda place: place[0])]
            said = said._replace(
                words=tuple(self.words(kind, command)),
                assigned=tuple(self.assigned(each) for each in command.get("Assigns", [])),
                reads=tuple(name for part in ordered for name in self.reads(part)),
            )
            return said, [each for part in ordered for each in self.substituted(part)]
        name, words, blocks = getattr(self, f"of_{kind}")(command)
        seen = [*words, *([command["Loop"]] if command.get("Loop", {}).get("Type") == "CStyleLoop" else [])]
        said = said._replace(
            kind=name,
            words=tuple(map(self.word, words)),
            reads=tuple(read for part in (*seen, *targets) for read in self.reads(part)),
        )
        inner = [each for part in seen for each in self.substituted(part)]
        for block in blocks:
            inner += [*block, END]
        return said, inner + [each for part in targets for each in self.substituted(part)]

    def of_Block(self, command: Json) -> Any:  # noqa: N802
        return "{", [], [self.statements(command.get("Stmts", []))]

    def of_Subshell(self, command: Json) -> Any:  # noqa: N802
        return "(", [], [self.statements(command.get("Stmts", []))]

    def of_IfClause(self, command: Json) -> Any:  # noqa: N802
        blocks: list[Any] = []
        clause = command
        while clause:
            if clause.get("Cond"):
                blocks.append(self.statements(clause["Cond"]))
            blocks.append(self.statements(clause.get("Then", [])))
            clause = clause.get("Else", {})
        return "if", [], blocks

    def of_WhileClause(self, command: Json) -> Any:  # noqa: N802
        kind = "until" if command.get("Until") else "while"
        return kind, [], [self.statements(command["Cond"]), self.statements(command["Do"])]

    def of_ForClause(self, command: Json) -> Any:  # noqa: N802
        loop = command["Loop"]
        name = f"for {loop['Name']['Value']}" if loop["Type"] == "WordIter" else "for"
        return name, loop.get("Items", []), [self.statements(command.get("Do", []))]

    def of_CaseClause(self, command: Json) -> Any:  # noqa: N802
        return "case", [command["Word"]], [self.branch(item) for item in command.get("Items", [])]

    def branch(self, item: Json) -> Iterator[Said]:
        for pattern in item["Patterns"]:
            yield Said("pattern", words=(self.word(pattern),), reads=tuple(self.reads(pattern)))
            yield from self.substituted(pattern)
        yield from self.statements(item.get("Stmts", []))

    def words(self, kind: str, command: Json) -> Iterator[tuple[int, str]]:
        line = command["Pos"]["Line"] if "Pos" in command else 0
        if kind == "CallExpr":
            yield from map(self.word, command.get("Args", []))
        elif kind == "DeclClause":
            yield line, command["Variant"]["Value"]
            yield from ((each["Pos"]["Line"], self.assigned(each)) for each in command.get("Args", []))
        elif kind == "TestClause":
            yield line, "[["
            yield from self.tested(command["X"])
        else:
            yield line, "let" if kind == "LetClause" else "(("

    def tested(self, test: Json) -> Iterator[tuple[int, str]]:
        kind = test["Type"]
        if kind == "BinaryTest":
            yield from self.tested(test["X"])
            yield test["OpPos"]["Line"], test["Op"]
            yield from self.tested(test["Y"])
        elif kind == "UnaryTest":
            yield test["OpPos"]["Line"], test["Op"]
            yield from self.tested(test["X"])
        elif kind == "ParenTest":
            yield test["Lparen"]["Line"], "("
            yield from self.tested(test["X"])
            yield test["Rparen"]["Line"], ")"
        else:
            yield self.word(test)

    def assigned(self, assignment: Json) -> str:
        name = assignment.get("Name", {}).get("Value", "") + ("[]" if "Index" in assignment else "")
        value = self.parts(assignment["Value"].get("Parts", [])) if "Value" in assignment else ""
        if "Array" in assignment:
            value = f"({' '.join(map(self.element, assignment['Array'].get('Elems', [])))})"
        equals = "" if assignment.get("Naked") else f"{'+' if assignment.get('Append') else ''}="
        return f"{name}{equals}{value}"

    def element(self, element: Json) -> str:
        value = self.parts(element["Value"].get("Parts", [])) if "Value" in element else ""
        return f"[]={value}" if "Index" in element else value

    def word(self, word: Json) -> tuple[int, str]:
        return word["Pos"]["Line"], self.parts(word.get("Parts", []))

    def parts(self, parts: list[Json], escapable: str = r"[\s\S]") -> str:
        return "".join(self.part(part, escapable) for part in parts)

    def part(self, part: Json, escapable: str) -> str:
        kind = part["Type"]
        if kind == "Lit":
            return re.sub(rf"\\({escapable})", r"\1", part.get("Value", ""))
        if kind == "SglQuoted":
            return str(part.get("Value", ""))
        if kind == "DblQuoted":
            return self.parts(part.get("Parts", []), r'[$`"\\]')
        if kind == "ParamExp":
            return f"${{{part['Param']['Value']}}}"
        if kind == "ExtGlob":
            pattern = re.sub(r"\\(.)|['\"]", r"\1", part["Pattern"]["Value"])
            pattern = re.sub(r"[$][{]?(\w+)[}]?", r"${\1}", pattern)
            return f"{part['Op']}{pattern})"
        return {"CmdSubst": "$()", "ProcSubst": f"{part.get('Op', ' ')[0]}()", "ArithmExp": "$(())"}[kind]

    def target(self, redirect: Json) -> Json:
        if redirect["Op"] in ("<<", "<<-"):
            return dict(redirect.get("Hdoc") or {})
        return dict(redirect["Word"])

    def target_text(self, redirect: Json) -> str:
        if redirect["Op"] not in ("<<", "<<-"):
            return self.word(redirect["Word"])[1]
        start, end = (redirect["Word"][each]["Offset"] for each in ("Pos", "End"))
        quoted = any(each in self.script[start:end] for each in (b"'", b'"', b"\\"))
        text = self.parts((redirect.get("Hdoc") or {}).get("Parts", []), "(?!)" if quoted else r"[$`\\]")
        return re.sub(r"(?<=\n)\t+\Z|\A\t+\Z", "", text) if redirect["Op"] == "<<-" else text

    def reads(self, node: Any) -> Iterator[str]:
        for each in _inside(node, ("ParamExp", "ExtGlob")):
            if each["Type"] == "ExtGlob":
                yield from re.findall(r"[$][{]?(\w+)", each["Pattern"]["Value"])
            elif "Dollar" in each:  # an array's element in arithmetic has none
                yield each["Param"]["Value"]

    def substituted(self, node: Any) -> Iterator[Said]:
        for each in _inside(node, ("CmdSubst", "ProcSubst")):
            yield from self.statements(each.get("Stmts", []))
            yield END


def _inside(node: Any, kinds: tuple[str, ...]) -> Iterator[Json]:
    """Return nodes of some kinds in the order of the text; commands in substitutions are left out."""
    if isinstance(node, list):
        for each in sorted(node, key=_start):
            yield from _inside(each, kinds)
    elif isinstance(node, dict):
        if node.get("Type") in kinds:
            yield node
        if node.get("Type") not in ("CmdSubst", "ProcSubst"):
            yield from _inside([each for each in node.values() if isinstance(each, (dict, list))], kinds)


def _start(node: Any) -> int:
    if isinstance(node, dict) and "Pos" in node:
        return int(node["Pos"]["Offset"])
    inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return min(map(_start, inner), default=sys.maxsize)
