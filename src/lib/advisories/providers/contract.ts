import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, it } from 'node:test';
import { isAppError } from '#base/error.ts';
import type { FeedEntry } from '#model/ports.ts';
import { feedFolder } from '#test/fixtures/feed-folder.ts';
import type { AdvisoryProvider, FeedLimits, Refresh, RefreshRequest } from './provider.ts';

/** A feed of a few records, as its source publishes it. */
export interface ContractSample {
  readonly provider: AdvisoryProvider;
  /** What `needed` is kept in. */
  readonly shard: string;
  readonly needed: string;
  /** What the provider is not asked for. */
  readonly notOffered: string;
  /** Every document by its path; at least two entries come of them. */
  readonly documents: Readonly<Record<string, Uint8Array>>;
  /** The path of the document that the entries are in. */
  readonly main: string;
  /** `main` with a member named twice in one of its records, or in itself. */
  readonly duplicate: Uint8Array;
}

const NOW = Date.parse('2026-06-01T00:00:00Z');
const PLENTY: FeedLimits = { recordBytes: 2 ** 24, totalBytes: 2 ** 30, records: 1_000_000 };

interface Outcome {
  readonly refresh: Refresh;
  readonly entries: readonly FeedEntry[];
}

/** What every provider must do. To be called at the top of the member's test, by the name of the member. */
export function providesAdvisories(name: string, sample: ContractSample): void {
  const { provider, shard, documents, main } = sample;
  const root = mkdtempSync(join(tmpdir(), `plimsoll-contract-${name}-`));
  after(() => rmSync(root, { recursive: true, force: true }));
  let folders = 0;

  function source(changes: Readonly<Record<string, Uint8Array | null>> = {}): ReturnType<typeof feedFolder> {
    folders += 1;
    const [folder, temporary] = [join(root, `${folders}`), join(root, `${folders}-fetched`)];
    mkdirSync(folder);
    mkdirSync(temporary);
    for (const [path, bytes] of Object.entries({ ...documents, ...changes })) {
      if (bytes !== null) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), bytes);
      }
    }
    return feedFolder(folder, temporary);
  }

  async function look(request: Partial<RefreshRequest> = {}): Promise<Outcome> {
    const refresh = await provider.refresh(shard, {
      documents: source(),
      cursor: null,
      now: NOW,
      signal: new AbortController().signal,
      ...request,
    });
    const entries: FeedEntry[] = [];
    if (refresh.kind === 'whole' || refresh.kind === 'changes') {
      for await (const entry of refresh.entries) {
        entries.push(entry);
      }
    }
    return { refresh, entries };
  }

  /** Nothing of a broken feed may look like the whole of it. */
  async function isRefused(request: Partial<RefreshRequest>, what: string): Promise<void> {
    try {
      const { refresh, entries } = await look(request);
      const rejected = entries.filter((entry) => entry.kind === 'rejected');
      assert.ok(rejected.length > 0, `${what}: ${refresh.kind} of ${entries.length} entries`);
    } catch (error) {
      if (error instanceof assert.AssertionError) {
        throw error;
      }
      assert.ok(isAppError(error), `${what}: ${String(error)}`);
    }
  }

  describe(`${name} does what every provider does`, () => {
    const document = documents[main] ?? new Uint8Array();

    it('names its shard, and none for what it does not have', () => {
      assert.equal(provider.shardFor(sample.needed), shard);
      assert.equal(provider.shardFor(sample.notOffered), null);
      for (const other of ['', '.', '..', '../x', 'a/b', '\u0000']) {
        assert.equal(provider.shardFor(other), null, other);
      }
    });

    it('gives the same entries and revision for the same documents', async () => {
      const [first, second] = [await look(), await look()];
      assert.equal(first.refresh.kind, 'whole');
      assert.ok(first.entries.length >= 2, `${first.entries.length} entries`);
      assert.ok(first.entries.every((entry) => entry.kind !== 'rejected'));
      assert.deepEqual(second.entries, first.entries);
      assert.deepEqual('revision' in second.refresh && second.refresh.revision, first.refresh.revision);
    });

    it('asks only conditionally for what it has seen, and says that it is unchanged', async () => {
      const documents = source();
      const { refresh } = await look({ documents });
      assert.ok('cursor' in refresh && refresh.cursor.length <= 65_536);
      const before = documents.asked.length;
      const again = await look({ documents, cursor: refresh.cursor, now: NOW + 1000 });
      assert.equal(again.refresh.kind, 'unchanged');
      const asked = documents.asked.slice(before);
      assert.ok(asked.length > 0);
      assert.deepEqual(
        asked.filter(([, validator]) => validator === null),
        [],
      );
      const third = await look({ documents, cursor: 'cursor' in again.refresh ? again.refresh.cursor : '', now: NOW });
      assert.equal(third.refresh.kind, 'unchanged');
    });

    it('does not trust a cursor that it did not make', async () => {
      for (const cursor of ['', '{', '[]', 'null', '{"revision":"x"}', '\u0000'.repeat(100)]) {
        assert.equal((await look({ cursor })).refresh.kind, 'whole', cursor);
      }
    });

    it('says that a source without its documents has none', async () => {
      const none = Object.fromEntries(Object.keys(documents).map((path) => [path, null]));
      assert.equal((await look({ documents: source(none) })).refresh.kind, 'missing');
    });

    it('refuses a document that is empty, another one, or cut off anywhere', async () => {
      await isRefused({ documents: source({ [main]: new Uint8Array() }) }, 'empty');
      await isRefused({ documents: source({ [main]: Buffer.from('<html><body>log in</body></html>') }) }, 'html');
      for (const part of [1, 5, 10, 15, 19]) {
        const cut = document.subarray(0, Math.floor((document.length * part) / 20));
        await isRefused({ documents: source({ [main]: cut }) }, `${part} of 20 parts`);
      }
      await isRefused({ documents: source({ [main]: document.subarray(0, document.length - 3) }) }, 'all but the end');
    });

    it('refuses what names a member twice', async () => {
      await isRefused({ documents: source({ [main]: sample.duplicate }) }, 'duplicate');
    });

    it('stops at each of its limits', async () => {
      for (const limits of [{ recordBytes: 8 }, { totalBytes: 8 }, { records: 1 }]) {
        await isRefused({ limits: { ...PLENTY, ...limits } }, JSON.stringify(limits));
      }
    });

    it('ends with the reason of an abort', async () => {
      const reason = new Error('enough');
      await assert.rejects(look({ signal: AbortSignal.abort(reason) }), (error) => {
        const cause: unknown = error instanceof Error ? (error.cause ?? error) : error;
        return error === reason || cause === reason;
      });
    });
  });
}
