import { printJson } from '#base/json/print.ts';
import type {
  ExplainedAnswer,
  ExplainedComparison,
  ExplainedPackage,
  ExplainedRange,
  ExplainedStatement,
  Explanation,
} from '#model/explanation.ts';
import type { Style } from './style.ts';
import { counted, fit, fitEnd, visible, wrap } from './text.ts';

interface Screen {
  readonly width: number;
  readonly style: Style;
}

const ANSWERS: Readonly<Record<ExplainedAnswer, string>> = {
  found: 'FOUND',
  suppressed: 'SUPPRESSED',
  unknown: 'NOT KNOWN',
  'not-found': 'NOT FOUND',
};

const OUTCOMES: Readonly<Record<ExplainedStatement['outcome'], string>> = {
  affected: 'affected',
  unaffected: 'does not apply',
  'not-affected': 'not affected, as it says',
  unknown: 'not known',
  withdrawn: 'withdrawn',
};

const EVENTS: Readonly<Record<ExplainedComparison['event'], string>> = {
  introduced: 'introduced',
  fixed: 'fixed in',
  last_affected: 'last affected',
  limit: 'limit',
};

/** One explanation, as `docs/reference/explanation.md` describes it; several platforms are an array. */
export function renderExplanationsJson(explanations: readonly Explanation[], list: boolean): string {
  return printJson(list ? explanations : explanations[0]);
}

export function renderExplanations(explanations: readonly Explanation[], screen: Screen): string {
  return explanations.map((one) => `${explanationLines(one, screen).join('\n')}\n`).join('\n');
}

/** Statements of one package and ranges of one row that are shown; the rest is counted, and in the JSON. */
const SHOWN = 10;
const PATHS = 3;

function explanationLines(explanation: Explanation, screen: Screen): readonly string[] {
  const { id, answer, reasons, names, image, packages } = explanation;
  const { style, width } = screen;
  const others = names.filter((name) => name !== id);
  const platform = image.platform === null ? '' : ` (${visible(image.platform)})`;
  const heading = `${visible(id)} in ${visible(image.reference)}${platform}: ${ANSWERS[answer]}`;
  return [
    ...wrap(heading, width).map((line) => (answer === 'not-found' ? style.strong(line) : style.alarm(line))),
    ...(others.length === 0
      ? []
      : wrap(`also ${others.map(visible).join(', ')}`, width, '  ').map((line) => style.faint(line))),
    ...reasons.flatMap((reason) => wrap(visible(reason), width, '  ')),
    ...cut(packages, 'package', (item) => packageLines(item, screen), ''),
    ...recordLines(explanation, screen),
  ];
}

function packageLines(item: ExplainedPackage, { style, width }: Screen): readonly string[] {
  const { name, version, paths, answer, reasons, finding, checks, statements } = item;
  return [
    '',
    ...wrap(`${visible(name)} ${visible(version)}: ${ANSWERS[answer].toLowerCase()}`, width).map((line) =>
      style.strong(line),
    ),
    ...paths.slice(0, PATHS).map((path) => style.faint(`  ${fitEnd(visible(path), width - 2)}`)),
    ...(finding === null && statements.length === 0
      ? reasons.flatMap((reason) => wrap(visible(reason), width, '  '))
      : []),
    ...cut(statements, 'statement', (one) => statementLines(one, { style, width }), '  '),
    ...(finding === null ? [] : findingLines(finding, width)),
    ...checks.flatMap(({ suppresses, text }) =>
      wrap(visible(text), width, suppresses ? '  suppressed: ' : '  not suppressed: '),
    ),
  ];
}

function statementLines(statement: ExplainedStatement, { style, width }: Screen): readonly string[] {
  const { advisory, ecosystem, name, version, outcome, reason, rows, fixedIn } = statement;
  const head = `${visible(advisory)} says of ${visible(name)} ${visible(version)} in ${visible(ecosystem)}: ${OUTCOMES[outcome]}`;
  return [
    ...wrap(head, width, '  ').map((line) => (outcome === 'affected' ? style.alarm(line) : line)),
    ...(reason === null ? [] : wrap(visible(reason), width, '    ')),
    ...rows.flatMap(({ state, status, ranges, listed }) => [
      ...(state === null && status === null ? [] : wrap(`state: ${visible(state ?? status ?? '')}`, width, '    ')),
      ...cut(ranges, 'range', (range) => rangeLines(range, version, width), '    '),
      ...(listed === null ? [] : [`    ${listed ? 'among' : 'not among'} the versions that it lists`]),
    ]),
    ...(fixedIn === null ? [] : wrap(`repaired in ${visible(fixedIn)}`, width, '    ')),
  ];
}

function rangeLines({ affected, comparisons }: ExplainedRange, version: string, width: number): readonly string[] {
  const bounds = comparisons.map(({ event, bound, order, reason }) => {
    if (reason !== null) {
      return `${EVENTS[event]} ${visible(bound)}: ${visible(reason)}`;
    }
    return bound === '0' || bound === '*'
      ? `${EVENTS[event]} ${bound} (${bound === '0' ? 'from the start' : 'no limit'})`
      : `${visible(version)} ${order} ${visible(bound)} (${EVENTS[event]})`;
  });
  return wrap(`${affected ? 'in' : 'not in'} the range: ${bounds.join(', ')}`, width, '    ');
}

function findingLines(
  { id, severity, state, fixedIn, ratings }: NonNullable<ExplainedPackage['finding']>,
  width: number,
): readonly string[] {
  const repaired = fixedIn === null ? state.replaceAll('_', ' ') : `fixed in ${visible(fixedIn)}`;
  const rated = ratings.map(
    ({ severity: word, score, scale, source }) =>
      `${word}${score === undefined ? '' : ` ${score.toFixed(1)}`} (${visible(scale)} of ${visible(source)})`,
  );
  return [
    ...wrap(`reported as ${visible(id)}: ${severity}, ${repaired}`, width, '  '),
    ...wrap(rated.length === 0 ? 'nobody has rated it' : `rated ${rated.join(', ')}`, width, '  '),
  ];
}

function recordLines({ records, asked }: Explanation, { style, width }: Screen): readonly string[] {
  const lines = records.slice(0, SHOWN).flatMap(({ id, shard, withdrawn, asked: wasAsked }) => {
    const notes = [
      `${visible(shard.ecosystem)} of ${visible(shard.source)} (${visible(shard.provider)}, ${fit(shard.revision, 19)})`,
      ...(withdrawn === null ? [] : [`withdrawn ${visible(withdrawn.slice(0, 10))}`]),
      ...(wasAsked ? [] : ['not asked']),
    ];
    return wrap(`${visible(id)}: ${notes.join(', ')}`, width, '  ');
  });
  const more = records.length > SHOWN ? [`  and ${counted(records.length - SHOWN, 'more record')}`] : [];
  const shards = asked.map(({ ecosystem, count }) => `${visible(ecosystem)} ${count}`).join(', ');
  return [
    '',
    ...(lines.length === 0 ? [] : [style.strong('RECORDS'), ...lines, ...more]),
    ...wrap(`asked: ${shards === '' ? 'no advisories' : shards}`, width).map((line) => style.faint(line)),
  ];
}

function cut<Item>(
  items: readonly Item[],
  noun: string,
  lines: (item: Item) => readonly string[],
  indent: string,
): readonly string[] {
  const more = items.length > SHOWN ? [`${indent}and ${counted(items.length - SHOWN, `more ${noun}`)}`] : [];
  return [...items.slice(0, SHOWN).flatMap(lines), ...more];
}
