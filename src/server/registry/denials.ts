import { messageOf } from '#base/error.ts';
import type { Log } from '#base/log.ts';
import { newId } from '#base/uuid.ts';
import { ANONYMOUS, type Subject } from '#model/platform/access.ts';
import { RegistryError, type RegistryErrorCode } from '#stages/catalog/index.ts';
import type { RegistryContext } from './exchange.ts';

/** Clients try again and again: the same refusal of the same subject is written once in this time. */
const SAME_MS = 60_000;
/** Of others, so many in that time: who asks for a thousand names must not keep the database from its work. */
const MAX_IN_TIME = 600;

const DENIALS: readonly RegistryErrorCode[] = ['ACTION_DENIED', 'IMAGE_WITHHELD', 'REPOSITORY_HIDDEN'];

/** Writes down who was refused what. Nobody in particular is not written down: that is how every conversation begins. */
export class Denials {
  readonly #registry: Pick<RegistryContext, 'store' | 'clock' | 'random'>;
  /** When it was written, oldest first. */
  readonly #written = new Map<string, number>();

  constructor(registry: Pick<RegistryContext, 'store' | 'clock' | 'random'>) {
    this.#registry = registry;
  }

  /** Resolves when it is written, or need not be. That it cannot be written makes nothing allowed. */
  async note(error: unknown, subject: Subject | null, action: string, log: Log): Promise<void> {
    if (subject === null || subject.id === ANONYMOUS.id) {
      return;
    }
    if (!(error instanceof RegistryError) || !DENIALS.includes(error.code)) {
      return;
    }
    const { store, clock, random } = this.#registry;
    const time = clock.now();
    const resource = error.object ?? '';
    if (!this.#isNew(`${subject.id} ${action} ${resource}`, time)) {
      return;
    }
    const data = { action, resource, reason: error.problem };
    const event = {
      id: newId(time, random),
      type: 'access.denied.v1',
      subject: subject.id,
      actor: subject.id,
    } as const;
    try {
      await store.records.events.append({ ...event, time, projectId: null, data });
    } catch (failure) {
      log.error('a refusal could not be written down', { error: messageOf(failure), subject: subject.id, resource });
    }
  }

  #isNew(key: string, now: number): boolean {
    for (const [old, at] of this.#written) {
      if (now - at < SAME_MS && now >= at) {
        break;
      }
      this.#written.delete(old);
    }
    if (this.#written.has(key) || this.#written.size >= MAX_IN_TIME) {
      return false;
    }
    this.#written.set(key, now);
    return true;
  }
}
