import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { digestOf, hexOf } from '#base/digest.ts';
import { canonicalJson } from '#base/json/canonical.ts';
import { factsSchema } from '#model/facts-schema.ts';
import type { Report } from '#model/report.ts';
import { reportSchema } from '#model/report-schema.ts';
import type { Verdict } from '#model/verdict.ts';
import { evidence } from '../evidence.ts';
import { type Outcome, temporaryHome } from '../fixtures/plimsoll.ts';
import { data, missing } from '../prerequisites.ts';
import { sarifValidator } from '../schemas.ts';

evidence('policy/facts', 'real tool', 'images that Docker and Alpine Linux published, judged, replayed and explained');
evidence('policy/verdict', 'real tool', 'images that Docker and Alpine Linux published, under policies of a folder');

const skip = missing('shared-data');
const home = temporaryHome();
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-policies-'));
after(() => {
  home.remove();
  rmSync(folder, { recursive: true, force: true });
});

const busybox = data('spec/images/oci-archives/busybox-1.31.1.tar');
const alpine = `rootfs:${data('pkgdb/alpine-3.7.0')}`;

const TOLERATED = ['no-package-database', 'no-advisories', 'stale-advisories']
  .map((kind) => `  - { kind: ${kind}, reason: tried }`)
  .join('\n');

const policies = join(folder, 'policies.yaml');
writeFileSync(
  policies,
  `apiVersion: plimsoll.dev/v1
kind: Policy
metadata: { name: layers, title: A small image }
validations:
  - name: few
    expression: image.layers.size() <= 3
    message: it has more than three layers
  - name: not-root
    action: warn
    expression: image.user != ''
    message: it runs as root
    remediation: Set USER.
---
apiVersion: plimsoll.dev/v1
kind: Policy
metadata: { name: findings, title: Nothing repaired }
validations:
  - name: none
    expression: "!findings.exists(f, f.fixedIn != '')"
    message: something is in it that is repaired elsewhere
---
apiVersion: plimsoll.dev/v1
kind: Policy
metadata: { name: tried, title: Admitted elsewhere before }
validations:
  - name: elsewhere
    expression: history.exists(h, h.environment == 'first' && h.decision != 'refuse')
    message: it was not admitted in the first environment
---
apiVersion: plimsoll.dev/v1
kind: Environment
metadata: { name: first }
tolerated:
${TOLERATED}
policies: [{ policy: layers, without: [not-root] }, { policy: findings }]
---
apiVersion: plimsoll.dev/v1
kind: Environment
metadata: { name: warns }
tolerated:
${TOLERATED}
policies: [{ policy: layers }]
---
apiVersion: plimsoll.dev/v1
kind: Environment
metadata: { name: strict }
policies: [{ policy: layers, without: [not-root] }]
---
apiVersion: plimsoll.dev/v1
kind: Environment
metadata: { name: second }
tolerated:
${TOLERATED}
policies: [{ policy: tried }]
`,
);

async function scan(reference: string, environment: string, ...more: readonly string[]): Promise<Outcome> {
  return await home.plimsoll(['scan', reference, '--policies', policies, '--environment', environment, ...more]);
}

interface Asked extends Outcome {
  readonly report: Report;
  readonly verdict: Verdict;
  readonly record: string;
}

async function judged(reference: string, environment: string, ...more: readonly string[]): Promise<Asked> {
  const outcome = await scan(reference, environment, '-o', 'json', ...more);
  assert.notEqual(outcome.out, '', outcome.err);
  const report = JSON.parse(outcome.out) as Report;
  const { verdict } = report;
  assert.ok(verdict !== undefined);
  return { ...outcome, report, verdict, record: digestOf(canonicalJson(verdict)) };
}

function recordFile(record: string): string {
  const hex = record.slice('sha256:'.length);
  return join(home.folder, 'policy/records', hex.slice(0, 2), hex);
}

