import type { Acquisition, AcquisitionChange } from '#model/platform/acquisition.ts';
import type { Records } from '#model/platform/records.ts';
import type { AcquireContext } from './context.ts';
import { AcquireError } from './error.ts';
import { finishedEvent } from './events.ts';

/** How often somebody else may be quicker, before something is wrong. */
const MAX_ROUNDS = 20;

/** An acquisition as whoever copies keeps it: what others changed meanwhile is taken over, and what others ended is left alone. */
export class AcquisitionRow {
  readonly #context: Pick<AcquireContext, 'store' | 'clock' | 'random'>;
  #row: Acquisition;

  constructor(context: Pick<AcquireContext, 'store' | 'clock' | 'random'>, row: Acquisition) {
    this.#context = context;
    this.#row = row;
  }

  get current(): Acquisition {
    return this.#row;
  }

  /** Throws `ACQUIRE_TAKEN_OVER` for one that is not being copied any more. */
  async change(change: AcquisitionChange): Promise<void> {
    await this.#change(change, () => Promise.resolve());
  }

  /** With the event that says so, in the same transaction. */
  async end(state: 'held' | 'refused' | 'failed' | 'promoted', reason: string): Promise<void> {
    const change = { state, reason, finishedAt: this.#context.clock.now() };
    await this.#change(change, async (records, ended) => {
      await records.events.append(finishedEvent(this.#context, ended));
    });
  }

  /** As `change`, with what else belongs to the same transaction. */
  async changeWith(change: AcquisitionChange, besides: (records: Records) => Promise<void>): Promise<void> {
    await this.#change(change, besides);
  }

  async #change(
    change: AcquisitionChange,
    besides: (records: Records, changed: Acquisition) => Promise<void>,
  ): Promise<void> {
    const { store, clock } = this.#context;
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const { id, version } = this.#row;
      const now = clock.now();
      const changed: Acquisition = { ...this.#row, ...change, updatedAt: now, version: version + 1 };
      const isKept = await store.transaction(async (records) => {
        if (!(await records.acquisitions.update(id, version, change, now))) {
          return false;
        }
        await besides(records, changed);
        return true;
      });
      if (isKept) {
        this.#row = changed;
        return;
      }
      const found = await store.records.acquisitions.find(id);
      if (found === null || !isCopied(found)) {
        break;
      }
      this.#row = found;
    }
    throw new AcquireError('ACQUIRE_TAKEN_OVER', 'somebody else ended this acquisition, or goes on with it', {
      object: this.#row.id,
    });
  }
}

/** Whether there is something left for whoever copies. */
export function isCopied({ state }: Acquisition): boolean {
  return state === 'waiting' || state === 'copying';
}
