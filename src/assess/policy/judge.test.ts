import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { PolicyStore } from '#store/policy/index.ts';
import { sampleReport } from '#test/samples/report.ts';
import { loadPolicies } from './active.ts';
import { judgeReport } from './judge.ts';

const NOW = Date.parse('2026-03-01T12:00:00.000Z');

it('what is decided of a document is in the history of no image, whatever digest it claims', async (context) => {
  const home = mkdtempSync(join(tmpdir(), 'plimsoll-judge-'));
  context.after(() => rmSync(home, { recursive: true, force: true }));
  const policies = await loadPolicies({
    source: { kind: 'shipped' },
    files: [],
    environment: 'development',
    named: (path) => path,
  });
  const asked = {
    stage: 'deploy',
    project: null,
    actor: null,
    cluster: null,
    namespace: null,
    exposure: null,
  } as const;
  const request = { policies, context: asked, now: NOW, allowUnknown: null, home, keep: true };
  const report = sampleReport();
  const { digest } = report.image;
  assert.ok(digest !== null);
  const store = new PolicyStore(home);
  const declared = await judgeReport({ ...report, content: 'declared' }, request);
  assert.equal(declared.verdict.image.digest, digest);
  assert.deepEqual(await store.history(digest), []);
  const read = await judgeReport(report, request);
  assert.deepEqual(
    (await store.history(digest)).map(({ record }) => record),
    [read.record],
  );
});
