"""What a new source begins with: nothing but answers, a captured request, another source, or the last two."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from generator.definition.placeholders import placeholder_keys
from generator.definition.read import Definition, load
from generator.samples.captured import Captured
from generator.scaffold import first_mapping, first_sample, target_folder, texts
from generator.scaffold.definition_yaml import yaml_form
from generator.scaffold.first_sample import Body
from generator.scaffold.recognize import Recognition, recognize
from generator.scaffold.texts import DefinitionDraft
from lambdas.auth import credential_fields
from lambdas.model import Source, auths

_AUTH = "webhook.auth."
NOTHING_RECOGNIZED = Recognition({})


@dataclass
class StartingPoint:
    """What there is to begin with.

    `sample` is the name under which the request was stored; of what was not, `credentials` are what verifies it, and
    `left_out` may be secret too.
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
        """How the request's sender is verified; with a source to begin with, whether it is a request of that one."""
        if self.request:
            self.recognition = recognize(
                self.request, [self.base] if self.base else target_folder.all_definitions(sources)
            )

    @cached_property
    def body(self) -> Body | None:
        """The request's body, where it is to be a sample; GeneratorError where it can't be one.

        A source that extends another is tried with the samples of that one, which has the mapping.
        """
        if not self.request or not self.file or self.recognition.handshake or (self.base and not self.copy):
            return None
        known = self.base or self.recognition.recognized_source
        webhook = known.source.webhook if known else None
        own = [name for auth in auths(webhook) for name in credential_fields(auth)] if webhook else []
        return first_sample.read_body(self.file, self.request, [*(known.source.events.mask if known else ()), *own])

    def fill(self, description: str, auth: Mapping[str, Any]) -> target_folder.FillFolder:
        """Puts the source's files into a folder."""

        def fill(folder: Path, stage: Path) -> None:
            if self.base and self.copy:
                target_folder.copy_source_folder(self.base.folders[0], folder, description)
            else:
                text = texts.definition_text(self._begun(description, auth))
                (folder / "source.yml").write_text(text, encoding="utf-8")
            source = load(stage, [self.name])[0].source
            if self.body:
                self._sample(folder / "samples", source, self.body)
            elif not self.base:
                (folder / "samples").mkdir()
            if not (folder / "README.md").exists():
                text = texts.tenant_readme_text(source) if self.base else texts.readme_text(source)
                (folder / "README.md").write_text(text, encoding="utf-8")

        return fill

    def _begun(self, description: str, auth: Mapping[str, Any]) -> DefinitionDraft:
        found = self.recognition
        if self.base:
            source = self.base.source
            # What each user says for himself, such as a topic, can't be taken from another.
            if any(key.startswith(_AUTH) for key in placeholder_keys(source)):
                auth = found.auth if found.recognized_source else yaml_form(source.webhook.auth)
            return DefinitionDraft(self.name, description, source.name, auth)
        events: dict[str, Any] = {}
        mozdef: dict[str, Any] = {}
        if self.request and self.body:
            events, mozdef = first_mapping.guess_mapping(self.name, self.request, self.body)
        check = found.to_check if auth == found.auth else ()
        return DefinitionDraft(self.name, description, None, auth, check, events, mozdef)

    def _sample(self, folder: Path, source: Source, body: Body) -> None:
        assert self.request  # noqa: S101 - there is a body
        head = first_sample.request_head(self.request, source, body.format)
        self.credentials, self.left_out = head.credentials, head.secret
        folder.mkdir(exist_ok=True)
        name = first_mapping.sample_name(self.request, body)
        if (folder / f"{name}.json").exists() or (folder / f"{name}.txt").exists():
            name = f"{name}.captured"
        self.sample = name
        (folder / f"{name}{body.suffix}").write_bytes(body.content)
        if head.written:
            text = json.dumps(head.written, indent=2, ensure_ascii=False) + "\n"
            (folder / f"{name}.request.json").write_text(text, encoding="utf-8")
