import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { EvidenceReport } from '#model/evidence.ts';
import { evidence } from '../evidence.ts';
import { entryFiles } from '../fixtures/cache.ts';
import { type DockerRegistry, startRegistry } from '../fixtures/docker-registry.ts';
import { temporaryHome } from '../fixtures/plimsoll.ts';
import { pushLayout } from '../fixtures/push-layout.ts';
import { SUBJECTS, signedLayout, signerFile } from '../fixtures/signed/index.ts';
import { missing } from '../prerequisites.ts';
import { evidenceReportValidator } from '../schemas.ts';

evidence('trust/commands', 'real tool', 'verify and evidence over layouts that cosign 3.1.3 signed');

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-verify-'));
const home = temporaryHome();
after(() => {
  home.remove();
  rmSync(folder, { recursive: true, force: true });
});

const KEY = signerFile('p256');
const WRONG = signerFile('p384');
const signed = `oci:${signedLayout('cosign3-key')}:1.0`;
const attested = `oci:${signedLayout('cosign3-attestations')}:1.0`;

const trust = join(folder, 'trust.yaml');
writeFileSync(
  trust,
  `apiVersion: plimsoll.dev/v1
kind: Trust
metadata: { name: release }
signers:
  release: { key: { file: ${JSON.stringify(KEY)}, transparency: none } }
rules:
  - name: signed
    repositories: [local]
    platforms: either
    require:
      - signature: { signers: [release] }
`,
);

describe('plimsoll verify', () => {
  const cases: readonly (readonly [name: string, code: number, args: readonly string[], says: RegExp])[] = [
    ['a signature by the key', 0, ['--key', KEY, signed], /ACCEPTED: every rule is met\./],
    [
      'one by another key',
      1,
      ['--key', WRONG, signed],
      /SIGNATURE_INVALID[\s\S]*REFUSED: rule command-line: signature by p384\.pub: 0 of 1 found\./,
    ],
    [
      'a prehashed signature',
      1,
      ['--key', signerFile('ed25519'), `oci:${signedLayout('cosign3-key-ed25519')}:1.0`],
      /Ed25519ph\), which cannot be\s+verified here: sign with ECDSA\./,
    ],
    ['one of two keys', 0, ['--key', WRONG, '--key', KEY, signed], /ACCEPTED/],
    ['a configuration', 0, ['--trust', trust, signed], /trust +release$[\s\S]*ACCEPTED: every rule is met\./m],
    ['no signature, only statements', 1, ['--trust', trust, attested], /nothing of the kind hangs there/],
    ['nobody to trust', 2, [signed], /whom to trust\?/],
    ['two answers to whom to trust', 2, ['--trust', trust, '--key', KEY, signed], /two answers/],
    ['an issuer without an identity', 2, ['--certificate-oidc-issuer', 'https://issuer.example', signed], /issuer/],
    ['an image that is not there', 3, ['--key', KEY, `oci:${folder}/none`], /none/],
    ['a key that is not there', 3, ['--key', join(folder, 'none.pub'), signed], /none\.pub/],
    ['an image without a place for signatures', 3, ['--key', KEY, `rootfs:${folder}`], /no signatures or attestations/],
    ['a registry that does not answer', 3, ['--key', KEY, '127.0.0.1:9/team/app:1'], /127\.0\.0\.1:9/],
  ];
  for (const [name, code, args, says] of cases) {
    it(`exits with ${code}: ${name}`, async () => {
      const outcome = await home.plimsoll(['verify', ...args]);
      assert.equal(outcome.code, code, outcome.out + outcome.err);
      assert.match(outcome.out + outcome.err, says);
    });
  }

  it('takes the configuration from the environment', async () => {
    const { code, out } = await home.plimsoll(['verify', signed], { PLIMSOLL_TRUST: trust });
    assert.equal(code, 0);
    assert.match(out, /by release: key/);
  });

  it('takes the configuration from its usual place', async () => {
    const { code, err } = await home.plimsoll(['verify', signed], { XDG_CONFIG_HOME: join(folder, 'none') });
    assert.equal(code, 2, err);
    const config = mkdtempSync(join(folder, 'config-'));
    const place = join(config, 'plimsoll');
    mkdirSync(place);
    writeFileSync(join(place, 'trust.yaml'), readFileSync(trust));
    assert.equal((await home.plimsoll(['verify', signed], { XDG_CONFIG_HOME: config })).code, 0);
  });

  it('writes JSON of the published schema', async () => {
    const validate = evidenceReportValidator();
    for (const args of [
      ['verify', '--key', KEY, signed],
      ['verify', '--key', WRONG, signed],
      ['evidence', attested],
    ]) {
      const { out } = await home.plimsoll([...args, '-o', 'json']);
      assert.ok(validate(JSON.parse(out)), JSON.stringify(validate.errors));
    }
  });
});

