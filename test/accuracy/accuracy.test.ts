import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { evidence } from '../evidence.ts';
import { missing } from '../prerequisites.ts';
import { JUDGED } from './ecosystems.ts';
import { measure } from './measure.ts';
import { sharedShards } from './shards.ts';

evidence('advisories/matching', 'published', 'the bounds of every range of eight ecosystems, by a judge of its own');

describe('matching, against a judge that shares nothing with it', { skip: missing('shared-data') }, () => {
  for (const ecosystem of JUDGED) {
    it(`is right at the bounds of every range of ${ecosystem.name}`, async (t) => {
      const { advisories, close } = await sharedShards(t.signal);
      try {
        const { reader } = await advisories.shard(ecosystem.name);
        assert.ok(reader !== null);
        const { lines, ...counts } = measure(ecosystem, reader, true);
        t.diagnostic(JSON.stringify(counts));
        assert.deepEqual(lines.slice(0, 20), []);
        assert.ok(counts.truePositives >= ecosystem.least, `${counts.truePositives} true positives`);
      } finally {
        close();
      }
    });
  }
});
