"""What fastjsonschema makes of JSON Schemas, as a module that needs nothing of it when it runs.

https://horejsek.github.io/python-fastjsonschema/
"""

from __future__ import annotations

import ast
import json
import string
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from lambdas.reading.validation import SchemaNode

MAX_RULE = 60
"""Characters of a rule that are told with it."""
# All that the code may name: a schema's own words are data in it, whatever they are.
_NAMES = {
    *(
        "Decimal",
        "NoneType",
        "SchemaViolation",
        "missing_required",
        "count_step",
        "path",
        "quotient",
        "re",
        "fn",
        "var",
        "k",
        "v",
    ),
    *("bool", "dict", "enumerate", "float", "frozenset", "hasattr", "int", "isinstance", "len", "list", "repr", "set"),
    *("str", "tuple"),
}
_METHODS = {"compile", "get", "is_integer", "items", "keys", "remove", "search", "A", "DEBUG", "I", "L", "M", "S", "X"}


class Compiled(NamedTuple):
    """A schema's functions, the name of the one to call, and the place where what it knows begins."""

    body: list[ast.stmt]
    name: str
    place: int


def compile_schema(schema: dict[str, Any], number: int, place: int) -> Compiled:
    """The functions of a lenient schema, which is the one of this number; ValueError where none can be made."""
    import fastjsonschema  # few sources have schemas

    tree = ast.parse(fastjsonschema.compile_to_code(schema, use_default=False, use_formats=False))
    rewritten = _Rewritten(number)
    body = [rewritten.visit(one) for one in tree.body if not _is_own(one)]
    made = ast.fix_missing_locations(ast.Module(body, []))
    if strange := sorted(_strange(made)):
        raise ValueError(f"its code would name {', '.join(strange)}")
    try:
        compile(ast.unparse(made), "schema", "exec")
    except SyntaxError:
        raise ValueError("it is nested too deep: definitions, and $ref to them, make it flat") from None
    return Compiled(body, rewritten.name, place)


def module_text(source: str, kind: str | None, schemas: Mapping[str, Compiled], places: Sequence[SchemaNode]) -> str:
    """`lambdas/schemas.py`: a function for each schema, and what each knows; `kind` is the path of an event's."""
    statements = {id(one): one for made in schemas.values() for one in made.body}
    code = "\n".join(ast.unparse(one) for one in statements.values())
    known = [
        f"({None if names is None else f'frozenset({sorted(names)!r})'}, {dict(deeper)!r}, {items}),"
        for names, deeper, items in places
    ]
    chosen = [f"{name!r}: ({made.name}, {made.place})," for name, made in schemas.items()]
    return "\n".join([
        f'"""The JSON Schemas of {source}, as fastjsonschema compiled them."""',
        *(["import re"] if "re.compile(" in code else []),
        *(["from decimal import Decimal"] if "Decimal(" in code else []),
        "from lambdas.reading.validation import SchemaViolation, count_step, make_check, missing_required",
        "NoneType = type(None)",
        code,
        *("PLACES = (", *known, ")", "check = make_check({", *chosen, f"}}, PLACES, {kind!r})", ""),
    ])  # fmt: skip


def _is_own(statement: ast.stmt) -> bool:
    """Whether it is about fastjsonschema itself: what it imports, and its version."""
    named = isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) in ("VERSION", "NoneType")
    return named or isinstance(statement, ast.Import | ast.ImportFrom)


def _strange(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.FunctionDef):
            name = node.id if isinstance(node, ast.Name) else node.name
            if name not in _NAMES and not name.startswith(("data", "schema_", "PATTERNS_")):
                yield name
        elif isinstance(node, ast.Attribute) and node.attr not in _METHODS:
            yield f".{node.attr}"
        elif isinstance(node, ast.Import | ast.ImportFrom | ast.ClassDef | ast.Global | ast.Lambda):
            yield type(node).__name__


class _Rewritten(ast.NodeTransformer):
    """Takes out what refers to the library, and of its exceptions the event's values."""

    def __init__(self, number: int) -> None:
        self.name = f"schema_{number}"
        self._number = number

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        if node.name.startswith("validate"):
            named = [ast.arg("data"), ast.arg("path")]
            node.name = self._renamed(node.name)
            if node.name != self.name:
                node.body.insert(0, ast.Expr(_call("count_step")))
            node.args = ast.arguments([], named, None, [], [], None, [])
        return self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if node.id == "REGEX_PATTERNS":
            return ast.Name(f"PATTERNS_{self._number}", node.ctx)
        return ast.Name(self._renamed(node.id), node.ctx) if node.id.startswith("validate") else node

    def visit_Raise(self, node: ast.Raise) -> ast.AST:
        """The path and the rule: no message, which would quote the event, and no value."""
        assert isinstance(node.exc, ast.Call)  # noqa: S101 - it raises one exception, made there
        given = {one.arg: one.value for one in node.exc.keywords}
        rule, definition = (ast.literal_eval(given[name]) for name in ("rule", "definition"))
        path = self.visit(given["name"])
        if rule == "required":
            return ast.Raise(_call("missing_required", path, given["value"], _constants(definition[rule])))
        written = json.dumps(definition[rule], ensure_ascii=False)
        return ast.Raise(
            _call("SchemaViolation", path, ast.Constant(f"{rule} {written}" if len(written) <= MAX_RULE else rule))
        )

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.AST:
        node.type = ast.Name("SchemaViolation", ast.Load())
        return self.generic_visit(node)

    def visit_Tuple(self, node: ast.Tuple) -> ast.AST:
        """No event has a Decimal."""
        node.elts = [one for one in node.elts if not (isinstance(one, ast.Name) and one.id == "Decimal")]
        return self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        is_path = isinstance(node.values[0], ast.Name) and node.values[0].id == "name_prefix"
        return ast.Name("path", ast.Load()) if is_path else self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        for one, other in ((node.left, node.right), (node.right, node.left)):
            if isinstance(one, ast.Constant) and one.value == "":
                return other
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        if isinstance(node.func, ast.Attribute) and node.func.attr == "format":
            assert isinstance(node.func.value, ast.Constant)  # noqa: S101 - a text with places in it
            return _filled(node.func.value.value)
        if isinstance(node.func, ast.Name) and node.func.id.startswith("validate"):
            node.args = [node.args[0], node.args[2]]
        return self.generic_visit(node)

    def _renamed(self, name: str) -> str:
        return f"{self.name}_{name.rpartition('_')[2]}" if "_" in name else self.name


def _call(name: str, *arguments: ast.expr) -> ast.Call:
    return ast.Call(ast.Name(name, ast.Load()), list(arguments), [])


def _constants(values: Sequence[str]) -> ast.expr:
    return ast.Tuple([ast.Constant(one) for one in values], ast.Load())


def _filled(text: Any) -> ast.expr:
    """A path with the index of an item in it; a field that no schema names is the sender's word, and a star."""
    made: ast.expr | None = None
    for before, name, _, _ in string.Formatter().parse(text):
        number = _call("str", ast.Name(name, ast.Load())) if name and name.endswith("_x") else None
        for part in (ast.Constant(before + ("*" if name and number is None else "")), number):
            if part is not None:
                made = part if made is None else ast.BinOp(made, ast.Add(), part)
    return made or ast.Constant("")
