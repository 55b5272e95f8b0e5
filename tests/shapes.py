"""Of the templates of all sources and cases that differ in nothing but a source's name and description, one."""

from __future__ import annotations

from dataclasses import replace

from generator.definition.read import load, source_names
from generator.templates import event_source, pipeline
from generator.templates.pipeline_inputs import ZipKeys
from generator.templates.text import template_text
from lambdas.model import Source
from tests.definitions import CASES, SOURCES


def template_shapes() -> dict[str, str]:
    """Return a template of each shape by its folder, source and file: zoom's and okta's, where they have it too."""
    shapes: dict[str, tuple[str, str]] = {}
    for folder in (SOURCES, CASES):
        for definition in load(folder, sorted(source_names(folder), key=lambda name: name not in ("zoom", "okta"))):
            source = definition.source
            alike = _templates(replace(source, name="same", description="same"))
            for file, template in _templates(source).items():
                shapes.setdefault(alike[file], (f"{folder.name}/{source.name}/{file}", template))
    return dict(shapes.values())


def _templates(source: Source) -> dict[str, str]:
    return {
        "event-source.json": template_text(event_source.build(source, "code/0.zip")),
        "pipeline.json": template_text(pipeline.build(source, ZipKeys("merge/0.zip", "config/0.zip"))),
    }
