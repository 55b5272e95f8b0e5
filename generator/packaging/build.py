"""The stages of a build but the last: what would be written for each source, and what there is to say about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from generator.definition.read import Definition
from generator.errors import DefinitionError, GeneratorError, Problem, display_path
from generator.files import line_ends
from generator.packaging import bundle, configuration, isolation, lint, previous_build, template_cache
from generator.packaging.output import CACHE_FOLDER
from generator.samples import run as sample_run
from generator.samples import trial
from generator.samples.run import Accepted
from generator.templates import event_source, pipeline
from generator.templates.pipeline_inputs import ZipKeys
from generator.templates.text import text

TEMPLATE, CODE = "event-source.json", "lambdas.zip"
PIPELINE, CONFIG = "pipeline.json", previous_build.CONFIG_ZIP
TEMPLATES = (TEMPLATE, PIPELINE)
FILES = (*TEMPLATES, CODE, CONFIG)
MERGE = "merge.zip"


@dataclass(frozen=True)
class Product:
    """A source's files by name, its samples as shaped, what they hint at, and what the linters found: warnings.

    `accepted` is what is to be stored beside its samples, which the files have already.
    """

    definition: Definition
    files: dict[str, bytes]
    shaped: list[sample_run.Shaped]
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
        """What the JSON Schemas do not know of the samples: no reason to refuse anything, so strictness is none."""
        return [
            Problem(display_path(made.sample.source_file), 0, "", said, warning=True)
            for made in self.shaped
            for said in made.notes
        ]


def make_products(
    definitions: Sequence[Definition],
    build: Path,
    linter: lint.Linter,
    *,
    warnings_are_errors: bool,
    accept: bool = False,
    ignore_cache: bool = False,
    failures: list[GeneratorError] | None = None,
) -> list[Product]:
    """A product for each definition; DefinitionError with everything that is wrong in any of them.

    What hinders one alone, such as a package that can't be fetched, goes into `failures` where that is given.

    With `accept`, what the samples' messages differ from what is stored beside them is no mistake. With `ignore_cache`,
    nothing is taken from the build folder.
    """
    # What is accepted is packed, so it has to be known before the zips; else samples are tried beside the linters.
    trials = {one.source.name: trial.try_samples(one) for one in definitions} if accept else {}
    known = None if ignore_cache else build
    made = list(_products(definitions, known, failures, trials))
    if accept and failures:  # what is not built is not accepted either, and one repository may hold all sources
        made = list(_products([one.definition for one in made], known, None, trials))
    texts = {str(build / one.name / name): one.files[name].decode() for one in made for name in TEMPLATES}
    shipped = dict.fromkeys(file for one in made for file in configuration.shipped_text_files(one.definition))
    problems = line_ends.line_end_problems(shipped)
    with ThreadPoolExecutor(2) as pool:
        linted = pool.submit(linter.check, texts)
        imported = [pool.submit(_imported, one, build) for one in made]
        for one in made:
            tried = trials.get(one.name) or trial.try_samples(one.definition)
            one.shaped.extend(tried.shaped)
            one.hints.extend(tried.warnings)
            problems += tried.problems if accept else [*tried.problems, *tried.differences]
        findings = linted.result()
    problems += [problem for one in imported for problem in one.result()]
    for one in made:
        for name in TEMPLATES:
            shown_as = str(build / one.name / name)
            one.findings.extend(findings[shown_as])
            if all(problem.warning for problem in findings[shown_as]):
                digest, verdict = linter.verdict(shown_as)
                one.cache_entries[digest] = verdict
        problems += [problem for problem in [*one.hints, *one.findings] if warnings_are_errors or not problem.warning]
    if problems:
        raise DefinitionError(problems)
    return made


def _products(
    definitions: Sequence[Definition],
    build: Path | None,
    failures: list[GeneratorError] | None,
    trials: Mapping[str, trial.Trial],
) -> Iterator[Product]:
    names = [definition.source.name for definition in definitions]
    accepted = {name: trials[name].accepted for name in names if name in trials}
    together = {file: content for one in accepted.values() for file, content in one.items()}
    for definition in definitions:
        try:
            product = _product(definition, build, together)
            yield replace(product, accepted=accepted.get(product.name, {}))
        except GeneratorError as error:
            if failures is None:
                raise GeneratorError(f"{definition.source.name}: {error}") from error
            failures.append(GeneratorError(f"{definition.source.name}: not built: {error}"))


def _imported(product: Product, build: Path) -> list[Problem]:
    """What hinders a source's own code from being imported in AWS; that nothing does is remembered."""
    file, code = product.definition.find("transform.py"), product.files[CODE]
    if file is None or (build / CACHE_FOLDER / (digest := isolation.import_digest(code))).exists():
        return []
    if not (problems := isolation.import_problems(file, code)):
        product.cache_entries[digest] = b"[]"
    return problems


def source_files(definition: Definition) -> dict[str, bytes]:
    """What a definition becomes, by the files' names below its folder."""
    return _product(definition, None, {}).files


def _product(definition: Definition, build: Path | None, accepted: Accepted) -> Product:
    """The files, and what is remembered of them; where a build has made the same before, its templates are those."""
    source, code = definition.source, bundle.lambdas_zip(definition)
    own = configuration.config_files(definition, accepted)
    config = bundle.make_zip(configuration.config_zip_files(definition, own, accepted))
    keys = ZipKeys(bundle.zip_key(shared_files()[MERGE]), bundle.zip_key(config))
    digest = template_cache.digest(source, [bundle.zip_key(code), *keys])
    made = template_cache.recall(build, source.name, digest) if build else None
    if made is None:
        event_source_text = text(event_source.build(source, bundle.zip_key(code)))
        made = {TEMPLATE: event_source_text.encode(), PIPELINE: text(pipeline.build(source, keys)).encode()}
    others = {f"{configuration.CONFIG_FOLDER}/{name}": content for name, content in own.items()}
    remembered = {digest: template_cache.record(made)}
    return Product(definition, {**made, CODE: code, CONFIG: config, **others}, [], [], [], remembered, {})


@cache
def shared_files() -> dict[str, bytes]:
    """What is the same for every source, by its name in the build folder."""
    return {MERGE: bundle.merge_zip()}
