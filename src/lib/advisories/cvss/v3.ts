import type { BaseMetrics, Weights } from './vector.ts';
import { weigh } from './vector.ts';

const VECTOR: Weights = { N: 0.85, A: 0.62, L: 0.55, P: 0.2 };
const COMPLEXITY: Weights = { L: 0.77, H: 0.44 };
const PRIVILEGES: Weights = { N: 0.85, L: 0.62, H: 0.27 };
const PRIVILEGES_CHANGED: Weights = { N: 0.85, L: 0.68, H: 0.5 };
const INTERACTION: Weights = { N: 0.85, R: 0.62 };
const IMPACT: Weights = { H: 0.56, L: 0.22, N: 0 };

/**
 * CVSS 3.1, section 7.1. Version 3.0 has the same formula and rounds up without saying how; the way of 3.1 is there to
 * give on every machine what 3.0 meant.
 */
export function scoreCvss3(base: BaseMetrics): number {
  const changed = base('S') === 'C';
  const [c, i, a] = ['C', 'I', 'A'].map((metric) => 1 - weigh(IMPACT, base(metric))) as [number, number, number];
  const unscoped = 1 - c * i * a;
  const impact = changed ? 7.52 * (unscoped - 0.029) - 3.25 * (unscoped - 0.02) ** 15 : 6.42 * unscoped;
  if (impact <= 0) {
    return 0;
  }
  const exploitability =
    8.22 *
    weigh(VECTOR, base('AV')) *
    weigh(COMPLEXITY, base('AC')) *
    weigh(changed ? PRIVILEGES_CHANGED : PRIVILEGES, base('PR')) *
    weigh(INTERACTION, base('UI'));
  return roundUp(Math.min((changed ? 1.08 : 1) * (impact + exploitability), 10));
}

/** CVSS 3.1, appendix A: to one decimal, without what binary fractions add. */
function roundUp(score: number): number {
  const whole = Math.round(score * 100_000);
  return whole % 10_000 === 0 ? whole / 100_000 : (Math.floor(whole / 10_000) + 1) / 10;
}
