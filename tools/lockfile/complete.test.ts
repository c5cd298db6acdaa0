import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { it } from 'node:test';
import { root } from '../lib/files.ts';
import { completed, type Lockfile } from './complete.ts';

it('package-lock.json holds every optional package, and no host', () => {
  const text = readFileSync(resolve(root, 'package-lock.json'), 'utf8');
  const lockfile = JSON.parse(text) as Lockfile;
  const missing = Object.keys(completed(lockfile).packages).filter((path) => !(path in lockfile.packages));
  assert.deepEqual(missing, [], 'run bin/dev tools/lockfile.ts');
  assert.equal(text.includes('"resolved"'), false, 'npm config set omit-lockfile-registry-resolved true');
});

it('adds what is missing beside the package that wants it', () => {
  const lockfile = {
    name: 'sample',
    packages: {
      '': {},
      'node_modules/a': {
        version: '1.0.0',
        optionalDependencies: { '@a/linux-x64': '1.0.0', '@a/win32-x64': '1.0.0' },
      },
      'node_modules/@a/linux-x64': { version: '1.0.0' },
      'node_modules/c': { version: '1.0.0', optionalDependencies: { '@a/linux-x64': '3.0.0' } },
      'node_modules/b/node_modules/a': {
        version: '2.0.0',
        optionalDependencies: {
          '@a/linux-x64': '2.0.0',
          '@a/win32-x64': '2.0.0',
          '@a/binding-linux-arm-musleabihf': '2.0.0',
        },
      },
      'node_modules/b/node_modules/@a/linux-x64': { version: '2.0.0' },
    },
  };
  const { packages } = completed<Lockfile>(lockfile);
  assert.deepEqual(Object.keys(packages), [
    '',
    'node_modules/@a/linux-x64',
    'node_modules/@a/win32-x64',
    'node_modules/a',
    'node_modules/b/node_modules/@a/binding-linux-arm-musleabihf',
    'node_modules/b/node_modules/@a/linux-x64',
    'node_modules/b/node_modules/@a/win32-x64',
    'node_modules/b/node_modules/a',
    'node_modules/c',
    'node_modules/c/node_modules/@a/linux-x64',
  ]);
  assert.deepEqual(packages['node_modules/@a/win32-x64'], {
    version: '1.0.0',
    cpu: ['x64'],
    dev: true,
    optional: true,
    os: ['win32'],
  });
  assert.deepEqual(packages['node_modules/b/node_modules/@a/binding-linux-arm-musleabihf'], {
    version: '2.0.0',
    cpu: ['arm'],
    dev: true,
    libc: ['musl'],
    optional: true,
    os: ['linux'],
  });
});