describe('acceptances that are kept', { skip: missing('docker-registry') }, () => {
  let registry: DockerRegistry;
  let image: string;
  before(async () => {
    registry = await startRegistry();
    await pushLayout(signedLayout('cosign3-key'), `http://${registry.host}`, 'team/app');
    image = `${registry.host}/team/app:1.0`;
  });
  after(async () => await registry.stop());

  /** In a data folder of its own. */
  async function inHome(run: (verify: Verify, kept: () => readonly string[]) => Promise<void>): Promise<void> {
    const own = temporaryHome();
    const verify: Verify = async (...args) => {
      const { out, err } = await own.plimsoll(['verify', ...args, '-o', 'json', image]);
      assert.equal(err, '');
      return JSON.parse(out) as EvidenceReport;
    };
    try {
      await run(verify, () => entryFiles(own.folder).filter((path) => path.includes('/verifications/')));
    } finally {
      own.remove();
    }
  }
  type Verify = (...args: readonly string[]) => Promise<EvidenceReport>;

  it('are taken again, until the configuration is another', async () => {
    await inHome(async (verify, kept) => {
      const first = await verify('--key', KEY);
      const second = await verify('--key', KEY);
      assert.deepEqual([first.content, second.content], ['read', 'cached']);
      assert.deepEqual({ ...second, content: 'read' }, first);
      assert.equal(kept().length, 1);
      assert.equal((await verify('--key', KEY, '--key', WRONG)).content, 'read');
    });
  });

  it('are made again when damaged', async () => {
    await inHome(async (verify, kept) => {
      await verify('--key', KEY);
      for (const path of kept()) {
        const bytes = readFileSync(path);
        bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
        writeFileSync(path, bytes);
      }
      const again = await verify('--key', KEY);
      assert.deepEqual([again.content, again.verification?.outcome], ['read', 'accepted']);
    });
  });

  it('are never refusals', async () => {
    await inHome(async (verify, kept) => {
      await verify('--key', WRONG);
      const second = await verify('--key', WRONG);
      assert.deepEqual([second.content, second.verification?.outcome], ['read', 'refused']);
      assert.deepEqual(kept(), []);
    });
  });
});

describe('plimsoll evidence', () => {
  it('shows everything and trusts nobody without a configuration', async () => {
    const { code, out } = await home.plimsoll(['evidence', attested]);
    assert.equal(code, 0);
    assert.match(out, /no configuration: nobody is trusted/);
    for (const type of ['https://slsa.dev/provenance/v1', 'https://cyclonedx.org/bom', 'https://openvex.dev/ns']) {
      assert.ok(out.includes(`✗ attestation ${type}`), type);
    }
  });

  it('says who signed with one', async () => {
    const { code, out } = await home.plimsoll(['evidence', '--key', KEY, attested]);
    assert.equal(code, 0);
    assert.match(out, /✓ attestation https:\/\/slsa\.dev\/provenance\/v1/);
    assert.match(out, /builder: https:\/\/build\.example/);
  });
});

describe('plimsoll scan with evidence', () => {
  it('holds what hangs on the image, and the answer', async () => {
    const report = await home.report(signed, '--trust', trust);
    assert.equal(report.trust?.verification?.outcome, 'accepted');
    assert.deepEqual(
      report.evidence.map(({ subject, trusted }) => [subject, trusted]),
      [[SUBJECTS.amd64, true]],
    );
  });

  it('does not look where nobody asked', async () => {
    const report = await home.report(signed);
    assert.equal(report.trust, undefined);
    assert.deepEqual(report.evidence, []);
  });

  it('says where there is no place to look', async () => {
    const { code, out } = await home.plimsoll(['scan', '--evidence', `rootfs:${folder}`]);
    assert.equal(code, 0);
    assert.match(out, /EVIDENCE not looked at/);
  });
});
