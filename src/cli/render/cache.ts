import { printJson } from '#base/json/print.ts';
import type { CacheKind, CacheStatus, Pruned } from '#model/cache.ts';
import type { Style } from './style.ts';
import { ago } from './table/screen.ts';
import { columnsOf, counted, pad, visible, wrap } from './text.ts';

export interface CacheScreen {
  readonly json: boolean;
  /** Milliseconds UTC, for ages. */
  readonly now: number;
  readonly style: Style;
}

const WIDTH = 80;

/** Paths that the screen names; JSON names them all. */
const NAMED = 10;

const KIND_WORDS: Readonly<Record<CacheKind, string>> = {
  facts: 'layer facts',
  documents: 'manifests and configs',
  verifications: 'acceptances',
};

/** What `cache status` prints. */
export function renderCacheStatus(status: CacheStatus, screen: CacheScreen): string {
  const { oldest, newest } = status;
  if (screen.json) {
    return printJson({ ...status, oldest: instantText(oldest), newest: instantText(newest) });
  }
  const rows = status.kinds.map(({ kind, entries, bytes }) => [
    KIND_WORDS[kind],
    counted(entries, 'entry', 'entries'),
    sizeText(bytes),
  ]);
  const lines = [
    screen.style.strong(visible(status.folder)),
    `  ${sizeText(status.bytes)} of at most ${sizeText(status.limit)}`,
    ...aligned(rows).map((row) => `  ${row}`),
    ...(oldest === null || newest === null
      ? []
      : [`  last used: the oldest entry ${ageText(oldest, screen.now)}, the newest ${ageText(newest, screen.now)}`]),
    ...damageLines(status, screen),
  ];
  return `${lines.join('\n')}\n`;
}

function damageLines({ damaged }: CacheStatus, { style }: CacheScreen): readonly string[] {
  if (damaged === null) {
    return [];
  }
  if (damaged.length === 0) {
    return [`  ${style.good('nothing is damaged')}`];
  }
  const text = `${counted(damaged.length, 'entry is', 'entries are')} damaged: not believed, and made again when needed`;
  return [`${style.alarm('!')} ${text}`, ...pathLines(damaged)];
}

/** What `cache prune` did. */
export function renderPruned(pruned: Pruned, screen: CacheScreen): string {
  if (screen.json) {
    return printJson(pruned);
  }
  const { entries, bytes, leftovers, failed, remaining } = pruned;
  const rest = leftovers === 0 ? '' : `, and ${counted(leftovers, 'leftover')} of runs that died`;
  const left = `${counted(remaining.entries, 'entry', 'entries')}, ${sizeText(remaining.bytes)}`;
  const failure = `${counted(failed.length, 'file', 'files')} could not be removed:`;
  const lines = [
    ...wrap(`removed ${counted(entries, 'entry', 'entries')}, ${sizeText(bytes)}${rest}; kept ${left}`, WIDTH),
    ...(failed.length === 0 ? [] : [`${screen.style.alarm('!')} ${failure}`, ...pathLines(failed)]),
  ];
  return `${lines.join('\n')}\n`;
}

function pathLines(paths: readonly string[]): readonly string[] {
  const more = paths.length - NAMED;
  return [
    ...paths.slice(0, NAMED).map((path) => `    ${visible(path)}`),
    ...(more > 0 ? [`    and ${counted(more, 'other')}`] : []),
  ];
}

/** The first column to the left, the others to the right. */
function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const width = (column: number): number => Math.max(...rows.map((row) => columnsOf(row[column] ?? '')));
  return rows.map((row) =>
    row.map((cell, column) => (column === 0 ? pad(cell, width(0)) : cell.padStart(width(column)))).join('  '),
  );
}

function ageText(instant: number, now: number): string {
  return ago(new Date(instant).toISOString(), now);
}

function instantText(instant: number | null): string | null {
  return instant === null ? null : new Date(instant).toISOString();
}

const UNITS = ['KiB', 'MiB', 'GiB', 'TiB'] as const;

/** `0 B`, `12.0 KiB`, `2.0 GiB`: the unit in which the limit is set by default. */
function sizeText(bytes: number): string {
  let size = bytes;
  let unit = 'B';
  for (const next of UNITS) {
    if (size < 1024) {
      break;
    }
    size /= 1024;
    unit = next;
  }
  return `${unit === 'B' ? String(size) : size.toFixed(1)} ${unit}`;
}
