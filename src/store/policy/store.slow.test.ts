import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { type Digest, digestOf, hexOf } from '#base/digest.ts';
import { canonicalJson } from '#base/json/canonical.ts';
import { FACT_PARTS, type HistoryFact } from '#model/facts.ts';
import type { Decision, Verdict } from '#model/verdict.ts';
import { sampleContext, sampleFacts } from '#test/fixtures/facts.ts';
import { condense } from './history.ts';
import { type Keeping, PolicyStore } from './store.ts';

const NOW = Date.parse('2026-03-01T12:00:00.000Z');
const DAY = 86_400_000;
const image = digestOf('image');

function temporary(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-records-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function keeping(time: string, changes: { readonly document?: string; readonly decision?: Decision } = {}): Keeping {
  const inputs = new Map<Digest, string>();
  const put = (value: unknown): Digest => {
    const text = canonicalJson(value);
    inputs.set(digestOf(text), text);
    return digestOf(text);
  };
  const parts = Object.fromEntries(FACT_PARTS.map((part) => [part, put(sampleFacts[part])]));
  const document = put({ kind: 'Policy', text: changes.document ?? '' });
  const named = {
    facts: put({ schemaVersion: '1.0', parts }),
    revision: put([document]),
    context: put({ ...sampleContext, time }),
    request: put({ allowUnknown: null }),
  };
  const verdict = {
    image: { reference: 'a', repository: null, digest: image, platform: null },
    context: { ...sampleContext, time },
    decision: changes.decision ?? 'refuse',
    rules: [
      { rule: 'b/b', outcome: 'failed', exceptions: [] },
      { rule: 'a/a', outcome: 'error', exceptions: [] },
      { rule: 'c/c', outcome: 'excepted', exceptions: ['x'] },
      { rule: 'd/d', outcome: 'passed', exceptions: [] },
      { rule: 'e/e', outcome: 'passed', exceptions: ['x'] },
      { rule: 'f/f', outcome: 'skipped', exceptions: [] },
    ],
    inputs: named,
  } as unknown as Verdict;
  const text = canonicalJson(verdict);
  return { verdict, text, digest: digestOf(text), inputs, image };
}

function objectPath(home: string, digest: Digest): string {
  const hex = hexOf(digest);
  return join(home, 'policy/objects', hex.slice(0, 2), hex);
}

describe('what is kept of verdicts', () => {
  it('comes back as it was, with everything that it names', async (context) => {
    const home = temporary(context);
    const kept = keeping('2026-03-01T12:00:00.000Z');
    await new PolicyStore(home).keep(kept, NOW);
    const store = new PolicyStore(home);
    assert.equal(await store.record(kept.digest), kept.text);
    const { facts, documents, allowUnknown, context: asked } = await store.inputsOf(kept.verdict);
    assert.deepEqual(facts, sampleFacts);
    assert.deepEqual(documents, ['{"kind":"Policy","text":""}']);
    assert.deepEqual([allowUnknown, asked.time], [null, '2026-03-01T12:00:00.000Z']);
  });

  it('parts that several verdicts share are there once', async (context) => {
    const home = temporary(context);
    const store = new PolicyStore(home);
    const count = (): number =>
      readdirSync(join(home, 'policy/objects'), { recursive: true, encoding: 'utf8' }).filter(
        (name) => name.length > 60,
      ).length;
    await store.keep(keeping('2026-03-01T12:00:00.000Z'), NOW);
    const before = count();
    await store.keep(keeping('2026-03-02T12:00:00.000Z'), NOW);
    assert.equal(count(), before + 1);
  });

  it('what is damaged is not there: the record, or the first of its inputs, is named', async (context) => {
    const home = temporary(context);
    const store = new PolicyStore(home);
    const kept = keeping('2026-03-01T12:00:00.000Z');
    await store.keep(kept, NOW);
    for (const digest of kept.inputs.keys()) {
      const path = objectPath(home, digest);
      const text = readFileSync(path, 'utf8');
      writeFileSync(path, `${text} `);
      await assert.rejects(store.inputsOf(kept.verdict), { code: 'POLICY_INPUT_MISSING' });
      rmSync(path);
      await assert.rejects(store.inputsOf(kept.verdict), { code: 'POLICY_INPUT_MISSING' });
      writeFileSync(path, text);
    }
    await store.inputsOf(kept.verdict);
    const record = join(home, 'policy/records', hexOf(kept.digest).slice(0, 2), hexOf(kept.digest));
    writeFileSync(record, kept.text.slice(1));
    await assert.rejects(store.record(kept.digest), { code: 'POLICY_RECORD_MISSING' });
    await store.keep(kept, NOW);
    assert.equal(await store.record(kept.digest), kept.text);
  });

  it('a record that names something else that is here is refused, as one that names nothing', async (context) => {
    const home = temporary(context);
    const store = new PolicyStore(home);
    const kept = keeping('2026-03-01T12:00:00.000Z');
    await store.keep(kept, NOW);
    const { inputs } = kept.verdict;
    for (const [member, others] of [
      ['facts', [inputs.context, inputs.revision, inputs.request]],
      ['revision', [inputs.facts, inputs.context, inputs.request]],
      ['context', [inputs.facts, inputs.revision, inputs.request]],
      ['request', [inputs.facts, inputs.revision, inputs.context]],
    ] as const) {
      for (const other of [...others, `sha256:${'../'.repeat(21)}x` as Digest]) {
        const forged = { ...kept.verdict, inputs: { ...inputs, [member]: other } };
        await assert.rejects(store.inputsOf(forged), { code: 'POLICY_INPUT_MISSING' }, member);
      }
    }
  });

  it('what is decided of no image is in no history', async (context) => {
    const home = temporary(context);
    const store = new PolicyStore(home);
    const kept = keeping('2026-03-01T12:00:00.000Z');
    await store.keep({ ...kept, image: null }, NOW);
    assert.equal(await store.record(kept.digest), kept.text);
    assert.deepEqual(await store.history(image), []);
  });

  it('a folder that cannot be written to is said, with what helps', async (context) => {
    const home = join(temporary(context), 'file');
    writeFileSync(home, '');
    await assert.rejects(new PolicyStore(home).keep(keeping('2026-03-01T12:00:00.000Z'), NOW), {
      code: 'POLICY_RECORD_NOT_KEPT',
      hint: /--no-record/,
    });
  });

  it('prune keeps everything that a record which stays names, and takes the rest', async (context) => {
    const home = temporary(context);
    const store = new PolicyStore(home);
    const [old, young] = [
      keeping('2026-01-01T00:00:00.000Z', { document: 'old' }),
      keeping('2026-03-01T00:00:00.000Z'),
    ];
    await store.keep(old, NOW);
    await store.keep(young, NOW);
    const later = NOW + DAY;
    const { records, objects } = await store.prune(Date.parse('2026-02-01T00:00:00Z'), later);
    // Its document, revision and context; all else is also of the other.
    assert.deepEqual([records, objects], [1, 3]);
    await store.inputsOf(young.verdict);
    await assert.rejects(store.record(old.digest), { code: 'POLICY_RECORD_MISSING' });
    assert.deepEqual(await store.prune(0, later), { records: 0, objects: 0 });
  });

  it('prune leaves what was just put alone: its record may be on its way', async (context) => {
    const home = temporary(context);
    const store = new PolicyStore(home);
    const kept = keeping('2026-01-01T00:00:00.000Z');
    await store.keep(kept, NOW);
    assert.deepEqual(await store.prune(Date.parse('2026-02-01T00:00:00Z'), NOW), { records: 1, objects: 0 });
  });
});

describe('the history of a digest', () => {
  it('is oldest first, with rules that were broken or needed an exception, and of this digest alone', async (context) => {
    const store = new PolicyStore(temporary(context));
    for (const [time, decision] of [
      ['2026-03-02T00:00:00.000Z', 'refuse'],
      ['2026-03-01T00:00:00.000Z', 'admit'],
    ] as const) {
      await store.keep(keeping(time, { decision }), NOW);
    }
    const history = await store.history(image);
    assert.deepEqual(
      history.map(({ decision, decidedAt, broken }) => [decision, decidedAt, broken]),
      [
        ['admit', '2026-03-01T00:00:00.000Z', ['a/a', 'b/b', 'c/c', 'e/e']],
        ['refuse', '2026-03-02T00:00:00.000Z', ['a/a', 'b/b', 'c/c', 'e/e']],
      ],
    );
    assert.deepEqual(await store.history(digestOf('other')), []);
  });

  it('passes over entries that are damaged', async (context) => {
    const home = temporary(context);
    const store = new PolicyStore(home);
    await store.keep(keeping('2026-03-01T00:00:00.000Z'), NOW);
    const hex = hexOf(image);
    const folder = join(home, 'policy/images', hex.slice(0, 2), hex);
    const [name = ''] = readdirSync(folder);
    const text = readFileSync(join(folder, name), 'utf8');
    writeFileSync(join(folder, name), text.replace('refuse', 'admit'));
    writeFileSync(join(folder, '9'), 'x');
    assert.deepEqual(await store.history(image), []);
  });

  it('tells the first and last of decisions that are alike', () => {
    const fact = (
      environment: string,
      decision: Decision,
      day: number,
      broken: readonly string[] = [],
    ): HistoryFact => ({
      environment,
      decision,
      decidedAt: new Date(NOW + day * DAY).toISOString(),
      broken,
      record: digestOf(String(day)),
    });
    const history = [
      fact('a', 'admit', 0),
      fact('a', 'admit', 1),
      fact('b', 'admit', 2),
      fact('a', 'admit', 3),
      fact('a', 'refuse', 4, ['x/y']),
      fact('a', 'refuse', 5, ['x/y']),
      fact('a', 'refuse', 6, ['x/z']),
      fact('b', 'admit', 7),
    ];
    const kept = condense(history).map(({ decidedAt }) => (Date.parse(decidedAt) - NOW) / DAY);
    assert.deepEqual(kept, [0, 2, 3, 4, 5, 6, 7]);
    assert.deepEqual(condense(condense(history)), condense(history));
  });
});
