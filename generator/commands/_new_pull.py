"""The part of `new` that begins a source that is pulled: its options, and what it asks."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator.commands import _console, _prompts
from generator.commands._help import PulledOption
from generator.errors import GeneratorError

if TYPE_CHECKING:
    from generator.scaffold.pull_start import PullStart

STYLES = {
    "cursor": '"Pass next_cursor as cursor": a text in the answer that the next request carries',
    "link": '"The Link header contains the URL of the next page"',
    "next_url": '"nextLink has the URL of the next page": a URL in the answer',
    "page": '"page is the number of the page"',
    "offset": '"offset is the number of results to skip"',
    "none": '"The answer has all events of the time range"',
}
"""Paging styles with what the vendor's page says."""
_NOBODY = "no terminal to ask in"
_pulled_option = functools.partial(click.option, cls=PulledOption)
_NEEDS_NEXT = {"cursor": "next_cursor", "next_url": "nextLink"}
_OPTIONS = (
    _pulled_option("--pull", is_flag=True, help="Begin a pulled source, which asks the vendor's API."),
    _pulled_option(
        "--from-answer",
        "answers",
        type=click.Path(path_type=Path),
        multiple=True,
        metavar="FILE",
        help="Begin with a captured answer of the API: JSON, NDJSON or CSV, best with its headers, as `curl -i` "
        "writes it. Repeat it for the next page.",
    ),
    _pulled_option(
        "--url", "urls", metavar="URL", multiple=True, help="URL that gave this answer. Repeat it for the next page."
    ),
    _pulled_option("--data", metavar="JSON", help="JSON that was posted to this URL, if the request is no GET."),
    _pulled_option("--credentials", metavar="TYPE", help="How the vendor knows you, such as bearer or api_key."),
    _pulled_option(
        "--token-url", metavar="URL", help="URL of the token endpoint, for oauth2, refresh_token and jwt_bearer."
    ),
    _pulled_option(
        "--paging",
        type=click.Choice(list(STYLES)),
        help="How to get the next page.  [default: what the answer suggests]",
    ),
    _pulled_option(
        "--next", "next_", metavar="PATH", help="Where an answer has the cursor or the URL of the next page."
    ),
    _pulled_option("--page-parameter", metavar="NAME", help="Query parameter for the cursor, page or offset."),
    _pulled_option(
        "--resume",
        type=click.Choice(["time", "paging"]),
        help="Where a run begins: at the time up to which the last one read, or at the vendor's cursor.",
    ),
    _pulled_option("--split", metavar="PATH", help="Where an answer has the list of events."),
    _pulled_option("--id", "id_", metavar="PATH", help="Where an event has its id; hash() if it has none."),
    _pulled_option("--type", "type_", metavar="PATH", help="Where an event has its type."),
    _pulled_option("--time", "time_", metavar="PATH", help="Where an event has its time."),
)
NAMES = (
    *("pull", "answers", "urls", "data", "credentials", "token_url", "paging", "next_", "page_parameter", "resume"),
    *("split", "id_", "type_", "time_"),
)


def options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of `new` for a source that is pulled."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def option_name(key: str) -> str:
    """Return an option as it is typed."""
    return {"answers": "--from-answer", "urls": "--url"}.get(key, f"--{key.rstrip('_').replace('_', '-')}")


def begin(name: str, given: Mapping[str, Any], webhook: Mapping[str, str]) -> tuple[PullStart, dict[str, str]]:
    """Return what the new source begins with, and what is known of its credentials; UsageError for what is missing."""
    from generator.scaffold import pull_start

    files: Sequence[Path] = given["answers"]
    chosen = {key.rstrip("_"): value for key, value in given.items() if isinstance(value, str)}
    if unused := [f"--{key.replace('_', '-')}" for key in webhook if key not in ("header", "query", "prefix")]:
        raise click.UsageError(f"{' and '.join(unused)} can't be used with --pull: no sender is verified")
    if len(given["urls"]) > max(1, len(files)):
        raise click.UsageError("there are more --url than --from-answer; each is the URL of one answer")
    urls = list(given["urls"]) or _ask_url()
    missing = [] if urls else ["--url"]
    if not files:
        missing += _ask_without_answer(chosen)
    elif chosen.get("paging") in _NEEDS_NEXT and "next" not in chosen:
        missing += ["--next"]
    if missing:
        missing += [] if given["credentials"] else ["--credentials"]
        raise click.UsageError(f"{_NOBODY}: {' and '.join(missing)} must be given")
    known = {key: value for key, value in chosen.items() if key in ("credentials", "token_url")}
    return pull_start.begin(name, urls, files, chosen), {**known, **webhook}


