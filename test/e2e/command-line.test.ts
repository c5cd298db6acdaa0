import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { temporaryHome } from '../fixtures/plimsoll.ts';
import { data, missing } from '../prerequisites.ts';

const home = temporaryHome();
after(() => home.remove());
const skip = missing('shared-data');

interface Case {
  readonly name: string;
  readonly args: readonly string[];
  readonly code: number;
  readonly err: RegExp;
}

const WRONG_USAGE: readonly Case[] = [
  {
    name: 'a role that there is not',
    args: ['serve', '--role', 'captain'],
    code: 2,
    err: /unknown role.*registry, api/,
  },
  { name: 'an unknown command', args: ['sail'], code: 2, err: /unknown command.*expected one of serve.*scan/ },
  { name: 'an option before the command', args: ['--offline', 'scan', 'x'], code: 2, err: /a command first/ },
  { name: 'an unknown option', args: ['scan', '--nope', 'x'], code: 2, err: /--nope'\n/ },
  { name: 'no image', args: ['scan'], code: 2, err: /one image is needed/ },
  { name: 'two images', args: ['scan', 'rootfs:/a', 'rootfs:/b'], code: 2, err: /expected one IMAGE, found 2/ },
  {
    name: 'an unknown format',
    args: ['scan', '-o', 'xml', 'rootfs:/a'],
    code: 2,
    err: /table, json, sarif, cyclonedx/,
  },
  {
    name: 'two formats on the screen',
    args: ['scan', '-o', 'json', '-o', 'sarif', 'rootfs:/a'],
    code: 2,
    err: /at most one/,
  },
  { name: 'an unknown severity', args: ['scan', '--severity', 'awful', 'rootfs:/a'], code: 2, err: /"awful"/ },
  { name: 'an unknown level', args: ['scan', '--fail-on', 'awful', 'rootfs:/a'], code: 2, err: /critical, high/ },
  {
    name: 'an empty reason',
    args: ['scan', '--fail-on', 'low', '--allow-unknown', ' ', 'rootfs:/a'],
    code: 2,
    err: /reason/,
  },
  {
    name: 'a reason without a gate',
    args: ['scan', '--allow-unknown', 'x', 'rootfs:/a'],
    code: 2,
    err: /needs --fail-on/,
  },
  {
    name: 'lock files, and none',
    args: ['scan', '--lock-files', '--no-lock-files', 'rootfs:/a'],
    code: 2,
    err: /--no-lock-files.*expected one of them/,
  },
  { name: 'a wrong duration', args: ['scan', '--timeout', 'soon', 'rootfs:/a'], code: 2, err: /--timeout.*found soon/ },
  { name: 'a wrong platform', args: ['scan', '--platform', 'linux', 'rootfs:/a'], code: 2, err: /platform/i },
  { name: 'a path that is not there', args: ['scan', './no/such/path.tar'], code: 3, err: /no\/such\/path/ },
  { name: 'a folder that is not there', args: ['scan', 'rootfs:/no/such/folder'], code: 3, err: /no\/such\/folder/ },
  { name: 'an SBOM document that is not there', args: ['scan', 'sbom:app.json'], code: 3, err: /app\.json/ },
  { name: 'a tag without a network', args: ['scan', '--offline', 'registry.example/app:1'], code: 3, err: /@sha256:/ },
  {
    name: 'a file that is no image',
    args: ['scan', import.meta.filename],
    code: 3,
    err: /not a tar archive.*\n {2}Name what/,
  },
  {
    name: 'a text as a root file system',
    args: ['scan', `rootfs:${import.meta.filename}`],
    code: 3,
    err: /root file system/,
  },
  {
    name: 'a folder that is not there as output',
    args: ['sbom', '-o', 'json=/no/such/folder/a.json', 'rootfs:/etc'],
    code: 3,
    err: /could not be written.*\/no\/such/,
  },
  { name: 'an ecosystem that is a path', args: ['advisories', 'update', '../x'], code: 2, err: /ecosystem name/ },
  { name: 'no action', args: ['advisories'], code: 2, err: /expected update.*found nothing/ },
];

for (const { name, args, code, err } of WRONG_USAGE) {
  test(`${name} exits with ${code} and says what was expected`, async () => {
    const outcome = await home.plimsoll(args);
    assert.equal(outcome.code, code, outcome.err);
    assert.match(outcome.err, err);
    assert.equal(outcome.out, '');
    assert.doesNotMatch(outcome.err, /internal error|at .*\.ts:/);
  });
}

test('--version and --help answer on standard output', async () => {
  assert.match((await home.plimsoll(['--version'])).out, /^plimsoll \d+\.\d+\.\d+\n$/);
  for (const args of [['--help'], ['scan', '--help'], ['sbom', '-h'], ['help', 'advisories']]) {
    const outcome = await home.plimsoll(args);
    assert.equal(outcome.code, 0);
    assert.match(outcome.out, /plimsoll/);
    for (const line of outcome.out.split('\n')) {
      assert.ok(line.length <= 80, `too wide: ${line}`);
    }
  }
});

test('several outputs: files whole, the screen on standard output', { skip }, async () => {
  const [sarif, cyclonedx] = [join(home.folder, 'a.sarif'), join(home.folder, 'a.cdx.json')];
  const reference = `rootfs:${data('pkgdb/alpine-3.7.0')}`;
  const outcome = await home.plimsoll([
    'scan',
    reference,
    '-o',
    `sarif=${sarif}`,
    '-o',
    `cyclonedx=${cyclonedx}`,
    '-o',
    'table',
  ]);
  assert.equal(outcome.code, 0, outcome.err);
  assert.match(outcome.out, /alpine/i);
  assert.equal((JSON.parse(readFileSync(sarif, 'utf8')) as { version: string }).version, '2.1.0');
  assert.equal((JSON.parse(readFileSync(cyclonedx, 'utf8')) as { specVersion: string }).specVersion, '1.6');
});

test('an output that cannot be written is an error that names the file', { skip }, async () => {
  const file = join(home.folder, 'no/such/folder/a.json');
  const outcome = await home.plimsoll(['sbom', `rootfs:${data('pkgdb/alpine-3.7.0')}`, '-o', `json=${file}`]);
  assert.equal(outcome.code, 3);
  assert.ok(outcome.err.includes(file));
  assert.ok(!existsSync(file));
});

test('--severity hides findings, says how many, and does not change the verdict', { skip }, async () => {
  const reference = `rootfs:${data('pkgdb/alpine-3.7.0')}`;
  const all = await home.report(reference);
  const few = await home.report(reference, '--severity', 'critical');
  assert.equal(few.findings.length + few.hiddenFindings, all.findings.length);
  assert.ok(few.hiddenFindings > 0);
  assert.equal((await home.plimsoll(['scan', reference, '--severity', 'critical', '--fail-on', 'low'])).code, 1);
});

test('results stay on standard output and nothing else does; no colours without a terminal', { skip }, async () => {
  const outcome = await home.plimsoll(['scan', `rootfs:${data('pkgdb/alpine-3.7.0')}`]);
  assert.equal(outcome.err, '');
  assert.ok(!outcome.out.includes('\u001b'));
});

test('--quiet leaves the answer of --fail-on to the exit code', { skip }, async () => {
  const args = ['scan', `rootfs:${data('pkgdb/alpine-3.7.0')}`, '-o', 'json', '--fail-on', 'low'];
  assert.match((await home.plimsoll(args)).err, /refused/);
  const quiet = await home.plimsoll([...args, '--quiet']);
  assert.deepEqual([quiet.code, quiet.err], [1, '']);
});

test('unrated is a severity, as on the screen', { skip }, async () => {
  const report = await home.report(`rootfs:${data('pkgdb/alpine-3.7.0')}`, '--severity', 'unrated');
  assert.ok(report.findings.length > 0);
  assert.ok(report.findings.every((finding) => finding.severity === 'unknown'));
});

test('sbom lists packages and looks at no advisory', { skip }, async () => {
  const outcome = await home.plimsoll(['sbom', `rootfs:${data('pkgdb/alpine-3.7.0')}`, '-o', 'json'], {
    PLIMSOLL_ADVISORIES: '/no/such/folder',
  });
  assert.equal(outcome.code, 0, outcome.err);
  const report = JSON.parse(outcome.out) as { kind: string; packages: unknown[]; advisories: unknown[] };
  assert.equal(report.kind, 'inventory');
  assert.equal(report.packages.length, 11);
  assert.deepEqual(report.advisories, []);
});

test('advisories: update, status, show', { skip }, async () => {
  const updated = await home.plimsoll(['advisories', 'update', 'npm', 'Alpine']);
  assert.equal(updated.code, 0, updated.err);
  const status = await home.plimsoll(['advisories', 'status']);
  assert.match(status.out, /npm\s+467/);
  assert.match(status.out, /Alpine\s+2,?439/);
  const shown = await home.plimsoll(['advisories', 'show', 'CVE-2018-14447']);
  assert.match(shown.out, /confuse/);
  assert.doesNotMatch(updated.out, /after the present time/);
  const absent = await home.plimsoll(['advisories', 'show', 'CVE-1999-0000']);
  assert.equal(absent.code, 3);
  assert.match(absent.err, /CVE-1999-0000/);
});

test('a folder of advisories that is not there is called that', { skip }, async () => {
  const outcome = await home.plimsoll(['scan', `rootfs:${data('pkgdb/alpine-3.7.0')}`, '--fail-on', 'low'], {
    PLIMSOLL_ADVISORIES: '/no/such/folder',
  });
  assert.equal(outcome.code, 3, outcome.err);
  assert.match(outcome.out.replace(/\s+/g, ' '), /\/no\/such\/folder: no such folder/);
});

test('offline without advisories is an unknown, not an answer', { skip }, async () => {
  const fresh = temporaryHome();
  try {
    const args = ['scan', `rootfs:${data('pkgdb/alpine-3.7.0')}`, '--offline', '--fail-on', 'low'];
    const outcome = await fresh.plimsoll(args, { PLIMSOLL_ADVISORIES: 'https://advisories.invalid/osv' });
    assert.equal(outcome.code, 3, outcome.err);
    assert.match(outcome.out, /offline/i);
  } finally {
    fresh.remove();
  }
});
