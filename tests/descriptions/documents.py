"""A vendor's description of its API as a document: from a folder that the user names, or from a pinned package.

Google's discovery documents and Swagger 2 are rewritten as OpenAPI 3, as far as requests and answers need it.
"""

from __future__ import annotations

import importlib.util
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from tests.samples.npm import installed

Node = dict[str, Any]
FOLDER = "DESCRIPTIONS"
"""The environment variable that names a folder with descriptions: `<source>.json` or `<source>.yaml`."""
ANY_QUERY = "x-any-query"
"""Of an operation: nothing is known of its query."""
_METHODS = ("get", "post")
_PARAMETER = frozenset(("in", "name", "required", "description"))


def own_file(source: str) -> Path | None:
    """Return the description of a source's vendor in the user's folder, if there is one."""
    folder = os.environ.get(FOLDER)
    files = [Path(folder, f"{source}{ending}") for ending in (".json", ".yaml", ".yml")] if folder else []
    return next((file for file in files if file.exists()), None)


def package_file(package: str) -> Path:
    """Return a file of a package: `npm:<name>/<path>`, or `pypi:<module>/<path>`."""
    registry, _, path = package.partition(":")
    if registry == "npm":
        return installed(Path(__file__).parent) / path
    module, _, below = path.partition("/")
    spec = importlib.util.find_spec(module)
    assert spec is not None, f"{module} is not installed"
    assert spec.submodule_search_locations, f"{module} is no package"
    return Path(spec.submodule_search_locations[0], below)


def read_document(file: Path) -> Node:
    """Return a description as OpenAPI 3."""
    text = file.read_bytes()
    # PyYAML's parser in C reads a description of 3 MB in seconds, the one in Python in minutes.
    document: Node = json.loads(text) if file.suffix == ".json" else yaml.load(text, Loader=yaml.CSafeLoader)
    if "discoveryVersion" in document:
        return _from_discovery(document)
    return _from_swagger(document) if document.get("swagger") == "2.0" else document


def _from_swagger(document: Node) -> Node:
    # A host that stands for each customer's own is written in many ways, so any host is taken.
    base = f"https://{{host}}{document.get('basePath', '')}".rstrip("/")
    for item in document["paths"].values():
        for method in _METHODS:
            if operation := item.get(method):
                _rewrite_operation(operation, document)
    for node in _nodes(document):
        if node.get("x-nullable"):
            node["nullable"] = True
    return {**document, "openapi": "3.0.0", "servers": [{"url": base}]}


def _rewrite_operation(operation: Node, document: Node) -> None:
    parameters = operation.get("parameters", [])
    for parameter in parameters:
        if parameter.get("in") == "body":
            operation["requestBody"] = {"content": {"application/json": {"schema": parameter["schema"]}}}
        elif "$ref" not in parameter:
            parameter["schema"] = {key: value for key, value in parameter.items() if key not in _PARAMETER}
            parameter["explode"] = parameter.get("collectionFormat") == "multi"
    operation["parameters"] = [parameter for parameter in parameters if parameter.get("in") != "body"]
    types = operation.get("produces") or document.get("produces") or ["application/json"]
    for response in operation["responses"].values():
        if "schema" in response:
            response["content"] = {name: {"schema": response["schema"]} for name in types}


def _from_discovery(document: Node) -> Node:
    """Rewrite Google's format, in which a reference is a bare name.

    https://developers.google.com/discovery/v1/reference/apis
    """
    paths: Node = {}
    for method in _discovery_methods(document):
        common = {**document.get("parameters", {}), **method.get("parameters", {})}
        parameters = [
            {"name": name, "in": value.get("location", "query"), "required": value.get("required", False)}
            | {"schema": {key: part for key, part in value.items() if key not in ("location", "required", "repeated")}}
            for name, value in common.items()
        ]
        answer = {"content": {"application/json": {"schema": dict(method.get("response", {}))}}}
        operation = {"parameters": parameters, "responses": {"200": answer}}
        paths.setdefault(f"/{method['path']}", {})[method["httpMethod"].lower()] = operation
    rewritten: Node = {"openapi": "3.0.0", "schemas": document["schemas"], "paths": paths}
    for node in _nodes(rewritten):
        if isinstance(node.get("$ref"), str):
            node["$ref"] = f"#/schemas/{node['$ref']}"
        if node.get("type") == "any":
            del node["type"]
        if isinstance(node.get("id"), str):
            del node["id"]  # a name, which a schema would take for the URL of itself
        for bound in ("minimum", "maximum"):
            if isinstance(node.get(bound), str):
                node[bound] = int(node[bound])
    return {**rewritten, "servers": [{"url": document["baseUrl"].rstrip("/")}]}


def _discovery_methods(resource: Node) -> Iterator[Node]:
    yield from resource.get("methods", {}).values()
    for below in resource.get("resources", {}).values():
        yield from _discovery_methods(below)


def _nodes(value: Any) -> Iterator[Node]:
    if isinstance(value, dict):
        yield value
    for below in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _nodes(below)
