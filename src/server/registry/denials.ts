import { messageOf } from '#base/error.ts';
import type { Log } from '#base/log.ts';
import { newId } from '#base/uuid.ts';
import { ANONYMOUS, type Subject } from '#model/platform/access.ts';
import { RegistryError, type RegistryErrorCode } from '#stages/catalog/index.ts';
import type { RegistryContext } from './exchange.ts';

/** Clients try again and again: the same refusal of the same subject is written once in this time. */
const SAME_MS = 60_000;
/** Of one subject so many in that time, and of all: who asks for a thousand names must neither keep the database from its work nor others out of the events. */
const MAX_OF_ONE = 100;
const MAX_IN_TIME = 5000;

const DENIALS: readonly RegistryErrorCode[] = ['ACTION_DENIED', 'IMAGE_WITHHELD', 'REPOSITORY_HIDDEN'];

/** Writes down who was refused what. Nobody in particular is not written down: that is how every conversation begins. */
export class Denials {
  readonly #registry: Pick<RegistryContext, 'store' | 'clock' | 'random'>;
  /** When it was written, oldest first. */
  readonly #written = new Map<string, { readonly at: number; readonly subject: string }>();
  /** How many of each subject are among them. */
  readonly #counts = new Map<string, number>();

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
    if (!this.#isNew(subject.id, `${subject.id} ${action} ${resource}`, time)) {
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

  #isNew(subject: string, key: string, now: number): boolean {
    for (const [old, { at, subject: whose }] of this.#written) {
      if (now - at < SAME_MS && now >= at) {
        break;
      }
      this.#written.delete(old);
      this.#count(whose, -1);
    }
    const isTooMuch = (this.#counts.get(subject) ?? 0) >= MAX_OF_ONE || this.#written.size >= MAX_IN_TIME;
    if (this.#written.has(key) || isTooMuch) {
      return false;
    }
    this.#written.set(key, { at: now, subject });
    this.#count(subject, 1);
    return true;
  }

  #count(subject: string, more: 1 | -1): void {
    const count = (this.#counts.get(subject) ?? 0) + more;
    if (count === 0) {
      this.#counts.delete(subject);
    } else {
      this.#counts.set(subject, count);
    }
  }
}
