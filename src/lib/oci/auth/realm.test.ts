import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { evidence } from '#test/evidence.ts';
import { parseRegistriesFile } from '../settings/file.ts';
import { AuthError } from './error.ts';
import { mayHoldCredentials, parseRealm, type RealmOwner, withheldFrom } from './realm.ts';

evidence('oci/credentials-bound-to-origin', 'published', 'token services that public registries announce');
evidence('oci/credentials-bound-to-origin', 'self-made', 'foreign token services');

function owner(registry: string, changes: Partial<RealmOwner> = {}): RealmOwner {
  return { registry, origin: new URL(`https://${registry}`), tokenRealms: [], insecureTokenRealm: false, ...changes };
}

describe('credentials of a registry', () => {
  const hub = owner('docker.io', { origin: new URL('https://registry-1.docker.io') });
  const cases: readonly (readonly [from: RealmOwner, realm: string, allowed: boolean])[] = [
    [owner('registry.example'), 'https://registry.example/token', true],
    [owner('registry.example:5000'), 'https://registry.example:5000/token', true],
    [hub, 'https://auth.docker.io/token', true],
    [owner('registry.gitlab.com'), 'https://gitlab.com/jwt/auth', true],
    [owner('ghcr.io'), 'https://ghcr.io/token', true],
    [owner('quay.io'), 'https://quay.io/v2/auth', true],
    [owner('registry.redhat.io'), 'https://sso.redhat.com/auth/realms/rhcc/protocol/redhat-docker-v2/auth', true],
    [owner('registry.digitalocean.com'), 'https://api.digitalocean.com/v2/registry/auth', true],
    [owner('registry.cn-hangzhou.aliyuncs.com'), 'https://dockerauth.cn-hangzhou.aliyuncs.com/auth', true],
    [owner('registry.example'), 'https://attacker.example/token', false],
    [owner('registry.example'), 'https://auth.docker.io/token', false],
    [owner('registry.example'), 'https://registry.example.attacker.net/token', false],
    [owner('registry.example'), 'https://xregistry.example/token', false],
    [owner('registry.example:5000'), 'https://registry.example:5001/token', false],
    [owner('registry.example:5000'), 'https://registry.example/token', false],
    [owner('registry.gitlab.com'), 'https://gitlab.com:8443/jwt/auth', false],
    [owner('registry.gitlab.com'), 'https://evilgitlab.com/jwt/auth', false],
    [owner('evilgitlab.com'), 'https://gitlab.com/jwt/auth', false],
    [owner('registry.com'), 'https://com/token', false],
    [owner('gitlab.com'), 'https://registry.gitlab.com/token', false],
    [owner('a.registry.example'), 'https://b.registry.example/token', false],
    [owner('10.0.0.1'), 'https://0.0.1/token', false],
    [owner('registry.example', { tokenRealms: ['https://auth.other.example'] }), 'https://auth.other.example/t', true],
    [
      owner('registry.example', { tokenRealms: ['https://auth.other.example'] }),
      'https://auth.other.example:444/t',
      false,
    ],
  ];
  for (const [from, realm, allowed] of cases) {
    it(`${allowed ? 'go' : 'do not go'} from ${from.registry} to ${realm}`, () => {
      assert.equal(mayHoldCredentials(parseRealm(realm, from), from), allowed);
    });
  }

  it('go unencrypted nowhere but to the registry that is so itself', () => {
    const plain = owner('localhost:5000', { origin: new URL('http://localhost:5000'), insecureTokenRealm: true });
    assert.equal(mayHoldCredentials(parseRealm('http://localhost:5000/token', plain), plain), true);
    assert.equal(mayHoldCredentials(parseRealm('http://localhost:5001/token', plain), plain), false);
  });

  it('the error shows the line of the registries file that allows it', () => {
    const from = owner('registry.example:5000');
    const error = withheldFrom(new URL('https://auth.other.example:8443/token?x=y'), from);
    assert.equal(error.code, 'CREDENTIALS_WITHHELD');
    assert.match(error.message, /https:\/\/registry\.example:5000.*https:\/\/auth\.other\.example:8443/);
    const line = error.hint?.split('in the registries file: ')[1] ?? '';
    const file = parseRegistriesFile(line, 'registries.yaml');
    assert.deepEqual(file.registries['registry.example:5000']?.['token-realms'], ['https://auth.other.example:8443']);
  });
});

describe('a token service', () => {
  const refused: readonly (readonly [realm: string, code: string])[] = [
    ['http://registry.example/token', 'REALM_REFUSED'],
    ['http://127.0.0.1/token', 'REALM_REFUSED'],
    ['https://user:secret-word@registry.example/token', 'REALM_REFUSED'],
    ['https://user@registry.example/token', 'REALM_REFUSED'],
    ['file:///etc/passwd', 'CHALLENGE_INVALID'],
    ['/token', 'CHALLENGE_INVALID'],
    ['', 'CHALLENGE_INVALID'],
    ['javascript:alert(1)', 'CHALLENGE_INVALID'],
  ];
  for (const [realm, code] of refused) {
    it(`is not asked at ${JSON.stringify(realm)}`, () => {
      assert.throws(
        () => parseRealm(realm, owner('registry.example')),
        (error) => error instanceof AuthError && error.code === code && !error.message.includes('secret-word'),
      );
    });
  }
});
