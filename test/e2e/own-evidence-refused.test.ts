import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { type Digest, hexOf } from '#base/digest.ts';
import type { GateVerdict } from '#model/gate-verdict.ts';
import { decisions, evidenceWorkshop, filesBelow, folderOf, predicateOf } from '../fixtures/evidence-workshop.ts';
import { temporaryHome } from '../fixtures/plimsoll.ts';

const shop = await evidenceWorkshop();
const { at, attest, digests, feeds, folder, layout, plimsoll } = shop;
after(shop.remove);

describe('what goes wrong: nothing is attached', () => {
  const cases: readonly (readonly [name: string, code: number, args: readonly string[], says: RegExp])[] = [
    ['a verdict without a gate', 2, ['--only', 'verdict'], /no verdict without --fail-on/],
    ['something that cannot be stated', 2, ['--only', 'sbom'], /some of cyclonedx, spdx/],
    ['a predicate beside it', 2, ['--predicate', 'x', '--type', 'vuln'], /does not go with --scan/],
    ['a reason without a gate', 2, ['--allow-unknown', 'x'], /--allow-unknown needs --fail-on/],
    ['exceptions that are none', 3, ['--fail-on', 'low', '--vex', 'KEY'], /JSON/i],
    ['exceptions that are not there', 3, ['--fail-on', 'low', '--vex', 'nowhere.json'], /nowhere\.json/],
  ];
  for (const [name, code, more, says] of cases) {
    it(`exits with ${code}: ${name}`, async () => {
      const reference = layout();
      const before = filesBelow(reference);
      const words = more.map((word) => word.replace(/^KEY$/, at('release.pub')));
      const outcome = await plimsoll(['attest', reference, '--key', at('release.key'), '--scan', ...words]);
      assert.equal(outcome.code, code, outcome.out + outcome.err);
      assert.match(outcome.err, says);
      assert.deepEqual(filesBelow(reference), before);
    });
  }

  it('options of --scan without it', async () => {
    const told = ['--predicate', at('vex.json'), '--type', 'openvex', '--fail-on', 'high'];
    const { code, err } = await plimsoll(['attest', layout(), '--key', at('release.key'), ...told]);
    assert.equal(code, 2);
    assert.match(err, /--fail-on does not go with --predicate/);
  });

  it('an image that cannot be read', async () => {
    const reference = layout();
    const blobs = join(folderOf(reference), 'blobs/sha256');
    const manifest = JSON.parse(readFileSync(join(blobs, hexOf(digests.arm64)), 'utf8')) as {
      readonly layers: readonly { readonly digest: Digest }[];
    };
    const [broken] = manifest.layers;
    assert.ok(broken !== undefined);
    writeFileSync(join(blobs, hexOf(broken.digest)), 'not a layer');
    const before = filesBelow(reference);
    const cold = temporaryHome();
    try {
      const args = ['attest', reference, '--key', at('release.key'), '--scan', '--fail-on', 'high'];
      const outcome = await cold.plimsoll(args, {
        PLIMSOLL_KEY_PASSPHRASE: shop.passphrase,
        PLIMSOLL_ADVISORIES: feeds.clean,
      });
      assert.equal(outcome.code, 3, outcome.out + outcome.err);
    } finally {
      cold.remove();
    }
    assert.deepEqual(filesBelow(reference), before);
  });

  it('whether it passes is not known', async () => {
    const reference = layout();
    const before = filesBelow(reference);
    const { code, report, err } = await attest(reference, folder, '--fail-on', 'high');
    assert.deepEqual([code, report.outcome, report.attached, report.by], [3, 'unknown', [], null]);
    assert.deepEqual(decisions(report), ['error', 'error']);
    assert.match(err, /not known, nothing is attached/);
    assert.deepEqual(filesBelow(reference), before);
    const allowed = await attest(reference, folder, '--fail-on', 'high', '--allow-unknown', 'no mirror today');
    assert.deepEqual([allowed.code, decisions(allowed.report)], [0, ['warn', 'warn']]);
    const verdict = predicateOf(reference, allowed.report, digests.amd64, 'verdict') as GateVerdict;
    assert.equal(verdict.allowUnknown, 'no mirror today');
  });

  it('a wrong passphrase', async () => {
    const reference = layout();
    const before = filesBelow(reference);
    const env = { PLIMSOLL_KEY_PASSPHRASE: `${shop.passphrase}!`, PLIMSOLL_ADVISORIES: feeds.clean };
    const outcome = await shop.home.plimsoll(['attest', reference, '--key', at('release.key'), '--scan'], env);
    assert.ok(!`${outcome.out}${outcome.err}`.includes(shop.passphrase));
    assert.equal(outcome.code, 3);
    assert.deepEqual(filesBelow(reference), before);
  });
});

it('no secret is in what was said', () => {
  assert.ok(shop.said.length > 20);
  const boxes = readFileSync(at('release.key'), 'utf8').split('\n').slice(1, -2);
  for (const secret of [shop.passphrase, ...boxes]) {
    assert.ok(!shop.said.some((text) => text.includes(secret)));
  }
});
