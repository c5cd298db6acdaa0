import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import { isAppError } from '#base/error.ts';
import { evaluate } from '#lib/trust/index.ts';
import type { Attachment, AttachmentProblem } from '#model/attachment.ts';
import { evidence } from '../evidence.ts';
import { LISTING, registryOf, IMAGE as SERVED } from '../fixtures/evidence-registry.ts';
import { type Answer, refuse, startHostile } from '../fixtures/hostile-registry.ts';
import { temporaryHome } from '../fixtures/plimsoll.ts';
import { signedLayout, signerFile } from '../fixtures/signed/index.ts';
import { attachmentOf, cosignSignature, testKey } from '../fixtures/signing.ts';
import { assertRefused, IMAGE, judge, keySigner, NOW, REPOSITORY } from './attack.ts';
import { signatureOf, signatureTag, textOf, trustIn, verify } from './run.ts';

evidence(
  'trust/bypass-20',
  'self-made',
  'errors, silence, unknown formats, empty files and configurations that cannot be read',
);
evidence(
  'trust/bypass-20',
  'real tool',
  'images that cosign signed, verified on the command line with what is not there',
);

const release = testKey();
const stranger = testKey();
const signers = { release: keySigner(release) };

function held(mediaType: string, content: Buffer, artifactType: string | null = mediaType): Attachment {
  return attachmentOf(IMAGE, { route: 'referrers', artifactType, mediaType, annotations: new Map(), content });
}

const FORMATS = [
  'application/vnd.dsse.envelope.v1+json',
  'application/vnd.dev.cosign.simplesigning.v1+json',
  'application/vnd.dev.sigstore.bundle.v0.3+json',
  'application/vnd.dev.sigstore.bundle.v9.9+json',
  'application/vnd.in-toto+json',
  'application/jose+json',
  'application/cose',
];

describe('what fails never passes: ratify#92', () => {
  const contents = [
    Buffer.alloc(0),
    Buffer.from('{}'),
    Buffer.from('[]'),
    Buffer.from('null'),
    Buffer.from('true'),
    Buffer.from('"accepted"'),
    Buffer.from([0]),
    Buffer.alloc(1000, 0xff),
  ];
  for (const mediaType of FORMATS) {
    it(`refused: ${mediaType} with nothing in it that counts`, async () => {
      for (const content of contents) {
        const artifactType =
          mediaType === 'application/jose+json' || mediaType === 'application/cose'
            ? 'application/vnd.cncf.notary.signature'
            : mediaType;
        assertRefused(
          await judge({ attachments: [held(mediaType, content, artifactType)], signers }),
          /^[A-Z0-9_]+_INVALID |^UNSIGNED /,
        );
      }
    });
  }

  it('refused: formats that nobody knows', async () => {
    for (const mediaType of [
      '',
      'application/vnd.example.signature',
      'application/pgp-signature',
      'text/plain',
      'application/vnd.dev.cosign.simplesigning.v2+json',
    ]) {
      assertRefused(
        await judge({ attachments: [held(mediaType, Buffer.from('{"verified":true}'))], signers }),
        /: 0 of 1 found/,
      );
    }
  });

  it('refused: any octets in the place of any format, and none is a crash', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...FORMATS),
        fc.uint8Array({ maxLength: 400 }),
        fc.json(),
        async (mediaType, octets, json) => {
          for (const content of [Buffer.from(octets), Buffer.from(json)]) {
            const { verification } = await judge({ attachments: [held(mediaType, content)], signers });
            assert.equal(verification.outcome, 'refused');
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('refused: a signature with anything in its annotations', async () => {
    const good = cosignSignature(IMAGE, stranger);
    const names = [
      'dev.cosignproject.cosign/signature',
      'dev.sigstore.cosign/certificate',
      'dev.sigstore.cosign/chain',
      'dev.sigstore.cosign/bundle',
      'dev.sigstore.cosign/rfc3161timestamp',
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...names),
        fc.oneof(fc.string(), fc.json(), fc.base64String()),
        async (name, value) => {
          const blobs = good.blobs.map((blob) => ({
            ...blob,
            annotations: new Map([...blob.annotations, [name, value]]),
          }));
          const { verification } = await judge({ attachments: [{ ...good, blobs }], signers });
          assert.equal(verification.outcome, 'refused');
        },
      ),
      { numRuns: 100 },
    );
  });

  it('refused: parts that could not be read', async () => {
    const good = cosignSignature(IMAGE, release);
    const blobs = good.blobs.map((blob) => ({ ...blob, content: null, reason: 'the registry did not answer' }));
    assertRefused(await judge({ attachments: [{ ...good, blobs }], signers }), /not read: the registry did not answer/);
  });

  it('unknown, and not accepted: a place that did not answer', async () => {
    const problem: AttachmentProblem = {
      subject: IMAGE.digest,
      route: 'referrers',
      digest: null,
      code: 'REGISTRY_TIMEOUT',
      reason: 'no answer',
    };
    const judgement = await judge({ attachments: [], problems: [problem], signers });
    assert.equal(judgement.verification.outcome, 'unknown');
    assertRefused(judgement, /^REGISTRY_TIMEOUT no answer/);
    // Without a rule the answer would change nothing.
    const other = await judge({ attachments: [], problems: [problem], signers, repository: 'other.example/x' });
    assert.equal(other.verification.outcome, 'refused');
  });

  it('nothing is trusted without a configuration', () => {
    const discoveries = [{ attachments: [cosignSignature(IMAGE, release)], problems: [] }];
    const asked = { repository: REPOSITORY, tag: null, subjects: [IMAGE], discoveries, now: NOW };
    const { verification, evidence: shown } = evaluate({ ...asked, configuration: null });
    assert.equal(verification, null);
    assert.ok(shown.every(({ trusted, accepted }) => !trusted && accepted.length === 0));
  });

  it('refused at any time that is none', async () => {
    const attachments = [cosignSignature(IMAGE, release)];
    const require = [{ signature: { signers: ['release'], maxAge: '1h' } }];
    for (const now of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -1]) {
      assertRefused(await judge({ attachments, signers, require, now }), /^TIME_UNVERIFIED /);
    }
  });
});

