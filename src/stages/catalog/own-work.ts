import type { Digest } from '#base/digest.ts';
import { administers, isOwner, robotOf } from '#lib/access/index.ts';
import { type Subject, WORKER } from '#model/platform/access.ts';
import type { Records, Repository, StandingManifest } from '#model/platform/records.ts';
import { StateError } from './state-error.ts';

/** Acquisitions in one read. */
const PAGE = 500;
/** Manifests below an index that was acquired. */
const MAX_BELOW = 1000;
/** Robots that were made by robots. */
const MAX_MAKERS = 16;

/**
 * Throws `STATE_OWN_WORK` where somebody would approve what they pushed or asked for themselves, under whatever name, or had a robot of theirs do. A robot
 * approves nothing, since it may be that of whoever pushed. What policy decides is nobody's own: that is our own background work.
 */
export async function assertOfOthers(
  records: Records,
  actor: Subject,
  repository: Repository,
  manifests: readonly StandingManifest[],
): Promise<void> {
  if (actor.id === WORKER.id) {
    return;
  }
  if (robotOf(actor.id) !== null) {
    throw new StateError('STATE_OWN_WORK', 'a robot approves nothing', {
      object: repository.name,
      expected: 'a person, since a robot may be that of whoever pushed it',
      found: actor.id,
    });
  }
  const doers = new Doers(records, actor, repository);
  for (const { digest, pushedBy } of manifests) {
    await doers.assertOther(pushedBy, digest, 'pushed it');
  }
  const digests = new Set(manifests.map(({ digest }) => digest));
  for await (const [digest, by] of requested(records, repository)) {
    if ((await doers.whose(by)) === null) {
      continue;
    }
    const reached = await atAndBelow(records, repository, digest);
    const own = reached.find((each) => digests.has(each));
    if (own !== undefined) {
      await doers.assertOther(by, own, 'asked for it');
    }
  }
}

/** Whose work is that of the one who decides. */
type Whose = 'own' | 'of a robot of theirs' | 'of a robot that is gone';

class Doers {
  readonly #records: Records;
  readonly #actor: Subject;
  readonly #repository: Repository;
  readonly #known = new Map<string, Whose | null>();

  constructor(records: Records, actor: Subject, repository: Repository) {
    this.#records = records;
    this.#actor = actor;
    this.#repository = repository;
  }

  async assertOther(owner: string, digest: Digest, did: string): Promise<void> {
    const whose = await this.whose(owner);
    if (whose === null) {
      return;
    }
    const found = { own: '', 'of a robot of theirs': ' by a robot', 'of a robot that is gone': ' by a robot, maybe' }[
      whose
    ];
    throw new StateError('STATE_OWN_WORK', 'nobody approves what is their own', {
      object: `${this.#repository.name}@${digest}`,
      expected: 'somebody else who may approve',
      found: `${this.#actor.id}, who ${did}${found}`,
      ...(whose === 'of a robot that is gone'
        ? { hint: 'The robot is gone, so nobody knows who made it: an approver who makes no robots here may decide.' }
        : {}),
    });
  }

  /** Null for that of somebody else. */
  async whose(owner: string): Promise<Whose | null> {
    const known = this.#known.get(owner);
    if (known !== undefined) {
      return known;
    }
    const found = await this.#find(owner);
    this.#known.set(owner, found);
    return found;
  }

  async #find(owner: string): Promise<Whose | null> {
    let doer = owner;
    for (let depth = 0; depth < MAX_MAKERS; depth += 1) {
      if (isOwner(this.#actor, doer)) {
        return depth === 0 ? 'own' : 'of a robot of theirs';
      }
      const robot = robotOf(doer);
      if (robot === null) {
        return null;
      }
      const account = await this.#records.accounts.find(robot.name);
      if (account === null || (robot.account !== null && robot.account !== account.id)) {
        break;
      }
      doer = account.createdBy;
    }
    // Whoever makes robots here may have made that one and removed it.
    return administers(this.#actor, this.#repository.name) ? 'of a robot that is gone' : null;
  }
}

/** What was taken into a repository, and who asked for it; each once. */
async function* requested(records: Records, repository: Repository): AsyncGenerator<readonly [Digest, string]> {
  const seen = new Set<string>();
  let after: string | null = null;
  for (;;) {
    const filter = { prefixes: [repository.name], source: null, state: null, after, limit: PAGE };
    const page = await records.acquisitions.list(filter);
    for (const { digest, repository: into, requestedBy } of page) {
      const key = `${digest} ${requestedBy}`;
      if (digest !== null && into.id === repository.id && !seen.has(key)) {
        seen.add(key);
        yield [digest, requestedBy];
      }
    }
    after = page.at(-1)?.id ?? null;
    if (page.length < PAGE) {
      return;
    }
  }
}

async function atAndBelow(records: Records, repository: Repository, top: Digest): Promise<readonly Digest[]> {
  const reached = new Set([top]);
  for (const digest of reached) {
    for (const child of await records.manifests.children(repository.id, digest)) {
      if (reached.size < MAX_BELOW) {
        reached.add(child.digest);
      }
    }
  }
  return [...reached];
}
