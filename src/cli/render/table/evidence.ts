import type { Report, ReportTrust } from '#model/report.ts';
import type { Style } from '../style.ts';
import { counted, visible, wrap } from '../text.ts';
import type { Screen } from './screen.ts';

/** What hangs on the image, in a few lines; `plimsoll evidence` shows it whole. */
export function evidenceLines({ evidence, trust, image }: Report, screen: Screen): readonly string[] {
  if (trust === undefined) {
    return [];
  }
  const lines = (tone: keyof Style & ('good' | 'alarm' | 'strong'), text: string): readonly string[] =>
    wrap(text, screen.width).map((line) => screen.style[tone](line));
  if (trust.notLookedAt !== null) {
    return lines('alarm', `EVIDENCE not looked at: ${visible(trust.notLookedAt)}`);
  }
  const signatures = evidence.filter(({ kind }) => kind === 'signature').length;
  const trusted = evidence.filter((item) => item.trusted).length;
  const what = `${counted(signatures, 'signature')} and ${counted(evidence.length - signatures, 'attestation')}`;
  const unread =
    trust.problems.length === 0 ? '' : `, ${counted(trust.problems.length, 'place')} that could not be read`;
  return [
    ...lines('strong', `EVIDENCE ${what}, ${trusted} trusted${unread}`),
    ...answerLines(trust, lines),
    ...wrap(`plimsoll evidence ${visible(image.reference)} shows all of it.`, screen.width, '  '),
  ];
}

function answerLines(
  { verification, configuration }: ReportTrust,
  lines: (tone: 'good' | 'alarm', text: string) => readonly string[],
): readonly string[] {
  const name = visible(configuration?.name ?? '');
  switch (verification?.outcome) {
    case undefined:
      return ['  No trust configuration: nobody is trusted.'];
    case 'accepted':
      return lines('good', `  Accepted by ${name}.`);
    case 'refused':
      return lines('alarm', `  Refused by ${name}: ${verification?.reasons.map(visible).join('; ') ?? ''}.`);
    case 'unknown':
      return lines('alarm', `  Not known to ${name}: ${verification?.reasons.map(visible).join('; ') ?? ''}.`);
  }
}