describe('scan --environment', { skip }, () => {
  it('admits: exits with 0, and the record is the canonical JSON of the verdict in the report', async () => {
    const { code, report, verdict, record } = await judged(busybox, 'first');
    assert.equal(code, 0);
    assert.equal(verdict.decision, 'admit');
    assert.deepEqual(reportSchema.safeParse(report).error, undefined);
    assert.equal(readFileSync(recordFile(record), 'utf8'), canonicalJson(verdict));
  });

  it('admits with a warning: exits with 0, and says what is to be done', async () => {
    const { code, out } = await scan(busybox, 'warns');
    assert.equal(code, 0);
    assert.match(out, /ADMITTED WITH A WARNING in warns \(deploy\)\. Score [0-9.]+ of 100\./);
    assert.match(out, /! layers\/not-root: it runs as root\n {4}Set USER\.\n/);
  });

  it('refuses: exits with 1, on the screen and to standard error', async () => {
    const { code, verdict, err, report } = await judged(alpine, 'first');
    assert.equal(code, 1);
    assert.deepEqual([verdict.decision, verdict.because], ['refuse', 'rules']);
    assert.ok(report.findings.length > 0);
    assert.match(err, /^plimsoll: refused in first: findings\/none: something is in it that is repaired elsewhere/m);
    const screen = await scan(alpine, 'first');
    assert.equal(screen.code, 1);
    assert.match(screen.out, /REFUSED in first[^]*✗ findings\/none: something is in it that is repaired elsewhere/);
  });

  it('what is not known stands in the way alone: exits with 3, and passes with a reason', async () => {
    const { code, verdict } = await judged(busybox, 'strict');
    assert.equal(code, 3);
    assert.deepEqual([verdict.decision, verdict.because], ['refuse', 'unknowns']);
    const allowed = await judged(busybox, 'strict', '--allow-unknown', 'only tried');
    assert.equal(allowed.code, 0);
    assert.equal(allowed.verdict.unknowns.allowed, 'only tried');
  });

  it('of this and --fail-on the worse answer counts', async () => {
    assert.equal((await scan(alpine, 'warns', '--fail-on', 'critical')).code, 1);
    assert.equal((await scan(busybox, 'first', '--fail-on', 'critical')).code, 3);
  });

  it('files alone are judged by alone, and come to the policies of an environment that is named', async () => {
    const own = join(folder, 'own.yaml');
    writeFileSync(
      own,
      `apiVersion: plimsoll.dev/v1
kind: Policy
metadata: { name: own }
validations: [{ name: named, expression: "context.exposure == 'internal'", message: it is exposed }]
`,
    );
    const alone = await home.plimsoll(['scan', busybox, '--policy', own, '--allow-unknown', 'tried']);
    assert.equal(alone.code, 1);
    assert.match(alone.out, /REFUSED in ad-hoc \(deploy\)/);
    const inside = await judged(busybox, 'first', '--policy', own, '--exposure', 'internal', '--stage', 'run');
    assert.equal(inside.verdict.decision, 'admit');
    assert.deepEqual(
      inside.verdict.rules.map(({ rule }) => rule),
      ['findings/none', 'layers/few', 'own/named'],
    );
    assert.deepEqual([inside.verdict.context.stage, inside.verdict.context.exposure], ['run', 'internal']);
  });

  it('knows what was decided of a digest here before', async () => {
    const other = temporaryHome();
    const args = ['scan', busybox, '--policies', policies, '-o', 'json', '--environment'];
    try {
      assert.equal((await other.plimsoll([...args, 'second'])).code, 1);
      assert.equal((await other.plimsoll([...args, 'first', '--no-record'])).code, 0);
      assert.equal((await other.plimsoll([...args, 'second'])).code, 1);
      assert.equal((await other.plimsoll([...args, 'first'])).code, 0);
      assert.equal((await other.plimsoll([...args, 'second'])).code, 0);
    } finally {
      other.remove();
    }
  });

  it('SARIF has a result for each broken rule, CycloneDX and SPDX a line', async () => {
    const files = ['sarif', 'cyclonedx', 'spdx', 'spdx@3.0'].map((format) => [format, join(folder, `${format}.json`)]);
    const outputs = files.flatMap(([format, file]) => ['-o', `${format}=${file}`]);
    assert.equal((await scan(alpine, 'first', ...outputs)).code, 1);
    const [sarif = '', ...documents] = files.map(([, file]) => readFileSync(file ?? '', 'utf8'));
    const log = JSON.parse(sarif) as { readonly runs: readonly [{ readonly results: readonly object[] }] };
    const isValid = sarifValidator();
    assert.ok(isValid(log), JSON.stringify(isValid.errors));
    const results = log.runs[0].results.filter((result) => JSON.stringify(result).includes('"policy/findings/none"'));
    assert.equal(results.length, 1);
    for (const document of documents) {
      assert.match(
        document,
        /refuse in first \(deploy\) at [^"]*: findings\/none: something is in it that is repaired elsewhere/,
      );
    }
  });

  it('an environment that there is not, and context without one, are wrong usage that names what there is', async () => {
    const unknown = await scan(busybox, 'prod');
    assert.equal(unknown.code, 2);
    assert.match(unknown.err, /expected one of first, second, strict, warns, found "prod"/);
    assert.equal((await home.plimsoll(['scan', busybox, '--stage', 'run'])).code, 2);
    assert.equal((await scan(busybox, 'first', '--stage', 'sea')).code, 2);
  });

  it('a policy with a misspelt field is refused before anything is read', async () => {
    const broken = join(folder, 'broken.yml');
    writeFileSync(broken, readFileSync(policies, 'utf8').replace('image.layers.size()', 'image.layrs.size()'));
    const { code, err } = await home.plimsoll(['scan', 'oci:nowhere', '--policies', broken, '--environment', 'first']);
    assert.equal(code, 3);
    assert.match(err, /broken\.yml, line 6, column \d+.*layrs.*layers/);
  });
});

describe('policy replay', { skip }, () => {
  it('gives the same bytes in another process, also of a file', async () => {
    for (const [reference, environment] of [
      [busybox, 'first'],
      [alpine, 'first'],
      [busybox, 'strict'],
    ] as const) {
      const { record, verdict } = await judged(reference, environment);
      const replayed = await home.plimsoll(['policy', 'replay', record, '-o', 'json']);
      assert.equal(replayed.code, 0, replayed.err);
      const { same, verdict: again } = JSON.parse(replayed.out) as {
        readonly same: boolean;
        readonly verdict: Verdict;
      };
      assert.equal(same, true);
      assert.equal(canonicalJson(again), canonicalJson(verdict));
      const file = join(folder, 'record.json');
      writeFileSync(file, canonicalJson(verdict));
      const ofFile = await home.plimsoll(['policy', 'replay', file]);
      assert.equal(ofFile.code, 0, ofFile.err);
      assert.match(ofFile.out, /^IDENTICAL: /);
    }
  });

  it('of a record that somebody edited does not: exits with 1 and names what differs', async () => {
    const { verdict } = await judged(alpine, 'first');
    const file = join(folder, 'edited.json');
    writeFileSync(file, canonicalJson({ ...verdict, decision: 'admit', because: null }));
    const { code, out } = await home.plimsoll(['policy', 'replay', file]);
    assert.equal(code, 1);
    assert.match(out, /NOT IDENTICAL[^]*decision[^]*recorded "admit"[^]*now {6}"refuse"/);
  });

  it('exits with 3 where something that it was made of is damaged or gone', async () => {
    const other = temporaryHome();
    try {
      const args = ['scan', busybox, '--policies', policies, '--environment', 'first', '-o', 'json'];
      const { verdict } = JSON.parse((await other.plimsoll(args)).out) as Report;
      assert.ok(verdict !== undefined);
      const record = digestOf(canonicalJson(verdict));
      const hex = hexOf(verdict.inputs.facts);
      const manifest = join(other.folder, 'policy/objects', hex.slice(0, 2), hex);
      writeFileSync(manifest, readFileSync(manifest, 'utf8').replace('sha256', 'sha257'));
      const { code, err } = await other.plimsoll(['policy', 'replay', record]);
      assert.equal(code, 3);
      assert.match(err, /the manifest of its facts: .*expected content of the digest sha256:/);
    } finally {
      other.remove();
    }
  });
});

describe('policy prune', { skip }, () => {
  it('takes what is older and leaves what can be replayed', async () => {
    const { record } = await judged(busybox, 'first');
    const young = await home.plimsoll(['policy', 'prune', '--older-than', '1h']);
    assert.deepEqual([young.code, young.out], [0, '0 records and 0 other things removed\n']);
    assert.equal((await home.plimsoll(['policy', 'replay', record])).code, 0);
    assert.equal((await home.plimsoll(['policy', 'prune', '--older-than', 'long'])).code, 2);
  });
});

describe('policy explain', { skip }, () => {
  it('walks a rule through with the values that it saw', async () => {
    const { record } = await judged(alpine, 'first');
    const { code, out } = await home.plimsoll(['policy', 'explain', record, 'findings/none']);
    assert.equal(code, 0);
    assert.match(out, /findings\/none {2}Nothing repaired[^]*outcome {2}FAILED, the image is refused/);
    assert.match(out, /RULE[^]*= false/);
    assert.equal((await home.plimsoll(['policy', 'explain', record, 'findings/nothing'])).code, 2);
  });
});

it('facts of real images fit their schema', { skip }, async () => {
  await judged(alpine, 'first');
  const objects = join(home.folder, 'policy/objects');
  const texts = readdirSync(objects, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.length > 60)
    .map(
      (name) => JSON.parse(readFileSync(join(objects, name), 'utf8')) as { readonly parts?: Record<string, string> },
    );
  const manifests = texts.flatMap(({ parts }) => (parts === undefined ? [] : [parts]));
  assert.ok(manifests.length > 0);
  for (const parts of manifests) {
    const facts = Object.entries(parts).map(([part, digest]) => {
      const hex = digest.slice('sha256:'.length);
      return [part, JSON.parse(readFileSync(join(objects, hex.slice(0, 2), hex), 'utf8')) as unknown];
    });
    assert.deepEqual(factsSchema.safeParse(Object.fromEntries(facts)).error, undefined);
  }
});
