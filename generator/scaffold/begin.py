"""What a new source begins with: nothing but answers, a captured request, another source, or the last two."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from generator.definition.placeholders import placeholders
from generator.definition.read import Definition, load
from generator.samples.captured import Captured
from generator.scaffold import first_mapping, first_sample, target_folder, texts
from generator.scaffold.definition_yaml import as_written
from generator.scaffold.first_sample import Body
from generator.scaffold.recognise import Found, recognise
from generator.scaffold.texts import Begun
from lambdas.auth import credential_fields
from lambdas.model import Source, auths

_AUTH = "webhook.auth."
NOTHING = Found({})


@dataclass
class Beginning:
    """What there is to begin with.

    `sample` is the name under which the request was stored; of what was not, `credentials` are what verifies it, and
    `left_out` may be secret too.
    """

    name: str
    file: Path | None = None
    request: Captured | None = None
    base: Definition | None = None
    copy: bool = False
    found: Found = NOTHING
    sample: str = ""
    credentials: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()

    def look(self, sources: Path) -> None:
        """How the request's sender is verified; with a source to begin with, whether it is a request of that one."""
        if self.request:
            self.found = recognise(self.request, [self.base] if self.base else target_folder.everything(sources))

    @cached_property
    def body(self) -> Body | None:
        """The request's body, where it is to be a sample; GeneratorError where it can't be one.

        A source that extends another is tried with the samples of that one, which has the mapping.
        """
        if not self.request or not self.file or self.found.handshake or (self.base and not self.copy):
            return None
        known = self.base or self.found.like
        webhook = known.source.webhook if known else None
        own = [name for auth in auths(webhook) for name in credential_fields(auth)] if webhook else []
        return first_sample.body(self.file, self.request, [*(known.source.events.mask if known else ()), *own])

    def fill(self, description: str, auth: Mapping[str, Any]) -> target_folder.Fill:
        """Puts the source's files into a folder."""

        def fill(folder: Path, stage: Path) -> None:
            if self.base and self.copy:
                target_folder.copy(self.base.folders[0], folder, description)
            else:
                text = texts.definition(self._begun(description, auth))
                (folder / "source.yml").write_text(text, encoding="utf-8")
            source = load(stage, [self.name])[0].source
            if self.body:
                self._sample(folder / "samples", source, self.body)
            elif not self.base:
                (folder / "samples").mkdir()
            if not (folder / "README.md").exists():
                text = texts.tenant_readme(source) if self.base else texts.readme(source)
                (folder / "README.md").write_text(text, encoding="utf-8")

        return fill

    def _begun(self, description: str, auth: Mapping[str, Any]) -> Begun:
        found = self.found
        if self.base:
            source = self.base.source
            # What each user says for himself, such as a topic, can't be taken from another.
            if any(key.startswith(_AUTH) for key in placeholders(source)):
                auth = found.auth if found.like else as_written(source.webhook.auth)
            return Begun(self.name, description, source.name, auth)
        events: dict[str, Any] = {}
        mozdef: dict[str, Any] = {}
        if self.request and self.body:
            events, mozdef = first_mapping.mapping(self.name, self.request, self.body)
        check = found.check if auth == found.auth else ()
        return Begun(self.name, description, None, auth, check, events, mozdef)

    def _sample(self, folder: Path, source: Source, body: Body) -> None:
        assert self.request  # noqa: S101 - there is a body
        head = first_sample.head(self.request, source, body.format)
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
