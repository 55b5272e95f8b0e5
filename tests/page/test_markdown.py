"""The sections of a README that a page has."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from generator.page.html import element
from generator.page.markdown import sections

README = """\
# Acme

Not this.

## What you need

A *token*.

### At once

- one
- `two`

## Good to know

Not this either.

## Set it up

3. Press **Go**,
   [here](https://acme.example/go) or [there](../other/README.md).

| a | b |
|---|---|
| 1 | 2 |

```sh
echo "<&>"
```
"""


EXPECTED = """\
<div><h3>What you need</h3>
<p>A <em>token</em>.</p>
<h4>At once</h4>
<ul><li>one</li>
<li><code>two</code></li>
</ul>
<h3>Set it up</h3>
<ol start="3"><li>Press <strong>Go</strong>,
<a href="https://acme.example/go" rel="noreferrer">here</a> or <span>there</span>.</li>
</ol>
<table><thead><tr><th>a</th>
<th>b</th>
</tr>
</thead>
<tbody><tr><td>1</td>
<td>2</td>
</tr>
</tbody>
</table>
<pre>echo "&lt;&amp;&gt;"</pre></div>
"""


def test_sections_are_chosen_with_what_is_below_them() -> None:
    parent = element("div", *sections(README, ("What you need", "Set it up")))
    assert ET.tostring(parent, encoding="unicode", method="html") == EXPECTED


def test_a_readme_without_the_sections_has_nothing() -> None:
    assert sections("# Acme\n\nText.\n", ("Set it up",)) == []
