"""Begin a new source from answers alone, from a captured request, from another source, or from both."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from generator.definition.read import Definition, load
from generator.samples.captured import Captured
from generator.scaffold import first_mapping, first_sample, guess_body, target_folder, texts
from generator.scaffold.auth_answers import events_for
from generator.scaffold.definition_yaml import yaml_form
from generator.scaffold.first_mapping import MappingGuess
from generator.scaffold.first_parameters import has_parameters, parameters_of
from generator.scaffold.first_sample import Body
from generator.scaffold.recognize import Recognition, recognize
from generator.scaffold.texts import DefinitionDraft
from lambdas.auth import credential_fields
from lambdas.model import Source, auths

NOTHING_RECOGNIZED = Recognition({})


@dataclass
class StartingPoint:
    """What a new source begins with, and what became of the captured request.

    `sample` is the name under which the request was stored. `credentials` and `left_out` are the headers and parameters
    that were not stored: those that verify it, and those that may be secret.
    """

    name: str
    file: Path | None = None
    request: Captured | None = None
    base: Definition | None = None
    copy: bool = False
    recognition: Recognition = NOTHING_RECOGNIZED
    sample: str = ""
    credentials: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()

    def recognize_sender(self, sources: Path) -> None:
        """Find how the request's sender is verified; with a base, only whether it is a request of that source."""
        if self.request:
            self.recognition = recognize(
                self.request, [self.base] if self.base else target_folder.all_definitions(sources)
            )

    @cached_property
    def body(self) -> Body | None:
        """Return the request's body where it becomes a sample; GeneratorError where it can't.

        A source that extends another has no sample of its own: the other one has the mapping, and the samples.
        """
        if not self.request or not self.file or self.recognition.handshake or (self.base and not self.copy):
            return None
        known = self.base or self.recognition.recognized_source
        secret_fields = guess_body.credential_fields(self.recognition.auth)
        if known:
            credentials = [name for auth in auths(known.source.endpoint) for name in credential_fields(auth)]
            secret_fields = [*known.source.events.mask, *credentials]
        return first_sample.read_body(self.file, self.request, secret_fields)

    @cached_property
    def mapping(self) -> MappingGuess:
        """Return what the request suggests for `events` and `facts`."""
        if not self.request or not self.body:
            return MappingGuess({}, {})
        return first_mapping.guess_mapping(self.name, self.request, self.body)

    def fill(self, description: str, auth: Mapping[str, Any]) -> target_folder.FillFolder:
        """Return the function that writes the source's files into a folder."""

        def fill(folder: Path, stage: Path) -> None:
            if self.base and self.copy:
                target_folder.copy_source_folder(self.base.folders[0], folder, description)
            else:
                text = texts.definition_text(self._draft(description, auth))
                (folder / "source.yml").write_text(text, encoding="utf-8")
            source = load(stage, [self.name])[0].source
            if self.body:
                self._write_sample(folder / "samples", source, self.body)
            elif not self.base:
                (folder / "samples").mkdir()
            if not (folder / "README.md").exists():
                text = texts.tenant_readme_text(source) if self.base else texts.readme_text(source)
                (folder / "README.md").write_text(text, encoding="utf-8")

        return fill

    def _draft(self, description: str, auth: Mapping[str, Any]) -> DefinitionDraft:
        recognition = self.recognition
        if self.base:
            source = self.base.source
            # What a deployment would be asked for may be in the request, such as the topic.
            if (
                recognition.recognized_source
                and has_parameters(yaml_form(source.endpoint.auth))
                and not has_parameters(recognition.auth)
            ):
                auth = recognition.auth
            return DefinitionDraft(self.name, description, source.name, auth)
        mapping = self.mapping
        to_check = recognition.to_check if auth == recognition.auth else ()
        similar = recognition.recognized_source.source if recognition.recognized_source else None
        parameters = parameters_of(auth, similar)
        events = mapping.events or events_for(auth)
        return DefinitionDraft(
            self.name, description, None, auth, to_check, events, mapping.facts, parameters, mapping.to_check
        )

    def _write_sample(self, folder: Path, source: Source, body: Body) -> None:
        assert self.request  # noqa: S101 - a body comes from a request
        head = first_sample.request_head(self.request, source, body)
        self.credentials, self.left_out = head.credentials, head.secrets
        folder.mkdir(exist_ok=True)
        name = first_mapping.sample_name(self.request, body)
        if (folder / f"{name}.json").exists() or (folder / f"{name}.txt").exists():
            name = f"{name}.captured"
        self.sample = name
        (folder / f"{name}{body.suffix}").write_bytes(body.content)
        if head.content:
            text = json.dumps(head.content, indent=2, ensure_ascii=False) + "\n"
            (folder / f"{name}.request.json").write_text(text, encoding="utf-8")
