import assert from 'node:assert/strict';
import { test } from 'node:test';
import { METRICS } from './catalogue.ts';
import { createMeter } from './meter.ts';
import { renderMetrics } from './render.ts';
import { countRequest } from './requests.ts';
import { type Route, routeOf } from './route.ts';

test('all processes are in one text, families once, each sample with its process', async () => {
  const [front, worker] = [createMeter('front'), createMeter('worker')];
  front.add('plimsoll_uploads_completed_total', {}, 2);
  worker.add('plimsoll_uploads_completed_total', {});
  worker.observe('plimsoll_job_duration_seconds', { kind: 'a "quoted"\nkind' }, 0.02);
  worker.observe('plimsoll_job_duration_seconds', { kind: 'a "quoted"\nkind' }, 5000);
  front.onCollect(async () => {
    front.set('plimsoll_blobs', {}, 7);
    await Promise.resolve();
  });
  const text = renderMetrics([await front.collect(), await worker.collect()]);
  const lines = text.split('\n');
  assert.equal(lines.filter((line) => line === '# TYPE plimsoll_uploads_completed_total counter').length, 1);
  for (const line of [
    'plimsoll_uploads_completed_total{process="front"} 2',
    'plimsoll_uploads_completed_total{process="worker"} 1',
    'plimsoll_blobs{process="front"} 7',
    'plimsoll_job_duration_seconds_bucket{process="worker",kind="a \\"quoted\\"\\nkind",le="0.01"} 0',
    'plimsoll_job_duration_seconds_bucket{process="worker",kind="a \\"quoted\\"\\nkind",le="0.025"} 1',
    'plimsoll_job_duration_seconds_bucket{process="worker",kind="a \\"quoted\\"\\nkind",le="600"} 1',
    'plimsoll_job_duration_seconds_bucket{process="worker",kind="a \\"quoted\\"\\nkind",le="+Inf"} 2',
    'plimsoll_job_duration_seconds_count{process="worker",kind="a \\"quoted\\"\\nkind"} 2',
  ]) {
    assert.ok(lines.includes(line), `${line} in\n${text}`);
  }
  // What nobody counted is not there.
  assert.doesNotMatch(text, /plimsoll_jobs/);
});

test('labels that clients choose do not fill the memory', async () => {
  const meter = createMeter('front');
  for (let index = 0; index < 5000; index++) {
    const record = { method: `M${index}`, status: 400, isComplete: true, milliseconds: 1, bytesIn: 1, bytesOut: 1 };
    countRequest(meter, { ...record, route: 'other' });
    meter.add('plimsoll_store_errors_total', { operation: `o${index}` });
  }
  const { families } = await meter.collect();
  const count = (name: string): number | undefined => families.find((one) => one.name === name)?.values.length;
  assert.equal(count('plimsoll_http_requests_total'), 1);
  assert.equal(count('plimsoll_store_errors_total'), 2000);
});

test('names are Prometheus’s, each once', () => {
  assert.equal(new Set(METRICS.map(({ name }) => name)).size, METRICS.length);
  assert.ok(
    METRICS.every(
      ({ name, type }) => /^plimsoll_[a-z_]+$/.test(name) && (type === 'counter') === name.endsWith('_total'),
    ),
  );
});

const ROUTES: readonly (readonly [path: string, route: Route])[] = [
  ['/v2', 'version'],
  ['/v2/', 'version'],
  ['/v2/a/b/manifests/latest', 'manifests'],
  ['/v2/a/b/blobs/sha256:0', 'blobs'],
  ['/v2/a/b/blobs/uploads/', 'uploads'],
  ['/v2/a/b/blobs/uploads/0', 'uploads'],
  ['/v2/a/b/referrers/sha256:0', 'referrers'],
  ['/v2/a/b/tags/list', 'tags'],
  ['/v2/_catalog', 'catalog'],
  ['/v2/a', 'registry'],
  ['/v22/', 'other'],
  ['/api/v1/me', 'api'],
  ['/auth/token', 'token'],
  ['/console/', 'console'],
  ['/admission/validate', 'admission'],
  ['/healthz', 'health'],
  ['/readyz', 'health'],
  ['/metrics', 'metrics'],
  ['', 'other'],
];

for (const [path, route] of ROUTES) {
  test(`${path === '' ? 'nothing' : path} is counted as ${route}`, () => {
    assert.equal(routeOf(path), route);
  });
}
