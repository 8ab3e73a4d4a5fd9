"""Expressions and bodies from the concrete syntax tree that tree-sitter builds for HCL."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from tree_sitter import Node as Tree

from prodworks_cli.model import Location
from prodworks_cli.sources.terraform import expressions as x
from prodworks_cli.sources.terraform.text import indented, literals, trimmed, unescape

_OPERATORS = frozenset(("+", "-", "*", "/", "%", "==", "!=", "<", ">", "<=", ">=", "&&", "||"))
_NOISE = frozenset(("comment", "(", ")", ","))
_WORDS: Mapping[str, bool | None] = {"true": True, "false": False, "null": None}


@dataclass
class Grammar:
    """Reads one file. ``too_deep`` is the first line at which nesting passed the bound."""

    path: str
    source: bytes
    first_line: int = 1
    too_deep: int | None = None

    def place(self, tree: Tree) -> Location:
        """File and line where a node starts."""
        return Location(self.path, tree.start_point[0] + self.first_line)

    def body(self, tree: Tree, depth: int = 0) -> x.Body:
        """The arguments and blocks below a ``body`` node."""
        arguments: dict[str, x.Argument] = {}
        blocks = []
        for child in tree.named_children:
            if child.type == "attribute":
                name, value = child.named_children[0], child.named_children[-1]
                argument = x.Argument(self.expression(value, depth), self.place(name))
                arguments.setdefault(self._text(name), argument)
            elif child.type == "block":
                blocks.append(self.block(child, depth + 1))
        return x.Body(arguments, tuple(blocks))

    def block(self, tree: Tree, depth: int = 0) -> x.BlockSyntax:
        """One block with its labels; the inside of one that is nested too deeply is left out."""
        words = [c for c in tree.named_children if c.type in ("identifier", "string_lit")]
        body = next((c for c in tree.named_children if c.type == "body"), None)
        inside = x.Body({})
        if body is not None and not self._deep(tree, depth):
            inside = self.body(body, depth)
        labels = tuple(self._text(w).strip('"') for w in words[1:])
        return x.BlockSyntax(self._text(words[0]), labels, inside, self.place(tree))

    def expression(self, tree: Tree, depth: int) -> x.Expression:
        """The expression below any node that stands for one."""
        if self._deep(tree, depth):
            return x.Opaque("expression is nested too deeply", self.place(tree))
        return self._steps(tree.children if tree.type == "expression" else [tree], depth)

    def _deep(self, tree: Tree, depth: int) -> bool:
        if depth > x.MAX_DEPTH and self.too_deep is None:
            self.too_deep = self.place(tree).line
        return depth > x.MAX_DEPTH

    def _text(self, tree: Tree) -> str:
        return self.source[tree.start_byte : tree.end_byte].decode("utf-8", "replace")

    def _steps(self, trees: list[Tree], depth: int) -> x.Expression:
        """A primary expression and the attribute, index and splat steps after it."""
        parts = [t for t in trees if t.type not in _NOISE]
        if not parts:
            return x.Opaque("empty expression", Location(self.path, self.first_line))
        read = _PRIMARY.get(parts[0].type)
        at = self.place(parts[0])
        root = (
            read(self, parts[0], depth + (parts[0].type == "expression"))
            if read
            else x.Opaque(f"not understood: {parts[0].type}", at)
        )
        steps = tuple(s for t in parts[1:] for s in self._step(t, depth))
        return x.Traversal(root, steps, at) if steps else root

    def _step(self, tree: Tree, depth: int) -> list[x.Step]:
        inner = tree.children[0] if tree.type in ("index", "splat") else tree
        if inner.type == "get_attr":
            return [x.Attribute(self._text(inner.children[-1]))]
        if inner.type == "new_index":
            keys = inner.named_children
            return [x.Index(self.expression(keys[0], depth + 1))] if keys else []
        if inner.type == "legacy_index":
            return [x.Index(x.Literal(_number(self._text(inner)[1:]), self.place(inner)))]
        return self._splat(inner, depth)

    def _splat(self, tree: Tree, depth: int) -> list[x.Step]:
        """``[*]`` takes all later steps from each element, ``.*`` only the attributes directly after it."""
        steps = [s for t in tree.children[1:] if t.type not in _NOISE for s in self._step(t, depth)]
        own = len(steps)
        if tree.type == "attr_splat":
            own = next((i for i, s in enumerate(steps) if not isinstance(s, x.Attribute)), own)
        return [x.Splat(tuple(steps[:own])), *steps[own:]]

    def _unwrap(self, tree: Tree, depth: int) -> x.Expression:
        return self._steps(tree.children, depth)

    def _variable(self, tree: Tree, _depth: int) -> x.Expression:
        return x.Variable(self._text(tree), self.place(tree))

    def _word(self, tree: Tree, _depth: int) -> x.Expression:
        return x.Literal(_WORDS.get(self._text(tree)), self.place(tree))

    def _numeric(self, tree: Tree, _depth: int) -> x.Expression:
        value = _number(self._text(tree))
        return (
            x.Opaque("number is too large", self.place(tree)) if value is None else x.Literal(value, self.place(tree))
        )

    def _string(self, tree: Tree, _depth: int) -> x.Expression:
        return x.Literal(unescape(self._text(tree)[1:-1]), self.place(tree))

    def _tuple(self, tree: Tree, depth: int) -> x.Expression:
        elements = tuple(self.expression(c, depth + 1) for c in tree.named_children if c.type == "expression")
        return x.Sequence(elements, self.place(tree))

    def _object(self, tree: Tree, depth: int) -> x.Expression:
        entries = []
        for element in (c for c in tree.named_children if c.type == "object_elem"):
            sides = [c for c in element.named_children if c.type == "expression"]
            if len(sides) == 2:
                entries.append((self._key(sides[0], depth + 1), self.expression(sides[1], depth + 1)))
        return x.Object(tuple(entries), self.place(tree))

    def _key(self, tree: Tree, depth: int) -> x.Expression:
        """A bare word as a key is a text; in parentheses it would be a variable."""
        key = self.expression(tree, depth)
        bare = isinstance(key, x.Variable) and tree.children[0].type == "variable_expr"
        return x.Literal(self._text(tree), key.at) if bare else key

    def _call(self, tree: Tree, depth: int) -> x.Expression:
        inside = next((c for c in tree.named_children if c.type == "function_arguments"), None)
        given = inside.named_children if inside is not None else []
        arguments = tuple(self.expression(c, depth + 1) for c in given if c.type == "expression")
        spread = any(c.type == "ellipsis" for c in given)
        return x.Call(self._text(tree.named_children[0]), arguments, spread, self.place(tree))

    def _conditional(self, tree: Tree, depth: int) -> x.Expression:
        parts = [self.expression(c, depth + 1) for c in tree.named_children if c.type == "expression"]
        if len(parts) != 3:
            return x.Opaque("not understood: conditional", self.place(tree))
        return x.Conditional(parts[0], parts[1], parts[2], self.place(tree))

    def _binary(self, tree: Tree, depth: int) -> x.Expression:
        middle = next((i for i, c in enumerate(tree.children) if c.type in _OPERATORS), 0)
        left, operator, right = tree.children[:middle], tree.children[middle], tree.children[middle + 1 :]
        if self._deep(tree, depth):
            return x.Opaque("expression is nested too deeply", self.place(tree))
        operands = self._steps(left, depth + 1), self._steps(right, depth + 1)
        return x.Operation(operator.type, operands[0], operands[1], self.place(tree))

    def _unary(self, tree: Tree, depth: int) -> x.Expression:
        if self._deep(tree, depth):
            return x.Opaque("expression is nested too deeply", self.place(tree))
        operand = self._steps(tree.children[1:], depth + 1)
        return x.Operation(tree.children[0].type, operand, None, self.place(tree))

    def _for(self, tree: Tree, depth: int) -> x.Expression:
        intro, *parts = (
            c for c in tree.named_children if c.type in ("for_intro", "expression", "for_cond", "ellipsis")
        )
        names = tuple(self._text(c) for c in intro.named_children if c.type == "identifier")
        source = next(c for c in intro.named_children if c.type == "expression")
        values = [self.expression(c, depth + 1) for c in parts if c.type == "expression"]
        test = next((c.named_children[-1] for c in parts if c.type == "for_cond"), None)
        return x.For(
            names,
            self.expression(source, depth + 1),
            values[0] if len(values) > 1 else None,
            values[-1],
            self.expression(test, depth + 1) if test is not None else None,
            any(c.type == "ellipsis" for c in parts),
            self.place(tree),
        )

    def _quoted(self, tree: Tree, depth: int) -> x.Expression:
        start, end = tree.children[0].end_byte, tree.children[-1].start_byte
        parts = self._parts(tree.named_children, start, end, depth)
        return self._template([unescape(p) if isinstance(p, str) else p for p in parts], tree)

    def _heredoc(self, tree: Tree, depth: int) -> x.Expression:
        marker, name, *_, last = tree.children
        start, end = name.end_byte, last.start_byte
        start = self.source.find(b"\n", start, end) + 1 or start
        end = max(self.source.rfind(b"\n", start, end) + 1, start)
        parts = self._parts(tree.named_children, start, end, depth)
        if self._text(marker) == "<<-":
            parts = indented(parts)
        return self._template([literals(p) if isinstance(p, str) else p for p in parts], tree)

    def _template(self, parts: list[str | x.Expression], tree: Tree) -> x.Expression:
        kept = tuple(p for p in parts if p != "")
        if not any(not isinstance(p, str) for p in kept):
            return x.Literal("".join(str(p) for p in kept), self.place(tree))
        return x.Template(kept, self.place(tree))

    def _parts(self, trees: list[Tree], start: int, end: int, depth: int) -> list[str | x.Expression]:
        """Text and expressions between two bytes. The text is cut from the source: literal nodes lose white space."""
        holes = [t for t in trees if t.type in ("template_interpolation", "template_directive")]
        holes = [t for t in holes if start <= t.start_byte and t.end_byte <= end]
        cuts = [start, *(b for t in holes for b in (t.start_byte, t.end_byte)), end]
        texts = [self.source[a:b].decode("utf-8", "replace") for a, b in list(pairwise(cuts))[::2]]
        parts: list[str | x.Expression] = [texts[0]]
        for hole, text in zip(holes, texts[1:], strict=True):
            before, after = _markers(hole)
            parts[-1] = trimmed(parts[-1], right=before)
            parts += [self._hole(hole, depth + 1), trimmed(text, left=after)]
        return parts

    def _hole(self, tree: Tree, depth: int) -> x.Expression:
        inner = next((c for c in tree.named_children if c.type in _HOLES), None)
        if inner is None or self._deep(tree, depth):
            return x.Opaque("template part is not understood", self.place(tree))
        return _HOLES[inner.type](self, inner, depth)

    def _if(self, tree: Tree, depth: int) -> x.Expression:
        """``%{ if c }a%{ else }b%{ endif }``."""
        marks = [
            c for c in tree.named_children if c.type in ("template_if_intro", "template_else_intro", "template_if_end")
        ]
        test = next(c for c in marks[0].named_children if c.type == "expression")
        branches = [
            self._template(self._parts(tree.named_children, a.end_byte, b.start_byte, depth), a)
            for a, b in pairwise(marks)
        ]
        no = branches[1] if len(branches) > 1 else x.Literal("", self.place(tree))
        return x.Conditional(self.expression(test, depth), branches[0], no, self.place(tree))

    def _loop(self, tree: Tree, depth: int) -> x.Expression:
        """``%{ for a in b }text%{ endfor }`` is the joined text of each round."""
        intro, end = tree.named_children[0], tree.named_children[-1]
        names = tuple(self._text(c) for c in intro.named_children if c.type == "identifier")
        source = next(c for c in intro.named_children if c.type == "expression")
        text = self._template(self._parts(tree.named_children, intro.end_byte, end.start_byte, depth), tree)
        at = self.place(tree)
        rounds = x.For(names, self.expression(source, depth), None, text, None, False, at)
        return x.Call("join", (x.Literal("", at), rounds), False, at)


def _markers(hole: Tree) -> tuple[bool, bool]:
    """Whether ``~`` after the opening and before the closing brace asks to trim the text on that side."""
    text = hole.text or b""
    return text[2:3] == b"~", text[-2:-1] == b"~"


def _number(text: str) -> int | float | None:
    """A number as written; nothing for one that no floating-point number can hold."""
    try:
        value = float(text)
        return int(text) if text.isdigit() and len(text) < 16 else value if math.isfinite(value) else None
    except ValueError:
        return None


_Read = Callable[[Grammar, Tree, int], x.Expression]

_PRIMARY: Mapping[str, _Read] = {
    "expression": Grammar.expression,
    "literal_value": Grammar._unwrap,
    "template_expr": Grammar._unwrap,
    "collection_value": Grammar._unwrap,
    "operation": Grammar._unwrap,
    "for_expr": Grammar._unwrap,
    "variable_expr": Grammar._variable,
    "string_lit": Grammar._string,
    "numeric_lit": Grammar._numeric,
    "bool_lit": Grammar._word,
    "null_lit": Grammar._word,
    "quoted_template": Grammar._quoted,
    "heredoc_template": Grammar._heredoc,
    "tuple": Grammar._tuple,
    "object": Grammar._object,
    "function_call": Grammar._call,
    "conditional": Grammar._conditional,
    "binary_operation": Grammar._binary,
    "unary_operation": Grammar._unary,
    "for_tuple_expr": Grammar._for,
    "for_object_expr": Grammar._for,
}

_HOLES: Mapping[str, _Read] = {
    "expression": Grammar.expression,
    "template_if": Grammar._if,
    "template_for": Grammar._loop,
}
