import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Digest, digestOf } from '#base/digest.ts';
import { parseDocuments } from '#lib/policy/index.ts';
import { applyVex, readVex } from '#lib/vex/index.ts';
import type { Vulnerability } from '#model/finding.ts';
import type { PolicyException } from '#model/policy.ts';
import { evidence } from '#test/evidence.ts';
import { missing } from '#test/prerequisites.ts';
import { openvexValidator } from '#test/schemas.ts';
import { exportVex } from './openvex.ts';

evidence('policy/exceptions-exchange', 'published', 'exceptions written out, under the JSON schema of OpenVEX 0.2.0');

const NOW = Date.parse('2026-08-21T12:00:00Z');
const TOOL = { name: 'plimsoll', version: '0' } as const;
const REPOSITORY = 'registry.example/team/app';
const image = digestOf('image');
const stranger = digestOf('another');

interface Parts {
  readonly name?: string;
  readonly scope?: object;
  readonly target?: object;
  readonly more?: object;
}

/** As a user writes it, read by the reader of documents. */
function exception({ name = 'one', scope, target, more }: Parts = {}): PolicyException {
  const document = {
    apiVersion: 'plimsoll.dev/v1',
    kind: 'Exception',
    metadata: { name },
    scope: scope ?? { digests: [image], repositories: [REPOSITORY], packages: ['pkg:npm/a'] },
    for: target ?? { findings: ['CVE-2026-1'] },
    reason: 'nobody calls it',
    owner: 'team',
    requester: 'grace',
    approver: 'ada',
    ticket: 'SEC-1',
    requested: '2026-08-01T00:00:00Z',
    expires: '2026-09-01T00:00:00Z',
    ...more,
  };
  const [read] = parseDocuments(JSON.stringify(document), 'exception.yaml');
  assert.ok(read?.kind === 'Exception');
  return read;
}

const NOT_AFFECTED = { justification: 'vulnerable_code_not_in_execute_path' };

function finding(purl: string, id = 'CVE-2026-1'): Vulnerability {
  return {
    kind: 'vulnerability',
    id,
    aliases: [],
    package: { purl, name: 'a', version: '1.0.0' },
  } as unknown as Vulnerability;
}

/** Findings that our own reader of VEX excepts in an image, by package. */
async function excepted(
  exceptions: readonly PolicyException[],
  { digest = image, repository = REPOSITORY }: { readonly digest?: Digest; readonly repository?: string | null } = {},
): Promise<readonly string[]> {
  const { document } = exportVex(exceptions, TOOL, NOW);
  assert.ok(document !== null);
  const read = await readVex(Buffer.from(JSON.stringify(document)), 'vex.json');
  const given = { document: read, from: { kind: 'file', name: 'vex.json', digest } } as const;
  const findings = [finding('pkg:npm/a@1.0.0'), finding('pkg:npm/b@1.0.0')];
  const target = { image: { repository, digests: [digest], platform: 'linux/amd64' }, packages: [], findings };
  const applied = await applyVex([given], target, NOW);
  return applied.exceptions.map((one) => `${one.package} ${one.justification}`);
}

describe('exceptions as OpenVEX', () => {
  it('one with a justification is read back for its image and package alone', async () => {
    const said = [exception({ more: NOT_AFFECTED })];
    assert.deepEqual(await excepted(said), ['pkg:npm/a@1.0.0 vulnerable_code_not_in_execute_path']);
    assert.deepEqual(await excepted(said, { digest: stranger }), []);
  });

  it('one without is affected, with what is to be done, and takes out nothing', async () => {
    const said = [exception()];
    assert.deepEqual(await excepted(said), []);
    const { document } = exportVex(said, TOOL, NOW);
    const [statement] = (document as { readonly statements: readonly Record<string, unknown>[] }).statements;
    assert.equal(statement?.['status'], 'affected');
    assert.equal(
      statement?.['action_statement'],
      'Accepted until 2026-09-01T00:00:00.000Z: nobody calls it (SEC-1, team sees to it)',
    );
    assert.equal(statement?.['justification'], undefined);
  });

  it('a repository by its name, whatever the image; a package alone, wherever it is', async () => {
    const repository = [exception({ scope: { repositories: [REPOSITORY] }, more: NOT_AFFECTED })];
    assert.equal((await excepted(repository, { digest: stranger })).length, 2);
    assert.deepEqual(await excepted(repository, { digest: stranger, repository: 'registry.example/other' }), []);
    const part = [exception({ scope: { packages: ['pkg:npm/b@1.0.0'] }, more: NOT_AFFECTED })];
    assert.deepEqual(await excepted(part, { digest: stranger, repository: null }), [
      'pkg:npm/b@1.0.0 vulnerable_code_not_in_execute_path',
    ]);
    const digest = [exception({ scope: { digests: [image] }, more: NOT_AFFECTED })];
    assert.equal((await excepted(digest, { repository: null })).length, 2);
    assert.deepEqual(await excepted(digest, { digest: stranger }), []);
  });

  it('what would be said more widely is left out and told', () => {
    const cases: readonly (readonly [Parts, RegExp])[] = [
      [{ target: { rules: ['policy/rule'] } }, /it is for rules/],
      [{ target: { rules: ['policy'], findings: ['CVE-2026-1'] } }, /some rules only/],
      [{ more: { ...NOT_AFFECTED, environments: ['development'] } }, /some environments only/],
      [{ more: { expires: '2026-08-21T12:00:00Z' } }, /it ended 2026-08-21T12:00:00.000Z/],
      [{ more: { requested: '2026-08-21T12:00:01Z' } }, /it begins 2026-08-21T12:00:01.000Z/],
      [{ scope: { repositories: ['registry.example/team/*'] } }, /is not the name of one repository/],
      [{ scope: { digests: [image], repositories: ['registry.example/**'] } }, /is not the name of one/],
      [{ scope: { digests: [image], repositories: ['local'] } }, /"local" is not the name of one/],
    ];
    for (const [parts, why] of cases) {
      const { document, leftOut, statements } = exportVex([exception(parts)], TOOL, NOW);
      assert.deepEqual([document, statements, leftOut.length], [null, 0, 1], String(why));
      assert.match(leftOut[0]?.why ?? '', why);
    }
  });

  it('of several repositories those are said that are one', () => {
    const repositories = ['registry.example/team/*', 'docker.io/library/nginx'];
    const { document, leftOut } = exportVex([exception({ scope: { repositories } })], TOOL, NOW);
    assert.match(JSON.stringify(document), /pkg:oci\/nginx\?repository_url=docker.io%2Flibrary%2Fnginx/);
    assert.deepEqual(leftOut.length, 1);
  });

  it('every form is valid under the schema', { skip: missing('shared-data') }, () => {
    const validate = openvexValidator();
    const { document, statements } = exportVex(
      [
        exception(),
        exception({ name: 'two', more: NOT_AFFECTED, target: { findings: ['CVE-2026-1', 'GHSA-1'] } }),
        exception({ name: 'three', scope: { repositories: [REPOSITORY] }, more: { environments: ['production'] } }),
        exception({ name: 'four', scope: { packages: ['pkg:npm/%40acme/a@1.0.0'] }, more: NOT_AFFECTED }),
        exception({ name: 'five', scope: { digests: [image] } }),
      ],
      TOOL,
      NOW,
    );
    assert.equal(statements, 6);
    assert.ok(validate(document), JSON.stringify(validate.errors));
  });
});
