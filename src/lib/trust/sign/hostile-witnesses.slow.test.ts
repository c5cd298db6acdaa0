import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isAppError } from '#base/error.ts';
import type { Artifact } from '#model/artifact.ts';
import { SUBJECT, signingKey } from '#test/fixtures/signing-key.ts';
import { signingServices } from '#test/fixtures/signing-services.ts';
import { signBundle } from './bundle.ts';
import { attestLegacy } from './legacy.ts';
import type { SigstoreOptions } from './options.ts';
import type { LogRequest, TimestampAuthority, TransparencyLog } from './witness.ts';

const services = await signingServices();
const { now, root } = services;
const key = signingKey('p256');
const PREDICATE = { type: 'https://example.org/test/v1', json: '{}' };
const RUNS = { numRuns: 60 };

const FORMS: Readonly<Record<string, (options: SigstoreOptions) => Promise<Artifact>>> = {
  'a bundle': async (options) => await signBundle(SUBJECT, key, options),
  "cosign's older form": async (options) =>
    await attestLegacy(SUBJECT, PREDICATE, key, { ...options, repository: 'app' }),
};

/** Some bytes of what a witness says replaced, or its end missing. */
const damage = fc.record({
  at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  by: fc.uint8Array({ maxLength: 4 }),
  cut: fc.boolean(),
});
type Damage = typeof damage extends fc.Arbitrary<infer Value> ? Value : never;

function damaged(bytes: Uint8Array, { at, by, cut }: Damage): Uint8Array {
  const place = Math.floor(at * bytes.length);
  const copy = Buffer.from(bytes);
  copy.set(by.subarray(0, bytes.length - place), place);
  return cut ? copy.subarray(0, place) : copy;
}

/** Anything in place of one of the members, at any depth. */
function replaced(value: unknown, path: readonly number[], by: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined || typeof value !== 'object' || value === null) {
    return by;
  }
  const entries: readonly (readonly [string, unknown])[] = Object.entries(value);
  const [name] = entries[step % Math.max(entries.length, 1)] ?? [];
  const changed = entries.map(([own, member]) => [own, own === name ? replaced(member, rest, by) : member] as const);
  return Array.isArray(value) ? changed.map(([, member]) => member) : Object.fromEntries(changed);
}

/** What comes out is an artifact, which was read back, or an error that says why not. */
async function refusesOrHolds(signing: Promise<Artifact>): Promise<void> {
  try {
    await signing;
  } catch (error) {
    assert.ok(isAppError(error), String(error));
  }
}

for (const [name, sign] of Object.entries(FORMS)) {
  describe(`${name}, and witnesses that say anything`, () => {
    it('about the time', async () => {
      await fc.assert(
        fc.asyncProperty(damage, async (how) => {
          const odd: TimestampAuthority = {
            name: 'odd',
            timestamp: async (message, hash) => damaged(await services.timestamps.timestamp(message, hash), how),
          };
          await refusesOrHolds(sign({ now, root, witnesses: { timestamps: [odd], logs: [] } }));
        }),
        RUNS,
      );
    });

    it('about the log', async () => {
      const path = fc.array(fc.nat(8), { minLength: 1, maxLength: 3 });
      await fc.assert(
        fc.asyncProperty(path, fc.jsonValue(), async (where, what) => {
          const odd: TransparencyLog = {
            name: 'odd',
            enter: async (request: LogRequest) => replaced(await services.log.enter(request), where, what) as object,
          };
          await refusesOrHolds(sign({ now, root, witnesses: { timestamps: [], logs: [odd] } }));
        }),
        RUNS,
      );
    });
  });
}
