"""The types of single values in a definition, each with the text that the reference has for it."""

from __future__ import annotations

from typing import Literal, NewType

Path = NewType("Path", str)
"""A JMESPath expression, such as `payload.object.id` or `header('x-request-id')`."""

Text = NewType("Text", str)
"""Text in which every `{path}` is filled in. A sole `{path}` keeps its type. `{{` is a brace."""

SignedText = NewType("SignedText", str)
"""Text in which raw pieces of the request are filled in, such as `{body}`."""

Field = NewType("Field", str)
"""A field of the body: names with dots between them, and `[]` for every item of a list."""

Header = NewType("Header", str)
"""The name of an HTTP header, in any case."""

SecretName = NewType("SecretName", str)
"""The last part of a Parameter Store name. Never a secret's value."""

UrlPath = NewType("UrlPath", str)
"""A path of a URL, such as `/events`."""

UrlBase = NewType("UrlBase", str)
"""A URL without a query, such as `https://hooks.example.com/events`."""

HttpsUrl = NewType("HttpsUrl", str)
"""A URL that begins with `https://`."""

ServiceUrl = NewType("ServiceUrl", str)
"""A URL that begins with `https://`, at which functions ask, or by which a service is known."""

SettingText = NewType("SettingText", str)
"""Plain text of the settings of `auth` or `credentials`."""

KeyText = NewType("KeyText", str)
"""Text in which stored secrets are filled in, such as `${ClientId}&{secret}`."""

ClaimText = NewType("ClaimText", str)
"""What a claim of a token must be: plain text, or text with hashes of the request in it, such as `{body_sha256}`."""

TopicArn = NewType("TopicArn", str)
"""The ARN of an SNS topic."""

SchemaFile = NewType("SchemaFile", str)
"""A JSON Schema's file below the source's folder, such as `schemas/user.created.json`."""

HostPattern = NewType("HostPattern", str)
"""A host's name, in which `*` stands for one part."""

Json = NewType("Json", object)
"""Any JSON value. Texts in it are filled in as `Text` is."""

ExtraName = NewType("ExtraName", str)
"""The name of a fact of the definition's own."""

DetailName = NewType("DetailName", str)
"""The name of a key of MozDef's `details`."""

Format = Literal["json", "ndjson", "form"]
