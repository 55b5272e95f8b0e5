"""Of the templates of all sources and cases that differ in nothing but a source's name and description, one."""

from __future__ import annotations

from dataclasses import replace

from generator import event_source, pipeline
from generator.definition import known, load
from generator.resources.pipeline_parameters import Keys
from generator.template_text import text
from lambdas.model import Source
from tests.definitions import CASES, SOURCES


def template_shapes() -> dict[str, str]:
    """A template of each shape by its folder, source and file: zoom's and okta's, where they have it too."""
    shapes: dict[str, tuple[str, str]] = {}
    for folder in (SOURCES, CASES):
        for definition in load(folder, sorted(known(folder), key=lambda name: name not in ("zoom", "okta"))):
            source = definition.source
            alike = _templates(replace(source, name="same", description="same"))
            for file, template in _templates(source).items():
                shapes.setdefault(alike[file], (f"{folder.name}/{source.name}/{file}", template))
    return dict(shapes.values())


def _templates(source: Source) -> dict[str, str]:
    return {
        "event-source.json": text(event_source.build(source, "code/0.zip")),
        "pipeline.json": text(pipeline.build(source, Keys("merge/0.zip", "config/0.zip"))),
    }
