import type { MetadataStore } from '#model/platform/metadata-store.ts';
import type { Records, Repository } from '#model/platform/records.ts';
import { type AttestedImage, askForAttestation } from './ask-for-attestation.ts';
import type { JudgeContext } from './context.ts';

type Transacting = MetadataStore['transaction'];

/** A transaction that waits for those of others. */
interface Waiting {
  /** Those who joined first write first. */
  readonly place: number;
  /** Writes in the transaction of all; what it resolves to tells the caller once that is durable. */
  readonly write: (records: Records) => Promise<() => void>;
  readonly fail: (error: unknown) => void;
}

/** What judges one image of several at once: its transactions are written together with those of the others. */
type Member = Required<Pick<JudgeContext, 'store' | 'askToAttest'>>;

/**
 * Writes the transactions of those who work at the same time as one: the disk is waited for once, and one job attests all of them. A transaction waits until
 * everybody who joined wants one as well, or has left. Where one of them throws nothing was written, and each is tried by itself: none
 * undoes what another decided.
 */
export class Together {
  readonly #store: MetadataStore;
  readonly #now: () => number;
  #waiting: Waiting[] = [];
  /** In the transaction at hand. */
  #toAttest: (readonly [Repository, AttestedImage])[] = [];
  #members = 0;
  #places = 0;

  constructor(store: MetadataStore, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  async join<Result>(work: (member: Member) => Promise<Result>): Promise<Result> {
    this.#members += 1;
    this.#places += 1;
    const place = this.#places;
    const { records, jobs } = this.#store;
    const transaction: Transacting = (write) => this.#transaction(place, write);
    const store: MetadataStore = {
      records,
      jobs,
      transaction,
      probe: (signal) => this.#store.probe(signal),
      close: () => this.#store.close(),
    };
    try {
      // All who join at once are counted before the first of them writes.
      await Promise.resolve();
      return await work({ store, askToAttest: (...one) => void this.#toAttest.push(one) });
    } finally {
      this.#members -= 1;
      this.#begin();
    }
  }

  async #transaction<Result>(place: number, work: (records: Records) => Promise<Result>): Promise<Result> {
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    const write = async (records: Records): Promise<() => void> => {
      const result = await work(records);
      return () => resolve(result);
    };
    this.#waiting.push({ place, write, fail: reject });
    this.#begin();
    return await promise;
  }

  #begin(): void {
    if (this.#waiting.length > 0 && this.#waiting.length === this.#members) {
      const all = this.#waiting.toSorted((a, b) => a.place - b.place);
      this.#waiting = [];
      void this.#write(all);
    }
  }

  /** Never rejects. */
  async #write(all: readonly Waiting[]): Promise<void> {
    let isThrownByOne = false;
    try {
      const told = await this.#store.transaction(async (records) => {
        isThrownByOne = true;
        this.#toAttest = [];
        const done: (() => void)[] = [];
        for (const { write } of all) {
          done.push(await write(records));
        }
        await askForAttestation(records, this.#toAttest, this.#now());
        isThrownByOne = false;
        return done;
      });
      told.forEach((tell) => tell());
    } catch (error) {
      if (all.length > 1 && isThrownByOne) {
        for (const one of all) {
          await this.#write([one]);
        }
      } else {
        all.forEach(({ fail }) => fail(error));
      }
    }
  }
}
