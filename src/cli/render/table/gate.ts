import type { Gate } from '#model/gate.ts';
import type { Report } from '#model/report.ts';
import type { Style } from '../style.ts';
import { visible, wrap } from '../text.ts';
import type { Screen } from './screen.ts';

const WORDS: Readonly<
  Record<Gate['outcome'], { readonly word: string; readonly tone: keyof Style & ('good' | 'alarm') }>
> = {
  passed: { word: 'PASSED', tone: 'good' },
  refused: { word: 'REFUSED', tone: 'alarm' },
  unknown: { word: 'NOT PASSED', tone: 'alarm' },
};

/** The answer to `--fail-on`, when it was asked. */
export function gateLines({ gate }: Report, screen: Screen): readonly string[] {
  if (gate === undefined) {
    return [];
  }
  const { word, tone } = WORDS[gate.outcome];
  const allowed = gate.allowUnknown === undefined ? '' : ` Unknowns allowed: ${visible(gate.allowUnknown)}`;
  const text = `${word} --fail-on ${gate.failOn}: ${gate.reasons.map(visible).join('; ')}.${allowed}`;
  return wrap(text, screen.width).map((line) => screen.style[tone](line));
}
