"""Guess how an API pages from a captured answer, from the request that it answers, and from the answer after it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urljoin, urlsplit

from generator.scaffold.answer_values import Value, scalars
from generator.scaffold.captured_answer import CapturedAnswer
from generator.scaffold.finding import Finding
from generator.scaffold.numbered_paging import guess_numbered
from generator.scaffold.paging_values import (
    CURSORS,
    GUIDE,
    PagingGuess,
    find_flag,
    is_cursor,
    is_next_url,
    parameter_name,
)
from generator.scaffold.request_guess import RequestGuess
from lambdas.paging.link import parse_links
from lambdas.paging_style import PagingError

_HasNext = Callable[[int], bool]
"""Whether the answer of this number, from 0, leads to a next page."""


def guess_paging(
    answers: Sequence[CapturedAnswer],
    sizes: Sequence[int],
    requests: Sequence[RequestGuess],
    split: str,
    *,
    goes_forward: bool,
) -> PagingGuess:
    """Return the guess; `sizes` are the numbers of events in the answers, `requests` those that are known.

    `goes_forward` says that events come oldest first: only then can a link or cursor lead to those that come later.
    """
    pages = [list(scalars(answer.root, without=split)) for answer in answers]
    captured = _Captured(answers, sizes, requests, pages, goes_forward)
    cursor = captured.cursor()
    if cursor and "while" in cursor.settings:  # it says itself which page is the last, which no URL does
        return cursor
    guess = captured.link() or captured.next_header() or captured.next_url() or cursor
    return guess or guess_numbered(pages[0], requests[0]) or captured.nothing()


@dataclass(frozen=True)
class _Captured:
    """The pages, and the values around their events."""

    answers: Sequence[CapturedAnswer]
    sizes: Sequence[int]
    requests: Sequence[RequestGuess]
    values: Sequence[Sequence[Value]]
    goes_forward: bool

    def link(self) -> PagingGuess | None:
        def has_next(index: int) -> bool:
            try:
                links = list(parse_links(self.answers[index].answer.header("link") or ""))
            except PagingError:
                return False
            return any("next" in parameters.get("rel", "").lower().split() for _, parameters in links)

        if not has_next(0):
            return None
        return self._with_end(PagingGuess("link"), "the header Link has the URL of the next page", has_next)

    def next_header(self) -> PagingGuess | None:
        headers = self.answers[0].answer.headers
        name = next((name for name, text in headers.items() if "next" in name and text.startswith("https://")), None)
        if not name:
            return None
        guess = PagingGuess("next_url", {"header": name})
        text = f"the header {name} has the URL of the next page"
        return self._with_end(guess, text, lambda index: bool(self.answers[index].answer.header(str(name))))

    def next_url(self) -> PagingGuess | None:
        value = next((value for value in self.values[0] if is_next_url(value)), None)
        if not value:
            return None
        guess = PagingGuess("next_url", {"at": value.path})
        guess = self._with_end(guess, f"{value.path} has the URL of the next page", self._finds(value))
        host = urlsplit(urljoin(self.requests[0].url, str(value.value))).netloc
        if host == urlsplit(self.requests[0].url).netloc:
            return guess
        text = f"the next page is at {host}, which is not asked: the credential goes to the host of --url alone"
        return replace(guess, findings=(*guess.findings, Finding("check", text)))

    def cursor(self) -> PagingGuess | None:
        candidates = [value for word in CURSORS for value in self.values[0] if value.word == word]
        flag = find_flag(self.values[0])
        candidates = [value for value in candidates if value.word != "lastid" or flag]
        is_numbered = bool({"page", "offset"} & set(self.requests[0].names))
        if is_numbered:  # then a number is that of the next page
            candidates = [value for value in candidates if isinstance(value.value, str) and value.value]
        value = next((value for value in candidates if is_cursor(value.value)), None)
        if not value and not is_numbered:
            sure_words = ("next", "after") if "cursor" not in self.requests[0].names else ()
            value = next(
                (value for value in candidates if value.value in (None, "") and value.word not in sure_words), None
            )
        if not value:
            return None
        parameter, finding = self._parameter(value)
        guess = PagingGuess("cursor", {"at": value.path, **({"while": flag} if flag else {})}, (), parameter)
        if value.value in (None, ""):
            end = Finding("likely", f"paging: cursor, {value.path} is empty here, so this is the last page")
            return replace(guess, findings=(end, finding))
        guess = self._with_end(guess, f"{value.path} has a cursor", self._finds(value))
        return replace(guess, findings=(*guess.findings, finding))

    def _finds(self, value: Value) -> _HasNext:
        def find(index: int) -> bool:
            return any(other.path == value.path and other.value not in (None, "") for other in self.values[index])

        return find

    def _says_last(self, flag: str) -> bool:
        """Return whether a flag in the first answer says that it is the last page."""
        return any(value.path == flag.lstrip("!") and value.value is flag.startswith("!") for value in self.values[0])

    def _with_end(self, guess: PagingGuess, text: str, has_next: _HasNext) -> PagingGuess:
        """Return a guess with what says which page is the last, as far as the answers show it."""
        text = f"paging: {guess.style}, {text}"
        if flag := guess.settings.get("while"):
            is_kept = self._says_last(flag)
            is_endless = is_kept and self.goes_forward
            more = f", also on the last page; {flag} ends it" if is_kept else f"; {flag} says whether there are more"
            return replace(guess, findings=(Finding("sure", f"{text}{more}"),), is_endless=is_endless)
        if len(self.answers) > 1 and not has_next(len(self.answers) - 1):
            return replace(guess, findings=(Finding("sure", f"{text}, and the last page has none"),))
        short = self._short_page(has_next)
        if short is not None and self.goes_forward:
            limit = self.requests[0].limit
            why = f"also where a page has {short} of {limit} events, so a page that is not full is taken for the last"
            settings = {**guess.settings, "size": limit}
            return replace(guess, settings=settings, findings=(Finding("likely", f"{text}, {why}"),), is_endless=True)
        check = Finding("check", f"whether the last page has none, or there is always a next: {GUIDE}")
        return replace(guess, findings=(Finding("sure", text), check))

    def _short_page(self, has_next: _HasNext) -> int | None:
        """Return the size of a page that is not full and leads to another."""
        limit = self.requests[0].limit
        short = (size for index, size in enumerate(self.sizes) if limit and size < limit and has_next(index))
        return next(short, None)

    def _parameter(self, value: Value) -> tuple[str, Finding]:
        """Return the query parameter that carries the cursor."""
        for request in self.requests[1:]:
            for name, text in request.values.items():
                if text == str(value.value):
                    return name, Finding("sure", f"the second request has the cursor in {name}")
        for url in filter(is_next_url, self.values[0]):
            for name, text in parse_qsl(urlsplit(url.value).query):
                if text == str(value.value):
                    return name, Finding("sure", f"{url.path} has the cursor in {name}")
        if known := self.requests[0].names.get("cursor"):
            return known, Finding("likely", f"later requests carry the cursor in the parameter {known}")
        guessed = parameter_name(value, self.requests[0])
        return guessed, Finding(
            "check", f"later requests carry the cursor in the parameter {guessed}: guessed from {value.path}"
        )

    def nothing(self) -> PagingGuess:
        limit = self.requests[0].limit
        full = ", although this one is full" if limit and self.sizes[0] >= limit else ""
        hint = "" if self.answers[0].has_head else "; capture it with `curl -i`, since it may be in a header"
        text = f"paging: none, since nothing in the answer leads to a next page{full}{hint}"
        findings = [Finding("check", text)]
        if flag := find_flag(self.values[0]):
            findings.append(Finding("check", f"{flag} says whether there are more pages: {GUIDE} says how to ask"))
        return PagingGuess("none", {}, tuple(findings))
