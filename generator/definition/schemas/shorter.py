"""Less code for the same verdict: what fastjsonschema writes is meant for any schema, and a zip has little room."""

from __future__ import annotations

import ast


def shorter(body: list[ast.stmt]) -> list[ast.stmt]:
    """Functions without sets of names that nobody asks for, and with short names for what they know by long ones."""
    tree = ast.Module(body, [])
    for change in (_WithoutSets(_asked(tree)), _ShortNames()):
        tree = change.visit(tree)
    return tree.body


def _name(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def _asked(tree: ast.AST) -> set[str]:
    """The sets of an object's names that are used for more than to see whether a known name is there."""
    slight: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and isinstance(node.left, ast.Constant):
            slight.update(node.comparators)
        elif isinstance(node, ast.Call) and _removes(node):
            slight.add(node.func.value)  # type: ignore[attr-defined]  # which is an attribute
    names = (node for node in ast.walk(tree) if isinstance(node, ast.Name) and node not in slight)
    return {node.id for node in names if isinstance(node.ctx, ast.Load)}


def _removes(node: ast.AST) -> bool:
    """Whether it takes a known name out of a set."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    return node.func.attr == "remove" and isinstance(node.args[0], ast.Constant)


class _WithoutSets(ast.NodeTransformer):
    """Asks the object itself, where no set of its names is needed."""

    def __init__(self, asked: set[str]) -> None:
        self._asked = asked

    def visit_Assign(self, node: ast.Assign) -> ast.AST | None:
        name = _name(node.targets[0])
        if name.endswith("__missing_keys") and isinstance(node.value, ast.BinOp):
            node.value = _lacks(node.value)
        elif self._is_idle(name):
            return None
        return self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        idle = _removes(node.value) and self._is_idle(_name(node.value.func.value))  # type: ignore[attr-defined]
        return None if idle else self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        if self._is_idle(name := _name(node.comparators[0])):
            node.comparators = [ast.Name(name.removesuffix("_keys"), ast.Load())]
        return self.generic_visit(node)

    def visit_If(self, node: ast.If) -> ast.AST:
        self.generic_visit(node)
        node.body = node.body or [ast.Pass()]
        return node

    def _is_idle(self, name: str) -> bool:
        return name.endswith("_keys") and name not in self._asked


def _lacks(difference: ast.BinOp) -> ast.expr:
    """Of `set([names]) - value.keys()`: whether one of the names is not there."""
    names, there = difference.left, difference.right
    assert isinstance(names, ast.Call)  # noqa: S101 - a set of the names that are required
    assert isinstance(names.args[0], ast.List)  # noqa: S101 - as above
    assert isinstance(there, ast.Call)  # noqa: S101 - of what there is
    assert isinstance(there.func, ast.Attribute)  # noqa: S101 - as above
    value = there.func.value
    has: list[ast.expr] = [ast.Compare(one, [ast.In()], [value]) for one in names.args[0].elts]
    every = ast.BoolOp(ast.And(), has) if len(has) > 1 else has[0] if has else ast.Constant(value=True)
    return ast.UnaryOp(ast.Not(), every)


class _ShortNames(ast.NodeTransformer):
    """A variable's name repeats the whole path to its value."""

    def __init__(self) -> None:
        self._short: dict[str, str] = {}

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if not node.id.startswith("data_"):
            return node
        return ast.Name(self._short.setdefault(node.id, f"v{len(self._short)}"), node.ctx)
