import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { evaluate } from '#lib/trust/index.ts';
import { evidence } from '../evidence.ts';
import { cosignSignature, testKey, testSubject } from '../fixtures/signing.ts';
import {
  assertAccepted,
  assertRefused,
  IMAGE,
  judge,
  keySigner,
  NOW,
  REPOSITORY,
  signedBy,
  signedByCosign,
  trusting,
} from './attack.ts';

evidence('trust/bypass-09', 'self-made', 'configurations and images in which there is nothing that could fail');
evidence('trust/bypass-09', 'real tool', 'a signature of cosign 2, and no rule for its repository');

const release = testKey();
const signers = { release: keySigner(release) };
const attachments = [cosignSignature(IMAGE, release)];
const rule = {
  name: 'rule',
  repositories: ['registry.example/team/**'],
  platforms: 'either',
  require: [signedBy('release')],
};

describe('nothing to check passes as everything checked (NVIDIA/cluster-readiness-engine#334)', () => {
  it('the rule that matches is met', async () => {
    assertAccepted(await judge({ attachments, signers, rules: [rule] }));
  });

  const unmatched: readonly (readonly [name: string, repository: string | null, rules: readonly object[]])[] = [
    ['a repository that no rule is for: a mirror', 'mirror.example/team/app', [rule]],
    ['an image without a repository', null, [rule]],
    ['no rules at all', REPOSITORY, []],
    ['a rule that leaves it to others, and no others', REPOSITORY, [{ ...rule, except: [REPOSITORY] }]],
    ['a repository that is empty', '', [{ ...rule, repositories: ['**'] }]],
    ['a repository without a host', 'app', [{ ...rule, repositories: ['**'] }]],
    ['a repository without a path', 'registry.example/', [{ ...rule, repositories: ['**'] }]],
  ];
  for (const [name, repository, rules] of unmatched) {
    it(`refused: ${name}`, async () => {
      assertRefused(await judge({ attachments, signers, rules, repository }), /^no rule of attacked is for /);
    });
  }

  it('refused: no image to judge', async () => {
    assertRefused(await judge({ attachments: [], signers, subjects: [] }), /^no image to judge/);
  });

  it('refused: an index of no platforms that nobody signed', async () => {
    const index = testSubject('an index', { kind: 'index', children: [] });
    for (const platforms of ['index', 'each', 'both', 'either'] as const) {
      assertRefused(await judge({ attachments: [], signers, subjects: [index], platforms }), /: 0 of 1 found/);
    }
  });

  it('refused: nothing was found, in any way of finding nothing', async () => {
    const configuration = await trusting({ signers, rules: [rule] });
    for (const discoveries of [[], [{ attachments: [], problems: [] }]]) {
      const { verification } = evaluate({
        configuration,
        repository: REPOSITORY,
        tag: null,
        subjects: [IMAGE],
        discoveries,
        now: NOW,
      });
      assert.equal(verification?.outcome, 'refused');
      assert.match(verification.reasons.join(), /signature by release: 0 of 1 found/);
    }
  });

  it('an attachment without parts is no evidence', async () => {
    const [whole] = attachments;
    const empty = whole === undefined ? [] : [{ ...whole, blobs: [] }];
    assertRefused(await judge({ attachments: empty, signers }), /: 0 of 1 found/);
  });

  const empties: readonly (readonly [name: string, document: object, fault: RegExp])[] = [
    ['no requirements', { signers, rules: [{ ...rule, require: [] }] }, /require/],
    [
      'a requirement that asks for nothing',
      { signers, rules: [{ ...rule, require: [{}] }] },
      /exactly one of signature, attestation, refuse/,
    ],
    [
      'no signers in a requirement',
      { signers, rules: [{ ...rule, require: [{ signature: { signers: [] } }] }] },
      /signers/,
    ],
    ['no repositories', { signers, rules: [{ ...rule, repositories: [] }] }, /repositories/],
    ['no rules', { signers }, /rules/],
    ['no platforms', { signers, rules: [{ ...rule, platforms: undefined }] }, /platforms/],
    ['a signer that is nobody', { signers: { release: {} }, rules: [rule] }, /exactly one of key, keyless, x509/],
    ['a signer that is not there', { signers: {}, rules: [rule] }, /the name of one of the signers/],
    ['no builders', provenanceOf({ builders: [] }), /builders/],
    ['no verifiers', summaryOf({ verifiers: [], levels: ['SLSA_BUILD_LEVEL_1'], resourceUri: 'x' }), /verifiers/],
    ['no levels', summaryOf({ verifiers: [{ id: 'x' }], levels: [], resourceUri: 'x' }), /levels/],
    [
      'a store without certificates',
      { signers, stores: { ca: { type: 'ca', certificates: [] } }, rules: [rule] },
      /certificates/,
    ],
    ['a root of nothing', { signers, roots: { own: {} }, rules: [rule] }, /either file, or the parts/],
    ['identities of nobody', x509With([]), /identities/],
    ['a log that is required of no root', keyWith({ transparency: 'required' }), /transparency/],
    ['a key and nothing said of logs', keyWith({ transparency: undefined }), /transparency/],
  ];
  for (const [name, document, fault] of empties) {
    it(`a configuration is refused: ${name}`, async () => {
      await assert.rejects(trusting(document), { code: 'TRUST_CONFIGURATION_INVALID', message: fault });
    });
  }

  it('a root without logs does not make a required log entry be there', async () => {
    const { pem } = testKey();
    const document = {
      attachments,
      roots: { own: { ctKeys: [{ pem }] } },
      signers: { release: keySigner(release, { root: 'own', transparency: 'required' }) },
    };
    await assert.rejects(
      async () => assertAccepted(await judge(document)),
      (error: Error) => /LOG_ENTRY_MISSING|TRUST_CONFIGURATION_INVALID|transparency/.test(error.message),
    );
  });
});

function provenanceOf(provenance: object): object {
  return {
    signers,
    rules: [{ ...rule, require: [{ attestation: { predicateType: 'provenance', signers: ['release'], provenance } }] }],
  };
}

function summaryOf(summary: object): object {
  const predicateType = 'https://slsa.dev/verification_summary/v1';
  return {
    signers,
    rules: [{ ...rule, require: [{ attestation: { predicateType, signers: ['release'], summary } }] }],
  };
}

function x509With(identities: readonly string[]): object {
  return { signers: { release: { x509: { stores: ['ca'], identities, level: 'strict' } } }, rules: [rule] };
}

function keyWith(more: object): object {
  return { signers: { release: keySigner(release, more) }, rules: [rule] };
}

describe('a signature of cosign 2', () => {
  it('refused: where no rule is for the image', async () => {
    const real = signedByCosign('cosign2-key');
    assertAccepted(await judge(real));
    assertRefused(await judge({ ...real, repository: 'mirror.example/team/app' }), /^no rule of attacked is for /);
    assertRefused(await judge({ ...real, rules: [] }), /^no rule of attacked is for /);
  });
});
