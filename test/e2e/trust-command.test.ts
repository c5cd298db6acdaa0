import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { trustImporters } from '#lib/trust/configuration/importers/list.ts';
import { evidence } from '../evidence.ts';
import { temporaryHome } from '../fixtures/plimsoll.ts';
import { rootFile, signedLayout, signerFile, TRUSTED_ROOT_FILE } from '../fixtures/signed/index.ts';
import { tufKey, tufRepository } from '../fixtures/tuf-repository.ts';

evidence('trust/commands', 'real tool', 'update-root from a TUF repository that @tufjs/models signs');

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-trust-'));
const home = temporaryHome();
after(() => {
  home.remove();
  rmSync(folder, { recursive: true, force: true });
});

const trusted = join(folder, 'trust.yaml');
writeFileSync(
  trusted,
  `apiVersion: plimsoll.dev/v1
kind: Trust
metadata: { name: release }
roots:
  own: { file: ${JSON.stringify(TRUSTED_ROOT_FILE)} }
signers:
  old:
    operator: team
    key: { file: ${JSON.stringify(signerFile('p384'))}, root: own, transparency: required, revokedAt: 2026-01-01T00:00:00Z }
  release:
    operator: team
    key: { file: ${JSON.stringify(signerFile('p256'))}, transparency: none }
  ci:
    keyless: { root: own, issuer: https://issuer.example, subject: { matches: 'https://code\\.example/acme/[a-z]+' } }
rules:
  - name: signed
    repositories: [local]
    platforms: either
    require:
      - signature: { signers: [release, ci], maxAge: 30d }
`,
);

describe('plimsoll trust show', () => {
  it('prints who is trusted for what, fingerprints whole', async () => {
    const { code, out, err } = await home.plimsoll(['trust', 'show', trusted]);
    assert.equal(code, 0, err);
    for (const text of [
      /^trust configuration release$/m,
      /require +a signature by release or ci; at most 30 days old by a verified\s+time/,
      /^release, operator team$/m,
      /^old, operator team \(no rule asks for it\)$/m,
      /revoked +at 2026-01-01T00:00:00Z/,
      /sha256:be3c6051c9399a27411aa24eedcb29d0a699dc9b8f10d367e78448115ea605a8$/m,
      /issuer +"https:\/\/issuer\.example"/,
      /https:\/\/code\\\.example\/acme\/\[a-z\]\+$/m,
      /from 2026-01-01T00:00:00Z without an end/,
    ]) {
      assert.match(out, text);
    }
    assert.doesNotMatch(out, /…/);
  });

  it('takes the configuration from the environment, and says where there is none', async () => {
    const named = await home.plimsoll(['trust', 'show'], { PLIMSOLL_TRUST: trusted });
    assert.equal(named.code, 0);
    const { code, err } = await home.plimsoll(['trust', 'show'], { XDG_CONFIG_HOME: join(folder, 'none') });
    assert.equal(code, 2);
    assert.match(err, /no trust configuration/);
  });

  it('names line and place of what is wrong', async () => {
    const bad = join(folder, 'bad.yaml');
    const text = readFileSync(trusted, 'utf8');
    for (const [wrong, says] of [
      [
        text.replace('maxAge: 30d', 'maxAge: 30'),
        /bad\.yaml, line 20, rules > \[0\] > require > \[0\] > signature > maxAge/,
      ],
      [text.replace('[release, ci]', '[relase]'), /line 20, .* > signers > \[0\]: .*found "relase"/],
      [text.replace('kind: Trust', 'kind: Trust\nkind: Trust'), /line 3: .*expected every key once/],
      ['\u0000', /bad\.yaml, line 1/],
    ] as const) {
      writeFileSync(bad, wrong);
      const { code, err } = await home.plimsoll(['trust', 'show', bad]);
      assert.equal(code, 3);
      assert.match(err, says);
    }
    writeFileSync(bad, Buffer.of(0xff, 0xfe));
    assert.match((await home.plimsoll(['trust', 'show', bad])).err, /expected text in UTF-8/);
  });
});

