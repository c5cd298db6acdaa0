import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Report } from '#model/report.ts';
import { evidence } from '../evidence.ts';
import { type DockerRegistry, startRegistry } from '../fixtures/docker-registry.ts';
import { keyFiles } from '../fixtures/moved-advisories.ts';
import { temporaryHome } from '../fixtures/plimsoll.ts';
import { writeTwoPlatforms } from '../fixtures/two-platforms.ts';
import { missing } from '../prerequisites.ts';
import { openvexValidator } from '../schemas.ts';

evidence('policy/bundles', 'real tool', 'policies signed, put into docker-registry, and decided by from there');

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-bundle-'));
const home = temporaryHome();
after(() => {
  home.remove();
  rmSync(folder, { recursive: true, force: true });
});
const at = (name: string): string => join(folder, name);

const { images } = await writeTwoPlatforms(at('image'));
const IMAGE = `oci:${at('image')}:1.0`;

function write(name: string, user: string): string {
  mkdirSync(at(name), { recursive: true });
  writeFileSync(
    join(at(name), 'policies.yaml'),
    `apiVersion: plimsoll.dev/v1
kind: Policy
metadata: { name: users }
validations:
  - { name: named, expression: "image.user == '${user}'", message: runs as somebody else }
---
apiVersion: plimsoll.dev/v1
kind: Environment
metadata: { name: production }
policies: [{ policy: users }]
---
apiVersion: plimsoll.dev/v1
kind: Exception
metadata: { name: musl }
scope: { digests: ["${images[0]?.manifest.digest}"], packages: ["pkg:apk/alpine/musl"] }
for: { findings: [CVE-2026-1] }
reason: nobody calls it
owner: team
requester: grace
approver: ada
ticket: SEC-1
requested: 2026-01-01T00:00:00Z
expires: 2099-01-01T00:00:00Z
justification: vulnerable_code_not_in_execute_path
`,
  );
  return at(name);
}
const strict = write('strict', 'app');
const lax = write('lax', '');

function trust(name: string, key: string): string {
  writeFileSync(
    at(name),
    `apiVersion: plimsoll.dev/v1
kind: Trust
metadata: { name: policies }
signers:
  security: { key: { file: ${key}, transparency: none } }
rules:
  - { name: policies, repositories: ['**', local], platforms: index, require: [{ signature: { signers: [security] } }] }
`,
  );
  return at(name);
}

describe('a bundle of policies in a registry', { skip: missing('docker-registry') }, () => {
  let registry: DockerRegistry;
  before(async () => {
    registry = await startRegistry();
  });
  after(async () => await registry.stop());

  it('is signed, decides when it is believed, and does not go back', async (context) => {
    const [security, stranger] = [keyFiles(context), keyFiles(context)];
    const reference = `${registry.host}/security/policies:production`;
    const feed = { PLIMSOLL_ADVISORIES: at('none'), PLIMSOLL_POLICIES: reference };
    mkdirSync(at('none'), { recursive: true });
    const put = async (from: string, key: string): Promise<string> => {
      const args = ['policy', 'export', from, '--to', reference, '--key', key, '--json'];
      const { code, out, err } = await home.plimsoll(args);
      assert.equal(code, 0, err);
      return (JSON.parse(out) as { readonly digest: string }).digest;
    };
    const scan = async (trusted: string | null) => {
      const args = ['scan', IMAGE, '--environment', 'production', '--allow-unknown', 'no advisories', '-o', 'json'];
      return await home.plimsoll(args, { ...feed, ...(trusted === null ? {} : { PLIMSOLL_TRUST: trusted }) });
    };
    const believing = trust('trust.yaml', security.publicKey);

    const old = await put(lax, security.key);
    const distrusted = await scan(null);
    assert.deepEqual([distrusted.code, distrusted.out], [3, '']);
    assert.match(distrusted.err, /whose policies are to be believed\?/);
    const admitted = await scan(believing);
    assert.equal(admitted.code, 0, admitted.err);
    const { verdict } = JSON.parse(admitted.out) as Report;
    assert.equal(verdict?.decision, 'warn', 'for what is not known');

    // The revision is that of the folder: whoever looks at either sees the same policies.
    const direct = await home.plimsoll(
      [
        'scan',
        IMAGE,
        '--environment',
        'production',
        '--policies',
        lax,
        '--allow-unknown',
        'no advisories',
        '-o',
        'json',
      ],
      { ...feed, PLIMSOLL_TRUST: believing },
    );
    assert.equal((JSON.parse(direct.out) as Report).verdict?.inputs.revision, verdict?.inputs.revision, direct.err);

    await put(strict, security.key);
    const refused = await scan(believing);
    assert.equal(refused.code, 1, refused.err);
    assert.match(refused.err, /runs as somebody else/);

    // Somebody who may push moves the name back to what is signed as well.
    const manifests = `http://${registry.host}/v2/security/policies/manifests`;
    const media = 'application/vnd.oci.image.manifest.v1+json';
    const kept = await fetch(`${manifests}/${old}`, { headers: { accept: media } });
    const moved = await fetch(`${manifests}/production`, {
      method: 'PUT',
      headers: { 'content-type': media },
      body: await kept.arrayBuffer(),
    });
    assert.equal(moved.status, 201);
    const back = await scan(believing);
    assert.deepEqual([back.code, back.out], [3, '']);
    assert.match(back.err, /policies went back/);

    // Another takes the name for policies that let pass.
    await put(lax, stranger.key);
    const foreign = await scan(believing);
    assert.deepEqual([foreign.code, foreign.out], [3, '']);
    assert.match(foreign.err, /not signed by whom it has to be/);
  });

  it('without a key it is put there, and nobody takes it', async (context) => {
    const security = keyFiles(context);
    const reference = `${registry.host}/security/unsigned:1`;
    const exported = await home.plimsoll(['policy', 'export', lax, '--to', reference]);
    assert.equal(exported.code, 0, exported.err);
    assert.match(exported.out, /not signed: nobody takes it/);
    const { code, err } = await home.plimsoll(['scan', IMAGE, '--environment', 'production', '--policies', reference], {
      PLIMSOLL_TRUST: trust('other.yaml', security.publicKey),
    });
    assert.equal(code, 3);
    assert.match(err, /not signed by whom it has to be/);
  });
});

