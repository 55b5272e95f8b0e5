"""Turn the code that fastjsonschema makes of JSON Schemas into a module that runs without that library.

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
"""Characters of a rule that a reason quotes."""
# All names that the code may have: a schema's own words are data in it, whatever they are.
_NAMES = {
    *("Decimal", "NoneType", "SchemaViolation", "missing_required", "count_step", "path", "quotient", "re"),
    *("fn", "var", "k", "v"),
    *("bool", "dict", "enumerate", "float", "frozenset", "hasattr", "int", "isinstance", "len", "list", "repr", "set"),
    *("str", "tuple"),
}
_METHODS = {"compile", "get", "is_integer", "items", "keys", "remove", "search", "A", "DEBUG", "I", "L", "M", "S", "X"}


class Compiled(NamedTuple):
    """A schema's functions, the name of the one to call, and the index of its first node in the module's NODES."""

    body: list[ast.stmt]
    name: str
    first_node: int


def compile_schema(schema: dict[str, Any], number: int, first_node: int) -> Compiled:
    """Return the functions of a lenient schema, named by its number; ValueError where it can't be compiled."""
    import fastjsonschema  # few sources have schemas

    tree = ast.parse(fastjsonschema.compile_to_code(schema, use_default=False, use_formats=False))
    rewriter = _Rewriter(number)
    body = [rewriter.visit(statement) for statement in tree.body if not _is_of_library(statement)]
    code = ast.fix_missing_locations(ast.Module(body, []))
    if unexpected := sorted(_unexpected_names(code)):
        raise ValueError(f"its code would name {', '.join(unexpected)}")
    try:
        compile(ast.unparse(code), "schema", "exec")
    except SyntaxError:
        raise ValueError("it is nested too deep: definitions, and $ref to them, make it flat") from None
    return Compiled(body, rewriter.name, first_node)


def module_text(source: str, kind: str | None, schemas: Mapping[str, Compiled], nodes: Sequence[SchemaNode]) -> str:
    """Return `lambdas/schemas.py`: a function for each schema, and the fields that each knows.

    `kind` is the path to an event's type.
    """
    statements = {id(statement): statement for schema in schemas.values() for statement in schema.body}
    code = "\n".join(ast.unparse(statement) for statement in statements.values())
    known = [
        f"({None if names is None else f'frozenset({sorted(names)!r})'}, {dict(deeper)!r}, {items}),"
        for names, deeper, items in nodes
    ]
    by_type = [f"{name!r}: ({schema.name}, {schema.first_node})," for name, schema in schemas.items()]
    return "\n".join([
        f'"""The JSON Schemas of {source}, as fastjsonschema compiled them."""',
        *(["import re"] if "re.compile(" in code else []),
        *(["from decimal import Decimal"] if "Decimal(" in code else []),
        "from lambdas.reading.validation import SchemaViolation, count_step, make_check, missing_required",
        "NoneType = type(None)",
        code,
        *("NODES = (", *known, ")", "check = make_check({", *by_type, f"}}, NODES, {kind!r})", ""),
    ])  # fmt: skip


def _is_of_library(statement: ast.stmt) -> bool:
    """Return whether a statement is about fastjsonschema itself: its imports, and its version."""
    assigns = isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) in ("VERSION", "NoneType")
    return assigns or isinstance(statement, ast.Import | ast.ImportFrom)


def _unexpected_names(tree: ast.AST) -> Iterator[str]:
    """Yield what the code names beside its own functions and what is allowed."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.FunctionDef):
            name = node.id if isinstance(node, ast.Name) else node.name
            if name not in _NAMES and not name.startswith(("data", "schema_", "PATTERNS_")):
                yield name
        elif isinstance(node, ast.Attribute) and node.attr not in _METHODS:
            yield f".{node.attr}"
        elif isinstance(node, ast.Import | ast.ImportFrom | ast.ClassDef | ast.Global | ast.Lambda):
            yield type(node).__name__


class _Rewriter(ast.NodeTransformer):
    """Removes what refers to the library, and the event's values from its exceptions."""

    def __init__(self, number: int) -> None:
        self.name = f"schema_{number}"
        self._number = number

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        if node.name.startswith("validate"):
            parameters = [ast.arg("data"), ast.arg("path")]
            node.name = self._renamed(node.name)
            if node.name != self.name:
                node.body.insert(0, ast.Expr(_call("count_step")))
            node.args = ast.arguments([], parameters, None, [], [], None, [])
        return self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if node.id == "REGEX_PATTERNS":
            return ast.Name(f"PATTERNS_{self._number}", node.ctx)
        return ast.Name(self._renamed(node.id), node.ctx) if node.id.startswith("validate") else node

    def visit_Raise(self, node: ast.Raise) -> ast.AST:
        """Keep the path and the rule: no message, which would quote the event, and no value."""
        assert isinstance(node.exc, ast.Call)  # noqa: S101 - the library raises `JsonSchemaValueException(…)` only
        arguments = {keyword.arg: keyword.value for keyword in node.exc.keywords}
        rule, definition = (ast.literal_eval(arguments[name]) for name in ("rule", "definition"))
        path = self.visit(arguments["name"])
        if rule == "required":
            return ast.Raise(_call("missing_required", path, arguments["value"], _constants(definition[rule])))
        value = json.dumps(definition[rule], ensure_ascii=False)
        quoted = f"{rule} {value}" if len(value) <= MAX_RULE else rule
        return ast.Raise(_call("SchemaViolation", path, ast.Constant(quoted)))

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.AST:
        node.type = ast.Name("SchemaViolation", ast.Load())
        return self.generic_visit(node)

    def visit_Tuple(self, node: ast.Tuple) -> ast.AST:
        """Remove Decimal from the types that are compared: no event has a Decimal."""
        node.elts = [
            element for element in node.elts if not (isinstance(element, ast.Name) and element.id == "Decimal")
        ]
        return self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        is_path = isinstance(node.values[0], ast.Name) and node.values[0].id == "name_prefix"
        return ast.Name("path", ast.Load()) if is_path else self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        for side, other in ((node.left, node.right), (node.right, node.left)):
            if isinstance(side, ast.Constant) and side.value == "":
                return other
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        if isinstance(node.func, ast.Attribute) and node.func.attr == "format":
            assert isinstance(node.func.value, ast.Constant)  # noqa: S101 - the library formats a literal text
            return _formatted_path(node.func.value.value)
        if isinstance(node.func, ast.Name) and node.func.id.startswith("validate"):
            node.args = [node.args[0], node.args[2]]
        return self.generic_visit(node)

    def _renamed(self, name: str) -> str:
        return f"{self.name}_{name.rpartition('_')[2]}" if "_" in name else self.name


def _call(name: str, *arguments: ast.expr) -> ast.Call:
    return ast.Call(ast.Name(name, ast.Load()), list(arguments), [])


def _constants(values: Sequence[str]) -> ast.expr:
    return ast.Tuple([ast.Constant(value) for value in values], ast.Load())


def _formatted_path(text: Any) -> ast.expr:
    """Return a path with the index of an item in it; a field that no schema names becomes `*`: the sender chose it."""
    path: ast.expr | None = None
    for before, name, _, _ in string.Formatter().parse(text):
        number = _call("str", ast.Name(name, ast.Load())) if name and name.endswith("_x") else None
        for part in (ast.Constant(before + ("*" if name and number is None else "")), number):
            if part is not None:
                path = part if path is None else ast.BinOp(path, ast.Add(), part)
    return path or ast.Constant("")
