import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import type { Report } from '#model/report.ts';
import { evidence } from '../evidence.ts';
import { startCountingProxy } from '../fixtures/counting-proxy.ts';
import { startRegistry } from '../fixtures/docker-registry.ts';
import { keyFiles } from '../fixtures/moved-advisories.ts';
import { type Home, temporaryHome } from '../fixtures/plimsoll.ts';
import { zipArchive } from '../fixtures/zip-archive.ts';
import { data, missing } from '../prerequisites.ts';

evidence(
  'advisories/artifacts',
  'real tool',
  'the advisories of Node.js and PyPI over an air gap in an archive, and through docker-registry',
);

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-moving-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** Where nobody answers: a look at it would be an unknown. */
const ELSEWHERE = join(folder, 'sources.yaml');
writeFileSync(
  ELSEWHERE,
  'apiVersion: plimsoll.dev/v1\nkind: Advisories\nsources:\n  - { provider: osv, url: "https://feeds.invalid/osv" }\n',
);

function homeFor(context: TestContext): Home {
  const home = temporaryHome();
  context.after(() => home.remove());
  return home;
}

/** A root folder with lodash 4.17.4 in it. */
function lodash(): string {
  const root = join(folder, 'lodash');
  const target = join(root, 'srv/node_modules/lodash');
  mkdirSync(target, { recursive: true });
  writeFileSync(join(target, 'package.json'), '{"name":"lodash","version":"4.17.4"}');
  return `rootfs:${root}`;
}

async function scan(home: Home, env: Readonly<Record<string, string>>): Promise<Report> {
  const { out, err } = await home.plimsoll(['scan', lodash(), '-o', 'json', '--offline'], env);
  assert.notEqual(out, '', err);
  return JSON.parse(out) as Report;
}

test('over an air gap: what one machine has fetched, another that has no network scans with', {
  skip: missing('shared-data'),
}, async (context) => {
  const { key, publicKey } = keyFiles(context);
  const archive = join(folder, 'feeds.tar');
  const [one, two] = [homeFor(context), homeFor(context)];
  const own = { PLIMSOLL_ADVISORIES: data('osv') };
  // No trust configuration in the usual place.
  const gap = { PLIMSOLL_ADVISORIES: ELSEWHERE, XDG_CONFIG_HOME: folder };
  await one.plimsoll(['advisories', 'update', 'npm', 'PyPI'], own);
  const exported = await one.plimsoll(['advisories', 'export', '--to', `oci-archive:${archive}`, '--key', key], own);
  assert.match(exported.out, /^npm +467 of osv, newest 2020-07-13, checked today, \d+\.\d MB$/m, exported.err);
  assert.match(exported.out, /^2 shards, .* put into oci-archive:.*feeds\.tar$/m);
  const before = await scan(two, gap);
  assert.deepEqual(before.findings, []);
  assert.ok(before.unknowns.some(({ kind }) => kind === 'no-advisories'));

  const distrusted = await two.plimsoll(['advisories', 'import', `oci-archive:${archive}`, '--offline'], gap);
  assert.deepEqual([distrusted.code, distrusted.out], [3, '']);
  assert.match(distrusted.err, /whose advisories are to be believed\?/);
  const trust = join(folder, 'trust.yaml');
  writeFileSync(
    trust,
    `apiVersion: plimsoll.dev/v1
kind: Trust
metadata: { name: feeds }
signers:
  feeds: { key: { file: ${publicKey}, transparency: none } }
rules:
  - { name: feeds, repositories: [local], platforms: index, require: [{ signature: { signers: [feeds] } }] }
`,
  );
  const trusting = { ...gap, PLIMSOLL_TRUST: trust };
  const imported = await two.plimsoll(['advisories', 'import', archive, '--offline'], trusting);
  assert.deepEqual([imported.code, imported.err], [0, ''], imported.err);
  assert.match(imported.out, /^npm +taken$/m);
  assert.match(imported.out, /signed as the trust configuration asks/);

  const [here, there] = [await scan(one, own), await scan(two, gap)];
  assert.ok(here.findings.length >= 2);
  assert.deepEqual([there.findings, there.unknowns], [here.findings, here.unknowns]);
  assert.deepEqual(
    there.advisories.map(({ ecosystem, revision, source }) => [ecosystem, revision, source]),
    here.advisories.map(({ ecosystem, revision, source }) => [ecosystem, revision, source]),
  );
  const status = await two.plimsoll(['advisories', 'status'], gap);
  assert.match(status.out, /^ +brought by oci-archive:.*feeds\.tar$/m);
  // A look that comes to nothing says so, and changes no age.
  const update = await two.plimsoll(['advisories', 'update', 'npm', '--offline'], gap);
  assert.equal(update.code, 3);
  assert.deepEqual((await scan(two, gap)).advisories, there.advisories);
});

test('what nobody trusted has signed is taken for a reason alone, which status repeats', {
  skip: missing('shared-data'),
}, async (context) => {
  const home = homeFor(context);
  const archive = `oci-archive:${join(folder, 'unsigned.tar')}`;
  const env = { PLIMSOLL_ADVISORIES: data('osv') };
  await home.plimsoll(['advisories', 'update', 'npm'], env);
  const exported = await home.plimsoll(['advisories', 'export', 'npm', '--to', archive], env);
  assert.match(exported.out, /not signed: an import takes it with --allow-unverified REASON alone/);
  const gap = { PLIMSOLL_ADVISORIES: ELSEWHERE };
  const { publicKey } = keyFiles(context);
  const refused = await home.plimsoll(['advisories', 'import', archive, '--key', publicKey], gap);
  assert.deepEqual([refused.code, refused.out], [3, '']);
  assert.match(refused.err, /not signed by whom it has to be/);
  const taken = await home.plimsoll(['advisories', 'import', archive, '--allow-unverified', 'carried by hand'], gap);
  assert.deepEqual([taken.code, taken.err], [0, '']);
  const status = await home.plimsoll(['advisories', 'status'], gap);
  assert.match(status.out, /brought by oci-archive:.*, NOT VERIFIED: carried by hand$/m);
});