describe('policy export', () => {
  it('prints the exceptions as OpenVEX', { skip: missing('shared-data') }, async () => {
    const { code, out, err } = await home.plimsoll(['policy', 'export', lax, '--openvex']);
    assert.equal(code, 0, err);
    const validate = openvexValidator();
    assert.ok(validate(JSON.parse(out)), JSON.stringify(validate.errors));
    assert.match(err, /1 statement, nothing left out/);
  });

  it('says what it is for, and takes folders alone', async () => {
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [[], /what is to be exported\?/],
      [[lax, '--openvex', '--to', 'oci:x'], /what is to be exported\?/],
      [[lax, '--openvex', '--json'], /--json does not go with --openvex/],
      [[lax, '--to', 'oci:x', '--fulcio', 'https://fulcio.invalid'], /who is to sign\?/],
      [['oci:x', '--to', 'oci:y'], /not a folder/],
    ];
    for (const [args, message] of cases) {
      const { code, err } = await home.plimsoll(['policy', 'export', ...args]);
      assert.equal(code, 2, err);
      assert.match(err, message);
    }
  });
});

describe('policy import', () => {
  const ignored = join(folder, '.trivyignore');
  writeFileSync(ignored, '# accepted\nCVE-2018-14618\nCVE-2019-14697 exp:2098-12-01\nAVD-DS-0002\n');
  const WHO = ['--owner', 'team', '--requester', 'grace', '--approver', 'ada', '--ticket', 'SEC-7'];
  const WHY = ['--reason', 'as before', '--expires', '2098-11-01', '--repository', 'registry.example/team/app'];

  it('prints exceptions that policy check takes, and names what it leaves out', async () => {
    const { code, out, err } = await home.plimsoll(['policy', 'import', 'trivy', ignored, ...WHO, ...WHY]);
    assert.equal(code, 0, err);
    assert.match(err, /2 exceptions, 1 rule left out:\n- "AVD-DS-0002" \(.*\.trivyignore, line 4\)/);
    mkdirSync(at('imported'));
    writeFileSync(at('imported/exceptions.yaml'), out);
    const checked = await home.plimsoll(['policy', 'check', at('imported'), '-o', 'json']);
    assert.equal(checked.code, 0, checked.out);
    assert.equal((JSON.parse(checked.out) as { readonly documents: Record<string, number> }).documents['Exception'], 2);
  });

  it('asks for what ignore files do not say', async () => {
    const silent = await home.plimsoll(['policy', 'import', 'trivy', ignored, ...WHY]);
    assert.deepEqual([silent.code, silent.out], [2, '']);
    assert.match(silent.err, /--owner, which ignore files do not say/);
    const endless = await home.plimsoll([
      'policy',
      'import',
      'trivy',
      ignored,
      ...WHO,
      '--reason',
      'x',
      '--digest',
      `sha256:${'ab'.repeat(32)}`,
    ]);
    assert.deepEqual([endless.code, endless.out], [3, '']);
    assert.match(endless.err, /line 2.*--expires for those without one/);
    const unknown = await home.plimsoll(['policy', 'import', 'snyk', ignored, ...WHO, ...WHY]);
    assert.equal(unknown.code, 2);
    assert.match(unknown.err, /grype or trivy, found "snyk"/);
    const day = await home.plimsoll(['policy', 'import', 'trivy', ignored, ...WHO, '--expires', 'soon']);
    assert.equal(day.code, 2);
  });
});
