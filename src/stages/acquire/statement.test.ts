import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openAcquireWorld, sourceOf } from '#test/fixtures/acquire-stage.ts';
import { ADMIN, DAY } from '#test/fixtures/catalog-world.ts';
import { refuse, serveImage, startHostile } from '#test/fixtures/hostile-registry.ts';
import { tarOf } from '#test/fixtures/tar-archive.ts';
import { requestAcquisition } from './request.ts';
import { runAcquisition } from './run.ts';
import type { AcquisitionStatement } from './statement.ts';

test('says what came from where, when and for whom; the same again for whoever goes on after a death', async (context) => {
  const image = serveImage(tarOf([{ name: 'etc/text', content: 'one' }]));
  const upstream = await startHostile(context, (request, response) =>
    request.url?.includes('/referrers/') === true
      ? refuse(response, 404, 'NOT_FOUND', 'no such page')
      : image.answer(request, response),
  );
  const world = await openAcquireWorld(context, [sourceOf(upstream.host)]);
  const asked = await requestAcquisition(world, ADMIN, { reference: `${upstream.host}/team/app:latest` });
  const stated: AcquisitionStatement[] = [];
  const dying = {
    ...world,
    attach: (_row: unknown, statement: AcquisitionStatement): Promise<void> => {
      stated.push(statement);
      return stated.length < 3 ? Promise.reject(new Error('dies right after it')) : Promise.resolve();
    },
  };
  for (const attempt of [1, 2, 3]) {
    const job = {
      id: '1',
      kind: 'acquire-image',
      payload: { acquisition: asked.id },
      attempt,
      maxAttempts: 8,
    } as const;
    await runAcquisition(dying, job, new AbortController().signal).catch(() => undefined);
    world.hand.time += DAY;
  }
  assert.equal((await world.find(asked)).state, 'judging');
  const requestedAt = new Date(asked.requestedAt).toISOString();
  const expected: AcquisitionStatement = {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: 'mirror/team/app', digest: { sha256: image.manifestDigest.slice('sha256:'.length) } }],
    predicateType: 'https://plimsoll.dev/attestation/acquisition/v1',
    predicate: {
      acquisition: asked.id,
      source: {
        name: 'upstream',
        repository: `${upstream.host}/team/app`,
        reference: 'latest',
        digest: image.manifestDigest,
      },
      requestedBy: 'user:admin',
      requestedAt,
      acquiredAt: requestedAt,
      manifests: [image.manifestDigest],
      referrers: [],
      gone: [],
      program: { name: 'plimsoll', version: '1.0.0' },
    },
  };
  assert.deepEqual(stated, [expected, expected, expected]);
});
