"""The stages of a build but the last: what would be written for each source, and what there is to say about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from generator import bundle, configuration, event_source, line_ends, lint, pipeline, samples, templates
from generator.definition import Definition
from generator.errors import DefinitionError, GeneratorError, Problem
from generator.hints import hints
from generator.resources.pipeline_parameters import Keys
from generator.template_text import text
from generator.yaml_nodes import shown

TEMPLATE, CODE = "event-source.json", "lambdas.zip"
PIPELINE, CONFIG = "pipeline.json", "config.zip"
TEMPLATES = (TEMPLATE, PIPELINE)
FILES = (*TEMPLATES, CODE, CONFIG)
MERGE = "merge.zip"


@dataclass(frozen=True)
class Product:
    """A source's files by name, its samples as shaped, what they hint at, and what the linters found: warnings."""

    definition: Definition
    files: dict[str, bytes]
    shaped: list[samples.Shaped]
    hints: list[Problem]
    findings: list[Problem]
    remembered: dict[str, bytes]

    @property
    def name(self) -> str:
        """The source's name."""
        return self.definition.source.name

    @property
    def own_samples(self) -> list[samples.Shaped]:
        """The samples beside this definition; those of a source that it extends are expected to become that one's."""
        own = self.definition.folders[0] / "samples"
        return [made for made in self.shaped if made.sample.folder == own]

    @property
    def notes(self) -> list[Problem]:
        """What the JSON Schemas do not know of the samples: no reason to refuse anything, so strictness is none."""
        return [
            Problem(shown(made.sample.source_file), 0, "", said, warning=True)
            for made in self.shaped
            for said in made.notes
        ]

    def expected(self) -> dict[Path, str]:
        """What to store beside the samples, if what they become is right."""
        return {made.sample.file(made.part): samples.text(made) for made in self.own_samples}


def make(
    definitions: Sequence[Definition],
    build: Path,
    linter: lint.Linter,
    *,
    strict: bool,
    accept: bool = False,
    afresh: bool = False,
    unmade: list[GeneratorError] | None = None,
) -> list[Product]:
    """A product for each definition; DefinitionError with everything that is wrong in any of them.

    What hinders one alone, such as a package that can't be fetched, goes into `unmade` where that is given.

    With `accept`, what the samples' messages differ from what is stored beside them is no mistake. With `afresh`,
    nothing is taken from the build folder.
    """
    made = list(_products(definitions, None if afresh else build, unmade))
    texts = {str(build / one.name / name): one.files[name].decode() for one in made for name in TEMPLATES}
    shipped = dict.fromkeys(file for one in made for file in configuration.texts(one.definition))
    problems = line_ends.problems(shipped)
    with ThreadPoolExecutor(1) as pool:
        linted = pool.submit(linter.check, texts)
        for one in made:
            problems += _samples(one, accept=accept)
        findings = linted.result()
    for one in made:
        for name in TEMPLATES:
            shown_as = str(build / one.name / name)
            one.findings.extend(findings[shown_as])
            if all(problem.warning for problem in findings[shown_as]):
                digest, verdict = linter.verdict(shown_as)
                one.remembered[digest] = verdict
        problems += [problem for problem in [*one.hints, *one.findings] if strict or not problem.warning]
    if problems:
        raise DefinitionError(problems)
    return made


def _products(
    definitions: Sequence[Definition], build: Path | None, unmade: list[GeneratorError] | None
) -> Iterator[Product]:
    for definition in definitions:
        try:
            yield _product(definition, build)
        except GeneratorError as error:
            if unmade is None:
                raise GeneratorError(f"{definition.source.name}: {error}") from error
            unmade.append(GeneratorError(f"{definition.source.name}: not built: {error}"))


def files(definition: Definition) -> dict[str, bytes]:
    """What a definition becomes, by the files' names below its folder."""
    return _product(definition, None).files


def _product(definition: Definition, build: Path | None) -> Product:
    """The files, and what is remembered of them; where a build has made the same before, its templates are those."""
    source, code = definition.source, bundle.lambdas_zip(definition)
    own = configuration.files(definition)
    config = bundle.archive(configuration.archived(definition, own))
    keys = Keys(bundle.key(shared()[MERGE]), bundle.key(config))
    digest = templates.digest(source, [bundle.key(code), *keys])
    made = templates.recall(build, source.name, digest) if build else None
    if made is None:
        event_source_text = text(event_source.build(source, bundle.key(code)))
        made = {TEMPLATE: event_source_text.encode(), PIPELINE: text(pipeline.build(source, keys)).encode()}
    others = {f"{configuration.FOLDER}/{name}": content for name, content in own.items()}
    return Product(
        definition, {**made, CODE: code, CONFIG: config, **others}, [], [], [], {digest: templates.record(made)}
    )


@cache
def shared() -> dict[str, bytes]:
    """What is the same for every source, by its name in the build folder."""
    return {MERGE: bundle.merge_zip()}


def _samples(product: Product, *, accept: bool) -> list[Problem]:
    """Shape the samples into the product; the problems are those that no build may have."""
    there, problems = samples.load(product.definition)
    product.hints.extend(problem for problem in problems if problem.warning)
    problems = [problem for problem in problems if not problem.warning]
    product.shaped.extend(samples.shape(product.definition.source, sample) for sample in there)
    problems += [problem for made in product.shaped for problem in made.problems]
    if not accept:
        problems += [problem for made in product.own_samples if not made.problems for problem in samples.compare(made)]
    if there or not problems:  # of what can't be read nothing is suspected
        product.hints.extend(hints(product.definition, product.shaped))
    return problems
