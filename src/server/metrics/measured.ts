import type { BlobStore } from '#model/platform/blob-store.ts';
import type { MetadataStore } from '#model/platform/metadata-store.ts';
import type { Records } from '#model/platform/records.ts';
import type { MetricName } from './catalogue.ts';
import type { Meter } from './meter.ts';

interface Names {
  readonly duration: MetricName;
  readonly errors: MetricName;
}

const STORE: Names = { duration: 'plimsoll_store_duration_seconds', errors: 'plimsoll_store_errors_total' };
const BLOBS: Names = { duration: 'plimsoll_blob_store_duration_seconds', errors: 'plimsoll_blob_store_errors_total' };

/** The same store; every call is measured, a transaction as one. */
export function measuredStore(store: MetadataStore, meter: Meter): MetadataStore {
  const records = Object.fromEntries(
    Object.entries(store.records).map(([kind, port]) => [kind, measured(port as object, `${kind}.`, STORE, meter)]),
  ) as unknown as Records;
  return {
    records,
    jobs: store.jobs,
    transaction: async (work) => await timed('transaction', STORE, meter, async () => await store.transaction(work)),
    probe: async (signal) => await store.probe(signal),
    close: async () => await store.close(),
  };
}

/** The same blobs; every call that is answered once is measured. */
export function measuredBlobs(blobs: BlobStore, meter: Meter): BlobStore {
  return measured(blobs, '', BLOBS, meter);
}

/** What its methods are called with and answer is none of its business. */
function measured<T extends object>(port: T, prefix: string, names: Names, meter: Meter): T {
  const wrapped = new Map<string | symbol, unknown>();
  return new Proxy(port, {
    get: (target, key) => {
      const known = wrapped.get(key);
      if (known !== undefined) {
        return known;
      }
      const member: unknown = Reflect.get(target, key, target);
      if (typeof member !== 'function' || typeof key === 'symbol') {
        return member;
      }
      // What is read little by little, `list` and `standings`, is no promise: nobody could go on with one in its place.
      const wrapper = (...input: readonly unknown[]): unknown => {
        const answer: unknown = Reflect.apply(member, target, input);
        return answer instanceof Promise
          ? timed(`${prefix}${key}`, names, meter, (): Promise<unknown> => answer)
          : answer;
      };
      wrapped.set(key, wrapper);
      return wrapper;
    },
  });
}

async function timed<T>(operation: string, names: Names, meter: Meter, work: () => Promise<T>): Promise<T> {
  const started = performance.now();
  try {
    return await work();
  } catch (error) {
    meter.add(names.errors, { operation });
    throw error;
  } finally {
    meter.observe(names.duration, { operation }, (performance.now() - started) / 1000);
  }
}