describe('registries that fail', () => {
  const { blob, manifest } = signatureOf(SERVED, release);
  const trust = trustIn(release);
  const failing: readonly (readonly [name: string, answer: Answer])[] = [
    ['500', (_, response) => refuse(response, 500, 'UNKNOWN', 'no')],
    ['403', (_, response) => refuse(response, 403, 'DENIED', 'no')],
    ['401', (_, response) => void response.writeHead(401).end()],
    ['200 with nothing', (_, response) => void response.writeHead(200).end()],
    ['200 with a page', (_, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>')],
    ['204', (_, response) => void response.writeHead(204).end()],
    ['the end of the connection', (request) => void request.socket.destroy()],
  ];
  for (const [name, answer] of failing) {
    it(`not accepted: the tag of the signature is answered by ${name}`, async (context) => {
      const { host } = await startHostile(
        context,
        registryOf({
          content: [blob, manifest],
          instead: { [`manifests/${signatureTag()}`]: answer, [LISTING]: answer },
        }),
      );
      const report = await verify(context, `${host}/team/app`, { trust });
      assert.ok(['unknown', 'refused'].includes(report.verification?.outcome ?? ''), textOf(report));
      assert.ok(report.problems.length > 0, 'it is said');
    });
  }
});

describe('registries without the image', () => {
  for (const [name, status, type] of [
    ['200 with a page', 200, 'text/html'],
    ['200 with nothing said', 200, ''],
    ['403', 403, 'text/plain'],
  ] as const) {
    it(`no answer: ${name}`, async (context) => {
      const answer: Answer = (_, response) => void response.writeHead(status, { 'content-type': type }).end('<html>');
      const { host } = await startHostile(context, registryOf({ instead: { 'manifests/latest': answer } }));
      await assert.rejects(verify(context, `${host}/team/app`, { trust: trustIn(release) }), (error) =>
        isAppError(error),
      );
    });
  }
});

describe('the command line', () => {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-fail-open-'));
  const home = temporaryHome();
  after(() => {
    home.remove();
    rmSync(folder, { recursive: true, force: true });
  });
  const image = `oci:${signedLayout('cosign3-key')}:1.0`;
  const key = signerFile('p256');
  const file = (name: string, content: string | Uint8Array): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  const configuration = (change: (text: string) => string): string =>
    change(
      JSON.stringify({
        apiVersion: 'plimsoll.dev/v1',
        kind: 'Trust',
        metadata: { name: 'x' },
        signers: { release: { key: { file: key, transparency: 'none' } } },
        rules: [
          {
            name: 'r',
            repositories: ['local'],
            platforms: 'either',
            require: [{ signature: { signers: ['release'] } }],
          },
        ],
      }),
    );
  const directory = join(folder, 'directory');
  mkdirSync(directory);
  const unreadable = file(
    'unreadable.yaml',
    configuration((text) => text),
  );
  chmodSync(unreadable, 0);

  const cases: readonly (readonly [name: string, args: readonly string[], fault: RegExp])[] = [
    ['a configuration that is not there', ['--trust', join(folder, 'none.yaml')], /none\.yaml/],
    ['a configuration that is empty', ['--trust', file('empty.yaml', '')], /empty\.yaml/],
    ['a configuration that is a folder', ['--trust', directory], /directory/],
    [
      'a configuration that is no UTF-8',
      ['--trust', file('latin.yaml', Buffer.from([0xff, 0xfe, 0x00]))],
      /latin\.yaml/,
    ],
    ['a configuration that is no YAML', ['--trust', file('broken.yaml', '{')], /broken\.yaml/],
    ['a configuration of nothing', ['--trust', file('null.yaml', 'null')], /null\.yaml/],
    [
      'a configuration whose key is not there',
      [
        '--trust',
        file(
          'nokey.yaml',
          configuration((text) => text.replace('p256.pub', 'none.pub')),
        ),
      ],
      /none\.pub/,
    ],
    [
      'a configuration whose key is empty',
      [
        '--trust',
        file(
          'emptykey.yaml',
          configuration((text) => text.replace(key, file('empty.pub', ''))),
        ),
      ],
      /empty\.pub/,
    ],
    [
      'a configuration whose root is not there',
      [
        '--trust',
        file(
          'noroot.yaml',
          configuration((text) => text.replace('"signers"', '"roots":{"own":{"file":"none.json"}},"signers"')),
        ),
      ],
      /none\.json/,
    ],
    [
      'a configuration without a rule for it',
      [
        '--trust',
        file(
          'norule.yaml',
          configuration((text) => text.replace('"local"', '"other.example/**"')),
        ),
      ],
      /no rule of x is for images without a repository/,
    ],
    [
      'a configuration of another tool',
      ['--trust', file('policy.json', '{"default":[{"type":"insecureAcceptAnything"}]}')],
      /policy\.json/,
    ],
    ['a key that is not there', ['--key', join(folder, 'none.pub')], /none\.pub/],
    ['a key that is empty', ['--key', file('nothing.pub', '')], /nothing\.pub/],
    ['a trust root that is empty', ['--key', key, '--trusted-root', file('empty.json', '')], /empty\.json/],
    ['a trust root of nothing', ['--key', key, '--trusted-root', file('null.json', '{}')], /null\.json/],
    [
      'an identity without a trust root',
      ['--certificate-identity', 'x', '--certificate-oidc-issuer', 'https://x.example'],
      /trusted-root/,
    ],
    ['an identity that is empty', ['--certificate-identity', '', '--certificate-oidc-issuer', ''], /./],
    ['nobody to trust', [], /whom to trust\?/],
    ['a time that is up', ['--key', key, '--timeout', '0s'], /./],
    ...(process.getuid?.() === 0
      ? []
      : [['a configuration that may not be read', ['--trust', unreadable], /unreadable\.yaml/] as const]),
  ];
  for (const [name, args, fault] of cases) {
    it(`does not exit with 0: ${name}`, async () => {
      const { code, out, err } = await home.plimsoll(['verify', ...args, image]);
      assert.ok(code === 1 || code === 2 || code === 3, `${code}: ${out}${err}`);
      assert.match(out + err, fault);
      assert.doesNotMatch(out, /ACCEPTED/);
      assert.doesNotMatch(err, /TypeError|SyntaxError|RangeError|at file:/);
    });
  }

  it('exits with 0 for what is accepted', async () => {
    const { code, out, err } = await home.plimsoll([
      'verify',
      '--trust',
      file(
        'good.yaml',
        configuration((text) => text),
      ),
      image,
    ]);
    assert.equal(code, 0, out + err);
  });

  it('a scan whose configuration cannot be read ends, whatever is wrong with it', async () => {
    const layout = `oci:${signedLayout('cosign3-key')}:1.0`;
    for (const content of [
      '',
      configuration((text) => text.replace('p256.pub', 'none.pub')),
      configuration((text) => text.replace(key, file('bad.pub', 'bad'))),
    ]) {
      const { code, out, err } = await home.plimsoll(['scan', '--trust', file('scan.yaml', content), layout]);
      assert.ok(code !== 0, `${out}${err}`);
      assert.match(err, /scan\.yaml|none\.pub|bad\.pub/);
    }
  });

  it('exits with 1 for what is refused', async () => {
    const { code, out, err } = await home.plimsoll(['verify', '--key', signerFile('p384'), image]);
    assert.equal(code, 1, out + err);
    assert.match(out, /REFUSED/);
  });
});
