import assert from 'node:assert/strict';
import { test } from 'node:test';
import { completeConfig } from '../config/complete.ts';
import { type Role, SERVICES, type ServerConfig, type Service } from '../config/index.ts';
import { planProcesses } from './plan.ts';

const EVERYTHING = completeConfig(
  {},
  { folder: '/', home: '/srv', cacheBytes: 1, listen: null, logLevel: null, advisories: null },
);

function config(...listeners: readonly (readonly Service[])[]): ServerConfig {
  return {
    ...EVERYTHING,
    listeners: listeners.map((serves, index) => ({ host: '127.0.0.1', port: 7400 + index, serves, tls: null })),
  };
}

const APART = config(['registry'], ['api'], ['metrics'], ['admission']);

const CASES: readonly (readonly [
  name: string,
  config: ServerConfig,
  roles: readonly Role[],
  plan: Readonly<Record<string, string>>,
])[] = [
  [
    'everything on one listener',
    config(SERVICES),
    ['registry', 'api', 'admission', 'worker'],
    { front: '7400 registry api admission metrics', worker: '', admission: '' },
  ],
  ['a registry alone', config(SERVICES), ['registry'], { front: '7400 registry metrics' }],
  ['a worker alone has no listener', config(SERVICES), ['worker'], { worker: '' }],
  [
    'a listener for each service',
    APART,
    ['registry', 'api', 'admission', 'worker'],
    { front: '7400 registry, 7401 api, 7402 metrics', worker: '', admission: '7403 admission' },
  ],
  ['an API alone, apart', APART, ['api'], { front: '7401 api, 7402 metrics' }],
  ['a worker with metrics apart', APART, ['worker'], { front: '7402 metrics', worker: '' }],
  ['admission alone', APART, ['admission'], { front: '7402 metrics', admission: '7403 admission' }],
];

for (const [name, planned, roles, expected] of CASES) {
  test(`which processes a role needs: ${name}`, () => {
    const plan = planProcesses(planned, roles, '1').map((process) => [
      process.name,
      process.start.listeners.map(({ port, serves }) => `${port} ${serves.join(' ')}`).join(', '),
    ]);
    assert.deepEqual(Object.fromEntries(plan), expected);
  });
}

test('a role that no listener serves is refused', () => {
  assert.throws(() => planProcesses(config(['metrics']), ['registry'], '1'), { code: 'SERVER_NOTHING_TO_SERVE' });
});
