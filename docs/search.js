// What a search finds first: a guide with a word of the question in its title, before each source whose page has it too.
// The weights below `score` are Sphinx's own, which a scorer has to name.
const WEIGHTS = [
  ["docs/how-to/", 3],
  ["docs/tutorials/", 2],
  ["docs/reference/", 2],
  ["sources/", 2],
  ["docs/", 1.5],
];

const WORDS = (new URLSearchParams(window.location.search).get("q") || "").toLowerCase().split(/\s+/).filter(Boolean);

var Scorer = {
  score: ([page, title, , , score]) => {
    const [, weight] = WEIGHTS.find(([folder]) => page.startsWith(folder)) || ["", 0.5];
    return score * weight * (WORDS.some((word) => title.toLowerCase().includes(word)) ? 1.5 : 1);
  },
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 15,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,
};
