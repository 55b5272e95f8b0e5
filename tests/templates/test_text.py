"""A template's text: what troposphere makes of it, with short parts on one line."""

from __future__ import annotations

import json

import pytest
from troposphere import Template
from troposphere.cloudwatch import Alarm
from troposphere.sns import Topic

from generator.templates.text import template_text


def test_properties_its_class_refuses_are_refused() -> None:
    template = Template()
    template.add_resource(Alarm("Made", ComparisonOperator="Above", EvaluationPeriods=1))
    with pytest.raises(ValueError, match="one of the following must be specified"):
        template_text(template)


def test_short_values_are_on_a_line_and_keys_are_sorted() -> None:
    template = Template()
    template.add_resource(Topic("Two", TopicName="b" * 200, DisplayName="b"))
    template.add_resource(Topic("One"))
    assert template_text(template).splitlines() == [
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
    assert json.loads(template_text(template)) == template.to_dict()
