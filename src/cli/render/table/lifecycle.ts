import type { LifecycleEntry } from '#model/lifecycle.ts';
import type { Report } from '#model/report.ts';
import { visible, wrap } from '../text.ts';
import type { Screen } from './screen.ts';

/** How long the distribution and the runtimes are supported, where somebody was asked; a distribution without dates is said. */
export function lifecycleLines({ lifecycle, os }: Report, screen: Screen): readonly string[] {
  if (lifecycle === undefined) {
    return [];
  }
  const lines = lifecycle.flatMap((entry) => entryLines(entry, screen));
  const isDated = lifecycle.some((entry) => entry.package === null);
  const undated =
    isDated || os === null || os.id === '' ? [] : [`  ${visible(os.id)}: nobody says how long it is supported`];
  return lines.length + undated.length === 0 ? [] : [screen.style.strong('LIFECYCLE'), ...undated, ...lines];
}

function entryLines(entry: LifecycleEntry, screen: Screen): readonly string[] {
  const { product, release, codename, status } = entry;
  const name = codename === null ? '' : ` (${visible(codename)})`;
  const text = `${visible(product)} ${visible(release)}${name}: ${stateOf(entry)}`;
  const [line = '', ...rest] = wrap(text, screen.width, '  ');
  return [status === 'ended' ? `${screen.style.alarm('!')}${line.slice(1)}` : line, ...rest];
}

function stateOf({ status, endOfLife, extendedUntil, latest }: LifecycleEntry): string {
  const newest = latest === null ? '' : `, newest ${visible(latest)}`;
  switch (status) {
    case 'supported':
      return `${endOfLife === null ? 'supported' : `supported until ${endOfLife}`}${newest}`;
    case 'ending':
      return `supported until ${endOfLife ?? ''}, which is soon${newest}`;
    case 'extended':
      return `extended support until ${extendedUntil ?? ''}, for those who have it`;
    case 'ended':
      return `END OF LIFE${lastDay(endOfLife, extendedUntil)}`;
  }
}

function lastDay(endOfLife: string | null, extendedUntil: string | null): string {
  const days = [endOfLife, extendedUntil].filter((day) => day !== null).toSorted();
  return days.length === 0 ? '' : ` since ${days.at(-1) ?? ''}`;
}
