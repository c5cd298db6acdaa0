import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isAppError } from '#base/error.ts';
import { evidence } from '#test/evidence.ts';
import type { Credential } from '../credential.ts';
import { AuthError } from '../error.ts';
import { parseCredentialFile } from './file.ts';
import { helperServer, keysFor, normaliseKey } from './keys.ts';

evidence(
  'oci/credential-files',
  'published',
  'examples of containers-auth.json(5) and of the documentation of docker login',
);

function parse(document: unknown) {
  return parseCredentialFile(Buffer.from(JSON.stringify(document)), 'config.json');
}

function password(username: string, secret: string): Credential {
  return { kind: 'password', username, password: secret };
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

describe('keys of credential files', () => {
  const cases: readonly (readonly [key: string, name: string])[] = [
    ['https://index.docker.io/v1/', 'docker.io'],
    ['index.docker.io', 'docker.io'],
    ['docker.io', 'docker.io'],
    ['docker.io/library', 'docker.io/library'],
    ['registry-1.docker.io', 'docker.io'],
    ['https://registry.example/v2/', 'registry.example'],
    ['http://Registry.Example:5000/', 'registry.example:5000'],
    ['registry.example/v1', 'registry.example'],
    ['quay.io/namespace/repo', 'quay.io/namespace/repo'],
    ['https://registry.example/team', 'registry.example/team'],
    ['', ''],
  ];
  for (const [key, name] of cases) {
    it(`${JSON.stringify(key)} stands for ${JSON.stringify(name)}`, () => assert.equal(normaliseKey(key), name));
  }

  it('are tried from the repository to the registry (containers-auth.json(5))', () => {
    assert.deepEqual(keysFor('my-registry.local', 'namespace/user/image'), [
      'my-registry.local/namespace/user/image',
      'my-registry.local/namespace/user',
      'my-registry.local/namespace',
      'my-registry.local',
    ]);
    assert.deepEqual(keysFor('docker.io', null), ['docker.io']);
  });

  it('are the server that credential helpers know', () => {
    assert.equal(helperServer('docker.io'), 'https://index.docker.io/v1/');
    assert.equal(helperServer('registry.example:5000'), 'registry.example:5000');
  });
});

describe('a credential file', () => {
  // The example of containers-auth.json(5), with credentials in it.
  const podman = parse({
    auths: {
      'my-registry.local/foo/bar/image': { auth: base64('image:1') },
      'my-registry.local/foo': { auth: base64('namespace:2') },
      'my-registry.local': { auth: base64('registry:3') },
    },
  });
  const cases: readonly (readonly [what: string, entry: unknown, credential: Credential | null])[] = [
    ['auth', { auth: base64('user:pass:word') }, password('user', 'pass:word')],
    ['auth that was filled up with NUL', { auth: base64('user:pw\0\0') }, password('user', 'pw')],
    ['auth without padding', { auth: base64('u:pw').replace(/=+$/, '') }, password('u', 'pw')],
    ['user name and password', { username: 'u', password: 'p' }, password('u', 'p')],
    ['an identity token beside auth', { auth: base64('u:'), identitytoken: 'id' }, { kind: 'identity', token: 'id' }],
    ['a registry token', { registrytoken: 'rt' }, { kind: 'bearer', token: 'rt' }],
    ['an entry of a credential store', {}, null],
    ['an empty auth', { auth: '' }, null],
    ['null', null, null],
  ];
  for (const [what, entry, credential] of cases) {
    it(`holds ${what}`, () =>
      assert.deepEqual(parse({ auths: { 'r.example': entry } }).credential('r.example'), credential));
  }

  it('keeps credentials for namespaces apart', () => {
    assert.deepEqual(podman.credential('my-registry.local/foo/bar/image'), password('image', '1'));
    assert.deepEqual(podman.credential('my-registry.local/foo'), password('namespace', '2'));
    assert.deepEqual(podman.credential('my-registry.local'), password('registry', '3'));
    assert.equal(podman.credential('my-registry.local/foo/bar'), null);
  });

  it('prefers the name itself among several spellings', () => {
    const file = parse({
      auths: { 'docker.io': { auth: base64('a:1') }, 'https://index.docker.io/v1/': { auth: base64('b:2') } },
    });
    assert.deepEqual(file.credential('docker.io'), password('a', '1'));
  });

  it('names helpers', () => {
    const file = parse({
      credHelpers: { 'gcr.io': 'gcloud', 'https://index.docker.io/v1/': 'pass' },
      credsStore: 'desktop',
    });
    assert.equal(file.helpers.get('docker.io'), 'pass');
    assert.equal(file.helpers.get('gcr.io'), 'gcloud');
    assert.equal(file.store, 'desktop');
  });

  const broken: readonly (readonly [what: string, text: string])[] = [
    ['text', 'secret-word'],
    ['a broken string', '{"auths":{"r.example":{"auth":"secret-word'],
    ['a member twice', '{"auths":{},"auths":{"r.example":{"auth":"secret-word"}}}'],
    ['a list', '["secret-word"]'],
    ['auths that is a list', '{"auths":["secret-word"]}'],
    ['an entry that is a text', '{"auths":{"r.example":"secret-word"}}'],
    ['auth that is not base64', '{"auths":{"r.example":{"auth":"secret-word"}}}'],
    ['auth without a colon', `{"auths":{"r.example":{"auth":"${base64('secret-word')}"}}}`],
    ['a registry token that no header can hold', '{"auths":{"r.example":{"registrytoken":"secret-word\\r\\nx: y"}}}'],
    ['a helper that is no text', '{"credHelpers":{"r.example":["secret-word"]}}'],
  ];
  for (const [what, text] of broken) {
    it(`refuses ${what} and shows nothing of it`, () => {
      assert.throws(
        () => parseCredentialFile(Buffer.from(text), 'config.json').credential('r.example'),
        (error) => {
          assert.ok(error instanceof AuthError && error.code === 'CREDENTIALS_FILE_INVALID', String(error));
          assert.match(error.message, /^config\.json/);
          const shown = `${error.message} ${error.stack} ${String(error.cause)}`;
          assert.ok(!shown.includes('secret-word') && !shown.includes(base64('secret-word')), shown);
          return true;
        },
      );
    });
  }

  it('with members called __proto__ does no harm', () => {
    const file = parseCredentialFile(
      Buffer.from('{"auths":{"__proto__":{"auth":"YTpi"}},"__proto__":{"credsStore":"x"}}'),
      'config.json',
    );
    assert.equal(file.store, '');
    assert.equal(file.credential('r.example'), null);
  });

  it('of any content is read or refused', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), fc.string(), (text, key) => {
        try {
          parseCredentialFile(Buffer.from(text), 'config.json').credential(key);
        } catch (error) {
          assert.ok(isAppError(error), String(error));
        }
      }),
    );
  });
});
