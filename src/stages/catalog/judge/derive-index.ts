import type { Digest } from '#base/digest.ts';
import { isIndexType, parsePushedManifest } from '#lib/oci/index.ts';
import { WORKER } from '#model/platform/access.ts';
import type { ManifestReference, Records, Repository, StandingManifest } from '#model/platform/records.ts';
import type { Approval, ImageState } from '#model/platform/state.ts';
import { cannotRun } from '../governor.ts';
import type { Derived, JudgeContext } from './context.ts';
import { keepApproval } from './keep-approval.ts';
import { keepState } from './keep-state.ts';
import { retiredApproval } from './retired-approval.ts';
import { type Part, wholeApproval, wholeState } from './whole-of-parts.ts';

const NO_PLATFORM = 'unknown/unknown';
/** Manifests below one index that are looked at. */
const MOST_PARTS = 1024;

/**
 * An index is what its platforms are that the repository has: approved for an environment when all of them are. What hangs in it and cannot be run
 * (BuildKit's attestations) is as the index is. Nothing is done about what is no index, or hangs on something else.
 */
export async function deriveIndex(context: JudgeContext, derived: Derived): Promise<void> {
  const { repository, digest } = derived;
  const { manifests } = context.store.records;
  const found = await manifests.find(repository.id, digest, null);
  if (found === null || !isIndexType(found.mediaType) || found.governor !== digest) {
    return;
  }
  const children = (await manifests.children(repository.id, digest)).slice(0, MOST_PARTS);
  const attached = await attachedOf(context, repository, children);
  await context.store.transaction(async (records) => {
    const index = await records.manifests.find(repository.id, digest, null);
    if (index === null) {
      return;
    }
    const parts = await partsOf(records, repository, children, attached);
    if (parts.length === 0) {
      return;
    }
    const approvals = await deriveApprovals(context, records, derived, digest, parts);
    const state = await deriveState(context, records, derived, index, parts);
    for (const each of attached) {
      await follow(context, records, derived, each, { state, approvals });
    }
  });
}

/** Children with a state of their own that cannot be run. */
async function attachedOf(
  context: JudgeContext,
  repository: Repository,
  children: readonly ManifestReference[],
): Promise<ReadonlySet<Digest>> {
  const attached = new Set<Digest>();
  for (const { digest, platform } of children) {
    // Whoever attaches a chart or a signature to an index may leave out what it is for.
    if (platform !== NO_PLATFORM && platform !== null) {
      continue;
    }
    const manifest = await context.store.records.manifests.resolve(repository.name, { digest }, null);
    if (manifest !== null && manifest.governor === digest) {
      const parsed = parsePushedManifest(manifest.content, manifest.mediaType, `manifest ${digest}`);
      if (parsed.kind === 'manifest' && (await cannotRun(context, repository, parsed))) {
        attached.add(digest);
      }
    }
  }
  return attached;
}

/** Children that are here and have a state of their own. */
async function partsOf(
  records: Records,
  repository: Repository,
  children: readonly ManifestReference[],
  attached: ReadonlySet<Digest>,
): Promise<readonly Part[]> {
  const parts: Part[] = [];
  for (const { digest, platform } of children) {
    const manifest = attached.has(digest) ? null : await records.manifests.find(repository.id, digest, null);
    if (manifest !== null && manifest.governor === digest) {
      const approvals = await records.manifests.approvals(repository.id, digest);
      parts.push({ name: platform ?? digest, state: manifest.standing.state, approvals });
    }
  }
  return parts;
}

async function deriveApprovals(
  context: JudgeContext,
  records: Records,
  derived: Derived,
  digest: Digest,
  parts: readonly Part[],
): Promise<readonly Approval[]> {
  const known = new Map(
    (await records.manifests.approvals(derived.repository.id, digest)).map((one) => [one.environment, one]),
  );
  const { repository, policies } = derived;
  const now = { time: context.clock.now(), by: actorOf(derived) };
  const decided = parts.flatMap(({ approvals }) => approvals.map(({ environment }) => environment));
  for (const environment of new Set([...decided, ...known.keys()])) {
    const before = known.get(environment) ?? null;
    const isThere = policies.compiled.environments.has(environment);
    const retired = isThere || before === null ? null : retiredApproval(before, now);
    const after = isThere ? wholeApproval({ environment, before, parts, ...now }) : retired;
    if (after === null) {
      continue;
    }
    if (await keepApproval(context, records, { repository, digest }, { before, after })) {
      known.set(environment, after);
    } else {
      await lookAgain(context, records, derived);
    }
  }
  return [...known.values()];
}

async function deriveState(
  context: JudgeContext,
  records: Records,
  derived: Derived,
  { digest, pushedAt, standing: { state } }: StandingManifest,
  parts: readonly Part[],
): Promise<ImageState | null> {
  const next =
    state === null ? null : wholeState({ state, pushedAt, parts, time: context.clock.now(), by: actorOf(derived) });
  if (state === null || next === null) {
    return state;
  }
  if (await keepState(context, records, { repository: derived.repository, digest }, { state, next })) {
    return next;
  }
  await lookAgain(context, records, derived);
  return state;
}

/** What hangs in an index follows it out of quarantine and back, and is otherwise what a person made of it. */
async function follow(
  context: JudgeContext,
  records: Records,
  derived: Derived,
  digest: Digest,
  { state: whole, approvals }: { readonly state: ImageState | null; readonly approvals: readonly Approval[] },
): Promise<void> {
  const manifest = await records.manifests.find(derived.repository.id, digest, null);
  const state = manifest?.standing.state ?? null;
  if (manifest === null || state === null || whole === null) {
    return;
  }
  const parts = [{ name: 'its index', state: whole, approvals }];
  await deriveApprovals(context, records, derived, digest, parts);
  await deriveState(context, records, derived, manifest, parts);
}

/** Somebody decided at this moment, and what was derived is not of what is there any more: its platforms come again, and it after them. */
async function lookAgain({ clock }: JudgeContext, records: Records, { repository, digest }: Derived): Promise<void> {
  await records.judgements.mark({ kind: 'image', repositoryId: repository.id, digest }, 'time', clock.now());
}

function actorOf({ origin }: Derived): string {
  return origin.source === null ? WORKER.id : `source:${origin.source}`;
}
