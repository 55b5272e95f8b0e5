"""One template of each shape: those of sources that differ in nothing but names, texts and numbers are alike."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from troposphere import Template

from generator.definition.secret_names import source_secrets
from generator.templates import event_source, pipeline
from generator.templates.pipeline_inputs import ZipKeys
from generator.templates.text import template_text
from lambdas.model import Source
from lambdas.model_deployment import Parameter, ParameterPattern
from lambdas.model_request_types import Duration
from tests.definitions import CASES, SOURCES, every_definition

FIVE_MINUTES = Duration(300)
_BUILDS: dict[str, Callable[[Source], Template]] = {
    "event-source.json": lambda source: event_source.build(source, "code/0.zip"),
    "pipeline.json": lambda source: pipeline.build(source, ZipKeys("merge/0.zip", "config/0.zip")),
}


def template_shapes() -> dict[str, str]:
    """A template of each shape by its folder, source and file: zoom's and okta's, where they have it too."""
    shapes: dict[str, tuple[str, str]] = {}
    for folder in (SOURCES, CASES):
        for definition in sorted(every_definition(folder), key=lambda entry: entry.source.name not in ("zoom", "okta")):
            source = definition.source
            for file, build in _BUILDS.items():
                shape = _lines(template_text(build(_alike(source))), source)
                if shape not in shapes:
                    shapes[shape] = f"{folder.name}/{source.name}/{file}", template_text(build(source))
    return dict(shapes.values())


def _alike(source: Source) -> Source:
    """A source whose name, description and interval are those of others too, with a single parameter for them all."""
    alike = replace(source, name="same", description="same")
    if source.pull is None:
        return alike
    parameters = {"Same": Parameter("same", ParameterPattern("same"), "same")} if source.parameters else None
    return replace(alike, parameters=parameters, pull=replace(source.pull, every=FIVE_MINUTES))


def _lines(template: str, source: Source) -> str:
    """The lines of a template, each once, in which all secrets have the same name."""
    names = "|".join(source_secrets(source))
    text = re.sub(rf"/({names})(?=(_previous)?[\",])", "/same", template)
    text = re.sub(r'"Value": {"Fn::Sub": ".*/same"}', "SecretNames", text)
    return "\n".join(sorted({line.rstrip(",") for line in text.splitlines()}))
