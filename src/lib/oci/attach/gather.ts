import { setTimeout as wait } from 'node:timers/promises';
import type { Digest } from '#base/digest.ts';
import { OciError } from '../error.ts';
import type { Gathering, JsonObject, Members } from './gathering.ts';

/** A tag of a registry whose document several programs may be adding to at once. */
export interface GatheringPlace {
  /** For messages. */
  readonly object: string;
  read(signal: AbortSignal): Promise<Gathering>;
  /** The keys of members that had to be left out, since what they name is there no more. */
  write(base: Gathering, members: Members, signal: AbortSignal): Promise<readonly string[]>;
  /** Null where nobody leaves a witness. */
  readonly witnesses: Witnesses | null;
}

/**
 * What every writer leaves, before it first reads the document, under a name of its own that nobody else ever writes: a
 * member that cannot be lost.
 */
export interface Witnesses {
  /** Names, this writer's among them; null where the registry does not list them reliably. */
  list(signal: AbortSignal): Promise<readonly string[] | null>;
  /** True when what a name stands for is among these, or it is known to stand for nothing. */
  isCovered(name: string, members: Members): boolean;
  /** What names stand for, by the key of a member. */
  fetch(names: readonly string[], signal: AbortSignal): Promise<Members>;
}

const ROUNDS = 200;
const STEP_MS = 25;
/** So often a writer lets another go first, each time for up to twice as many steps: 10, then 20, and so on. */
const YIELDS = 6;
const MAX_STEPS = 10;
/** Where there are no witnesses: as often is looked again, after waits of so many steps, before a member counts as there to stay. */
const CALM = 2;
const CALM_STEPS = 12;

/**
 * Adds members to a document under a tag. A registry has no conditional write: whoever writes last wins, whatever was
 * read before. So each writer goes on until the document is seen to hold
 *
 * * its own members, if it has written nothing yet itself (others have seen its witnesses and written them);
 * * its own and those of all witnesses listed after its last write, otherwise.
 *
 * With witnesses nothing is lost, if the registry shows what it has acknowledged and every writer comes to its end. For
 * suppose that a writer W has ended and its member is not in the final document, which writer X wrote. W has seen the
 * document with its member, so X wrote after that, and so after W's witness was there. X, once it has written, reads the
 * document and lists the witnesses, finds W's there and its member not, and writes again; so this was not the final
 * document. A writer that dies between writing and looking again may leave a member of another out until somebody next
 * adds one, since the witness stays.
 *
 * Without witnesses (cosign's tags, and registries that do not list tags) each writer looks again twice, some time apart,
 * and repairs what it has ever seen. A member is then lost only to a writer that takes longer from reading to writing.
 */
export async function gather(
  place: GatheringPlace,
  own: Members,
  signal: AbortSignal,
  stepMs: number = STEP_MS,
): Promise<Digest> {
  const known = new Map(own);
  let [written, yielded, calm] = [0, 0, 0];
  for (let round = 0; round < ROUNDS; round += 1) {
    const current = await place.read(signal);
    current.members.forEach((member, key) => known.set(key, member));
    if (written === 0 && current.digest !== null && isIn(own, current.members)) {
      return current.digest;
    }
    const names = (await place.witnesses?.list(signal)) ?? null;
    const absent = names?.filter((name) => place.witnesses?.isCovered(name, current.members) === false) ?? [];
    if (absent.length === 0 && current.digest !== null && isIn(known, current.members)) {
      if (names !== null || calm === CALM) {
        return current.digest;
      }
      calm += 1;
      await pause(CALM_STEPS, stepMs, signal);
      continue;
    }
    calm = 0;
    const steps = stepsBefore(own, absent, place.witnesses, written);
    if (steps > 0 && yielded < (absent.length === 0 ? 1 : YIELDS)) {
      await pause(steps * 2 ** yielded, stepMs, signal);
      yielded += 1;
      continue;
    }
    const fetched = (await place.witnesses?.fetch(absent, signal)) ?? new Map<string, JsonObject>();
    fetched.forEach((member, key) => known.set(key, member));
    if (current.digest !== null && names !== null && isIn(known, current.members)) {
      // What else is listed stands for nothing yet: its writer has not been answered, and so has not read yet either.
      return current.digest;
    }
    (await place.write(current, known, signal)).forEach((key) => known.delete(key));
    written += 1;
    yielded = 0;
  }
  throw new OciError('ATTACH_UNSETTLED', 'others keep changing what is listed here', {
    object: place.object,
    expected: `the list to be complete after ${ROUNDS} readings`,
    found: `${written} writings of it by others in between`,
    hint: 'Try again; what was written is there, and will then be listed.',
  });
}

/** Of several writers whose members are missing one is enough: the first of them goes ahead, and the others look whether it has. */
function stepsBefore(own: Members, absent: readonly string[], witnesses: Witnesses | null, written: number): number {
  if (absent.length === 0) {
    return Math.min(MAX_STEPS * 2, 2 ** written - 1);
  }
  const rank = absent.toSorted().findIndex((name) => witnesses?.isCovered(name, own));
  return Math.min(MAX_STEPS, rank === -1 ? absent.length : rank);
}

function isIn(members: Members, others: Members): boolean {
  return [...members.keys()].every((key) => others.has(key));
}

async function pause(steps: number, stepMs: number, signal: AbortSignal): Promise<void> {
  await wait(steps * stepMs * (0.5 + Math.random()), undefined, { signal });
}
