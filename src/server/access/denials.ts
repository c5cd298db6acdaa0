import { messageOf } from '#base/error.ts';
import type { Log } from '#base/log.ts';
import { newId } from '#base/uuid.ts';
import { ANONYMOUS, type Subject } from '#model/platform/access.ts';
import type { AccessContext } from './context.ts';

/** Clients try again and again: the same refusal of the same subject is written once in this time. */
const SAME_MS = 60_000;
/** Of one subject so many in that time, and of all: who asks for a thousand names must neither keep the database from its work nor others out of the events. */
const MAX_OF_ONE = 100;
const MAX_IN_TIME = 5000;

/** What was refused, and why. */
export interface Denial {
  readonly action: string;
  readonly resource: string;
  readonly reason: string;
}

type DenialsContext = Pick<AccessContext, 'store' | 'clock' | 'random'>;

/** Writes down who was refused what. Nobody in particular is not written down: that is how every conversation begins. */
export class Denials {
  readonly #context: DenialsContext;
  /** When it was written, oldest first. */
  readonly #written = new Map<string, { readonly at: number; readonly subject: string }>();
  /** How many of each subject are among them. */
  readonly #counts = new Map<string, number>();

  constructor(context: DenialsContext) {
    this.#context = context;
  }

  /** Resolves when it is written, or need not be. That it cannot be written makes nothing allowed. */
  async note(subject: Subject, { action, resource, reason }: Denial, log: Log): Promise<void> {
    const { id } = subject;
    const { store, clock, random } = this.#context;
    const time = clock.now();
    if (id === ANONYMOUS.id || !this.#isNew(id, `${id} ${action} ${resource}`, time)) {
      return;
    }
    const event = { id: newId(time, random), type: 'access.denied.v1', subject: id, actor: id } as const;
    const data = { action, resource, reason };
    try {
      await store.records.events.append({ ...event, time, projectId: null, data });
    } catch (failure) {
      log.error('a refusal could not be written down', { error: messageOf(failure), subject: id, resource });
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
