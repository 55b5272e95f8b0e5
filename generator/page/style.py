"""The style of a page: light and dark, for screens from 320 pixels on, and for paper. It loads nothing."""

STYLE = """
:root {
  color-scheme: light dark;
  --paper: #ffffff; --ink: #1c2430; --soft: #566173; --line: #d5dbe3; --tint: #f4f6f9; --accent: #1f5fae;
  --box: #eaf1fb; --edge: #6b7a90; --mark: #8a5a00;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14181f; --ink: #e4e9f0; --soft: #a3aebd; --line: #343d4a; --tint: #1c222b; --accent: #86b7f5;
    --box: #20324a; --edge: #8593a8; --mark: #e2b45c;
  }
}
@media print {
  :root {
    --paper: #ffffff; --ink: #000000; --soft: #444444; --line: #bbbbbb; --tint: #f4f4f4; --accent: #000000;
    --box: #f2f2f2; --edge: #555555; --mark: #000000;
  }
}
* { box-sizing: border-box; }
html { background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, "Segoe UI", Roboto, Arial, sans-serif; }
body { margin: 0; }
main { max-width: 70rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1, h2, h3, h4, h5 { line-height: 1.25; margin: 0 0 .5rem; }
h1 { font-size: 2rem; overflow-wrap: anywhere; }
h2 { font-size: 1.4rem; padding-top: 2rem; border-top: 1px solid var(--line); margin-top: 2.5rem; }
h3 { font-size: 1.05rem; margin-top: 1.75rem; }
p, ul, ol, dl, table, pre, figure { margin: 0 0 1rem; }
p, li { max-width: 52rem; }
ul { padding-left: 1.4rem; }
ol { padding-left: 2.2rem; }
a { color: var(--accent); overflow-wrap: anywhere; }
a:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: .875em; }
code { overflow-wrap: anywhere; }
pre {
  background: var(--tint); border: 1px solid var(--line); border-radius: 6px; padding: .75rem; white-space: pre-wrap;
  overflow-wrap: anywhere; line-height: 1.4;
}
.kind { color: var(--soft); font-size: .875rem; margin: 0; }
.lead { font-size: 1.15rem; color: var(--soft); }
.reason { display: block; color: var(--mark); font-size: .9rem; }
dl { border: 1px solid var(--line); border-radius: 6px; }
dl > div { display: grid; grid-template-columns: 13rem 1fr; gap: 0 1rem; padding: .45rem .75rem; }
dl > div + div { border-top: 1px solid var(--line); }
dt { color: var(--soft); }
dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; padding: 0; list-style: none; }
table { border-collapse: collapse; width: 100%; font-size: .9375rem; }
table[role] { table-layout: fixed; }
.permissions th:nth-child(1) { width: 40%; } .permissions th:nth-child(2) { width: 28%; }
.policies th:nth-child(1) { width: 14%; } .policies th:nth-child(3) { width: 28%; }
.stores th:nth-child(1) { width: 16%; } .stores th:nth-child(2) { width: 34%; }
.alarms th:nth-child(1) { width: 18%; } .alarms th:nth-child(2) { width: 48%; }
.requests th:nth-child(1) { width: 16%; }
.resources th:nth-child(1) { width: 32%; }
.sources th:nth-child(1), .sources th:nth-child(5) { width: 16%; } .sources th:nth-child(3) { width: 10%; }
th, td { text-align: left; vertical-align: top; padding: .5rem .75rem .5rem 0; border-bottom: 1px solid var(--line); }
th { color: var(--soft); font-weight: 600; }
td p, td ul { margin: 0; }
td ul { padding: 0; list-style: none; }
td code { font-size: .8125em; }
.fields { columns: 20rem; }
.fields li { break-inside: avoid; }
td > div { min-width: 0; overflow-wrap: anywhere; }
.sides { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem; }
.sides > div { min-width: 0; }
figure svg { width: 100%; height: auto; display: block; }
.narrow { display: none; }
.box { fill: var(--box); stroke: var(--edge); }
.outside { fill: var(--paper); stroke-dasharray: 5 4; }
.line { fill: none; stroke: var(--edge); stroke-width: 1.5; }
.arrow { fill: var(--edge); }
.badge { fill: var(--paper); stroke: var(--edge); }
.drawing text { fill: var(--ink); text-anchor: middle; font-family: system-ui, "Segoe UI", Roboto, Arial, sans-serif; }
.wide .label { font-size: 13px; }
.narrow .label { font-size: 10.5px; }
.drawing .strong { font-weight: 700; }
.drawing .number { font-size: 10px; }
@media screen and (max-width: 44rem) {
  .wide { display: none; }
  .narrow { display: block; }
  .sides { grid-template-columns: 1fr; }
  dl > div { grid-template-columns: 1fr; }
  main { padding: 1rem 1rem 3rem; }
  table[role], [role=rowgroup], [role=row], [role=cell] { display: block; }
  [role=columnheader] { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  [role=row] { padding: .5rem 0; border-bottom: 1px solid var(--line); }
  thead [role=row] { padding: 0; border: 0; }
  td[role=cell] { border: 0; padding: .2rem 0; }
  td[role=cell]::before { content: attr(data-label); display: block; color: var(--soft); font-size: .8125rem; }
}
@media print {
  html { font-size: 10.5pt; }
  main { max-width: none; padding: 0; }
  nav { display: none; }
  h2, h3 { break-after: avoid; }
  tr, dl > div, figure, .sides h3 { break-inside: avoid; }
  a { text-decoration: none; }
  pre { font-size: 7.5pt; }
}
@page { margin: 15mm; }
""".strip()
