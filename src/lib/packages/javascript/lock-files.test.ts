import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PackageRecord } from '#model/package.ts';
import { evidence } from '#test/evidence.ts';
import { asList, listOf, lockFile } from '#test/fixtures/lock-files/index.ts';
import { catalogers } from '../catalogers/list.ts';

evidence(
  'catalogers/npm-lock',
  'real tool',
  'lock files that npm wrote, against what npm ls lists of what it installed',
);
evidence(
  'catalogers/yarn-lock',
  'real tool',
  'lock files that Yarn 1, 3 and 4 wrote, against what they list of what they installed',
);
evidence(
  'catalogers/pnpm-lock',
  'real tool',
  'lock files that six versions of pnpm wrote, against what they list of what they installed',
);
evidence('catalogers/bun-lock', 'real tool', 'a lock file that Bun wrote, against what npm lists of what is installed');
evidence(
  'catalogers/deno-lock',
  'real tool',
  'a lock file that Deno wrote, against what it lists of what it installed',
);

const FILES: readonly (readonly [fixture: string, path: string])[] = [
  ['npm-1.json', 'npm-shrinkwrap.json'],
  ['npm-2.json', 'package-lock.json'],
  ['npm-3.json', 'package-lock.json'],
  ['yarn-1.lock', 'yarn.lock'],
  ['yarn-3.lock', 'yarn.lock'],
  ['yarn-4.lock', 'yarn.lock'],
  ['pnpm-5.yaml', 'pnpm-lock.yaml'],
  ['pnpm-6.yaml', 'pnpm-lock.yaml'],
  ['pnpm-7.yaml', 'pnpm-lock.yaml'],
  ['pnpm-8.yaml', 'pnpm-lock.yaml'],
  ['pnpm-9.yaml', 'pnpm-lock.yaml'],
  ['pnpm-10.yaml', 'pnpm-lock.yaml'],
  ['bun.lock', 'bun.lock'],
  ['deno.lock', 'deno.lock'],
];

function read(fixture: string, path: string): readonly PackageRecord[] {
  const member = catalogers.find((each) => each.wants({ path, mode: 0o644, size: 1 }));
  const found = member?.read({ path, bytes: lockFile('javascript', fixture) });
  assert.equal(found?.unknowns, undefined);
  return found?.packages ?? [];
}

/** `a 1 > b 2` for each name that a package needs and another provides; what several provide is no answer. */
function edges(records: readonly PackageRecord[]): readonly string[] {
  const byName = new Map(records.flatMap((one) => (one.provides ?? []).map((name) => [name, one] as const)));
  return records
    .flatMap((one) =>
      (one.requires ?? []).map((name) => {
        const needed = byName.get(name);
        return `${one.name} ${one.version} > ${needed?.name ?? name} ${needed?.version ?? 'unknown'}`;
      }),
    )
    .toSorted();
}

for (const [fixture, path] of FILES) {
  test(`${fixture}: the packages that its tool lists`, () => {
    const listed = listOf('javascript', fixture.split('.', 1)[0] ?? '');
    assert.ok(listed.length >= 30);
    assert.deepEqual(asList(read(fixture, path)), listed);
  });
}

/** From the manifests of the packages: what `dependencies` of each means, of two versions the one that is found for it. */
const EDGES = [
  '@hapi/boom 10.0.1 > @hapi/hoek 11.0.7',
  'debug 2.6.9 > ms 2.0.0',
  'debug 4.3.4 > ms 2.1.2',
  'http-errors 2.0.0 > depd 2.0.0',
  'http-errors 2.0.0 > inherits 2.0.4',
  'http-errors 2.0.0 > setprototypeof 1.2.0',
  'http-errors 2.0.0 > statuses 2.0.1',
  'http-errors 2.0.0 > toidentifier 1.0.1',
  'loose-envify 1.4.0 > js-tokens 4.0.0',
  'on-finished 2.4.1 > ee-first 1.1.1',
  'react 18.3.1 > loose-envify 1.4.0',
  'react-dom 18.3.1 > loose-envify 1.4.0',
  'react-dom 18.3.1 > scheduler 0.23.2',
  'scheduler 0.23.2 > loose-envify 1.4.0',
  'send 0.19.0 > debug 2.6.9',
  'send 0.19.0 > depd 2.0.0',
  'send 0.19.0 > destroy 1.2.0',
  'send 0.19.0 > encodeurl 1.0.4',
  'send 0.19.0 > escape-html 1.0.3',
  'send 0.19.0 > etag 1.8.1',
  'send 0.19.0 > fresh 0.5.2',
  'send 0.19.0 > http-errors 2.0.0',
  'send 0.19.0 > mime 1.6.0',
  'send 0.19.0 > ms 2.1.3',
  'send 0.19.0 > on-finished 2.4.1',
  'send 0.19.0 > range-parser 1.2.1',
  'send 0.19.0 > statuses 2.0.1',
  'supports-color 8.1.1 > has-flag 4.0.0',
];
/** Peers: some tools write them as what is needed, some do not. */
const PEERS = new Set([
  'debug 2.6.9 > supports-color 8.1.1',
  'debug 4.3.4 > supports-color 8.1.1',
  'react-dom 18.3.1 > react 18.3.1',
]);

for (const [fixture, path] of FILES) {
  test(`${fixture}: what packages need of each other`, () => {
    const found = edges(read(fixture, path)).filter((edge) => !PEERS.has(edge));
    assert.deepEqual(found, EDGES);
  });
}
