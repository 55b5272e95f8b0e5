"""Definitions of pulled sources for tests: an API of everything, and what is said of mistakes in such definitions."""

from __future__ import annotations

from typing import NamedTuple

HEAD = """\
description: Acme audit log
pull:
  url: https://api.acme.example/v1
  credentials: {bearer: {}}
  every: 5m
  rate: {requests: 60, per: 1m}
"""
STREAM = """\
  streams:
    audit:
      get: /audit
      query: {since: "{from}", until: "{to}", limit: 100, after: "{cursor}"}
      paging: {cursor: {at: next}}
      resume: time
      window: {lag: 2m, overlap: 30m, longest: 7d, retention: 30d}
"""
EVENTS = "events: {split: items, id: id, type: action, time: at}\n"
ACME = f"{HEAD}{STREAM}{EVENTS}"

EVERYTHING = """\
description: Acme audit log
pull:
  url: https://api.acme.example/v1
  credentials: {api_key: {header: x-api-key}}
  headers: {accept: application/json, x-api-version: "2026-01-01"}
  every: 10m
  rate: {requests: 100, per: 5m}
  window: {first: 2d, lag: 1m, overlap: 1h, longest: 12h, retention: 90d, again: 3d}
  streams:
    activities:
      for: {application: [admin, login, Audit.General]}
      get: /activities/{application}
      query: {since: "{from}", range: ["{from}", "{to}"], exact: true, page: "{cursor}"}
      paging: {cursor: {at: next, while: more}}
      resume: time
      window: {format: unix}
    feed:
      post: /feed
      json: {limit: 500, start: "{from}"}
      then: {post: /feed/continue, json: {cursor: "{cursor}"}}
      paging: {cursor: {at: cursor, while: has_more}}
      resume: paging
      events: {split: feed.entries, id: "join('/', [id, at])"}
    files:
      prepare: {post: /files/start, query: {kind: audit}, done: "state == 'on'"}
      get: /files
      query: {since: "{from}"}
      paging: none
      resume: time
      each: {of: files, id: id, get: "{url}", format: csv}
      window: {format: "%Y-%m-%dT%H:%M:%S.000Z"}
      events: {split: "@", id: hash(), type: parent().kind, time: TIME}
    graph:
      post: /graphql
      graphql: "query($first: Int) { entries(first: $first) { id } }"
      variables: {first: 10, after: "{cursor}", since: "{from}"}
      paging: {cursor: {at: data.next}}
      resume: time
    numbered:
      get: /numbered
      query: {since: "{from}", page: "{page}"}
      paging: {page: {while: more}}
      resume: time
    linked:
      get: /linked
      query: {since: "{from}"}
      paging: link
      resume: paging
  errors:
    - {status: 403, when: "contains(message, 'rate')", do: wait}
    - {status: 403, do: stop, say: "the key needs the scope audit: {message}"}
    - {when: "errors[0]", do: skip_stream, say: "the log is not turned on"}
drop: action == 'audit.read'
events: {split: items, id: id, type: action, time: at, expect_every: 24}
facts: {summary: "{action || stream()} by {actor}", target: "{parent().name}"}
"""


class Wrong(NamedTuple):
    """A mistake in the definition of Acme: what takes the place of what, and what is said."""

    description: str
    old: str
    new: str
    messages: list[str]

    @property
    def text(self) -> str:
        """The definition with the mistake."""
        assert self.old in ACME, self.old
        return ACME.replace(self.old, self.new)


PAGING = "paging: {cursor: {at: next}}"
QUERY = 'query: {since: "{from}", until: "{to}", limit: 100, after: "{cursor}"}'
WINDOW = "window: {lag: 2m, overlap: 30m, longest: 7d, retention: 30d}"
AUDIT = "pull.streams.audit"
PATTERNS = "%Y %y %m %d %e %b %B %j %H %M %S %f %T %F %z %Z %a %A %%"


def _stream(new: str) -> tuple[str, str]:
    """A key beside `resume`."""
    return "      resume: time\n", f"      resume: time\n      {new}\n"


def _pull(new: str) -> tuple[str, str]:
    """A key of `pull`."""
    return "  every: 5m\n", f"  every: 5m\n  {new}\n"


