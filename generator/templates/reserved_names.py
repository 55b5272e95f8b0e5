"""The names that a parameter of a definition can't have: CloudFormation wants one meaning for each in a template."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from generator.definition.read import Definition
from generator.errors import Problem
from generator.templates import event_source, pipeline
from generator.templates.pipeline_inputs import ZipKeys
from lambdas.model import Archive, Dedupe, Destination, Pipeline, S3Objects, Source


def reserved_name_problems(definitions: Iterable[Definition]) -> Iterator[Problem]:
    """Yield a problem for each parameter that has the name of something else in one of the source's templates."""
    for definition in definitions:
        parameters = definition.source.parameters or {}
        reserved = _reserved_names(definition.source) if parameters else {}
        for name in parameters:
            if name.lower() in reserved:
                message = f"is the name of a {reserved[name.lower()]} in the source's templates; choose another"
                yield Problem(*definition.location(f"parameters.{name}"), f"parameters.{name}", message)


def _reserved_names(source: Source) -> dict[str, str]:
    """Return what has each name, by names in lower case, in templates of the source with all that it could turn on."""
    full = replace(source, parameters=None, hardening="strict", dedupe=Dedupe(), archive=Archive(), pipeline=Pipeline())
    if full.pull:
        full = replace(full, pull=replace(full.pull, self_hosted=True))
    in_objects = replace(full, delivery=Destination(S3Objects()))
    reserved: dict[str, str] = {}
    templates = [event_source.build(each, "code/any.zip") for each in (full, in_objects)]
    for template in (*templates, pipeline.build(in_objects, ZipKeys("any", "any"))):
        reserved |= {name.lower(): "resource" for name in template.resources}
        reserved |= {name.lower(): "condition" for name in template.conditions}
        reserved |= {name.lower(): "parameter" for name in template.parameters}
    return reserved
