"""The parameters with which a new source begins, for what neither a request nor an answer tells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from generator.definition.filled_text import TOKEN
from generator.definition.text_values import TOPIC
from generator.scaffold.definition_yaml import flow, yaml_form
from lambdas.model import Source

ISSUER, AUDIENCE, SERVICE_ACCOUNT, TOPIC_ARN = "${Issuer}", "${Audience}", "${ServiceAccount}", "${TopicArn}"
_SUGGESTED = {
    ISSUER: {
        "description": "Host of the issuer of the tokens, without https://",
        "pattern": "[a-z0-9.-]+",
        "example": "issuer.example.com",
    },
    AUDIENCE: {
        "description": "For whom the tokens are, the claim aud",
        "pattern": "[A-Za-z0-9._~:/@-]+",
        "example": "mozdef",
    },
    SERVICE_ACCOUNT: {
        "description": "E-mail address of the service account, the claim email",
        "pattern": r"[a-z0-9-]+@[a-z0-9.-]+\.gserviceaccount\.com",
        "example": "mozdef-push@my-project.iam.gserviceaccount.com",
    },
    TOPIC_ARN: {
        "description": "ARN of the topic whose messages are taken",
        "pattern": TOPIC.pattern,
        "example": "arn:aws:sns:us-west-2:123456789012:security-alerts",
    },
}


def has_parameters(settings: Any) -> bool:
    """Return whether parameters stand in settings as a definition has them."""
    return TOKEN.search(flow(settings)) is not None


def parameters_of(settings: Any, similar: Source | None) -> dict[str, Mapping[str, str]]:
    """Return the declarations of the parameters in settings: those of a similar source, else suggestions."""
    return dict(_declarations(settings, similar))


def _declarations(settings: Any, similar: Source | None) -> Iterator[tuple[str, Mapping[str, str]]]:
    declared = {str(name): parameter for name, parameter in (similar.parameters or {}).items()} if similar else {}
    for token in TOKEN.finditer(flow(settings)):
        name = token[1]
        yield name, yaml_form(declared[name]) if name in declared else _SUGGESTED[token[0]]