describe('plimsoll trust import', () => {
  const notary = join(folder, 'notary');
  const policy = join(notary, 'trustpolicy.json');
  const store = join(notary, 'truststore/x509/ca/acme');
  before(() => {
    mkdirSync(store, { recursive: true });
    cpSync(rootFile('notary-p256'), join(store, 'root.pem'));
    writeFileSync(
      policy,
      JSON.stringify({
        version: '1.0',
        trustPolicies: [
          {
            name: 'prod',
            registryScopes: ['registry.example/team/app'],
            signatureVerification: { level: 'strict' },
            trustStores: ['ca:acme'],
            trustedIdentities: ['x509.subject: C=NL, ST=Zeeland, O=Plimsoll fixtures'],
          },
          { name: 'lab', registryScopes: ['registry.example/lab'], signatureVerification: { level: 'skip' } },
        ],
      }),
    );
  });

  it('knows every importer by its id', async () => {
    const { out } = await home.plimsoll(['trust', '--help']);
    for (const { id } of trustImporters) {
      assert.ok(out.includes(id), id);
      const { code, err } = await home.plimsoll(['trust', 'import', id, join(folder, 'none')]);
      assert.equal(code, 3, err);
    }
  });

  it('prints a configuration that loads, and names what it lost', async () => {
    const { code, out, err } = await home.plimsoll(['trust', 'import', 'notation', policy]);
    assert.equal(code, 0, err);
    assert.match(out, /- truststore\/x509\/ca\/acme\/root\.pem/);
    assert.match(err, /1 part of the policy was not carried over[\s\S]*statement "lab", level skip/);
    assert.ok(err.includes(`named from ${notary}`));
    const kept = join(notary, 'trust.yaml');
    writeFileSync(kept, out);
    assert.match((await home.plimsoll(['trust', 'show', kept])).out, /require +a signature by prod/);
  });

  it('writes to a file, from which the trust store is found', async () => {
    const file = join(mkdtempSync(join(folder, 'out-')), 'trust.yaml');
    const { code, out, err } = await home.plimsoll(['trust', 'import', 'notation', policy, '-o', file]);
    assert.deepEqual([code, out], [0, ''], err);
    assert.equal((await home.plimsoll(['trust', 'show', file])).code, 0);
    assert.doesNotMatch(err, /named from/);
  });

  it('takes a trust store from elsewhere, and no link for one', async () => {
    const other = mkdtempSync(join(folder, 'stores-'));
    cpSync(join(notary, 'truststore/x509'), join(other, 'x509'), { recursive: true });
    const bare = join(mkdtempSync(join(folder, 'policy-')), 'trustpolicy.json');
    cpSync(policy, bare);
    assert.match((await home.plimsoll(['trust', 'import', 'notation', bare])).err, /found no such folder/);
    const moved = ['trust', 'import', 'notation', bare, '--trust-store', other];
    const file = join(folder, 'moved.yaml');
    assert.equal((await home.plimsoll([...moved, '-o', file])).code, 0);
    assert.equal((await home.plimsoll(['trust', 'show', file])).code, 0);
    rmSync(join(other, 'x509/ca/acme'), { recursive: true });
    symlinkSync(store, join(other, 'x509/ca/acme'));
    const { code, err } = await home.plimsoll(moved);
    assert.equal(code, 3);
    assert.match(err, /expected a folder, found a link/);
  });

  it('says that all of a policy was carried over', async () => {
    const file = join(folder, 'policy.json');
    const sigstore = { type: 'sigstoreSigned', keyPath: signerFile('p256') };
    writeFileSync(file, JSON.stringify({ default: [sigstore] }));
    const { code, out, err } = await home.plimsoll(['trust', 'import', 'containers-policy', file]);
    assert.deepEqual([code, err], [0, 'plimsoll: all of the policy was carried over\n']);
    assert.match(out, /signers:\n {2}p256:/);
  });

  const refused: readonly (readonly [name: string, code: number, args: readonly string[], says: RegExp])[] = [
    ['nothing', 2, [], /expected show/],
    ['another action', 2, ['list'], /wrong arguments/],
    ['a policy that it does not know', 2, ['import', 'kyverno', policy], /unknown policy/],
    ['no file', 2, ['import', 'notation'], /wrong arguments/],
    ['an option of another action', 2, ['show', '--root', 'x'], /--root does not go with show/],
    [
      'a trust store of other policies',
      2,
      ['import', 'containers-policy', policy, '--trust-store', '.'],
      /does not go/,
    ],
    ['what is no such policy', 3, ['import', 'containers-policy', policy], /trustpolicy\.json/],
    ['what is no JSON', 3, ['import', 'notation', trusted], /not valid JSON/],
    ['a folder that is not there', 3, ['import', 'notation', policy, '-o', join(folder, 'no/t.yaml')], /no\/t\.yaml/],
  ];
  for (const [name, expected, args, says] of refused) {
    it(`exits with ${expected}: ${name}`, async () => {
      const { code, out, err } = await home.plimsoll(['trust', ...args]);
      assert.equal(code, expected, err);
      assert.match(err, says);
      assert.equal(out, '');
    });
  }
});

