import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { root } from '../../tools/lib/files.ts';

const PAGE = join(root, 'docs/reference/performance.md');
const HISTORY = join(root, '.cache/bench/history');
/** New rows go in front of this line, so that the oldest stays on top. */
const ROWS_END = '<!-- npm run bench -- scan --record adds rows above this line -->';

/** Where and of what a figure was taken. */
export interface Circumstances {
  readonly date: string;
  readonly commit: string;
  readonly node: string;
  readonly cores: number;
  readonly model: string;
}

/** `program` is the launcher that was measured: its checkout is the one that counts. */
export function circumstances(program: string): Circumstances {
  const git = (...args: readonly string[]): string =>
    spawnSync('git', args, { cwd: dirname(program), encoding: 'utf8' }).stdout.trim();
  const changed =
    git('status', '--porcelain', '--', '.', '../src', '../package-lock.json') === '' ? '' : ' and changes';
  return {
    date: new Date().toISOString(),
    commit: `${git('rev-parse', '--short', 'HEAD')}${changed}`,
    node: process.version,
    cores: cpus().length,
    model: cpus()[0]?.model.trim() ?? 'unknown',
  };
}

/** One JSON line per run, for whoever wants to see a trend; ignored by git. */
export function appendHistory(run: object): void {
  mkdirSync(join(root, '.cache/bench'), { recursive: true });
  appendFileSync(HISTORY, `${JSON.stringify(run)}\n`);
}

/** A row of the page's table as Markdown. */
export function tableRow(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '/')).join(' | ')} |`;
}

/** Adds a row to the page of progress; the rows that are there stay as they are. */
export function recordRow(row: string): void {
  writeFileSync(PAGE, withRow(readFileSync(PAGE, 'utf8'), row));
}

/** The page with one row more; throws when the place for it is not there exactly once. */
export function withRow(page: string, row: string): string {
  const parts = page.split(ROWS_END);
  if (parts.length !== 2) {
    throw new Error(`${PAGE}: expected the line ${ROWS_END} once, found it ${parts.length - 1} times`);
  }
  return parts.join(`${row}\n${ROWS_END}`);
}