def _source(new: str) -> tuple[str, str]:
    """A key of the source."""
    return EVENTS, f"{EVENTS}{new}\n"


REQUESTS = [
    Wrong(
        "a stream with neither `get` nor `post`",
        "      get: /audit\n",
        "",
        [f"8: {AUDIT}.get: must have either `get` or `post`, the path of the request"],
    ),
    Wrong(
        "a stream with both",
        *_stream("post: /audit"),
        [f"9: {AUDIT}.get: must have either `get` or `post`, the path of the request"],
    ),
    Wrong(
        "a GET with a body, and two bodies",
        *_stream("json: {a: 1}\n      form: {a: 1}"),
        [
            f"13: {AUDIT}.json: is the body of a request, and `get` has none; use `post`",
            f"14: {AUDIT}.form: can't stand beside `json`, since a request has one body; leave one out",
        ],
    ),
    Wrong(
        "variables without `graphql`",
        *_stream("variables: {a: 1}"),
        [f"13: {AUDIT}.variables: are those of `graphql`, which is missing; a body as JSON is `json`"],
    ),
    Wrong("a stream without `paging`", f"      {PAGING}\n", "", [f"9: {AUDIT}.paging: is missing"]),
    Wrong(
        "windows, and no `{from}`",
        '{since: "{from}", ',
        "{",
        [
            f"9: {AUDIT}.get: has no {{from}}, which `resume: time` needs; put it into `query`, such as since: "
            '"{from}"'
        ],
    ),
    Wrong(
        "a cursor that no request has",
        ', after: "{cursor}"',
        "",
        [f"9: {AUDIT}.get: has no {{cursor}}, so each page would be the same; put it into `query`, or into `then`"],
    ),
    Wrong(
        "a cursor amid other text",
        '"{cursor}"',
        '"id>{cursor}"',
        [
            f"10: {AUDIT}.query.after: has {{cursor}} beside other text, and the first request has no cursor; "
            "let the text be {cursor} alone, or put it into `then`"
        ],
    ),
    Wrong(
        "a name that a request does not know",
        '"{to}"',
        '"{until}"',
        [f"10: {AUDIT}.query.until: {{until}} is nothing that this request knows (cursor, from, to)"],
    ),
    Wrong(
        "the page's number, where there is a cursor",
        '"{cursor}"',
        '"{cursor || page}"',
        [f"10: {AUDIT}.query.after: {{page}} is nothing that this request knows (cursor, from, to)"],
    ),
    Wrong(
        "a header of the vendor's in a request of our own",
        '"{to}"',
        "\"{header('x')}\"",
        [f"10: {AUDIT}.query.until: header() finds nothing in a request of our own"],
    ),
    Wrong(
        "`then`, and no later page",
        PAGING,
        "paging: none\n      then: {query: {a: b}}",
        [
            f"10: {AUDIT}.query.after: {{cursor}} is nothing that this request knows (from, to)",
            f"12: {AUDIT}.then: has no effect, since the paging style has no later pages; leave it out",
        ],
    ),
    Wrong(
        "`then` that says nothing",
        *_stream("then: {}"),
        [f"13: {AUDIT}.then: says nothing; say what later pages ask otherwise, or leave it out"],
    ),
    Wrong(
        "`for` with two names, a value twice, one that is no part of a file's name, and one that nothing reads",
        *_stream("for: {app: [a, a], from: [b/c], kind: []}"),
        [
            f"13: {AUDIT}.for: must have exactly one name, with its values, such as application: [admin, login]",
            f"13: {AUDIT}.for.app: has a more than once",
            f"13: {AUDIT}.for.app: is in no text of the request, so each value would ask the same; put {{app}} there",
            f"13: {AUDIT}.for.from: 'b/c' must be 1 to 100 of A-Z a-z 0-9 . _ @ -, since it is in names of files and "
            "keys",
            f"13: {AUDIT}.for.from: {{from}} means something else in a request; choose another name",
            f"13: {AUDIT}.for.kind: is in no text of the request, so each value would ask the same; put {{kind}} there",
            f"13: {AUDIT}.for.kind: names no value",
        ],
    ),
    Wrong(
        "`each` without an id, and a request that is the same for all items",
        *_stream("each: {of: files, get: files}"),
        [f"13: {AUDIT}.each.id: is missing"],
    ),
    Wrong(
        "`each` that asks the same for all items, and takes all for done",
        *_stream("each: {of: files, id: \"'x'\", get: /files}"),
        [
            f"13: {AUDIT}.each.get: is the same for all items; put a path of the item into it, such as {{id}}",
            f"13: {AUDIT}.each.id: is the same for all items, so that all but one would be taken for done",
        ],
    ),
]
WINDOWS = [
    Wrong(
        "a time without a unit",
        "lag: 2m",
        "lag: -2",
        [f"13: {AUDIT}.window.lag: must be a time with its unit, such as 30s, 5m, 24h or 7d; -2 has none"],
    ),
    Wrong(
        "a negative time",
        "lag: 2m",
        "lag: -2m",
        [f"13: {AUDIT}.window.lag: must be a time with its unit, such as 30s, 5m, 24h or 7d"],
    ),
    Wrong(
        "an overlap as long as a request's time",
        "overlap: 30m",
        "overlap: 7d",
        [f"13: {AUDIT}.window.overlap: must be shorter than `longest`, 7d; else reading never gets on"],
    ),
    Wrong(
        "dates, and an overlap of minutes",
        "overlap: 30m",
        "overlap: 30m, format: date",
        [
            f"13: {AUDIT}.window.overlap: must be at least 1d, the smallest step of `format`; events between two runs "
            "would be lost"
        ],
    ),
    Wrong(
        "longer times than the vendor keeps events",
        "longest: 7d, retention: 30d",
        "longest: 31d, first: 40d, again: 50d, retention: 30d",
        [
            f"13: {AUDIT}.window.again: must be at most `retention`, 30d: the vendor has nothing older",
            f"13: {AUDIT}.window.first: must be at most `retention`, 30d: the vendor has nothing older",
            f"13: {AUDIT}.window.longest: must be at most `retention`, 30d: the vendor has nothing older",
        ],
    ),
    Wrong(
        "a second look that is no longer than the first",
        "overlap: 30m",
        "overlap: 30m, again: 20m",
        [f"13: {AUDIT}.window.again: looks back no further than `overlap`, 30m, which each run does"],
    ),
    Wrong(
        "a format that is misspelt",
        "overlap: 30m",
        "overlap: 30m, format: unixms",
        [
            f"13: {AUDIT}.window.format: no such format; did you mean unix_ms? (date, rfc3339, unix, unix_ms), "
            "or a pattern such as %Y-%m-%dT%H:%M:%SZ"
        ],
    ),
    Wrong(
        "a pattern that strftime has not everywhere",
        "overlap: 30m",
        'overlap: 30m, format: "%Y-%m-%dT%H:%M:%S.%LZ"',
        [f"13: {AUDIT}.window.format: %L is no part of a pattern; there are {PATTERNS}; for milliseconds write .000"],
    ),
    Wrong(
        "a pattern without a day",
        "overlap: 30m",
        'overlap: 30m, format: "%H:%M"',
        [f"13: {AUDIT}.window.format: does not say year, month and day; write a pattern such as %Y-%m-%d"],
    ),
    Wrong(
        "windows, where the vendor's cursor is kept",
        "resume: time",
        "resume: paging",
        [
            f"10: {AUDIT}.query.until: {{to}} is nothing that this request knows (cursor, from)",
            f"13: {AUDIT}.window.lag: has no effect with `resume: paging`; leave it out",
            f"13: {AUDIT}.window.longest: has no effect with `resume: paging`; leave it out",
        ],
    ),
    Wrong(
        "the vendor's cursor is kept, and there is none",
        f"      {QUERY}\n      {PAGING}\n      resume: time\n      {WINDOW}\n",
        "      paging: none\n      resume: paging\n      window: {first: 1d}\n",
        [
            f"11: {AUDIT}.resume: keeps a cursor or link of the vendor's over runs, and this paging style has none; "
            "write time",
            f"12: {AUDIT}.window.first: has no effect, since the request has no {{from}}; put it into `query`, or "
            "leave this out",
        ],
    ),
]
SCHEDULES = [
    Wrong(
        "what EventBridge can't do",
        "every: 5m",
        "every: 90s",
        ["5: pull.every: must be 1m to 24h, in whole minutes, such as 5m"],
    ),
    Wrong(
        "a rate that can't be",
        "{requests: 60, per: 1m}",
        "{requests: 0, per: 0s}",
        ["6: pull.rate.per: must be 1s to 24h", "6: pull.rate.requests: must be 1 to 10,000"],
    ),
    Wrong(
        "fewer requests than streams",
        "{requests: 60, per: 1m}\n",
        "{requests: 1, per: 10m}\n",
        [
            "6: pull.rate: allows 0 requests in a run, each 5m, and a run needs at least 1, one for each stream and "
            "value of `for`; make `every` longer"
        ],
    ),
    Wrong(
        "no stream",
        STREAM,
        "  streams: {}\n",
        ["7: pull.streams: names no stream; name the lists of events that the API has"],
    ),
    Wrong(
        "a stream's name with a space",
        "    audit:",
        "    Audit log:",
        ["8: pull.streams.Audit log: must be a name such as sign_ins: at most 32 of a-z, 0-9, _ and -, a letter first"],
    ),
    Wrong(
        "a parameter of which any text could be the API's host",
        "pull:\n  url: https://api.",
        "parameters: {Host: {description: d, pattern: '[a-z@/]+', example: api}}\npull:\n  url: https://${Host}.",
        [
            "4: pull.url: has ${Host} in a host, which has letters, digits, dots and dashes alone; its pattern allows "
            "/ @"
        ],
    ),
    Wrong(
        "a parameter that could lead to the part of the path above it",
        "pull:\n  url: https://api.acme.example/v1\n",
        "parameters: {Api: {description: d, pattern: '[a-z.]+', example: api}}\n"
        "pull:\n  url: https://api.acme.example/${Api}\n",
        [
            "4: pull.url: has ${Api} as a part of a path, and its pattern allows . or .., which lead elsewhere; write "
            "a pattern that begins with a letter or a digit"
        ],
    ),
    Wrong(
        "a password in the URL",
        "https://api.",
        "https://me:secret@api.",
        ["3: pull.url: has a user in it; a credential is stored, and named by `credentials`"],
    ),
    Wrong(
        "a private address",
        "https://api.acme.example/v1",
        "https://10.0.0.1/v1",
        ["3: pull.url: is a private address; `self_hosted: true` allows one of a network of your own"],
    ),
    Wrong(
        "the address of an instance's metadata",
        "https://api.acme.example/v1",
        "https://169.254.169.254/v1\n  self_hosted: true",
        ["3: pull.url: is a link-local address, which is never asked"],
    ),
    Wrong(
        "headers that are not the definition's to set",
        *_pull('headers: {Authorization: "Bearer x", Host: a, te: b, x-a: "1", X-A: "2", x-b: "{cursr}"}'),
        [
            "6: pull.headers.Authorization: is where the credential goes, which is stored and never written here; "
            "leave it out",
            "6: pull.headers.Host: is set by whoever sends the request; leave it out",
            "6: pull.headers.X-A: appears twice, in upper and lower case; leave one out",
            "6: pull.headers.te: is set by whoever sends the request; leave it out",
            "6: pull.headers.x-a: appears twice, in upper and lower case; leave one out",
            "6: pull.headers.x-b: {cursr} is nothing that this request knows; did you mean cursor? (cursor, from, to)",
        ],
    ),
    Wrong(
        "credentials of no type that there is",
        "{bearer: {}}",
        "{baerer: {}}",
        [
            "4: pull.credentials.baerer: no such credentials type; did you mean bearer? (api_key, basic, bearer, "
            "digest, duo, github_app, jwt_bearer, oauth2, refresh_token)"
        ],
    ),
]
ANSWERS = [
    Wrong(
        "no list of events, no id and no time",
        "{split: items, id: id, type: action, time: at}",
        "{type: action}",
        [
            "14: events.id: is missing: the vendor's id of an event, or hash() where events have none",
            '14: events.split: is missing: the list of events in the answer; "@" where the answer is the list itself',
            "14: events.time: is missing: a late event must not get the time of now",
        ],
    ),
    Wrong(
        "a list of events that is empty in any answer",
        "split: items",
        'split: "items || `[]`"',
        [
            "14: events.split: finds an empty list in any JSON, also in what is none of the API's pages, and its time "
            "would be missed; say what a page without events has, such as items || (meta && `[]`)"
        ],
    ),
    Wrong(
        "an id that all events of an answer have",
        "id: id",
        "id: \"'x'\"",
        ["14: events.id: is the same for all events of an answer, so that all but one would be lost"],
    ),
    Wrong(
        "hash() amid an id",
        "id: id",
        "id: \"join('/', [id, hash()])\"",
        [
            "14: events.id: join('/', [id, hash()]): hash() stands alone, as the whole of `events.id`",
        ],
    ),
    Wrong(
        "what only requests have",
        "{split: items, id: id, type: action, time: at}",
        "{split: items, id: id, type: \"header('x')\", time: \"root('at')\", format: json, time_optional: true}",
        [
            "14: events.format: is how requests are written; an answer's is `format` beside `events`",
            "14: events.time: root() finds nothing, since the events of a page are shaped in parts; remove it from "
            "the path",
            "14: events.time_optional: would give an old event the time of now; leave it out",
            "14: events.type: header() finds a header of a vendor's request, and a source that is pulled gets none; "
            "remove it from the path",
        ],
    ),
    Wrong(
        "`dedupe`, and what a vendor does that sends",
        *_source("dedupe: {}\nvendor: {docs: https://acme.example, deadline: 3, retries: often}"),
        [
            "15: dedupe: is always on for a source that is pulled; leave it out",
            "16: vendor.deadline: is of a vendor that waits for a reply; leave it out",
            "16: vendor.retries: is of a vendor that sends; leave it out",
        ],
    ),
    Wrong(
        "stream() with something between its brackets",
        *_source('facts: {summary: "{stream(x)}"}'),
        ["15: facts.summary: stream(x): stream() takes nothing between its brackets"],
    ),
    Wrong(
        "parent() without `each`, hash() in a fact, and `drop` of everything",
        *_source('drop: "`true`"\nfacts: {summary: "{parent().name}", user: "{hash()}"}'),
        [
            "15: drop: is the same for all events, so that all or none would be dropped; compare a field",
            "16: facts.summary: parent() finds nothing here: it is the item of `each`, in paths of its events; remove "
            "it from the path",
            "16: facts.user: hash() is for `events.id` alone; remove it from the path",
        ],
    ),
    Wrong(
        "a schema and a silence of one stream alone",
        *_stream("events: {expect_every: 3}"),
        [f"13: {AUDIT}.events.expect_every: holds for all streams; write it as `events.expect_every` of the source"],
    ),
    Wrong(
        "rules for errors that fit nothing, everything, or what another has",
        *_pull(
            "errors:\n    - {do: retry}\n    - {status: 200, do: wait}\n    - {status: 403, do: stop}\n"
            '    - {status: 403, when: message, do: skip_stream, say: "no"}\n    - {status: 99, do: empty}'
        ),
        [
            "7: pull.errors[0]: needs `status` or `when`, which say of which answers it is",
            "8: pull.errors[1].status: 200 is what a page has too; add `when`, or each page is taken for an error",
            "9: pull.errors[2].say: is missing: with `do: stop`, people must know what is wrong and who can mend it",
            "10: pull.errors[3]: never applies, since errors[2] fits all that it fits; put it before that, or "
            "remove it",
            "11: pull.errors[4].status: must be 200 to 599",
        ],
    ),
    Wrong(
        "an endpoint and an API",
        *_source("webhook: {auth: {token: {header: x-t}}}"),
        ["2: pull: stands beside `webhook`: a vendor that has both is two sources, such as okta and okta-log"],
    ),
]
USUAL = [
    Wrong(
        "an http URL, or a slash at its end",
        "url: https://api.acme.example/v1",
        "url: http://api.acme.example/",
        ["3: pull.url: must be an https URL without a query and without a / at its end"],
    ),
    Wrong(
        "a query in the path, or a whole URL",
        "get: /audit",
        "get: /audit?limit=100",
        [f"9: {AUDIT}.get: must be a path that begins with /, without a query: that stands in `query`"],
    ),
    Wrong(
        "the token itself",
        "{bearer: {}}",
        "{bearer: {token: acme-4f1d2c3b4a5968778695a4b3c2d1e0f9}}",
        [
            "4: pull.credentials.bearer.token: must be the name of a parameter, such as auth_token, never the secret "
            "itself; if this is a secret, take it out of the file, and put it into Parameter Store"
        ],
    ),
    Wrong(
        "a key without its header",
        "{bearer: {}}",
        "{api_key: {}}",
        ["4: pull.credentials.api_key.header: must have either `header` or `query`"],
    ),
    Wrong(
        "braces without quotes",
        'since: "{from}"',
        "since: {from}",
        [f'10: {AUDIT}.query.since: is a mapping in YAML; text that starts with {{ goes in quotes: "{{…}}"'],
    ),
    Wrong(
        "two braces, which stand for a brace",
        'since: "{from}"',
        'since: "{{from}}"',
        [
            f"9: {AUDIT}.get: has no {{from}}, which `resume: time` needs; put it into `query`, "
            'such as since: "{from}"',
        ],
    ),
    Wrong(
        "where the cursor is, without `at`",
        PAGING,
        "paging: {cursor: next}",
        [f"11: {AUDIT}.paging.cursor: must have keys (at, while, size, inclusive), and is text"],
    ),
    Wrong(
        "page numbers that never end",
        f"{QUERY}\n      {PAGING}",
        'query: {since: "{from}", number: "{page}"}\n      paging: {page: {}}',
        [
            f"11: {AUDIT}.paging.page.while: must have `while` or `size`, which say which page is the last; "
            "`size: 1` for an empty page"
        ],
    ),
    Wrong(
        "streams as a list",
        "    audit:\n",
        "    - name: audit\n",
        ["8: pull.streams: must have keys, and is a list"],
    ),
    Wrong(
        "words of other tools in a stream",
        *_stream("params: {a: b}\n      method: GET\n      headers: {accept: application/json}\n      split: items"),
        [
            f"13: {AUDIT}.params: no such key; did you mean query?",
            f"14: {AUDIT}.method: no such key; write `get` or `post` with the path",
            f"15: {AUDIT}.headers: no such key; it stands in `pull`, for all streams",
            f"16: {AUDIT}.split: no such key; it stands in `events`",
        ],
    ),
    Wrong(
        "keys of a webhook, and events within `pull`",
        *_pull("auth: {token: {header: authorization}}\n  events: {split: items}"),
        [
            "6: pull.auth: no such key; did you mean credentials?",
            "7: pull.events: no such key; `events` stands beside `pull`, or in a stream",
        ],
    ),
    Wrong(
        "seconds without a unit",
        "every: 5m",
        "every: 300",
        ["5: pull.every: must be a time with its unit, such as 30s, 5m, 24h or 7d; 300 has none"],
    ),
    Wrong(
        "a rate in a word",
        "rate: {requests: 60, per: 1m}",
        "rate: 60/m",
        ["6: pull.rate: must have keys (requests, per), and is text"],
    ),
    Wrong(
        "something else than time and paging to go on with",
        "resume: time",
        "resume: cursor",
        [f"12: {AUDIT}.resume: must be one of time, paging"],
    ),
    Wrong(
        "errors by their status",
        *_pull("errors: {403: stop}"),
        ["6: pull.errors: must be a list, such as [a, b], and is a mapping"],
    ),
    Wrong(
        "paths in the notation of other tools",
        EVENTS,
        'events: {split: $.items, id: "{id}", time: at}\n',
        [
            "14: events.id: {id} is not a path; here a path stands without braces: id",
            "14: events.split: $.items is not a path; a path begins with a name: write it without $.",
        ],
    ),
    Wrong(
        "a time's format that is none",
        "time: at}",
        "time: at, time_format: iso8601}",
        ["14: events.time_format: must be one of rfc3339, unix, unix_ms, http_date"],
    ),
]
"""What people do most often who write such a definition for the first time."""
WRONG = [*USUAL, *REQUESTS, *WINDOWS, *SCHEDULES, *ANSWERS]
