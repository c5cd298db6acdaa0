import { z } from 'zod';
import type { Digest } from '#base/digest.ts';
import { nameOfOwner } from '#lib/access/index.ts';
import { SEVERITIES, type Severity } from '#model/advisory.ts';
import type { PackageFinding } from '#model/platform/judgement.ts';
import type { ImageInventory, Records, StandingManifest } from '#model/platform/records.ts';
import type { Approval } from '#model/platform/state.ts';
import type { FoundImage } from './image.ts';
import { judgement, severityCounts, shownJudgement, shownState, state, time, timeOf, timeOrNull } from './schemas.ts';

const MAX_UNKNOWNS = 1000;
const MAX_EVIDENCE = 100;

export const approval = z.strictObject({
  environment: z.string(),
  decision: z.enum(['approved', 'refused']),
  reason: z.string(),
  verdict: z.string().nullable(),
  validUntil: time.nullable(),
  decidedAt: time,
  decidedBy: z.string(),
});
const unknown = z.strictObject({
  kind: z.string(),
  path: z.string().nullable(),
  layer: z.string().nullable(),
  analyser: z.string(),
  reason: z.string(),
});
const attached = z.strictObject({
  digest: z.string(),
  artifactType: z.string().nullable(),
  mediaType: z.string(),
  size: z.int(),
  pushedBy: z.string(),
  pushedAt: time,
});

export const report = z.strictObject({
  repository: z.string(),
  digest: z.string(),
  mediaType: z.string(),
  artifactType: z.string().nullable(),
  size: z.int(),
  pushedBy: z.string(),
  pushedAt: time,
  /** The manifest whose state counts for this one. */
  governor: z.string(),
  /** Null when what it hangs on was never pushed: then it is in quarantine. */
  state: state.nullable(),
  approvals: z.array(approval),
  /** What policy said when it was last asked, for each environment. */
  judgements: z.array(z.strictObject({ ...judgement.shape, verdict: z.string(), judgedAt: time })),
  /** Of an index: the images in it. */
  platforms: z.array(z.strictObject({ digest: z.string(), platform: z.string().nullable() })),
  /** What hangs on it, the first 100: signatures, attestations, bills of materials, reports. Whether it can be trusted is said by the verdict. */
  evidence: z.array(attached),
  /** Where it runs, as those say who run it. */
  uses: z.array(z.strictObject({ place: z.string(), environment: z.string().nullable(), seenAt: time })),
  /** Null until it was analysed. */
  inventory: z
    .strictObject({
      analysedAt: time,
      /** Null when it could not be analysed. */
      packages: z.int().nullable(),
      /** Findings by severity. */
      counts: severityCounts,
      unknownCount: z.int(),
      /** The first 1000. */
      unknowns: z.array(unknown),
    })
    .nullable(),
});

/** All that is known of an image. */
export async function reportOf(
  records: Records,
  { repository, manifest }: FoundImage,
): Promise<z.input<typeof report>> {
  const { digest, mediaType, artifactType, size, pushedBy, pushedAt, governor, standing } = manifest;
  const [approvals, judgements, children, hanging, uses, inventory] = await Promise.all([
    records.manifests.approvals(repository.id, governor),
    records.judgements.ofImage(repository.id, digest),
    records.manifests.children(repository.id, digest),
    evidenceOf(records, repository.id, digest),
    records.catalog.uses(repository.id, digest),
    records.inventories.ofImage(repository.id, digest),
  ]);
  return {
    repository: repository.name,
    digest,
    mediaType,
    artifactType,
    size,
    pushedBy: nameOfOwner(pushedBy),
    pushedAt: timeOf(pushedAt),
    governor,
    state: standing.state === null ? null : shownState(standing.state),
    approvals: approvals.map(shownApproval),
    judgements: judgements.map(({ verdict, judgedAt, ...rest }) => ({
      ...shownJudgement(rest),
      verdict,
      judgedAt: timeOf(judgedAt),
    })),
    platforms: children
      .filter(({ kind }) => kind === 'child')
      .map(({ digest: child, platform }) => ({ digest: child, platform })),
    evidence: hanging.map(shownAttached),
    uses: uses.map(({ seenAt, ...use }) => ({ ...use, seenAt: timeOf(seenAt) })),
    inventory: inventory === null ? null : await shownInventory(records, inventory),
  };
}

/** What advisories say of the packages of an image: the worst first, then by package and id. */
export async function findingsOf(
  { inventories, findings }: Records,
  { repository, manifest }: FoundImage,
): Promise<readonly PackageFinding[]> {
  const held = (await inventories.ofImage(repository.id, manifest.digest))?.inventory?.packages ?? [];
  const found = held.length === 0 ? [] : await findings.ofPackages(held);
  return found.toSorted(compareFindings);
}

type FindingPlace = Pick<PackageFinding, 'severity' | 'purl' | 'id'>;

/** The worst first, then by package and id. */
export function compareFindings(a: FindingPlace, b: FindingPlace): number {
  return (
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    compareText(a.purl, b.purl) ||
    compareText(a.id, b.id)
  );
}

export function shownApproval({ validUntil, decidedAt, ...rest }: Approval): z.input<typeof approval> {
  return { ...rest, validUntil: timeOrNull(validUntil), decidedAt: timeOf(decidedAt) };
}

async function evidenceOf(
  { manifests }: Records,
  repositoryId: string,
  digest: Digest,
): Promise<readonly StandingManifest[]> {
  return await manifests.referrers(repositoryId, digest, {
    artifactType: null,
    environment: null,
    after: null,
    limit: MAX_EVIDENCE,
  });
}

function shownAttached({
  digest,
  artifactType,
  mediaType,
  size,
  pushedBy,
  pushedAt,
}: StandingManifest): z.input<typeof attached> {
  return { digest, artifactType, mediaType, size, pushedBy: nameOfOwner(pushedBy), pushedAt: timeOf(pushedAt) };
}

async function shownInventory(
  { findings }: Records,
  { analysedAt, inventory, unknowns: own }: ImageInventory,
): Promise<z.input<typeof report>['inventory']> {
  const held = inventory?.packages ?? [];
  const found = held.length === 0 ? [] : await findings.ofPackages(held);
  const counts = Object.fromEntries(SEVERITIES.map((severity) => [severity, 0])) as Record<Severity, number>;
  for (const { severity } of found) {
    counts[severity] += 1;
  }
  const unknowns = [...own, ...(inventory?.unknowns ?? [])];
  return {
    analysedAt: timeOf(analysedAt),
    packages: inventory?.packages.length ?? null,
    counts,
    unknownCount: unknowns.length,
    unknowns: unknowns
      .slice(0, MAX_UNKNOWNS)
      .map(({ kind, path, layer, analyser, reason }) => ({ kind, path, layer, analyser, reason })),
  };
}

/** By code units, as everywhere that order must not depend on a language. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
