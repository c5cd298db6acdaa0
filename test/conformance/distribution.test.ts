import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { evidence } from '../evidence.ts';
import { type ConformanceResult, runConformance } from '../fixtures/conformance-suite.ts';
import { type Postgres, startPostgres } from '../fixtures/postgres.ts';
import { RegistryClient } from '../fixtures/registry-client.ts';
import { type S3Server, startS3 } from '../fixtures/s3.ts';
import type { ServerOptions } from '../fixtures/server.ts';
import { startTestRegistry, type TestRegistry } from '../fixtures/test-registry.ts';
import { missing } from '../prerequisites.ts';

evidence('registry/distribution', 'real tool', 'the conformance suite of the OCI distribution specification');
evidence('registry/states', 'real tool', 'the conformance suite as a publisher, beside it a viewer who is refused');

/** What the suite leaves out by itself: what was decided after 1.1, and images without their layers, which nobody could judge. */
const LEFT_OUT: Readonly<Record<'1.1' | 'dev', readonly string[]>> = {
  '1.1': ['Blob upload cancel', 'Manifest put with tag params', 'Sparse Manifests', 'Tag Param', 'Tag Param sha512'],
  dev: ['Sparse Manifests'],
};
const MIN_APIS_AND_DATA = 50;

describe('the conformance suite, against the default configuration', { skip: missing('go') }, () => {
  passesAll(() => Promise.resolve({}));
});

describe('the conformance suite, against PostgreSQL and S3', { skip: missing('go', 'postgresql') }, () => {
  passesAll(async (stops) => {
    const postgres = await startPostgres();
    stops.push(async () => await postgres.stop());
    const s3 = await startS3();
    stops.push(async () => await s3.stop());
    return await atScale(postgres, s3);
  });
});

/** What `prepare` has started goes into `stops` at once: what runs on keeps this process from ending. */
function passesAll(prepare: (stops: (() => Promise<void>)[]) => Promise<ServerOptions>): void {
  const stops: (() => Promise<void>)[] = [];
  let registry: TestRegistry | undefined;
  before(async () => {
    const started = await startTestRegistry(await prepare(stops));
    registry = started;
    stops.push(async () => await started.stop());
  });
  after(async () => {
    for (const stop of stops.toReversed()) {
      await stop();
    }
  });

  for (const version of ['1.1', 'dev'] as const) {
    it(`version ${version}: all pass, none is skipped`, async () => {
      assert.ok(registry !== undefined);
      const { host, users } = registry;
      const result = await runConformance(version, {
        host,
        user: users.publisher.name,
        password: users.publisher.password,
        repositories: [`team/one-${version}`, `team/two-${version}`],
      });
      const { Skip, FAIL, Error: broken, Pass } = result.counts;
      assert.deepEqual({ Skip, FAIL, broken }, { Skip: 0, FAIL: 0, broken: 0 }, explain(result, registry));
      assert.ok(Pass > 800, `${Pass} passed`);
      assert.equal(result.exitCode, 0);
      assert.ok(result.parts.size >= MIN_APIS_AND_DATA, `${result.parts.size} parts`);
      const others = [...result.parts].filter(([, status]) => status !== 'Pass');
      assert.deepEqual(others.map(([name]) => name).toSorted(), LEFT_OUT[version].toSorted(), JSON.stringify(others));
    });
  }

  it('what it pushes is for a viewer to wait for', async () => {
    assert.ok(registry !== undefined);
    const { publisher, viewer } = registry.users;
    const as = ({ authorization }: typeof viewer): RegistryClient =>
      new RegistryClient(registry?.url ?? '', { authorization });
    const image = await as(publisher).pushImage('team/waiting', { tag: 'v1' });
    const { layers } = JSON.parse(image.bytes.toString()) as {
      readonly layers: readonly { readonly digest: string }[];
    };
    const paths = ['manifests/v1', `manifests/${image.digest}`, `blobs/${layers[0]?.digest ?? ''}`];
    for (const path of paths) {
      for (const method of ['GET', 'HEAD']) {
        const [theirs, others] = [
          await as(publisher).ask(method, `/v2/team/waiting/${path}`),
          await as(viewer).ask(method, `/v2/team/waiting/${path}`),
        ];
        assert.deepEqual([theirs.status, others.status], [200, 403], `${method} ${path}`);
      }
    }
    await registry.approve('team/waiting', [image.digest]);
    for (const path of paths) {
      assert.equal((await as(viewer).ask('GET', `/v2/team/waiting/${path}`)).status, 200, path);
    }
  });
}

/** What did not pass, and what the server says besides its requests. */
function explain({ problems }: ConformanceResult, registry: TestRegistry): string {
  const said = registry
    .output()
    .split('\n')
    .filter((line) => !line.includes('"msg":"request"'));
  return [...problems.split('\n').slice(0, 40), ...said.slice(-40)].join('\n');
}

async function atScale(postgres: Postgres, s3: S3Server): Promise<ServerOptions> {
  const config = `
metadata:
  postgres:
    url: env:TEST_DATABASE
blobs:
  s3:
    endpoint: ${s3.endpoint}
    bucket: ${s3.bucket}
    region: ${s3.region}
    credentials:
      accessKeyId: env:TEST_S3_ID
      secretAccessKey: env:TEST_S3_KEY
`;
  const env = {
    TEST_DATABASE: await postgres.createDatabase(),
    TEST_S3_ID: s3.accessKeyId,
    TEST_S3_KEY: s3.secretAccessKey,
  };
  return { config, env };
}
