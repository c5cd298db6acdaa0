import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isAppError } from '#base/error.ts';
import { parseReference } from '#lib/oci/reference.ts';
import { evidence } from '../evidence.ts';
import { registryOf, IMAGE as SERVED } from '../fixtures/evidence-registry.ts';
import { startHostile } from '../fixtures/hostile-registry.ts';
import { cosignSignature, testKey } from '../fixtures/signing.ts';
import { assertAccepted, assertRefused, IMAGE, judge, keySigner, signedBy, signedByCosign } from './attack.ts';
import { signatureOf, signatureTag, trustIn, verify } from './run.ts';

evidence(
  'trust/bypass-14',
  'self-made',
  'other spellings of a repository, by which a stricter rule would not match it',
);
evidence('trust/bypass-14', 'real tool', 'a signature of cosign 2 in a repository with another name');

const release = testKey();
const lax = testKey();
const signers = { release: keySigner(release), lax: keySigner(lax) };
const rule = (name: string, repositories: readonly string[], require: object): object => ({
  name,
  repositories,
  platforms: 'either',
  require: [require],
});

/** Everything needs a signature by anybody of the firm; these repositories need one by the release team as well. */
function guarded(pattern: string): readonly object[] {
  return [rule('all', ['**'], signedBy('lax')), rule('guarded', [pattern], signedBy('release'))];
}

const spellings: readonly (readonly [pattern: string, ...same: readonly string[]])[] = [
  [
    'registry.example/team/app',
    'registry.example/team/app:1',
    'Registry.Example/team/app',
    'registry.example:443/team/app',
    'registry.example:0443/team/app',
    'REGISTRY.EXAMPLE:00443/team/app',
  ],
  [
    'registry.example:5000/team/**',
    'registry.example:5000/team/app',
    'registry.example:05000/team/app',
    'REGISTRY.example:005000/team/app:1',
  ],
  [
    'docker.io/library/nginx',
    'nginx',
    'nginx:1',
    'library/nginx',
    'docker.io/nginx',
    'index.docker.io/nginx',
    'index.docker.io/library/nginx',
    'Docker.IO/library/nginx',
    'docker.io:443/library/nginx',
    'registry-1.docker.io/library/nginx',
    'registry-1.docker.io:0443/library/nginx',
    'registry.hub.docker.com/library/nginx',
    'INDEX.docker.io/library/nginx',
    `nginx:1@${IMAGE.digest}`,
  ],
  [
    '127.0.0.1:5000/**',
    '127.0.0.1:5000/app',
    '127.1:5000/app',
    '127.0.1:5000/app',
    '0x7f.0.0.1:5000/app',
    '0177.0.0.1:5000/app',
    '2130706433:5000/app',
    '127.0.0.1:05000/app',
  ],
  ['[::1]:5000/**', '[::1]:5000/app', '[0:0:0:0:0:0:0:1]:5000/app', '[::0001]:5000/app', '[0::1]:05000/app'],
  ['[fe80::a]:5000/**', '[FE80::A]:5000/app', '[fe80:0::a]:5000/app'],
];

