"""What one definition becomes: its two templates, its zips and its configuration, as bytes by file name."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from generator.definition.message_checks import read_as
from generator.definition.read import Definition
from generator.definition.signature_checks import open_bodies
from generator.errors import Problem, display_path
from generator.packaging import bundle, configuration, previous_build, template_cache
from generator.samples import run as sample_run
from generator.samples import trial
from generator.samples.comparison import Accepted
from generator.templates import event_source, pipeline
from generator.templates.pipeline_inputs import ZipKeys
from generator.templates.text import template_text

TEMPLATE, CODE = "event-source.json", "lambdas.zip"
PIPELINE, CONFIG = "pipeline.json", previous_build.CONFIG_ZIP
TEMPLATES = (TEMPLATE, PIPELINE)
FILES = (*TEMPLATES, CODE, CONFIG)
MERGE = "merge.zip"


@dataclass(frozen=True)
class Product:
    """A source's files by name, and what its build reports: shaped samples, warnings on them, and lint warnings.

    `altered` are the samples of which `defaults.yml` makes other messages. `cache_entries` are contents by digest, for
    the next build; `accepted` is what `--accept` stores beside the samples, which `files` has already.
    """

    definition: Definition
    files: dict[str, bytes]
    shaped: list[sample_run.Shaped]
    altered: list[sample_run.Shaped]
    hints: list[Problem]
    findings: list[Problem]
    cache_entries: dict[str, bytes]
    accepted: Accepted

    @property
    def name(self) -> str:
        """The source's name."""
        return self.definition.source.name

    @property
    def own_samples(self) -> list[sample_run.Shaped]:
        """The samples beside this definition."""
        return trial.own_samples(self.definition, self.shaped)

    @property
    def notes(self) -> list[Problem]:
        """What is no error, even with `--strict`, such as fields that the schemas do not know."""
        definition = self.definition
        severity = read_as(definition.source)
        noted = [("facts.severity", severity)] if severity else []
        if definition.source.webhook:
            noted += open_bodies("webhook.auth", definition.source.webhook.auth)
        return [Problem(*definition.location(key), key, text, warning=True) for key, text in noted] + [
            Problem(display_path(shaped.sample.source_file), 0, "", note, warning=True)
            for shaped in self.shaped
            for note in shaped.notes
        ]


def make_product(definition: Definition, build: Path | None, accepted: Accepted) -> Product:
    """Make a definition's files; templates come from the folder `build` where they were made from the same before.

    `accepted` are files of samples as `--accept` is going to store them. The samples and the linters come later.
    """
    source, code = definition.source, bundle.lambdas_zip(definition)
    config_files = configuration.config_files(definition, accepted)
    config_zip = bundle.make_zip(configuration.config_zip_files(definition, config_files, accepted))
    code_key = bundle.zip_key(code)
    keys = ZipKeys(bundle.zip_key(shared_files()[MERGE]), bundle.zip_key(config_zip))
    digest = template_cache.digest(source, [code_key, *keys])
    templates = template_cache.recall(build, source.name, digest) if build else None
    if templates is None:
        templates = {
            TEMPLATE: template_text(event_source.build(source, code_key)).encode(),
            PIPELINE: template_text(pipeline.build(source, keys)).encode(),
        }
    config_folder = {f"{configuration.CONFIG_FOLDER}/{name}": content for name, content in config_files.items()}
    files = {**templates, CODE: code, CONFIG: config_zip, **config_folder}
    return Product(definition, files, [], [], [], [], {digest: template_cache.record(templates)}, {})


def source_files(definition: Definition) -> dict[str, bytes]:
    """Return the files of a definition by their names below its folder in the build."""
    return make_product(definition, None, {}).files


@cache
def shared_files() -> dict[str, bytes]:
    """Return the files that are the same for every source, by their names in the build folder."""
    return {MERGE: bundle.merge_zip()}
