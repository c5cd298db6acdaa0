import { z } from 'zod';
import { isDigest } from '#base/digest.ts';
import { parseGrant } from '#lib/access/index.ts';
import { SEVERITIES } from '#model/advisory.ts';
import { type Grant, ROLES } from '#model/platform/access.ts';
import type { Judgement } from '#model/platform/judgement.ts';
import type { Account } from '#model/platform/records.ts';
import { isRepositoryName } from '#model/platform/repository-name.ts';
import { type ImageState, LIFECYCLES } from '#model/platform/state.ts';
import { isTag } from '../registry/route.ts';

const MAX_PAGE = 1000;

/** Milliseconds UTC as the API writes times (RFC 3339). */
export function timeOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

/** As `timeOf`, of what may never be. */
export function timeOrNull(milliseconds: number | null): string | null {
  return milliseconds === null ? null : timeOf(milliseconds);
}

export const time = z.iso.datetime();
export const repositoryName = z
  .string()
  .max(255)
  .refine(isRepositoryName, 'expected the name of a repository')
  .meta({ description: 'In a path, slashes may stand as they are or as %2F.' });
export const digest = z.string().max(200).refine(isDigest, 'expected a digest: sha256:<64 hex digits>');
/** Of an image: a digest or a tag. */
export const imageReference = z
  .string()
  .max(200)
  .refine((text) => isDigest(text) || isTag(text), 'expected a digest or a tag')
  .meta({ description: 'A digest or a tag.' });
/** PostgreSQL has no text with a NUL, and would answer with an error. */
export const stored = z.string().refine((text) => !text.includes('\0'), 'expected no NUL');
export const accountName = stored.min(1).max(256);
export const environmentName = z.string().max(63);
export const reason = stored.min(1).max(1000);

/** A list goes on after the `next` of the page before. */
export const paging = {
  // The longest is of a package URL.
  after: stored.max(4096).optional(),
  limit: z
    .string()
    .regex(/^[1-9][0-9]{0,3}$/, 'expected a number from 1 to 1000')
    .transform((text) => Math.min(Number(text), MAX_PAGE))
    .default(100),
};

/** One page of a list. */
export function page<T extends z.ZodType>(item: T) {
  return z.strictObject({ items: z.array(item), next: z.string().nullable() });
}

export const grant = z.strictObject({
  role: z.enum(ROLES),
  scope: z.string().max(257),
  environment: z.string().max(63),
});

/** As somebody writes one: for every environment unless it says otherwise. */
const grantInput = z.strictObject({
  role: z.enum(ROLES),
  scope: z.string().max(257),
  environment: z.string().max(63).default('*'),
});
export const grantInputs = z.array(grantInput).max(100);

/** Throws `GRANT_INVALID`. */
export function toGrants(inputs: z.output<typeof grantInputs>): readonly Grant[] {
  return inputs.map(({ role, scope, environment }) => parseGrant(role, scope, environment));
}

export const state = z.strictObject({ state: z.enum(LIFECYCLES), reason: z.string(), since: time, by: z.string() });

export function shownState({ lifecycle, reason: why, since, by }: ImageState): z.input<typeof state> {
  return { state: lifecycle, reason: why, since: timeOf(since), by };
}

/** What is decided about an index is decided about what is in it. */
export const parts = z
  .array(z.string())
  .meta({ description: 'Of an index: the digests of what is in it that was decided about with it.' });

export const severityCounts = z.record(z.enum(SEVERITIES), z.int());

/** What policy says of an image in an environment. */
export const judgement = z.strictObject({
  environment: z.string(),
  outcome: z.enum(['admitted', 'warned', 'refused', 'unknown']),
  reason: z.string(),
  validUntil: time.nullable(),
});

export function shownJudgement({
  environment,
  outcome,
  reason: why,
  validUntil,
}: Pick<Judgement, 'environment' | 'outcome' | 'reason' | 'validUntil'>): z.input<typeof judgement> {
  return { environment, outcome, reason: why, validUntil: timeOrNull(validUntil) };
}

export const account = z.strictObject({
  name: z.string(),
  kind: z.enum(['user', 'robot']),
  environment: z.string().nullable(),
  grants: z.array(grant),
  isDisabled: z.boolean(),
  expiresAt: time.nullable(),
  createdAt: time,
  createdBy: z.string(),
});

/** What is shown of an account: nothing of its secret. */
export function shownAccount(found: Account): z.input<typeof account> {
  const { name, kind, environment, grants, createdBy } = found;
  return {
    name,
    kind,
    environment,
    grants: grants.map((one) => ({ ...one })),
    isDisabled: found.disabledAt !== null,
    expiresAt: timeOrNull(found.expiresAt),
    createdAt: timeOf(found.createdAt),
    createdBy,
  };
}