describe('other spellings of what a rule is for: CVE-2023-34091, CVE-2025-46342', () => {
  for (const [pattern, ...same] of spellings) {
    for (const text of same) {
      it(`${pattern} is for ${text}`, async () => {
        const reference = parseReference(text);
        assert.ok(reference.source === 'registry');
        const { domain, path } = reference;
        const asked = { repository: `${domain}/${path}`, rules: guarded(pattern), signers };
        const byLax = cosignSignature(IMAGE, lax);
        assertRefused(
          await judge({ ...asked, attachments: [byLax] }),
          /^rule guarded.*signature by release: 0 of 1 found/,
        );
        assertAccepted(await judge({ ...asked, attachments: [byLax, cosignSignature(IMAGE, release)] }));
      });
    }
  }

  const impossible = [
    'registry.example./team/app',
    'registry.example/team/app/',
    'registry.example//team/app',
    'registry.example/team/../team/app',
    'registry.example/./team/app',
    'registry.example/team%2Fapp',
    'registry.example/Team/app',
    'registry.example/team/app%00',
    'registry.example /team/app',
    'registry.example\t/team/app',
    'rеgistry.example/team/app',
    'registry。example/team/app',
    'registry.example:/team/app',
    'registry.example:+443/team/app',
    'user@registry.example/team/app',
    'https://registry.example/team/app',
    'registry.example/team/app?x=y',
    'registry.example/team/app#x',
    'registry.example\\team/app',
    'registry.example/team/app@sha256:abc',
    `registry.example/team/app@${IMAGE.digest.toUpperCase()}`,
    `registry.example/team/app@${IMAGE.digest}@${IMAGE.digest}`,
  ];
  for (const text of impossible) {
    it(`no reference at all: ${JSON.stringify(text)}`, () => {
      assert.throws(
        () => parseReference(text),
        (error) => isAppError(error) && error.code === 'REFERENCE_INVALID',
      );
    });
  }

  it('refused: a repository that could only be spelled so by somebody who skips the parsing', async () => {
    for (const repository of [
      'registry.example@evil.example/team/app',
      'registry.example:99999/team/app',
      'registry.example\n/team/app',
      ' registry.example/team/app',
      '1.2.3.999/app',
    ]) {
      const judgement = await judge({
        attachments: [cosignSignature(IMAGE, lax)],
        signers,
        repository,
        rules: guarded('registry.example/**'),
      });
      assertRefused(judgement, /^no rule of attacked is for /);
    }
  });

  it('a tag beside a digest takes nothing away: the digest is what is judged', async (context) => {
    const { blob, manifest } = signatureOf(SERVED, release);
    const { host } = await startHostile(
      context,
      registryOf({ content: [blob, manifest], tags: { [signatureTag()]: manifest } }),
    );
    const trust = { ...trustIn(release, [`${host}/team/*`]) };
    for (const tail of ['', ':latest', `@${SERVED.digest}`, `:latest@${SERVED.digest}`, `:gone@${SERVED.digest}`]) {
      const { verification } = await verify(context, `${host}/team/app${tail}`, { trust });
      assert.equal(verification?.outcome, 'accepted', tail);
    }
    const strict = { ...trustIn(lax, [`${host}/team/*`]) };
    for (const tail of ['', `:gone@${SERVED.digest}`]) {
      assert.equal(
        (await verify(context, `${host}/team/app${tail}`, { trust: strict })).verification?.outcome,
        'refused',
        tail,
      );
    }
  });

  it('the same registry by another spelling of its address meets the same rules', async (context) => {
    const { blob, manifest } = signatureOf(SERVED, lax);
    const { host, port } = await startHostile(
      context,
      registryOf({ content: [blob, manifest], tags: { [signatureTag()]: manifest } }),
    );
    const trust = { ...trustIn(lax), signers, rules: guarded(`${host}/**`) };
    for (const spelled of [host, `127.1:${port}`, `127.0.0.1:0${port}`]) {
      // Under a spelling that cannot be asked nothing is accepted either.
      const outcome = await verify(context, `${spelled}/team/app`, { trust }).then(
        ({ verification }) => verification?.outcome,
        (error: unknown) => (isAppError(error) ? error.code : assert.fail(String(error))),
      );
      assert.ok(outcome !== 'accepted' && outcome !== undefined, `${spelled}: ${outcome}`);
    }
  });

  it('an image of this machine is only for rules that say local', async () => {
    const attachments = [cosignSignature(IMAGE, lax), cosignSignature(IMAGE, release)];
    assertRefused(
      await judge({ attachments, signers, rules: guarded('registry.example/**'), repository: null }),
      /images without a repository/,
    );
    const rules = [rule('local', ['local'], signedBy('lax'))];
    assertAccepted(await judge({ attachments, signers, rules, repository: null }));
    assertRefused(
      await judge({ attachments, signers, rules, repository: 'local/app' }),
      /^no rule of attacked is for /,
    );
  });
});

describe('a signature of cosign 2', () => {
  it('refused: in a repository with a name that is alike', async () => {
    const real = signedByCosign('cosign2-key');
    assertAccepted(await judge(real));
    assertRefused(
      await judge({ ...real, repository: 'registry.example.evil.example/team/app' }),
      /^no rule of attacked is for /,
    );
  });
});