test('through a registry: only what has changed is sent and fetched', {
  skip: missing('shared-data', 'docker-registry'),
}, async (context) => {
  const registry = await startRegistry();
  context.after(() => registry.stop());
  const { host, asked } = await startCountingProxy(context, registry.host);
  const count = (start: string): number => asked.filter((line) => line.startsWith(start)).length;
  const sent = (): number => count('PUT /v2/feeds/advisories/blobs/uploads/');
  const fetched = (): number => count('GET /v2/feeds/advisories/blobs/');
  const { key, publicKey } = keyFiles(context);
  const feeds = join(folder, 'feeds');
  for (const ecosystem of ['npm', 'PyPI', 'crates.io']) {
    cpSync(data(`osv/${ecosystem}/all.zip`), join(feeds, ecosystem, 'all.zip'));
  }
  const reference = `${host}/feeds/advisories:daily`;
  const [one, two] = [homeFor(context), homeFor(context)];
  const [own, other] = [{ PLIMSOLL_ADVISORIES: feeds }, { PLIMSOLL_ADVISORIES: ELSEWHERE }];
  const publish = async (): Promise<void> => {
    await one.plimsoll(['advisories', 'update'], own);
    const { code, err } = await one.plimsoll(['advisories', 'export', '--to', reference, '--key', key], own);
    assert.equal(code, 0, err);
  };
  const take = async (...args: readonly string[]) =>
    await two.plimsoll(['advisories', 'update', ...args, '--from', reference, '--key', publicKey, '--json'], other);
  const outcomes = async (...args: readonly string[]): Promise<readonly string[]> => {
    const { out, err } = await take(...args);
    assert.notEqual(out, '', err);
    const { shards } = JSON.parse(out) as { readonly shards: readonly { readonly outcome: string }[] };
    return shards.map(({ outcome }) => outcome);
  };

  await publish();
  assert.deepEqual(await outcomes('npm', 'PyPI'), ['taken', 'taken']);
  assert.deepEqual(await outcomes(), ['taken', 'unchanged', 'unchanged']);
  const [sentBefore, fetchedBefore] = [sent(), fetched()];
  const record = {
    id: 'GHSA-new0-0000-0000',
    modified: '2021-01-01T00:00:00Z',
    affected: [
      { package: { ecosystem: 'npm', name: 'lodash' }, ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }] }] },
    ],
  };
  writeFileSync(join(feeds, 'npm/all.zip'), zipArchive([{ name: 'a.json', content: JSON.stringify(record) }]));
  await publish();
  assert.deepEqual(await outcomes(), ['unchanged', 'taken', 'unchanged']);
  // The layer and the bundle of its signature.
  assert.deepEqual([sent() - sentBefore, fetched() - fetchedBefore], [2, 2]);
  assert.deepEqual(
    (await scan(two, other)).findings.map(({ id }) => id),
    ['GHSA-new0-0000-0000'],
  );
  const puts = asked.filter((line) => line.startsWith('PUT /v2/feeds/advisories/'));
  assert.equal(puts.at(-1), 'PUT /v2/feeds/advisories/manifests/daily', 'the tag comes last');

  cpSync(data('osv/npm/all.zip'), join(feeds, 'npm/all.zip'));
  await publish();
  assert.deepEqual(await outcomes(), ['unchanged', 'kept', 'unchanged'], 'an older feed takes nothing away');
  assert.deepEqual(await outcomes('--force'), ['unchanged', 'taken', 'unchanged']);
});

test('wrong usage is said, and what is not there', async (context) => {
  const home = homeFor(context);
  const cases: readonly (readonly [string[], number, RegExp])[] = [
    [['export'], 2, /where to\?/],
    [['import'], 2, /wrong arguments/],
    [['import', 'a', 'b'], 2, /wrong arguments/],
    [['status', '--to', 'x'], 2, /--to does not go with status/],
    [['update', '--force'], 2, /--force does not go with update without --from/],
    [['import', 'oci:x', '--keyless'], 2, /--keyless does not go with import/],
    [['export', '--to', 'oci:x', '--trust', 'x'], 2, /--trust does not go with export/],
    [['export', '--to', `oci:${folder}/x`, '--rekor', 'https://x'], 2, /who is to sign\?/],
    [['import', 'oci:x', '--allow-unverified', ' '], 2, /no reason/],
    [['export', 'npm', '--to', `oci:${folder}/x`], 3, /no "npm" advisories here/],
    [['import', `oci:${folder}/nowhere`, '--allow-unverified', 'x'], 3, /no such file or folder/],
    [['import', 'registry.invalid/x', '--offline', '--allow-unverified', 'x'], 3, /no use of the network/],
  ];
  for (const [args, code, message] of cases) {
    const outcome = await home.plimsoll(['advisories', ...args], { PLIMSOLL_ADVISORIES: ELSEWHERE });
    assert.deepEqual([outcome.code, outcome.out], [code, ''], `${args.join(' ')}: ${outcome.err}`);
    assert.match(outcome.err, message);
  }
  assert.ok(readFileSync(ELSEWHERE, 'utf8').length > 0);
});
