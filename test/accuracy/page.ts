import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { data } from '../prerequisites.ts';
import type { Tally } from './measure.ts';

export const ACCURACY_PAGE = 'docs/reference/accuracy.md';

/** What the figures must reach, or be explained line by line. */
const ENOUGH = 0.999;

export function precisionOf({ truePositives, falsePositives }: Tally): number {
  return truePositives / (truePositives + falsePositives);
}

export function recallOf({ truePositives, falseNegatives }: Tally): number {
  return truePositives / (truePositives + falseNegatives);
}

/** Where the records of an ecosystem are from, by the page of the shared data: `golang/vulndb a752ea54fd1b of 2026-08-21`. */
function originOf(ecosystem: string): string {
  const row = readFileSync(data('README.md'), 'utf8')
    .split('\n')
    .find((line) => line.startsWith(`| \`osv/${ecosystem}/all.zip\``));
  const [, , source = 'unknown', commit = '', date = ''] = (row ?? '').split('|').map((cell) => cell.trim());
  return `${source} ${commit.replaceAll('`', '')} of ${date}`;
}

/** The page, from figures of one run: it is written by the bench and never by hand. */
export function accuracyPage(tallies: readonly Tally[]): string {
  const rows = tallies.map((tally) => row(tally.name, tally));
  const past = tallies.filter((tally) => precisionOf(tally) < ENOUGH || recallOf(tally) < ENOUGH);
  return `# Accuracy

Written by \`npm run bench -- accuracy --record\`; do not edit.

How often matching is right, on every affected range of the advisories below. For each package that a record names, packages are made up as a cataloger
would give them, for a distribution a binary of the same name as its source and one of another name and version. Their versions are
those at *introduced*, at *last affected* and just above it, just below *fixed* and at *fixed*, and the ends of lists of versions. Each
is matched by the product with shards that the product built, against all that is known of the package.

Beside it stands a judge that shares no code with the product (\`test/accuracy\`): it reads the records by another program, orders versions
by comparisons of its own, which are held against \`spec/versions\` of the shared data, and evaluates ranges by the pseudo-code of the OSV schema. A finding is right when the judge has
a vulnerability of the same name by the same records. \`test/accuracy/accuracy.test.ts\` asks the same with every test run, of each bound
the nearest version alone.

| ecosystem | ranges | package versions | pairs with a record | true positives | false positives | false negatives | undecided | precision | recall |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
${rows.join('\n')}

*Undecided* are pairs with a bound that is no version by the grammar of its ecosystem, or with a record that names no version at all, so that the judge says nothing (the product compares those of Alpine as apk does): ${undecidedIn(tallies)}.

## Below ${ENOUGH}

${past.length === 0 ? 'None.' : past.flatMap(({ lines }) => lines.map((line) => `* ${line}`)).join('\n')}

## Disagreements

${linesOf(tallies)}

## Not asked

${notAsked(tallies)}

## Data

${tallies.map(({ name, records }) => `* ${name}: ${records.toLocaleString('en')} records, ${originOf(name)}`).join('\n')}

Plimsoll ${execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()}.
`;
}

function row(name: string, tally: Tally): string {
  const { ranges, versions, pairs, truePositives, falsePositives, falseNegatives, undecided } = tally;
  const counts = [ranges, versions, pairs, truePositives, falsePositives, falseNegatives, undecided];
  const shares = [precisionOf(tally), recallOf(tally)].map((share) => share.toFixed(5));
  return `| ${[name, ...counts.map((count) => count.toLocaleString('en')), ...shares].join(' | ')} |`;
}

function undecidedIn(tallies: readonly Tally[]): string {
  const some = tallies.filter(({ undecided }) => undecided > 0);
  return some.length === 0 ? 'there are none' : some.map(({ name, undecided }) => `${name} ${undecided}`).join(', ');
}

function linesOf(tallies: readonly Tally[]): string {
  const lines = tallies.flatMap((tally) => tally.lines);
  return lines.length === 0 ? 'None.' : lines.map((line) => `* ${line}`).join('\n');
}

function notAsked(tallies: readonly Tally[]): string {
  const withdrawn = tallies.reduce((sum, tally) => sum + tally.withdrawn, 0);
  return `Ranges of commits: a package has a version and no commit.

Records that are taken back (${withdrawn}) are asked about, and must be found nowhere. Records for information (\`unmaintained\`, \`unsound\`, \`notice\`) count like all
others: they are findings, marked as what they are.`;
}
