import type { Described, ImportedText, RefreshedTrustRoot, TrustDescription } from '#lib/trust/index.ts';
import type { Screen } from './table/screen.ts';
import { columnsOf, counted, visible, wrap } from './text.ts';

/** Narrower terminals get lines of this width all the same. */
const MIN_WIDTH = 60;
const LABEL = 12;

/** The screen of `trust show`. */
export function renderTrust(description: TrustDescription, file: string, screen: Screen): string {
  const wide = { ...screen, width: Math.max(MIN_WIDTH, screen.width) };
  const { rules, signers, roots } = description;
  const sections = [
    [
      screen.style.strong(`trust configuration ${visible(description.name)}`),
      ...factLines({ label: 'file', value: file }, wide, ''),
      ...factLines({ label: 'digest', value: description.digest }, wide, ''),
    ],
    rules.length === 0
      ? [screen.style.strong('NO RULES: every image is refused')]
      : section('RULES: all that match an image have to hold; what none matches is refused', rules, wide),
    section('SIGNERS', signers, wide),
    section('TRUST ROOTS', roots, wide),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function section(title: string, items: readonly Described[], screen: Screen): readonly string[] {
  return items.length === 0
    ? []
    : [
        screen.style.strong(title),
        ...items.flatMap((item) => [
          '',
          visible(item.title),
          ...item.facts.flatMap((fact) => factLines(fact, screen, '  ')),
        ]),
      ];
}

/** A value beside its label. Nothing is cut, since it is here to be compared: what is too long has a line of its own. */
function factLines(fact: Described['facts'][number], { width, style }: Screen, indent: string): readonly string[] {
  const margin = ' '.repeat(indent.length + LABEL);
  const label = visible(fact.label);
  const lines: string[] = [];
  let line = `${indent}${style.faint(label)}${' '.repeat(Math.max(1, LABEL - label.length))}`;
  let used = indent.length + Math.max(LABEL, label.length + 1);
  let empty = true;
  for (const word of visible(fact.value).split(' ')) {
    const columns = columnsOf(word);
    if (used + (empty ? 0 : 1) + columns > width) {
      const start = margin.length + columns > width ? `${indent}  ` : margin;
      lines.push(line.trimEnd());
      line = start + word;
      used = start.length + columns;
    } else {
      line += empty ? word : ` ${word}`;
      used += columns + (empty ? 0 : 1);
    }
    empty = false;
  }
  return [...lines, line];
}

/** Standard error of `trust import`. `folder` is where the configuration has to be kept; null where it was put there. */
export function renderImportNotes({ notCarriedOver, namesFiles }: ImportedText, folder: string | null): string {
  const count = notCarriedOver.length;
  return [
    count === 0
      ? 'plimsoll: all of the policy was carried over'
      : `plimsoll: ${counted(count, 'part')} of the policy ${count === 1 ? 'was' : 'were'} not carried over as ${count === 1 ? 'it is' : 'they are'}:`,
    ...notCarriedOver.flatMap(({ what, where, why }) => [
      `- ${visible(what)} (${visible(where)})`,
      ...wrap(visible(why), 80, '  '),
    ]),
    ...(namesFiles && folder !== null
      ? [`plimsoll: the files in it are named from ${visible(folder)}: keep it there, or use -o`]
      : []),
    '',
  ].join('\n');
}

export interface UpdatedRoot extends RefreshedTrustRoot {
  readonly file: string;
  readonly url: string;
  readonly changed: boolean;
}

/** Standard output of `trust update-root`. */
export function renderUpdatedRoot({ file, url, changed, version, expires, freshUntil }: UpdatedRoot): string {
  return [
    `${visible(file)}: ${changed ? 'written' : 'unchanged'}, version ${version} of ${url}`,
    `  signed until ${day(expires)}; known to be the newest until ${day(freshUntil)}: look again by then`,
    '',
  ].join('\n');
}

function day(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
