import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { evidence } from '../evidence.ts';
import { temporaryHome } from '../fixtures/plimsoll.ts';
import { data, missing } from '../prerequisites.ts';

evidence('policy/shipped', 'published', 'cases over the report of an image that Docker published');

const home = temporaryHome();
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-policy-test-'));
after(() => {
  home.remove();
  rmSync(folder, { recursive: true, force: true });
});

const POLICY = `apiVersion: plimsoll.dev/v1
kind: Policy
metadata: { name: small }
validations:
  - { name: few-layers, expression: image.layers.size() <= 3, message: it has more than three layers }
`;
const HEAD = 'apiVersion: plimsoll.dev/v1\nkind: PolicyTest\npolicy: small\ncases:\n';
/** Refused all the same: nobody knows what packages it has. */
const KEPT =
  '  - { name: a "small" one, report: busybox.json, expect: { decision: refuse, rules: { few-layers: passed } } }\n';
const FAILED = '  - { name: "<wrong>", report: busybox.json, expect: { rules: { few-layers: failed } } }\n';

function folderOf(name: string, cases: string): string {
  const path = join(folder, name);
  mkdirSync(path);
  writeFileSync(join(path, 'small.yaml'), POLICY);
  writeFileSync(join(path, 'small.test.yaml'), `${HEAD}${cases}`);
  return path;
}

test('cases over a real report pass, fail, and are told in every format', {
  skip: missing('shared-data'),
}, async () => {
  const good = folderOf('good', KEPT);
  const bad = folderOf('bad', KEPT + FAILED);
  const busybox = data('spec/images/oci-archives/busybox-1.31.1.tar');
  for (const path of [good, bad]) {
    const scanned = await home.plimsoll(['scan', busybox, '-o', `json=${join(path, 'busybox.json')}`]);
    assert.equal(scanned.code, 0, scanned.err);
  }

  const passed = await home.plimsoll(['policy', 'test', good]);
  assert.equal(passed.code, 0, passed.err);
  assert.match(passed.out, /small\/few-layers {2}1 kept, 0 broken\n\n1 case: all pass; 1 of 1 rule not covered/);
  const required = await home.plimsoll(['policy', 'test', good, '--require-coverage', '-o', 'junit']);
  assert.equal(required.code, 1);
  assert.match(required.out, /<testcase classname="rule coverage" name="small\/few-layers"><failure message="1 cases/);

  const failed = await home.plimsoll(['policy', 'test', bad]);
  assert.equal(failed.code, 1);
  assert.match(
    failed.out,
    /small\.test\.yaml:6: failed: <wrong>\n {2}small\/few-layers: expected failed, found passed\n/,
  );
  const json = JSON.parse((await home.plimsoll(['policy', 'test', bad, '-o', 'json'])).out) as Record<string, unknown>;
  assert.deepEqual([json['schemaVersion'], json['passed'], json['failed']], ['1.0', 1, 1]);
  const junit = await home.plimsoll(['policy', 'test', bad, '-o', 'junit']);
  assert.match(junit.out, /tests="2" failures="1"/);
  assert.match(junit.out, /name="a &quot;small&quot; one"\/>/);
  assert.match(junit.out, /name="&lt;wrong&gt;"><failure message="small\/few-layers: expected failed/);
});

test('what ships passes its own cases, and every rule is covered', async () => {
  const { code, out, err } = await home.plimsoll(['policy', 'test', '--require-coverage'], {
    PLIMSOLL_POLICIES: '',
    XDG_CONFIG_HOME: folder,
  });
  assert.equal(code, 0, err);
  assert.match(out, /1\d\d cases: all pass\n/);
});

test('what cannot be read is told with file and line', async () => {
  const wrong = folderOf('wrong', '  - { name: one, expects: {} }\n');
  const unread = await home.plimsoll(['policy', 'test', wrong]);
  assert.equal(unread.code, 3);
  assert.match(unread.err, /small\.test\.yaml, line 5, cases > \[0\]: .*"expects"; did you mean "expect"\?/);
  const missingReport = folderOf('missing', KEPT);
  assert.equal((await home.plimsoll(['policy', 'test', missingReport])).code, 3);
  writeFileSync(join(missingReport, 'busybox.json'), '{"schemaVersion":"2.2"}');
  const noReport = await home.plimsoll(['policy', 'test', missingReport]);
  assert.equal(noReport.code, 3);
  assert.match(noReport.err, /busybox\.json: not of its kind: expected a report of plimsoll scan/);
  assert.equal((await home.plimsoll(['policy', 'test', join(folder, 'nowhere')])).code, 3);
  assert.equal((await home.plimsoll(['policy', 'test', wrong, wrong])).code, 2);
  assert.equal((await home.plimsoll(['policy', 'test', wrong, '-o', 'sarif'])).code, 2);
});
