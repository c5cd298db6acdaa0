import type { Report, ReportAdvisories } from '#model/report.ts';
import { columnsOf, counted, fit, fitEnd, grouped, pad, visible, wrap } from '../text.ts';
import type { Screen } from './screen.ts';
import { ago } from './screen.ts';

/** How old and how complete the knowledge is that the image was matched against. */
export function advisoryLines(report: Report, screen: Screen): readonly string[] {
  if (report.kind === 'inventory') {
    return [];
  }
  const { advisories } = report;
  const heading = screen.style.strong('ADVISORIES');
  if (advisories.length === 0) {
    return [`${heading}  none were at hand: nothing was matched`];
  }
  const names = new Map(advisories.map((entry) => [entry, fit(visible(entry.ecosystem), 24)]));
  const name = widest([...names.values()]);
  const count = widest(advisories.map((entry) => grouped(entry.count)));
  const lines = [heading];
  for (const source of new Set(advisories.map((entry) => entry.source))) {
    lines.push(`  ${screen.style.faint(`from ${fitEnd(visible(source), screen.width - 7)}`)}`);
    for (const entry of advisories.filter((candidate) => candidate.source === source)) {
      const first = `  ${pad(names.get(entry) ?? '', name)}  ${grouped(entry.count).padStart(count)}  `;
      const [line = '', ...more] = wrap(stateText(entry, screen.now), screen.width, first);
      lines.push(entry.stale ? `${screen.style.alarm('!')}${line.slice(1)}` : line, ...more);
    }
  }
  return lines;
}

function stateText(entry: ReportAdvisories, now: number): string {
  const undated = entry.count === 0 ? 'empty' : 'without dates';
  const newest =
    entry.newest === null ? undated : `newest ${visible(entry.newest.slice(0, 10))} (${ago(entry.newest, now)})`;
  const rejected = entry.rejected === 0 ? '' : `, ${counted(entry.rejected, 'record')} unreadable`;
  const stale = entry.stale ? ', OUT OF DATE' : '';
  return `${newest}, fetched ${ago(entry.checked, now)}${rejected}${stale}`;
}

function widest(texts: readonly string[]): number {
  return texts.reduce((columns, text) => Math.max(columns, columnsOf(text)), 0);
}
