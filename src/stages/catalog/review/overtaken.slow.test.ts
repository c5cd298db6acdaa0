import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Digest } from '#base/digest.ts';
import { HOUR, openStores, pushTo, repositoryOf, signal } from '#test/fixtures/catalog-world.ts';
import { documents, environment, without } from '#test/fixtures/judging-documents.ts';
import { type JudgingWorld, openJudgingWorld } from '#test/fixtures/judging-world.ts';
import { startPostgres } from '#test/fixtures/postgres.ts';
import { missing } from '#test/prerequisites.ts';
import { judgeImage } from '../judge/index.ts';
import { reviewDue } from './review-due.ts';

const REPOSITORY = 'team/app';
const MUSL = 'pkg:apk/alpine/musl@1.1?arch=x86_64&distro=alpine-3.10.9';
const FREE = documents(environment(), without('no-musl', 'something'));
const STRICT = documents(environment(), without('no-musl', 'musl'));

/** A worker that knows what admits the image has judged it, and has not written that yet; another one knows what refuses it. */
interface Meanwhile {
  readonly world: JudgingWorld;
  readonly digest: Digest;
  readonly mark: () => Promise<void>;
  /** The other one judges all that is due. */
  readonly judge: () => Promise<void>;
}

const MEANWHILE: readonly (readonly [what: string, does: (parts: Meanwhile) => Promise<unknown>, left: Left])[] = [
  [
    'other advisories mark it and another worker refuses it',
    async ({ mark, judge }) => {
      await mark();
      await judge();
    },
    { outcomes: ['refused'], due: 0 },
  ],
  ['other advisories mark it, and nobody judges it yet', async ({ mark }) => await mark(), { outcomes: [], due: 1 }],
  [
    'the lease ends and another worker refuses it',
    async ({ world, judge }) => {
      world.hand.time += HOUR;
      await judge();
    },
    { outcomes: ['refused'], due: 0 },
  ],
  [
    'the lease ends and another worker has it at hand',
    async ({ world }) => {
      world.hand.time += HOUR;
      await world.store.records.judgements.take(1, world.hand.time, world.hand.time + HOUR);
    },
    { outcomes: [], due: 1 },
  ],
  ['nothing happens', () => Promise.resolve(), { outcomes: ['admitted'], due: 0 }],
  [
    // Nobody else had it: it may well be written.
    'the lease ends',
    ({ world }) => {
      world.hand.time += HOUR;
      return Promise.resolve();
    },
    { outcomes: ['admitted'], due: 0 },
  ],
];

interface Left {
  /** What is said of the image. */
  readonly outcomes: readonly string[];
  readonly due: number;
}

async function overtake(context: TestContext, does: (parts: Meanwhile) => Promise<unknown>, postgres: string | null) {
  const world = await openJudgingWorld(context, { advisories: null, documents: STRICT, postgres });
  const strict = await world.policies();
  await world.decideBy(FREE);
  const digest = await pushTo(world, REPOSITORY, { layers: ['musl'] });
  await world.know(REPOSITORY, digest, ['musl@1.1']);
  const { records } = world.store;
  const mark = async (cause: string): Promise<void> => {
    assert.equal(await records.judgements.mark({ kind: 'packages', purls: [MUSL] }, cause, world.hand.time), 1);
  };
  const { store } = await openStores({ folder: world.folder, postgres }, world.clock);
  const other = { ...world, store, policies: () => Promise.resolve(strict) };
  const judge = async (): Promise<void> => {
    const options = { judge: judging(other), lane: 1, signal };
    assert.deepEqual(await reviewDue(other, options), { judged: 1, failed: 0, isDone: true });
  };
  const slow: typeof world.assessor = {
    ...world.assessor,
    judge: async (...asked) => {
      const judged = await world.assessor.judge(...asked);
      const finding = { purl: MUSL, id: 'CVE-1', aliases: [], severity: 'critical', fixedIn: null } as const;
      await records.findings.replace([MUSL], [finding], world.hand.time);
      await does({ world, digest, mark: () => mark('advisories'), judge });
      return judged;
    },
  };
  await mark('new');
  try {
    await reviewDue(world, { judge: judging({ ...world, assessor: slow }), lane: 0, signal });
  } finally {
    // While its folder is there.
    await store.close();
  }
  const { id } = await repositoryOf(world, REPOSITORY);
  const said = await records.judgements.ofImage(id, digest);
  const { running, promoted, rest } = await records.judgements.due();
  const state = (await records.manifests.find(id, digest, null))?.standing.state?.lifecycle;
  const findings = (await records.findings.ofPackages([MUSL])).length;
  return { outcomes: said.map(({ outcome }) => outcome), due: running + promoted + rest, state, findings };
}

function judging(context: JudgingWorld): Parameters<typeof reviewDue>[1]['judge'] {
  return async (image, stop) => await judgeImage(context, image, stop);
}

for (const [what, does, left] of MEANWHILE) {
  const state = left.outcomes.includes('admitted') ? 'approved' : 'quarantined';
  // What an older look found replaces nothing that another worker found since.
  const expected = { ...left, state, findings: left.outcomes.includes('admitted') ? 0 : 1 };

  test(`a judgement by what was known before is not written over a newer one, SQLite: ${what}`, async (context) => {
    assert.deepEqual(
      await overtake(context, does, null),
      what.includes('refuses') ? { ...expected, findings: 0 } : expected,
    );
  });
}

test('a judgement by what was known before is not written over a newer one, PostgreSQL', {
  skip: missing('postgresql'),
}, async (context) => {
  const postgres = await startPostgres();
  context.after(async () => await postgres.stop());
  for (const [what, does, left] of MEANWHILE) {
    const { outcomes, due, state } = await overtake(context, does, await postgres.createDatabase());
    assert.deepEqual([outcomes, due], [left.outcomes, left.due], what);
    assert.equal(state, left.outcomes.includes('admitted') ? 'approved' : 'quarantined', what);
  }
  // Who marks has not ended yet when the judgement is written: it waits, and is not kept.
  const ends: Promise<unknown>[] = [];
  const marking = async ({ world, digest }: Meanwhile): Promise<void> => {
    const marked = Promise.withResolvers<void>();
    const { id } = await repositoryOf(world, REPOSITORY);
    ends.push(
      world.store.transaction(async (records) => {
        await records.judgements.mark({ kind: 'image', repositoryId: id, digest }, 'advisories', world.hand.time);
        marked.resolve();
        // The judgement is on its way by then.
        await world.store.records.judgements.due();
      }),
    );
    await marked.promise;
  };
  const { outcomes, due } = await overtake(context, marking, await postgres.createDatabase());
  await Promise.all(ends);
  assert.deepEqual([outcomes, due], [[], 1]);
});
