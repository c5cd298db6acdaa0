import assert from 'node:assert/strict';
import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { readConfig } from './config.ts';

test('the data folder is PLIMSOLL_HOME, else below XDG_DATA_HOME, else below the home folder', () => {
  const own = userInfo().homedir;
  const cases: readonly (readonly [NodeJS.ProcessEnv, string])[] = [
    [{ PLIMSOLL_HOME: '/data', XDG_DATA_HOME: '/xdg', HOME: '/home/a' }, '/data'],
    [{ PLIMSOLL_HOME: 'here' }, resolve('here')],
    [{ PLIMSOLL_HOME: '', XDG_DATA_HOME: '/xdg', HOME: '/home/a' }, '/xdg/plimsoll'],
    [{ XDG_DATA_HOME: 'relative', HOME: '/home/a' }, '/home/a/.local/share/plimsoll'],
    [{ HOME: '' }, `${own}/.local/share/plimsoll`],
    [{}, `${own}/.local/share/plimsoll`],
  ];
  for (const [env, home] of cases) {
    assert.equal(readConfig(env).home, home);
  }
});

test('the advisory source is a URL of the web or a folder', () => {
  const source = (text: string): string | null => readConfig({ HOME: '/h', PLIMSOLL_ADVISORIES: text }).advisories;
  assert.equal(source('https://mirror.example/osv'), 'https://mirror.example/osv');
  assert.equal(source('http://127.0.0.1:8080/osv'), 'http://127.0.0.1:8080/osv');
  assert.equal(source('mirror/osv'), resolve('mirror/osv'));
  assert.equal(source(''), null);
  assert.throws(() => source('ftp://mirror.example/osv'), { code: 'USAGE', object: 'PLIMSOLL_ADVISORIES' });
});

test('the cache may take 2 GiB, or what PLIMSOLL_CACHE_SIZE says', () => {
  assert.equal(readConfig({ HOME: '/h' }).cacheBytes, 2 * 1024 ** 3);
  assert.equal(readConfig({ HOME: '/h', PLIMSOLL_CACHE_SIZE: '' }).cacheBytes, 2 * 1024 ** 3);
  assert.equal(readConfig({ HOME: '/h', PLIMSOLL_CACHE_SIZE: '500MB' }).cacheBytes, 500_000_000);
  assert.equal(readConfig({ HOME: '/h', PLIMSOLL_CACHE_SIZE: '0' }).cacheBytes, 0);
  assert.throws(() => readConfig({ HOME: '/h', PLIMSOLL_CACHE_SIZE: 'much' }), { code: 'USAGE' });
});

test('colours are off with NO_COLOR and on a dumb terminal', () => {
  assert.equal(readConfig({ HOME: '/h', TERM: 'xterm' }).colours, true);
  assert.equal(readConfig({ HOME: '/h', NO_COLOR: '1' }).colours, false);
  assert.equal(readConfig({ HOME: '/h', TERM: 'dumb' }).colours, false);
});

test('passphrases are taken out of the environment that others are handed', () => {
  const { keyPassphrase, environment } = readConfig({
    HOME: '/h',
    PLIMSOLL_KEY_PASSPHRASE: 'own',
    COSIGN_PASSWORD: 'its',
  });
  assert.equal(keyPassphrase, 'own');
  assert.deepEqual(environment, { HOME: '/h' });
  assert.equal(readConfig({ HOME: '/h', COSIGN_PASSWORD: 'its' }).keyPassphrase, 'its');
  assert.equal(readConfig({ HOME: '/h', COSIGN_PASSWORD: '' }).keyPassphrase, '');
  assert.equal(readConfig({ HOME: '/h' }).keyPassphrase, null);
});
