"""A template is written as troposphere would have it, only sooner."""

from __future__ import annotations

import json

import pytest
from troposphere import Template
from troposphere.cloudwatch import Alarm
from troposphere.sns import Topic

from generator.definition.read import load, source_names
from generator.templates import event_source, pipeline
from generator.templates.pipeline_inputs import ZipKeys
from generator.templates.text import plain, text
from tests.definitions import CASES, SOURCES

EVERY = {one.source.name: one.source for folder in (SOURCES, CASES) for one in load(folder, source_names(folder))}


@pytest.mark.parametrize("name", EVERY)
def test_it_says_what_troposphere_says(name: str) -> None:
    for made in (event_source.build(EVERY[name], "code/0.zip"), pipeline.build(EVERY[name], ZipKeys("1.zip", "2.zip"))):
        assert plain(made) == made.to_dict()


def test_what_its_class_refuses_is_refused() -> None:
    template = Template()
    template.add_resource(Alarm("Made", ComparisonOperator="Above", EvaluationPeriods=1))
    with pytest.raises(ValueError, match="one of the following must be specified"):
        plain(template)


def test_what_fits_is_on_a_line_and_keys_are_sorted() -> None:
    template = Template()
    template.add_resource(Topic("Two", TopicName="b" * 200, DisplayName="b"))
    template.add_resource(Topic("One"))
    assert text(template).splitlines() == [
        "{",
        '  "Resources": {',
        '    "One": {"Type": "AWS::SNS::Topic"},',
        '    "Two": {',
        '      "Properties": {',
        '        "DisplayName": "b",',
        f'        "TopicName": "{"b" * 200}"',
        "      },",
        '      "Type": "AWS::SNS::Topic"',
        "    }",
        "  }",
        "}",
    ]
    assert json.loads(text(template)) == template.to_dict()
