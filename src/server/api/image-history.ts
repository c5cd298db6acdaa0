import { z } from 'zod';
import { nameOfOwner } from '#lib/access/index.ts';
import type { Records } from '#model/platform/records.ts';
import type { FoundImage } from './image.ts';
import { time, timeOf, timeOrNull } from './schemas.ts';

const MAX_PAST = 100;

/** Something that happened to an image. */
export const pastEvent = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('verdict'),
    at: time,
    id: z.string(),
    environment: z.string(),
    outcome: z.string(),
    validUntil: time.nullable(),
  }),
  z.strictObject({
    kind: z.literal('acquisition'),
    at: time,
    id: z.string(),
    upstream: z.string(),
    reference: z.string(),
    state: z.string(),
    reason: z.string(),
    requestedBy: z.string(),
  }),
]);
type PastEvent = z.input<typeof pastEvent>;

/** Newest first: verdicts of every environment that ever had one, and acquisitions that brought it. */
export async function historyOf(
  records: Records,
  { repository, manifest: { digest, governor } }: FoundImage,
): Promise<PastEvent[]> {
  const [judgements, approvals, acquisitions] = await Promise.all([
    records.judgements.ofImage(repository.id, digest),
    records.manifests.approvals(repository.id, governor),
    records.acquisitions.list({
      prefixes: [repository.name],
      source: null,
      state: null,
      after: null,
      limit: MAX_LOOKED_AT,
    }),
  ]);
  const environments = new Set([...judgements, ...approvals].map(({ environment }) => environment));
  const verdicts = await Promise.all(
    [...environments].map(
      async (environment) => await records.verdicts.history(repository.id, digest, environment, MAX_PAST),
    ),
  );
  const past: PastEvent[] = [
    ...verdicts.flat().map(({ id, environment, outcome, validUntil, decidedAt }) => ({
      kind: 'verdict' as const,
      at: timeOf(decidedAt),
      id,
      environment,
      outcome,
      validUntil: timeOrNull(validUntil),
    })),
    ...acquisitions
      .filter((one) => one.repository.id === repository.id && one.digest === digest)
      .map(({ id, upstream, reference, state, reason, requestedBy, requestedAt }) => ({
        kind: 'acquisition' as const,
        at: timeOf(requestedAt),
        id,
        upstream,
        reference,
        state,
        reason,
        requestedBy: nameOfOwner(requestedBy),
      })),
  ];
  return past.toSorted((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0)).slice(0, MAX_PAST);
}

/** Newest acquisitions of the repository, of any image. */
const MAX_LOOKED_AT = 1000;
