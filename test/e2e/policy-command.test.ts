import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { evidence } from '../evidence.ts';
import { temporaryHome } from '../fixtures/plimsoll.ts';
import { data, missing } from '../prerequisites.ts';

evidence(
  'policy/documents',
  'published',
  'the minirootfs of Alpine Linux 3.20, judged by the documents that init writes',
);

const home = temporaryHome();
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-policy-'));
after(() => {
  home.remove();
  rmSync(folder, { recursive: true, force: true });
});
/** No documents of whoever runs the tests. */
const alone = { XDG_CONFIG_HOME: join(folder, 'none'), PLIMSOLL_POLICIES: '' };
const written = join(folder, 'policies');

describe('plimsoll policy', () => {
  it('writes documents in which nothing is wrong, whose cases pass, and overwrites nothing', async () => {
    const made = await home.plimsoll(['policy', 'init', written], alone);
    assert.equal(made.code, 0, made.err);
    assert.match(made.out, /plimsoll policy check /);
    assert.deepEqual(readdirSync(written).toSorted(), ['house-rules.test.yaml', 'house-rules.yaml', 'production.yaml']);
    const checked = await home.plimsoll(['policy', 'check', written], alone);
    assert.deepEqual([checked.code, checked.err], [0, '']);
    assert.match(checked.out, /^1 policy, 1 environment, 0 exceptions, 0 sources: nothing is wrong$/m);
    const tested = await home.plimsoll(['policy', 'test', written], alone);
    assert.equal(tested.code, 0, tested.out + tested.err);

    writeFileSync(
      join(written, 'house-rules.yaml'),
      `${readFileSync(join(written, 'house-rules.yaml'), 'utf8')}# mine\n`,
    );
    const again = await home.plimsoll(['policy', 'init', written], alone);
    assert.equal(again.code, 3);
    assert.match(again.err, /production\.yaml: nothing was written: expected no such file yet/);
    assert.match(readFileSync(join(written, 'house-rules.yaml'), 'utf8'), /# mine\n$/);
  });

  it('judges a real image by them', { skip: missing('shared-data') }, async () => {
    const image = `rootfs:${data('rootfs/alpine-3.20.3-x86_64.tar.gz')}`;
    const environment = ['--environment', 'production'];
    const { code, out, err } = await home.plimsoll(['scan', image, ...environment], {
      ...alone,
      PLIMSOLL_POLICIES: written,
    });
    assert.equal(code, 1, err);
    assert.match(out, /house-rules\/owned: it has no label org\.opencontainers\.image\.vendor/);
  });

  it('checks what ships where nothing else is there', async () => {
    const { code, out, err } = await home.plimsoll(['policy', 'check'], alone);
    assert.equal(code, 0, out + err);
    assert.match(out, /^\d+ policies, 4 environments, /m);
  });

  it('names what is wrong with file, line and column, and exits with 1', async () => {
    const broken = join(folder, 'broken.yaml');
    const text = readFileSync(join(written, 'house-rules.yaml'), 'utf8').replace(
      "variables.owner != ''",
      "variables.onwer != ''",
    );
    writeFileSync(broken, text);
    const line = text.split('\n').findIndex((each) => each.includes('onwer')) + 1;
    const { code, out } = await home.plimsoll(['policy', 'check', broken], alone);
    assert.equal(code, 1);
    assert.match(out, new RegExp(`broken\\.yaml:${line}:17: error: .*onwer.*did you mean 'owner'\\?`));
    const json = await home.plimsoll(['policy', 'check', broken, '-o', 'json'], alone);
    assert.equal(json.code, 1);
    const { schemaVersion, errors, issues } = JSON.parse(json.out) as {
      readonly schemaVersion: string;
      readonly errors: number;
      readonly issues: readonly { readonly severity: string; readonly line: number; readonly place: string }[];
    };
    assert.deepEqual([schemaVersion, errors], ['1.0', 1]);
    assert.deepEqual(
      issues.filter(({ severity }) => severity === 'error').map((issue) => [issue.line, issue.place]),
      [[line, 'validations > [0] > expression']],
    );
  });

  it('warns without refusing', async () => {
    const unwise = join(folder, 'unwise.yaml');
    const text = readFileSync(join(written, 'house-rules.yaml'), 'utf8').replace("variables.owner != ''", "'1 < 2'");
    writeFileSync(unwise, text.replace("'1 < 2'", '1 < 2'));
    const { code, out } = await home.plimsoll(['policy', 'check', unwise], alone);
    assert.equal(code, 0, out);
    assert.match(
      out,
      /warning: the rule is always true: no image can break it \(validations > \[0\] > expression\) \[always-true\]/,
    );
  });

  it('says what is wrong usage, and what cannot be read', async () => {
    for (const [args, code, message] of [
      [['policy'], 2, /expected one of init, check/],
      [['policy', 'chek'], 2, /found "chek"/],
      [['policy', 'init', 'a', 'b'], 2, /expected init \[FOLDER\]/],
      [['policy', 'init', 'a', '-o', 'json'], 2, /--output does not go with init/],
      [['policy', 'check', '-o', 'sarif'], 2, /one of table, json/],
      [['policy', 'check', join(folder, 'nothing')], 3, /nothing: no such file or folder/],
      [
        ['policy', 'replay', 'sha256:abc'],
        2,
        /sha256:abc: no record: expected the digest of a record .*, found no file/,
      ],
      [['policy', 'explain', folder, 'a/b'], 2, /no record: .*found a folder/],
    ] as const) {
      const outcome = await home.plimsoll(args, alone);
      assert.equal(outcome.code, code, `${args.join(' ')}: ${outcome.err}`);
      assert.match(outcome.err, message);
    }
    const bundle = await home.plimsoll(['policy', 'check'], { ...alone, PLIMSOLL_POLICIES: 'oci-archive:x.tar' });
    assert.equal(bundle.code, 2);
    assert.match(bundle.err, /PLIMSOLL_POLICIES: .*expected a folder/);
  });
});