describe('plimsoll trust update-root', () => {
  const key = tufKey();
  const first = readFileSync(TRUSTED_ROOT_FILE);
  const second = Buffer.from(JSON.stringify(JSON.parse(first.toString())));
  const NAME = 'trusted_root.json';
  const rootJson = join(folder, 'root.json');
  let files = tufRepository(key, { targets: { [NAME]: first } });
  let server: Server;
  let url: string;

  before(async () => {
    writeFileSync(rootJson, files.get('1.root.json') ?? '');
    server = createServer((request, response) => {
      const path = request.url ?? '';
      const name = path.replace(/^\/tuf\/(targets\/)?/, '');
      const inTargets = path.startsWith('/tuf/targets/');
      const bytes = files.get(name);
      response.writeHead(bytes !== undefined && inTargets === name.endsWith(NAME) ? 200 : 404).end(bytes);
    });
    await new Promise<void>((settle) => {
      server.listen(0, '127.0.0.1', settle);
    });
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/tuf`;
  });
  after(() => {
    server.close();
  });

  const update = async (file: string, ...args: readonly string[]) =>
    await home.plimsoll(['trust', 'update-root', '--url', url, '--root', rootJson, file, ...args]);

  it('writes the trust root, and a newer one later', async () => {
    const file = join(folder, 'fetched.json');
    const written = await update(file);
    assert.deepEqual([written.code, written.err], [0, '']);
    assert.match(written.out, /fetched\.json: written, version 1 of http:\/\/127/);
    assert.match(written.out, /until 2099-01-01/);
    assert.deepEqual(readFileSync(file), first);
    assert.match((await update(file)).out, /fetched\.json: unchanged, version 1/);

    files = tufRepository(key, { targets: { [NAME]: second }, version: 2 });
    assert.match(
      (await home.plimsoll(['trust', 'update-root', '--url', `${url}/`, '--root', rootJson, file])).out,
      /version 2/,
    );
    assert.deepEqual(readFileSync(file), second);
    const { code } = await home.plimsoll([
      'evidence',
      '--trusted-root',
      file,
      '--key',
      signerFile('p256'),
      `oci:${signedLayout('cosign3-key-logged')}:1.0`,
    ]);
    assert.equal(code, 0);
  });

  it('keeps what it saw of each repository apart, below the data folder', () => {
    const [seen = '', ...more] = readdirSync(join(home.folder, 'trust-root'));
    assert.deepEqual(more, []);
    assert.match(seen, /^[0-9a-f]{64}$/);
    assert.deepEqual(readdirSync(join(home.folder, 'trust-root', seen)).toSorted(), [
      'root.json',
      'snapshot.json',
      'targets.json',
      'timestamp.json',
    ]);
  });

  it('refuses to go back, and leaves the file as it was', async () => {
    const file = join(folder, 'fetched.json');
    files = tufRepository(key, { targets: { [NAME]: first }, version: 1 });
    const { code, out, err } = await update(file);
    assert.deepEqual([code, out], [3, '']);
    assert.match(err, /the trust root could not be refreshed/);
    assert.deepEqual(readFileSync(file), second);
  });

  it('refuses what somebody else signed', async () => {
    files = tufRepository(tufKey(), { targets: { [NAME]: first }, version: 3 });
    const { code, err } = await update(join(folder, 'stolen.json'));
    assert.equal(code, 3);
    assert.match(err, /could not be refreshed/);
    assert.ok(!readdirSync(folder).includes('stolen.json'));
  });

  it('refuses to begin with what is no root, and says which URLs there may be', async () => {
    const file = join(folder, 'x.json');
    const cases: readonly (readonly [number, readonly string[], RegExp])[] = [
      [3, ['--root', TRUSTED_ROOT_FILE, '--url', url, file], /the root\.json to start from/],
      [3, ['--root', join(folder, 'none.json'), '--url', url, file], /none\.json/],
      [3, ['--root', rootJson, '--url', url, '--target', '../x', file], /a plain file name/],
      [3, ['--root', rootJson, '--url', 'http://127.0.0.1:9', file], /127\.0\.0\.1:9/],
      [2, ['--url', url, file], /where does trust begin\?/],
      [2, ['--root', rootJson, '--url', 'ftp://tuf.example', file], /not a TUF repository/],
      [2, ['--root', rootJson, '--url', 'https://tuf.example/?x=1', file], /not a TUF repository/],
      [2, ['--root', rootJson], /wrong arguments/],
    ];
    for (const [expected, args, says] of cases) {
      const { code, err } = await home.plimsoll(['trust', 'update-root', ...args]);
      assert.equal(code, expected, err);
      assert.match(err, says);
    }
  });
});