def _ask_url() -> list[str]:
    if not _console.is_interactive():
        return []
    from generator.scaffold.request_guess import EXAMPLE, read_request

    click.echo("URL of the request, with the query that the vendor's page shows for a time range:", err=True)
    while True:
        url: str = click.prompt(f"  such as {EXAMPLE}\nURL", err=True)
        try:
            read_request(url)
        except GeneratorError as error:
            click.echo(f"Invalid answer: {str(error).removeprefix('--url: ')}", err=True)
        else:
            return [url]


def _ask_without_answer(chosen: dict[str, str]) -> list[str]:
    """Ask where the next page and the events are; return the options that are missing where nobody can be asked."""
    interactive = _console.is_interactive()
    if not interactive:
        needed = ["paging", "split", "id", "time"] + (["next"] if chosen.get("paging") in _NEEDS_NEXT else [])
        return [f"--{key}" for key in needed if key not in chosen]
    if "paging" not in chosen:
        chosen["paging"] = _prompts.choose("What does the vendor's page say of further pages?", STYLES)
    if chosen["paging"] in _NEEDS_NEXT and "next" not in chosen:
        example = _NEEDS_NEXT[chosen["paging"]]
        chosen["next"] = _ask_path(f"Where that is in the answer, such as {example} or meta.{example}")
    if chosen["paging"] == "cursor" and "page_parameter" not in chosen:
        text = "Query parameter that later requests carry it in"
        chosen["page_parameter"] = click.prompt(text, default="cursor", err=True)
    for key, text, default in (
        ("split", "The list of events in the answer, such as data; @ where the answer is the list itself", None),
        ("id", "An event's own id, such as id; hash() where it has none", "id"),
        ("type", "What kind of event it is, such as action (Enter: nothing says it)", ""),
        ("time", "When it happened, such as created_at", None),
    ):
        if key not in chosen and (answer := _ask_path(text, default)):
            chosen[key] = answer
    return []


def _ask_path(text: str, default: str | None = None) -> str:
    from generator.scaffold.split_guess import path_mistake

    while True:
        path: str = click.prompt(text, default=default, show_default=bool(default), err=True).strip()
        if not path or not (mistake := path_mistake(path)):
            return path
        click.echo(f"Invalid answer: {mistake}", err=True)


def credentials(start: PullStart, given: dict[str, str], recognized: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the settings of the credentials: those of options, of the URL, of a similar source, or of questions."""
    from generator.scaffold import pull_credentials

    kind = given.pop("credentials", None)
    secret = start.requests[0].secret
    if kind is None and secret:
        return {"api_key": {"query": secret}}
    if kind is None and recognized:
        return dict(recognized)
    if kind is not None and kind not in pull_credentials.CREDENTIALS:
        known = ", ".join(pull_credentials.CREDENTIALS)
        raise click.UsageError(f"--credentials: {kind}: must be one of {known}; write a rarer one into the definition")
    if kind is None and not _console.is_interactive():
        raise click.UsageError(f"{_NOBODY}: --credentials ({', '.join(pull_credentials.CREDENTIALS)}) must be given")
    if kind is None:
        text = "What does the vendor's page show for authentication?"
        kind = _prompts.choose(text, pull_credentials.CREDENTIALS)
    if unused := pull_credentials.unused_options(kind, given):
        raise click.UsageError(f"{' and '.join(unused)} can't be used with --credentials {kind}")
    answers = dict(given)
    missing: list[str] = []
    _prompts.ask_in_turn(lambda: pull_credentials.questions(kind, answers), answers, missing)
    if missing or (kind == "api_key" and not (answers.get("header") or answers.get("query"))):
        needed = " and ".join(missing) or "--header or --query"
        raise click.UsageError(f"--credentials {kind} needs {needed.replace('--header', '--header or --query')}")
    return pull_credentials.credential_settings(kind, answers)
