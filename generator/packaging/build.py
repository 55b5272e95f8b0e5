"""The stages of a build, but for writing: make the files, try the samples beside the linters, report all mistakes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from generator.definition.read import Definition
from generator.errors import DefinitionError, GeneratorError, Problem
from generator.files import line_ends
from generator.packaging import configuration, isolation, lint
from generator.packaging.build_folder import CACHE_FOLDER
from generator.packaging.product import CODE, TEMPLATES, Product, make_product
from generator.samples import trial
from generator.samples.whole_conflicts import whole_conflicts
from generator.templates.reserved_names import reserved_name_problems


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
    """Return a product for each definition; raise a DefinitionError with all mistakes in all of them.

    What keeps one definition from being built, such as a package that can't be fetched, goes into `failures` where that
    is given. With `accept`, a sample's message may differ from what is stored. With `ignore_cache`, nothing is taken
    from the build folder.
    """
    if taken := list(reserved_name_problems(definitions)):
        raise DefinitionError(taken)
    # Accepted messages are packed, so they must be known before the zips; otherwise samples run beside the linters.
    trials = {definition.source.name: trial.try_samples(definition) for definition in definitions} if accept else {}
    cache = None if ignore_cache else build
    products = list(_make_products(definitions, cache, failures, trials))
    if accept and failures:  # again without what was accepted for a failed source: a zip may hold all sources
        products = list(_make_products([product.definition for product in products], cache, None, trials))
    problems = _check_products(products, build, linter, trials, accept=accept)
    for product in products:
        warnings = [*product.hints, *product.findings]
        problems += [problem for problem in warnings if warnings_are_errors or not problem.warning]
    if problems:
        raise DefinitionError(problems)
    return products


def _make_products(
    definitions: Sequence[Definition],
    cache: Path | None,
    failures: list[GeneratorError] | None,
    trials: Mapping[str, trial.Trial],
) -> Iterator[Product]:
    names = [definition.source.name for definition in definitions]
    accepted_by_name = {name: trials[name].accepted for name in names if name in trials}
    all_accepted = {file: content for accepted in accepted_by_name.values() for file, content in accepted.items()}
    for definition in definitions:
        try:
            product = make_product(definition, cache, all_accepted)
            yield replace(product, accepted=accepted_by_name.get(product.name, {}))
        except GeneratorError as error:
            if failures is None:
                raise GeneratorError(f"{definition.source.name}: {error}") from error
            failures.append(GeneratorError(f"{definition.source.name}: not built: {error}"))


def _check_products(
    products: Sequence[Product],
    build: Path,
    linter: lint.Linter,
    trials: Mapping[str, trial.Trial],
    *,
    accept: bool,
) -> list[Problem]:
    """Run samples, linters and imports side by side; add warnings to the products, and return the other problems."""
    templates = {
        str(build / product.name / name): product.files[name].decode() for product in products for name in TEMPLATES
    }
    shipped = dict.fromkeys(
        file for product in products for file in configuration.shipped_text_files(product.definition)
    )
    problems = line_ends.line_end_problems(shipped)
    with ThreadPoolExecutor(2) as pool:
        linting = pool.submit(linter.check, templates)
        importing = [pool.submit(_import_problems, product, build) for product in products]
        for product in products:
            tried = trials.get(product.name) or trial.try_samples(product.definition)
            product.shaped.extend(tried.shaped)
            product.altered.extend(tried.altered)
            product.hints.extend(tried.warnings)
            problems += tried.problems if accept else [*tried.problems, *tried.differences]
        findings = linting.result()
    by_name = {product.name: product for product in products}
    for name, warning in whole_conflicts((product.definition, product.shaped) for product in products):
        by_name[name].hints.append(warning)
    problems += [problem for imported in importing for problem in imported.result()]
    for product in products:
        _add_findings(product, build, linter, findings)
    return problems


def _add_findings(
    product: Product, build: Path, linter: lint.Linter, findings: Mapping[str, Sequence[Problem]]
) -> None:
    """Add what the linters found in a product's templates; a verdict without errors is stored for the next build."""
    for name in TEMPLATES:
        display_path = str(build / product.name / name)
        product.findings.extend(findings[display_path])
        if all(problem.warning for problem in findings[display_path]):
            digest, verdict = linter.verdict(display_path)
            product.cache_entries[digest] = verdict


def _import_problems(product: Product, build: Path) -> list[Problem]:
    """Return what keeps a source's transform.py from being imported in AWS; that nothing does is stored by digest."""
    file, code = product.definition.find("transform.py"), product.files[CODE]
    if file is None or (build / CACHE_FOLDER / (digest := isolation.import_digest(code))).exists():
        return []
    problems = isolation.import_problems(file, code)
    if not problems:
        product.cache_entries[digest] = b"[]"
    return problems
