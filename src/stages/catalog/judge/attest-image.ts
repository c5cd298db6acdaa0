import { attachOwn, attachOwnStatement, type OwnPlace, type OwnSigner } from '#assess/index.ts';
import { isAppError } from '#base/error.ts';
import { isIndexType, parsePushedManifest } from '#lib/oci/index.ts';
import { WORKER } from '#model/platform/access.ts';
import type { ResolvedManifest, StandingManifest } from '#model/platform/records.ts';
import type { SigningKey } from '#model/signing.ts';
import { deleteManifest } from '../delete.ts';
import { isOwn, localRepository } from '../local-repository.ts';
import type { DecidingPolicies, ImageToJudge, JudgeContext } from './context.ts';
import { storedOriginOf } from './origin.ts';
import { verdictOf } from './past-verdicts.ts';
import { reportOf } from './report-of.ts';

/** Statements of ours that hang on one manifest. */
const MOST_OWN = 256;

/** What became of it: how many statements are new, and how many of older ones went. */
export interface Attested {
  readonly attached: number;
  readonly removed: number;
}

const NOTHING: Attested = { attached: 0, removed: 0 };

/**
 * Signs what we know of a stored image, as it was judged last, and attaches it: its bill of materials, its vulnerabilities, the verdicts of all environments. What
 * says the same hangs there already; what is newer takes the place of the older, which goes to the trash. Nothing is done about what was not judged, or is gone. Throws
 * what signing and the stores throw: done again it goes on.
 */
export async function attestImage(
  context: JudgeContext & { readonly key: SigningKey },
  { repository: name, digest }: Pick<ImageToJudge, 'repository' | 'digest'>,
  signal: AbortSignal,
): Promise<Attested> {
  const { records } = context.store;
  const manifest = await records.manifests.resolve(name, { digest }, null);
  const analysis = manifest === null ? null : await records.inventories.analysisOf(manifest.repositoryId, digest);
  if (manifest === null || manifest.governor !== digest || analysis === null) {
    return NOTHING;
  }
  const policies = await context.policies();
  const parsed = parsePushedManifest(manifest.content, manifest.mediaType, `manifest ${digest}`);
  const origin = storedOriginOf(context, policies, manifest);
  const report = await reportOf(context, { manifest, parsed, analysis, origin, policies }, signal);
  const verdicts = await verdictsOf(context, manifest, policies);
  const place = await placeOf(context, manifest);
  const known = { report, verdicts, at: context.clock.now() };
  const { attached, superseded } = await attachOwn(place, known, signerOf(context, signal));
  for (const old of superseded) {
    await remove(context, name, old);
  }
  return { attached: attached.length, removed: superseded.length };
}

/** Attaches a statement about a stored manifest or index, signed by our key; those of one name replace each other. Nothing is done about what is gone. */
export async function attestStatement(
  context: JudgeContext & { readonly key: SigningKey },
  { repository, digest }: Pick<ImageToJudge, 'repository' | 'digest'>,
  statement: { readonly name: string; readonly type: string; readonly predicate: object },
  signal: AbortSignal,
): Promise<Attested> {
  const manifest = await context.store.records.manifests.resolve(repository, { digest }, null);
  if (manifest === null) {
    return NOTHING;
  }
  const place = await placeOf(context, manifest);
  const { attached, superseded } = await attachOwnStatement(place, statement, signerOf(context, signal));
  return { attached: attached.length, removed: superseded.length };
}

/** The records that count now: those of environments that are no more are history. */
async function verdictsOf(
  { store }: JudgeContext,
  { repositoryId, digest }: ResolvedManifest,
  policies: DecidingPolicies,
) {
  const verdicts = [];
  for (const environment of policies.compiled.environments.keys()) {
    const [newest] = await store.records.verdicts.history(repositoryId, digest, environment, 1);
    const past = newest === undefined ? null : verdictOf(newest);
    if (past !== null) {
      verdicts.push(past.verdict);
    }
  }
  return verdicts;
}

async function placeOf(context: JudgeContext, manifest: ResolvedManifest): Promise<OwnPlace> {
  const { repository, digest, mediaType, size } = manifest;
  return {
    repository: `${context.host}/${repository.name}`,
    local: localRepository(context, repository, { listsOwn: true }),
    subject: {
      kind: isIndexType(mediaType) ? 'index' : 'manifest',
      digest,
      mediaType,
      size,
      platform: null,
      children: [],
    },
    existing: (await referrersOf(context, manifest)).filter((one) => isOwn(one)),
  };
}

async function referrersOf(
  { store }: JudgeContext,
  { repositoryId, digest }: ResolvedManifest,
): Promise<readonly StandingManifest[]> {
  const found: StandingManifest[] = [];
  for (let after: string | null = null; found.length < MOST_OWN; ) {
    const page = await store.records.manifests.referrers(repositoryId, digest, {
      after,
      limit: MOST_OWN,
      artifactType: null,
      environment: null,
    });
    found.push(...page);
    after = page.at(-1)?.digest ?? null;
    if (page.length < MOST_OWN) {
      break;
    }
  }
  return found;
}

/** Whoever was faster has removed it. */
async function remove(context: JudgeContext, repository: string, digest: StandingManifest['digest']): Promise<void> {
  try {
    await deleteManifest(context, WORKER, repository, digest);
  } catch (error) {
    if (!isAppError(error) || error.code !== 'MANIFEST_ABSENT') {
      throw error;
    }
  }
}

function signerOf({ key, clock, log }: JudgeContext & { readonly key: SigningKey }, signal: AbortSignal): OwnSigner {
  return { key, clock, log, signal };
}
