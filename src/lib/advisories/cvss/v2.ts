import type { BaseMetrics, Weights } from './vector.ts';
import { weigh } from './vector.ts';

const VECTOR: Weights = { L: 0.395, A: 0.646, N: 1 };
const COMPLEXITY: Weights = { H: 0.35, M: 0.61, L: 0.71 };
const AUTHENTICATION: Weights = { M: 0.45, S: 0.56, N: 0.704 };
const IMPACT: Weights = { N: 0, P: 0.275, C: 0.66 };

/** CVSS 2, section 3.2.1. */
export function scoreCvss2(base: BaseMetrics): number {
  const [c, i, a] = ['C', 'I', 'A'].map((metric) => 1 - weigh(IMPACT, base(metric))) as [number, number, number];
  const impact = 10.41 * (1 - c * i * a);
  const exploitability =
    20 * weigh(VECTOR, base('AV')) * weigh(COMPLEXITY, base('AC')) * weigh(AUTHENTICATION, base('Au'));
  return impact === 0 ? 0 : Math.round((0.6 * impact + 0.4 * exploitability - 1.5) * 1.176 * 10) / 10;
}
