import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { isAppError } from '#base/error.ts';
import { loadServerConfig } from './config.ts';
import type { ServerConfig } from './model.ts';
import { parseServerConfig } from './parse.ts';
import { readSecret, type SecretReference } from './secrets.ts';

const SURROUNDINGS = { home: '/srv/plimsoll', cacheBytes: 1000, listen: null, logLevel: null, advisories: null };

function parse(text: string): ServerConfig {
  return parseServerConfig(text, '/etc/plimsoll/plimsoll.yaml', SURROUNDINGS);
}

function folderFor(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-config-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

describe('a configuration', () => {
  it('that says nothing is a server on loopback with files in the data folder', () => {
    for (const text of ['', '# nothing\n', 'apiVersion: plimsoll.dev/v1\nkind: Server\n']) {
      assert.deepEqual(parse(text), {
        home: '/srv/plimsoll',
        publicUrl: null,
        listeners: [{ host: '127.0.0.1', port: 7400, serves: ['registry', 'api', 'admission', 'metrics'], tls: null }],
        trustedProxies: [],
        metadata: { kind: 'sqlite', path: '/srv/plimsoll/plimsoll.db' },
        blobs: { kind: 'fs', path: '/srv/plimsoll/blobs' },
        limits: { blobBytes: 64 * 1024 ** 3, connections: 4096, requestsPerSecond: null },
        collection: { graceMs: 86_400_000, everyMs: 21_600_000, untaggedMs: null },
        scrub: { everyMs: 604_800_000 },
        retention: null,
        worker: { concurrency: 2, cacheBytes: 1000 },
        access: { anonymousPull: [] },
        advisories: null,
        signing: { key: null, passphrase: null },
        sources: {
          secrets: '/srv/plimsoll/secrets',
          variables: 'PLIMSOLL_SECRET_',
          registries: null,
          proxies: false,
        },
        log: { level: 'info' },
        shutdownGraceMs: 20_000,
      });
    }
  });

  it('that says everything is taken as it is; paths are below its folder', () => {
    const config = parse(`
home: data
publicUrl: https://registry.example.org/
listeners:
  - { address: '0.0.0.0:443', serves: [registry], tls: { certificate: tls.crt, key: /run/tls.key, clientCa: ca.pem } }
  - { address: '[::1]:9090', serves: [metrics] }
trustedProxies: [10.0.0.0/8, '2001:db8::1']
metadata: { postgres: { url: env:DATABASE_URL, pool: 20 } }
blobs:
  s3:
    endpoint: https://s3.example.org
    bucket: images
    prefix: plimsoll/
    credentials: { accessKeyId: file:/run/id, secretAccessKey: env:S3_SECRET }
    redirect: true
limits: { blob: 10GiB, connections: 100, requestsPerSecond: 50 }
collection: { grace: 7d, every: 90m, untagged: 30d }
scrub: { every: 30d }
retention:
  every: 12h
  rules:
    - { name: requests, repositories: team/*, tags: ['pr-.*'], keepLast: 5, labels: { tier: scratch } }
    - { name: old, repositories: '*', untagged: true, olderThan: 90d, annotations: { kind: nightly } }
worker: { concurrency: 4, cache: 500MB }
access: { anonymousPull: [public/*] }
advisories: { source: osv, every: 15m }
signing: { key: server.key, passphrase: env:KEY_PASSPHRASE }
sources: { secrets: hub, variables: HUB_, registries: registries.yaml, proxies: true }
log: { level: warn }
shutdown: { grace: 45s }
`);
    assert.deepEqual(config, {
      home: '/etc/plimsoll/data',
      publicUrl: 'https://registry.example.org',
      listeners: [
        {
          host: '0.0.0.0',
          port: 443,
          serves: ['registry'],
          tls: { certificate: '/etc/plimsoll/tls.crt', key: '/run/tls.key', clientCa: '/etc/plimsoll/ca.pem' },
        },
        { host: '::1', port: 9090, serves: ['metrics'], tls: null },
      ],
      trustedProxies: ['10.0.0.0/8', '2001:db8::1'],
      metadata: { kind: 'postgres', url: 'env:DATABASE_URL', pool: 20 },
      blobs: {
        kind: 's3',
        endpoint: 'https://s3.example.org',
        bucket: 'images',
        region: 'us-east-1',
        prefix: 'plimsoll/',
        pathStyle: true,
        credentials: { accessKeyId: 'file:/run/id', secretAccessKey: 'env:S3_SECRET' },
        redirect: true,
      },
      limits: { blobBytes: 10 * 1024 ** 3, connections: 100, requestsPerSecond: 50 },
      collection: { graceMs: 7 * 86_400_000, everyMs: 90 * 60_000, untaggedMs: 30 * 86_400_000 },
      scrub: { everyMs: 30 * 86_400_000 },
      retention: {
        everyMs: 43_200_000,
        rules: [
          {
            name: 'requests',
            repositories: 'team/*',
            labels: { tier: 'scratch' },
            tags: ['pr-.*'],
            untagged: false,
            annotations: {},
            keepLast: 5,
            olderThanMs: null,
          },
          {
            name: 'old',
            repositories: '*',
            labels: {},
            tags: [],
            untagged: true,
            annotations: { kind: 'nightly' },
            keepLast: 0,
            olderThanMs: 7_776_000_000,
          },
        ],
      },
      worker: { concurrency: 4, cacheBytes: 500_000_000 },
      access: { anonymousPull: ['public/*'] },
      advisories: { source: '/etc/plimsoll/osv', everyMs: 15 * 60_000 },
      signing: { key: '/etc/plimsoll/server.key', passphrase: 'env:KEY_PASSPHRASE' },
      sources: {
        secrets: '/etc/plimsoll/hub',
        variables: 'HUB_',
        registries: '/etc/plimsoll/registries.yaml',
        proxies: true,
      },
      log: { level: 'warn' },
      shutdownGraceMs: 45_000,
    });
  });
});

const LISTENER = 'listeners:\n  - address: ';
const FULL_TLS = 'tls: { certificate: a, key: b }';

const REFUSED: readonly (readonly [name: string, text: string, place: string, problem: RegExp])[] = [
  ['no YAML', 'a: [\n', 'line 2, column 1', /expected valid YAML/],
  ['a list', '- a\n', 'line 1, column 1', /found a list/],
  ['a key twice', 'home: /a\nhome: /b\n', 'line 2, column 1', /every key once, found "home: \/b" again/],
  ['a misspelt key', 'log:\n  levle: info\n', 'line 2, column 3, log', /"levle"; did you mean "level"\?/],
  ['a misspelt key at the top', 'homes: /a\n', 'line 1, column 1', /did you mean "home"\?/],
  ['another kind of document', 'kind: Trust\n', 'line 1, column 1, kind', /expected Server, found "Trust"/],
  ['a level that there is not', 'log: { level: loud }\n', 'line 1, column 8, log > level', /debug, info, warn, error/],
  ['a number for a text', 'home: 7\n', 'line 1, column 1, home', /expected a path, found "7"/],
  ['an empty path', 'home: ""\n', 'line 1, column 1, home', /expected a path/],
  ['no address', `${LISTENER}localhost\n`, 'line 2, column 5, listeners > [0] > address', /an address and a port/],
  ['a host name', `${LISTENER}example.org:443\n`, 'line 2, column 5', /an address and a port/],
  ['a port that is none', `${LISTENER}127.0.0.1:70000\n`, 'line 2, column 5', /an address and a port/],
  ['no TLS off loopback', `${LISTENER}0.0.0.0:80\n    serves: [registry]\n`, 'line 2, column 5', /listen in on/],
  ['all services off loopback', `${LISTENER}0.0.0.0:443\n    ${FULL_TLS}\n`, 'line 2, column 5', /found all of them/],
  [
    'metrics beside the registry off loopback',
    `${LISTENER}10.0.0.1:443\n    serves: [registry, metrics]\n    ${FULL_TLS}\n`,
    'line 3, column 5, listeners > [0] > serves',
    /expected one service .*found 2 of them/,
  ],
  [
    'no name for what others reach',
    `${LISTENER}0.0.0.0:443\n    serves: [registry]\n    ${FULL_TLS}\n`,
    'line 2, column 5, listeners > [0] > address',
    /a publicUrl that clients reach it by/,
  ],
  ['one address twice', `${LISTENER}127.0.0.1:1\n  - address: 127.0.0.1:1\n`, 'line 3, column 5', /of its own/],
  ['a service twice', `${LISTENER}127.0.0.1:1\n    serves: [api, api]\n`, 'line 3, column 5', /once/],
  [
    'a service that there is not',
    `${LISTENER}127.0.0.1:1\n    serves: [blobs]\n`,
    'line 3, column 14',
    /registry, api/,
  ],
  ['a certificate without a key', `${LISTENER}127.0.0.1:1\n    tls: { certificate: a }\n`, 'line 3, column 5', /path/],
  ['no listeners at all', 'listeners: []\n', 'line 1, column 1, listeners', /at least one/],
  ['a URL with a password', 'publicUrl: https://u:hunter2@example.org\n', 'line 1, column 1', /not shown here/],
  ['a URL of another scheme', 'publicUrl: ftp://example.org\n', 'line 1, column 1, publicUrl', /https:\/\//],
  ['everybody as a proxy', 'trustedProxies: [0.0.0.0/0]\n', 'line 1, column 1, trustedProxies', /everybody/],
  ['a network that is none', 'trustedProxies: [10.0.0.0/33]\n', 'line 1, column 18', /a network such as/],
  ['two databases', 'metadata: { sqlite: { path: a }, postgres: { url: env:A } }\n', 'line 1, column 1', /one of/],
  [
    'a password in the file',
    'metadata:\n  postgres:\n    url: postgres://plimsoll:hunter2@db/plimsoll\n',
    'line 3, column 5, metadata > postgres > url',
    /expected env:NAME or file:\/PATH, since a secret in this file .*not shown here/,
  ],
  ['a password in the wrong place', 'metadata: postgres://u:hunter2@db/x\n', 'line 1, column 1', /not shown here/],
  [
    'a key in the file',
    'blobs: { s3: { bucket: images, credentials: { accessKeyId: env:A, secretAccessKey: hunter2 } } }\n',
    'line 1, column 67',
    /expected env:NAME/,
  ],
  [
    'a relative file for a secret',
    'metadata: { postgres: { url: "file:secret" } }\n',
    'line 1, column 25',
    /file:\/PATH/,
  ],
  ['no bucket', 'blobs: { s3: { region: eu-central-1 } }\n', 'line 1, column 10', /name of a bucket, found nothing/],
  ['a prefix without a slash', 'blobs: { s3: { bucket: abc, prefix: x } }\n', 'line 1, column 29', /ending in \//],
  ['a size without a unit', 'limits: { blob: 5000 }\n', 'line 1, column 11, limits > blob', /such as 500MB/],
  ['no connections', 'limits: { connections: 0 }\n', 'line 1, column 11', /from 16 to 100000/],
  ['a duration without a unit', 'collection: { grace: 24 }\n', 'line 1, column 15', /such as 90s/],
  ['no time', 'shutdown: { grace: 0s }\n', 'line 1, column 13', /such as 90s/],
  ['no jobs', 'worker: { concurrency: 0 }\n', 'line 1, column 11, worker > concurrency', /from 1 to 64/],
  ['a scope that is none', 'access: { anonymousPull: [Public/*] }\n', 'line 1, column 27', /public\/\*/],
  [
    'a place for advisories that is none',
    'advisories: { source: "ftp://a/b" }\n',
    'line 1, column 15',
    /expected public/,
  ],
  ['advisories from nowhere', 'advisories: { every: 1h }\n', 'line 1, column 1, advisories', /expected public/],
  ['a key of no kind', 'signing: { key: "kms://a" }\n', 'line 1, column 12, signing > key', /expected a file, pkcs11:/],
  ['a key in place of its file', 'signing:\n  key: |\n    -----BEGIN hunter2\n', 'line 2, column 3', /not shown here/],
  ['a list for a map', 'log: [info]\n', 'line 1, column 1, log', /found a list/],
];

describe('a configuration is refused, with line and column, for', () => {
  for (const [name, text, place, problem] of REFUSED) {
    it(name, () => {
      assert.throws(
        () => parse(text),
        (error) => {
          assert.ok(isAppError(error), String(error));
          assert.equal(error.code, 'SERVER_CONFIG_INVALID');
          assert.ok(error.message.startsWith(`/etc/plimsoll/plimsoll.yaml, ${place}`), error.message);
          assert.match(error.message, problem);
          assert.doesNotMatch(error.message, /hunter2/);
          return true;
        },
      );
    });
  }
});

describe('where the configuration is', () => {
  const request = (home: string, file: string | null = null): Parameters<typeof loadServerConfig>[0] => ({
    file,
    home,
    cacheBytes: 1,
  });

  it('the command line comes before the variable, and that before the data folder', async (context) => {
    const home = folderFor(context);
    assert.equal((await loadServerConfig(request(home), {})).log.level, 'info');
    writeFileSync(join(home, 'plimsoll.yaml'), 'log: { level: error }\n');
    writeFileSync(join(home, 'variable.yaml'), 'log: { level: warn }\n');
    writeFileSync(join(home, 'option.yaml'), 'log: { level: debug }\n');
    const env = { PLIMSOLL_CONFIG: join(home, 'variable.yaml') };
    assert.equal((await loadServerConfig(request(home), {})).log.level, 'error');
    assert.equal((await loadServerConfig(request(home), env)).log.level, 'warn');
    assert.equal((await loadServerConfig(request(home, join(home, 'option.yaml')), env)).log.level, 'debug');
  });

  it('a file that is named has to be there, and be text', async (context) => {
    const home = folderFor(context);
    writeFileSync(join(home, 'binary.yaml'), Buffer.from([0xff, 0xfe, 0]));
    for (const file of ['none.yaml', 'binary.yaml', '.']) {
      await assert.rejects(loadServerConfig(request(home, join(home, file)), {}), { code: 'SERVER_CONFIG_UNREADABLE' });
    }
  });

  it('variables take the place of what the file says, and of no more than loopback', async (context) => {
    const home = folderFor(context);
    writeFileSync(join(home, 'plimsoll.yaml'), 'listeners: [{ address: 127.0.0.1:1 }]\nlog: { level: error }\n');
    const env = { PLIMSOLL_LISTEN: '127.0.0.1:0', PLIMSOLL_LOG_LEVEL: 'debug' };
    const config = await loadServerConfig(request(home), env);
    assert.deepEqual([config.listeners.map(({ port }) => port), config.log.level], [[0], 'debug']);
    assert.equal(config.advisories, null);
    const advisories = async (source: string) =>
      (await loadServerConfig(request(home), { PLIMSOLL_ADVISORIES: source })).advisories;
    assert.deepEqual(await advisories('/srv/osv'), { source: '/srv/osv', everyMs: 3_600_000 });
    assert.deepEqual(await advisories('https://osv.example.org'), {
      source: 'https://osv.example.org',
      everyMs: 3_600_000,
    });
    await assert.rejects(advisories('ftp://osv.example.org'), { code: 'SERVER_CONFIG_INVALID' });
    for (const wrong of [{ PLIMSOLL_LISTEN: '0.0.0.0:80' }, { PLIMSOLL_LISTEN: 'x' }, { PLIMSOLL_LOG_LEVEL: 'loud' }]) {
      await assert.rejects(loadServerConfig(request(home), wrong), { code: 'SERVER_CONFIG_INVALID' });
    }
  });
});

describe('a secret', () => {
  it('is read from a variable or a file, without the line break at its end', async (context) => {
    const path = join(folderFor(context), 'secret');
    writeFileSync(path, 'hunter2\n');
    assert.equal(await readSecret(`file:${path}` as SecretReference, {}), 'hunter2');
    assert.equal(await readSecret('env:SECRET' as SecretReference, { SECRET: 'hunter2' }), 'hunter2');
  });

  it('that is not there, or empty, is said with its place', async (context) => {
    const path = join(folderFor(context), 'secret');
    writeFileSync(path, '');
    for (const reference of [`file:${path}`, 'file:/no/such/file', 'env:SECRET']) {
      await assert.rejects(readSecret(reference as SecretReference, { SECRET: '' }), {
        code: 'SERVER_SECRET_MISSING',
        object: reference,
      });
    }
  });
});
