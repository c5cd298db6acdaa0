import type { EvidenceReport } from '#model/evidence.ts';
import type { Screen } from '../table/screen.ts';
import { counted, visible, wrap } from '../text.ts';

/** The rest is counted, and in the JSON. */
const SHOWN = 10;

/** What could not be read: its own section, since evidence may be behind it. */
export function problemLines({ problems }: EvidenceReport, screen: Screen): readonly string[] {
  if (problems.length === 0) {
    return [];
  }
  const more = problems.length - SHOWN;
  return [
    screen.style.alarm(`NOT READ: ${counted(problems.length, 'place')} that may hold more`),
    ...problems
      .slice(0, SHOWN)
      .flatMap(({ route, code, reason }) => wrap(`${route}: ${code}: ${visible(reason)}`, screen.width, '    ')),
    ...(more > 0 ? [`    and ${more} more; -o json has them all`] : []),
  ];
}
