import type { Digest } from '#base/digest.ts';
import type { Acquisition, AcquisitionState } from '#model/platform/acquisition.ts';
import type { Records } from '#model/platform/records.ts';
import type { CopyContext } from './context.ts';
import { endAcquisition } from './end.ts';
import { governedEnd } from './governed.ts';
import { enqueueAcquisition } from './job.ts';

/** So long nobody has said anything of an acquisition when its job is taken for lost; a copy says something every second. */
const STALLED_MS = 30 * 60 * 1000;
const PAGE = 200;
const MAX_PAGES = 50;

type Reviving = Pick<CopyContext, 'store' | 'clock' | 'random' | 'askForReview'>;

/**
 * Has those go on that nobody goes on with. Of what is copied the job died as often as it may: it is enqueued again, its progress stays. Of what is judged the
 * image went meanwhile, or its mark: it is marked again, or the acquisition ends. How many.
 */
export async function reviveAcquisitions(context: Reviving): Promise<number> {
  const { acquisitions } = context.store.records;
  const before = context.clock.now() - STALLED_MS;
  let revived = 0;
  for (const state of ['waiting', 'copying', 'judging'] as const) {
    let after: string | null = null;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const filter = { prefixes: null, source: null, state, after, limit: PAGE };
      const found: readonly Acquisition[] = await acquisitions.list(filter);
      for (const one of found.filter(({ updatedAt }) => updatedAt < before)) {
        revived += (await revive(context, one, state)) ? 1 : 0;
      }
      after = found.at(-1)?.id ?? null;
      if (found.length < PAGE) {
        break;
      }
    }
  }
  return revived;
}

async function revive(context: Reviving, one: Acquisition, state: AcquisitionState): Promise<boolean> {
  return await context.store.transaction(async (records) => {
    if (state === 'judging') {
      return await haveEnded(context, records, one);
    }
    const now = context.clock.now();
    if (await records.acquisitions.update(one.id, one.version, {}, now)) {
      await enqueueAcquisition(records, one, now);
    }
    return true;
  });
}

/** False for what is still to be judged: to mark that again would put it behind all others. */
async function haveEnded(context: Reviving, records: Records, one: Acquisition): Promise<boolean> {
  const { id: repositoryId } = one.repository;
  const here = one.digest === null ? null : await records.manifests.find(repositoryId, one.digest, null);
  if (here === null) {
    return await endAcquisition(context, records, one, GONE);
  }
  if (here.governor !== here.digest) {
    return await endAcquisition(context, records, one, governedEnd(here));
  }
  if (await isDue(records, repositoryId, here.digest)) {
    return false;
  }
  const now = context.clock.now();
  const image = { kind: 'image', repositoryId, digest: here.digest } as const;
  if ((await records.judgements.mark(image, 'new', now)) === 0) {
    return await endAcquisition(context, records, one, GONE);
  }
  await context.askForReview(records, now);
  return await records.acquisitions.update(one.id, one.version, {}, now);
}

const GONE = { state: 'failed', reason: 'it was deleted here while it was looked at' } as const;

async function isDue({ judgements, manifests }: Records, repositoryId: string, digest: Digest): Promise<boolean> {
  const children = await manifests.children(repositoryId, digest);
  for (const each of [digest, ...children.map((child) => child.digest)]) {
    if ((await judgements.dueSince(repositoryId, each)) !== null) {
      return true;
    }
  }
  return false;
}
