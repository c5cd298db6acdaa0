import { z } from 'zod';
import { type TextKind, textTest } from './texts.ts';

const REQUIREMENT = ['LOW', 'MEDIUM', 'HIGH', 'NOT_DEFINED'] as const;
const IMPACT = ['NONE', 'LOW', 'HIGH'] as const;
const SEVERITY = ['NONE', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL'] as const;
const VECTOR_3 = ['NETWORK', 'ADJACENT_NETWORK', 'LOCAL', 'PHYSICAL'] as const;
const VECTOR_4 = ['NETWORK', 'ADJACENT', 'LOCAL', 'PHYSICAL'] as const;
const UNSET = 'NOT_DEFINED';

type Words = readonly [string, ...string[]];
type WordTable = Readonly<Record<string, Words>>;

const Score = z.number().min(0).max(10);

/** FIRST's schema of CVSS 2.0, as CSAF refers to it: other members are not refused. */
export const Cvss2 = z.looseObject({
  ...required('2.0', 'CVSS 2 vector'),
  baseScore: Score,
  temporalScore: Score.optional(),
  environmentalScore: Score.optional(),
  ...optionalWords({
    accessVector: ['NETWORK', 'ADJACENT_NETWORK', 'LOCAL'],
    accessComplexity: ['HIGH', 'MEDIUM', 'LOW'],
    authentication: ['MULTIPLE', 'SINGLE', 'NONE'],
    confidentialityImpact: ['NONE', 'PARTIAL', 'COMPLETE'],
    integrityImpact: ['NONE', 'PARTIAL', 'COMPLETE'],
    availabilityImpact: ['NONE', 'PARTIAL', 'COMPLETE'],
    exploitability: ['UNPROVEN', 'PROOF_OF_CONCEPT', 'FUNCTIONAL', 'HIGH', UNSET],
    remediationLevel: ['OFFICIAL_FIX', 'TEMPORARY_FIX', 'WORKAROUND', 'UNAVAILABLE', UNSET],
    reportConfidence: ['UNCONFIRMED', 'UNCORROBORATED', 'CONFIRMED', UNSET],
    collateralDamagePotential: ['NONE', 'LOW', 'LOW_MEDIUM', 'MEDIUM_HIGH', 'HIGH', UNSET],
    targetDistribution: ['NONE', 'LOW', 'MEDIUM', 'HIGH', UNSET],
    confidentialityRequirement: REQUIREMENT,
    integrityRequirement: REQUIREMENT,
    availabilityRequirement: REQUIREMENT,
  }),
});

/** The same of CVSS 3.0 and 3.1, which have the same members. */
export const Cvss3 = z.union([cvss3('3.0', 'CVSS 3.0 vector'), cvss3('3.1', 'CVSS 3.1 vector')]);

function cvss3(version: '3.0' | '3.1', vector: TextKind) {
  return z.looseObject({
    ...required(version, vector),
    baseScore: Score,
    temporalScore: Score.optional(),
    environmentalScore: Score.optional(),
    baseSeverity: z.enum(SEVERITY),
    ...optionalWords({
      temporalSeverity: SEVERITY,
      environmentalSeverity: SEVERITY,
      attackVector: VECTOR_3,
      attackComplexity: ['HIGH', 'LOW'],
      privilegesRequired: ['HIGH', 'LOW', 'NONE'],
      userInteraction: ['NONE', 'REQUIRED'],
      scope: ['UNCHANGED', 'CHANGED'],
      confidentialityImpact: IMPACT,
      integrityImpact: IMPACT,
      availabilityImpact: IMPACT,
      exploitCodeMaturity: ['UNPROVEN', 'PROOF_OF_CONCEPT', 'FUNCTIONAL', 'HIGH', UNSET],
      remediationLevel: ['OFFICIAL_FIX', 'TEMPORARY_FIX', 'WORKAROUND', 'UNAVAILABLE', UNSET],
      reportConfidence: ['UNKNOWN', 'REASONABLE', 'CONFIRMED', UNSET],
      confidentialityRequirement: REQUIREMENT,
      integrityRequirement: REQUIREMENT,
      availabilityRequirement: REQUIREMENT,
      modifiedAttackVector: [...VECTOR_3, UNSET],
      modifiedAttackComplexity: ['HIGH', 'LOW', UNSET],
      modifiedPrivilegesRequired: ['HIGH', 'LOW', 'NONE', UNSET],
      modifiedUserInteraction: ['NONE', 'REQUIRED', UNSET],
      modifiedScope: ['UNCHANGED', 'CHANGED', UNSET],
      modifiedConfidentialityImpact: [...IMPACT, UNSET],
      modifiedIntegrityImpact: [...IMPACT, UNSET],
      modifiedAvailabilityImpact: [...IMPACT, UNSET],
    }),
  });
}

/** The same of CVSS 4.0, which refuses other members, and a word that is not that of the score. */
export const Cvss4 = z
  .strictObject({
    ...required('4.0', 'CVSS 4.0 vector'),
    baseScore: Score,
    baseSeverity: z.enum(SEVERITY),
    ...optionalWords({
      attackVector: VECTOR_4,
      attackComplexity: ['HIGH', 'LOW'],
      attackRequirements: ['NONE', 'PRESENT'],
      privilegesRequired: ['HIGH', 'LOW', 'NONE'],
      userInteraction: ['NONE', 'PASSIVE', 'ACTIVE'],
      exploitMaturity: ['UNREPORTED', 'PROOF_OF_CONCEPT', 'ATTACKED', UNSET],
      modifiedAttackVector: [...VECTOR_4, UNSET],
      modifiedAttackComplexity: ['HIGH', 'LOW', UNSET],
      modifiedAttackRequirements: ['NONE', 'PRESENT', UNSET],
      modifiedPrivilegesRequired: ['HIGH', 'LOW', 'NONE', UNSET],
      modifiedUserInteraction: ['NONE', 'PASSIVE', 'ACTIVE', UNSET],
      Safety: ['NEGLIGIBLE', 'PRESENT', UNSET],
      Automatable: ['NO', 'YES', UNSET],
      Recovery: ['AUTOMATIC', 'USER', 'IRRECOVERABLE', UNSET],
      valueDensity: ['DIFFUSE', 'CONCENTRATED', UNSET],
      vulnerabilityResponseEffort: ['LOW', 'MODERATE', 'HIGH', UNSET],
      providerUrgency: ['CLEAR', 'GREEN', 'AMBER', 'RED', UNSET],
      confidentialityRequirement: REQUIREMENT,
      integrityRequirement: REQUIREMENT,
      availabilityRequirement: REQUIREMENT,
      modifiedSubConfidentialityImpact: ['NEGLIGIBLE', 'LOW', 'HIGH', UNSET],
      modifiedSubIntegrityImpact: ['NEGLIGIBLE', 'LOW', 'HIGH', 'SAFETY', UNSET],
      modifiedSubAvailabilityImpact: ['NEGLIGIBLE', 'LOW', 'HIGH', 'SAFETY', UNSET],
      ...impacts('vuln', IMPACT),
      ...impacts('sub', IMPACT),
      ...impacts('modifiedVuln', [...IMPACT, UNSET]),
    }),
  })
  .refine(
    ({ baseScore, baseSeverity }) => baseSeverity === severityOf(baseScore),
    'expected the severity of the score',
  );

function impacts(of: string, words: Words): WordTable {
  return {
    [`${of}ConfidentialityImpact`]: words,
    [`${of}IntegrityImpact`]: words,
    [`${of}AvailabilityImpact`]: words,
  };
}

/** Null between two words, and where there is more than one digit behind the point: no severity has such scores but HIGH. */
function severityOf(score: number): (typeof SEVERITY)[number] | null {
  const severity =
    score === 0
      ? 'NONE'
      : score >= 0.1 && score <= 3.9
        ? 'LOW'
        : score >= 4 && score <= 6.9
          ? 'MEDIUM'
          : score >= 7 && score <= 8.9
            ? 'HIGH'
            : score >= 9
              ? 'CRITICAL'
              : null;
  return severity === 'HIGH' || Math.round(score * 10) / 10 === score ? severity : null;
}

function required<Version extends string>(version: Version, vector: TextKind) {
  return { version: z.literal(version), vectorString: z.string().refine(textTest(vector), `expected a ${vector}`) };
}

function optionalWords(table: WordTable): Record<string, z.ZodType> {
  return Object.fromEntries(Object.entries(table).map(([name, words]) => [name, z.enum(words).optional()]));
}
