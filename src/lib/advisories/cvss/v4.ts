import type { BaseMetrics } from './vector.ts';

/** How many steps each value is below the worst one: CVSS 4.0, section 8.2. */
const STEPS: Readonly<Record<string, string>> = {
  AV: 'NALP',
  PR: 'NLH',
  UI: 'NPA',
  AC: 'LH',
  AT: 'NP',
  VC: 'HLN',
  VI: 'HLN',
  VA: 'HLN',
  // Safety, which is worse than H, is a value of the environment.
  SC: ' HLN',
  SI: ' HLN',
  SA: ' HLN',
};

/**
 * The score of the worst vector of each equivalence class, by EQ1 and EQ2; a row has EQ3+EQ6 as `IMPACTS` has them, with
 * EQ4 at 1, and then at 2. Base metrics alone are EQ5 0, and EQ6 0 as soon as one impact on the system is high.
 */
const WORST: Readonly<Record<string, readonly number[]>> = {
  '00': [10, 9.6, 9.3, 9.2, 7.9, 9.3, 9, 8.8, 8, 6.9],
  '01': [9.5, 9.1, 9.2, 8.2, 7.1, 9.2, 8.1, 8.4, 7, 6.3],
  '10': [9.4, 8.9, 8.6, 7.6, 6.5, 8.7, 7.5, 7.2, 5.7, 5.3],
  '11': [9, 7.7, 7.4, 5.9, 5.8, 7.7, 6.6, 6.1, 5.2, 2.3],
  '20': [8.6, 7.4, 7.2, 5.7, 4.7, 7, 5.4, 5.3, 3.6, 2.4],
  '21': [7.3, 5.5, 6.1, 5.1, 2.4, 5.4, 4.3, 4.6, 1.8, 1],
};
const IMPACTS = ['00', '01', '10', '11', '21'] as const;

/** Half a tenth rounds up, also where binary fractions make it a little less. */
const BINARY = 1e-6;

/** An equivalence class of some metrics: which one, how far below its worst vector this one is, and how deep the class is. */
interface Level {
  readonly level: number;
  readonly below: number;
  readonly depth: number;
}

/** The classes of a vector without the last one, which threats and the environment move. */
type Macro = readonly [eq1: number, eq2: number, impact: (typeof IMPACTS)[number], eq4: number];

/**
 * CVSS 4.0, section 8.2: the score of the class's worst vector, less the mean of what each group of metrics is below it,
 * as a share of the way to the next lower class. All vectors that are worst in a class are equally many steps down, so
 * that steps can be counted without looking for the one that fits.
 */
export function scoreCvss4(base: BaseMetrics): number {
  if (['VC', 'VI', 'VA', 'SC', 'SI', 'SA'].every((metric) => base(metric) === 'N')) {
    return 0;
  }
  const down = (...metrics: readonly string[]): number =>
    metrics.reduce((sum, metric) => sum + (STEPS[metric] ?? '').indexOf(base(metric)), 0);
  const eq1 = levelOf(exploitability(base), down('AV', 'PR', 'UI'), [0, 1, 3], [1, 4, 5]);
  const eq2 = levelOf(base('AC') === 'L' && base('AT') === 'N' ? 0 : 1, down('AC', 'AT'), [0, 1], [1, 2]);
  const eq3 = levelOf(impact(base), down('VC', 'VI', 'VA'), [0, 1, 3], [7, 8, 10]);
  const subsequent = ['SC', 'SI', 'SA'].some((metric) => base(metric) === 'H') ? 1 : 2;
  const eq4 = levelOf(subsequent, down('SC', 'SI', 'SA'), [0, 3, 6], [6, 5, 4]);
  const impacts = (['00', '10', '21'] as const)[eq3.level] ?? '21';

  const value = worst([eq1.level, eq2.level, impacts, eq4.level]) ?? 0;
  const steps = [
    share(value, worst([eq1.level + 1, eq2.level, impacts, eq4.level]), eq1),
    share(value, worst([eq1.level, eq2.level + 1, impacts, eq4.level]), eq2),
    share(value, lowerImpact([eq1.level, eq2.level, impacts, eq4.level]), eq3),
    share(value, worst([eq1.level, eq2.level, impacts, eq4.level + 1]), eq4),
    // Exploits are taken to be there (EQ5): that class has a next lower one, and every vector is at its top.
    0,
  ].filter((step) => step !== null);
  const mean = steps.reduce((sum, step) => sum + step, 0) / steps.length;
  return Math.round((Math.min(Math.max(value - mean, 0), 10) + BINARY) * 10) / 10;
}

/** Table 24: 0 with no hurdle at all, 2 with physical access or hurdles of every kind. */
function exploitability(base: BaseMetrics): number {
  const easy = [base('AV') === 'N', base('PR') === 'N', base('UI') === 'N'].filter(Boolean).length;
  return easy === 3 ? 0 : base('AV') === 'P' || easy === 0 ? 2 : 1;
}

/** Table 26: 0 with confidentiality and integrity lost, 2 with nothing lost entirely. */
function impact(base: BaseMetrics): number {
  const high = ['VC', 'VI', 'VA'].map((metric) => base(metric) === 'H');
  return high[0] === true && high[1] === true ? 0 : high.includes(true) ? 1 : 2;
}

function levelOf(level: number, down: number, tops: readonly number[], depths: readonly number[]): Level {
  return { level, below: down - (tops[level] ?? 0), depth: depths[level] ?? 1 };
}

/** Null when there is no lower class to be on the way to. */
function share(value: number, lower: number | null, { below, depth }: Level): number | null {
  return lower === null ? null : (value - lower) * (below / depth);
}

/** Of the two classes that follow `00` the higher one counts. */
function lowerImpact([eq1, eq2, impacts, eq4]: Macro): number | null {
  switch (impacts) {
    case '00':
      return Math.max(worst([eq1, eq2, '01', eq4]) ?? 0, worst([eq1, eq2, '10', eq4]) ?? 0);
    case '10':
      return worst([eq1, eq2, '11', eq4]);
    default:
      return null;
  }
}

function worst([eq1, eq2, impacts, eq4]: Macro): number | null {
  const row = WORST[`${eq1}${eq2}`];
  return eq4 > 2 ? null : (row?.[IMPACTS.indexOf(impacts) + (eq4 - 1) * IMPACTS.length] ?? null);
}
