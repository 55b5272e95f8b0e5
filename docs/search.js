// What a search finds first: a guide that has the words in its title, before each source whose page has them too.
// The weights below `score` are Sphinx's own, which a scorer has to name.
const WEIGHTS = [
  ["docs/how-to/", 3],
  ["docs/tutorials/", 2],
  ["docs/reference/", 2],
  ["sources/", 2],
  ["docs/", 1.5],
];

var Scorer = {
  score: ([page, , , , score]) => score * (WEIGHTS.find(([folder]) => page.startsWith(folder)) || ["", 0.5])[1],
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 15,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,
};
