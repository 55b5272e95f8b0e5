"""One template of each shape: those of sources that differ in nothing but names, texts and numbers are alike."""

from __future__ import annotations

import re
from dataclasses import replace

from generator.definition.read import load, source_names
from generator.definition.secret_names import source_secrets
from generator.templates import event_source, pipeline
from generator.templates.pipeline_inputs import ZipKeys
from generator.templates.text import template_text
from lambdas.model import Source
from lambdas.model_request_types import Duration
from tests.definitions import CASES, SOURCES

FIVE_MINUTES = Duration(300)


def template_shapes() -> dict[str, str]:
    """A template of each shape by its folder, source and file: zoom's and okta's, where they have it too."""
    shapes: dict[str, tuple[str, str]] = {}
    for folder in (SOURCES, CASES):
        names = sorted(source_names(folder), key=lambda name: name not in ("zoom", "okta"))
        for definition in load(folder, names):
            source = definition.source
            alike = {file: _renamed(template, source) for file, template in _templates(_alike(source)).items()}
            for file, template in _templates(source).items():
                shapes.setdefault(alike[file], (f"{folder.name}/{source.name}/{file}", template))
    return dict(shapes.values())


def _alike(source: Source) -> Source:
    """A source with a name, a description, parameters' texts and an interval that are those of others too."""
    parameters = {
        name: replace(parameter, description="same", pattern="same", example="same")
        for name, parameter in (source.parameters or {}).items()
    }
    pull = replace(source.pull, every=FIVE_MINUTES) if source.pull else None
    return replace(source, name="same", description="same", parameters=parameters, pull=pull)


def _renamed(template: str, source: Source) -> str:
    """A template whose secrets and parameters have numbers for names, and stand in the order of these."""
    names = [*sorted(source_secrets(source)), *sorted(source.parameters or {})]
    for number, name in enumerate(names):
        template = re.sub(rf"(?<![A-Za-z]){re.escape(name)}(?![A-Za-z])", f"name{number}", template)
    return "\n".join(sorted(template.replace(",\n", "\n").splitlines()))


def _templates(source: Source) -> dict[str, str]:
    return {
        "event-source.json": template_text(event_source.build(source, "code/0.zip")),
        "pipeline.json": template_text(pipeline.build(source, ZipKeys("merge/0.zip", "config/0.zip"))),
    }
