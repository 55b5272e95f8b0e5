"""Begin a source: the command `new`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator.commands import _new_auth, _new_pull, _options, _prompts, names
from generator.errors import GeneratorError, command_line, display_path

if TYPE_CHECKING:
    from generator.packaging.product import Product


@_options.command(short_help="Begin a source of your own.")
@click.argument("name")
@click.option(
    "--from",
    "base",
    metavar="SOURCE",
    shell_complete=_options.complete_source,
    help="Begin with another source, such as for a second tenant.",
)
@click.option("--copy", is_flag=True, help="With --from: copy the other source's folder, to change it.")
@click.option(
    "--from-request",
    "file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Begin with a captured request: raw HTTP, or JSON.",
)
@click.option("--description", metavar="TEXT", help="What events these are, in one line.")
@_new_auth.options
@click.option("--lint", type=click.Choice(["full", "fast"]), default="full", help=_options.LINT_HELP)
@_new_pull.options
@_options.own_sources
@_options.build
def command(
    name: str,
    base: str | None,
    copy: bool,
    file: Path | None,
    description: str | None,
    kind: str | None,
    lint: Any,
    sources: Path,
    build: Path,
    **options: Any,
) -> int:
    """Begin the source sources/NAME: a definition, a README to fill in, and a sample of what you captured.

    Asks for what no option says. Writes nothing if anything is wrong.
    """
    from generator.commands import _new_report
    from generator.packaging import build_folder
    from generator.samples import captured
    from generator.scaffold import target_folder
    from generator.scaffold.starting_point import StartingPoint

    pulled = {key: options.pop(key) for key in _new_pull.NAMES}
    answers = {key: value for key, value in options.items() if value is not None}
    _refuse_together(base, kind, answers, copy=copy)
    target_folder.refuse_name(name, sources, names())
    build_folder.refuse_unfit_folder(build)
    if pulled_options := [key for key, value in pulled.items() if value]:
        _refuse_with_pull(pulled_options, base, file, kind)
        return _begin_pulled(name, description, pulled, answers, sources, build, lint)
    base_definition = target_folder.find_base(base, name, sources) if base else None
    if file and base_definition and base_definition.source.pull:
        raise click.UsageError(f"--from-request is of a vendor that sends, and {base} is pulled; use --from-answer")
    request = captured.read_captured(file) if file else None
    starting_point = StartingPoint(name, file, request, base_definition, copy)
    starting_point.recognize_sender(sources)
    _new_report.print_recognition(starting_point)
    recognized = starting_point.recognition.recognized_source
    if recognized and not base_definition and not (kind or answers) and _prompts.begin_with(recognized.source.name):
        starting_point = replace(starting_point, base=recognized)
    missing: list[str] = []
    if not file and not base_definition and not kind:
        _prompts.offer_request(name)
    default = starting_point.base.source.description if starting_point.base else None
    description_text = _prompts.description(description, default)
    if description_text is None and not starting_point.base:
        missing.append("--description")
    auth = {} if starting_point.base else _prompts.auth(kind, answers, starting_point.recognition.auth, missing)
    if missing:
        raise click.UsageError(f"no terminal to ask in: {' and '.join(missing)} must be given")
    written_files = target_folder.write_source_folder(
        name, sources, starting_point.fill(description_text or "", auth), file
    )
    _new_report.report(starting_point, written_files, _built(name, sources, build, lint), sources, build)
    return 0


def _begin_pulled(
    name: str,
    description: str | None,
    pulled: dict[str, Any],
    answers: dict[str, str],
    sources: Path,
    build: Path,
    lint: Any,
) -> int:
    """Make a source that is pulled."""
    from generator.commands import _new_pull_report
    from generator.scaffold import pull_start, target_folder

    start, given = _new_pull.begin(name, pulled, answers)
    similar = pull_start.similar_source(start.requests[0], target_folder.all_definitions(sources))
    _new_pull_report.print_findings(start, similar)
    recognized = pull_start.credentials_of(similar) if similar else None
    credentials = _new_pull.credentials(start, given, recognized)
    text = _prompts.description(description)
    if text is None:
        raise click.UsageError("no terminal to ask in: --description must be given")
    fill = start.fill(text, credentials)
    written_files = target_folder.write_source_folder(name, sources, fill, start.file)
    _new_pull_report.report(start, written_files, _built(name, sources, build, lint), sources, build)
    return 0


def _refuse_with_pull(pulled_options: list[str], base: str | None, file: Path | None, kind: str | None) -> None:
    """Refuse options of a vendor that sends, beside those of a vendor that is asked."""
    option = _new_pull.option_name(pulled_options[0])
    if base:
        raise click.UsageError(f"{option} can't be used with --from: {base} defines what is asked")
    if file:
        raise click.UsageError(f"{option} can't be used with --from-request, which is of a vendor that sends")
    if kind:
        raise click.UsageError(f"{option} can't be used with --auth; --credentials says how the vendor knows us")


def _refuse_together(base: str | None, kind: str | None, answers: dict[str, str], *, copy: bool) -> None:
    """Refuse options that contradict each other."""
    if copy and not base:
        raise click.UsageError("--copy needs --from, which names the source to copy")
    if base and (kind or answers):
        first = "--auth" if kind else f"--{next(iter(answers)).replace('_', '-')}"
        raise click.UsageError(f"{first} can't be used with --from: {base} defines how its sender is verified")


def _built(name: str, sources: Path, build: Path, lint: Any) -> Product:
    """Build the source, and store the message of its sample as expected."""
    from generator.commands.build import build_products, write_products

    try:
        (product,) = products = build_products([name], sources, build, lint=lint, strict=False, accept=True)
        write_products(products, build)
    except GeneratorError as error:
        command = command_line(f"{name} --accept", build, sources)
        written = f"{display_path(sources / name)} is written, but was not built: {command}"
        raise GeneratorError(f"{error}\n{written}") from None
    return product
