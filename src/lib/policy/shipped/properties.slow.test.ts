import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Digest } from '#base/digest.ts';
import type { Facts, PackageFact } from '#model/facts.ts';
import { factsSchema } from '#model/facts-schema.ts';
import type { Verdict } from '#model/verdict.ts';
import { arbitraryFacts } from '#test/samples/arbitrary-facts.ts';
import { compileSet } from '../compile/index.ts';
import { type PolicyDocument, parseDocuments, policySet } from '../documents/index.ts';
import { evaluate } from '../evaluate/evaluate.ts';
import { BUDGET } from '../evaluate/request.ts';
import { digestFacts } from '../facts/manifest.ts';
import { shippedDocuments } from './index.ts';
import { SHIPPED_POLICIES } from './list.ts';

/** All that can be set, and sources of every kind. */
const PARAMETERS: Readonly<Record<string, object>> = {
  'approved-registries': { repositories: ['registry.example/team/**', '*.example.com/**', 'local'] },
  'packages-allowed': { packages: ['pkg:npm/left-pad', 'pkg:deb/**', 'pkg:pypi/*'] },
  'packages-denied': { packages: ['pkg:npm/event-stream@3.3.6', 'pkg:npm/%40acme/*', 'pkg:golang/code.example/**'] },
  'signed-by': { signers: ['release', 'security'] },
  'sbom-matching': { signers: ['release'] },
  tested: { signers: ['release'] },
};
const LAYER = `sha256:${'2'.repeat(64)}` as Digest;

function document(data: object): readonly PolicyDocument[] {
  return parseDocuments(JSON.stringify({ apiVersion: 'plimsoll.dev/v1', ...data }), 'test');
}

/** Every policy that ships, in one environment. */
const set = policySet([
  ...(await shippedDocuments()).filter(({ kind }) => kind === 'Policy'),
  ...document({
    kind: 'Source',
    metadata: { name: 'ours' },
    repositories: ['docker.io/library/*'],
    bases: [{ name: 'base', layers: [LAYER], released: '2026-01-01T00:00:00Z', supersededAt: '2026-02-01T00:00:00Z' }],
    packages: [
      { package: 'pkg:npm/%40acme/*', from: ['https://registry.acme.example'] },
      { package: 'pkg:npm/left-pad', from: ['https://registry.example/npm/'] },
    ],
  }),
  ...document({
    kind: 'Environment',
    metadata: { name: 'all' },
    maximumAge: '90d',
    policies: SHIPPED_POLICIES.map((policy) => ({ policy, parameters: PARAMETERS[policy] ?? {} })),
  }),
]);
const compiled = compileSet(set);
const environment = compiled.ok ? compiled.compiled.environments.get('all') : undefined;
assert.ok(environment !== undefined, JSON.stringify(compiled.issues));

function verdictOf(facts: Facts): Verdict {
  const { manifest, digest } = digestFacts(facts);
  assert.ok(environment !== undefined);
  return evaluate({
    facts,
    manifest,
    factsDigest: digest,
    compiled: environment,
    set,
    context: {
      time: '2026-03-01T00:00:00.000Z',
      stage: 'deploy',
      environment: 'all',
      project: null,
      actor: null,
      cluster: null,
      namespace: null,
      exposure: null,
    },
    allowUnknown: null,
    budget: BUDGET,
  });
}

describe('rules that ship', () => {
  it('are never an error, whatever the facts', () => {
    const seen = new Map<string, Set<string>>();
    fc.assert(
      fc.property(arbitraryFacts(), (facts) => {
        assert.deepEqual(factsSchema.safeParse(facts).error?.issues ?? [], []);
        for (const { rule, outcome, message, title } of verdictOf(facts).rules) {
          assert.notEqual(outcome, 'error', `${rule}: ${message}`);
          assert.ok(outcome !== 'failed' || message !== '', title);
          seen.set(rule, (seen.get(rule) ?? new Set()).add(outcome));
        }
      }),
      { numRuns: 200 },
    );
    assert.equal(seen.size, 28);
  });

  it('cost less than a fifth of the budget on 5,000 packages and 1,500 findings', (t) => {
    const [facts] = fc.sample(arbitraryFacts(), { numRuns: 1, seed: 9 });
    assert.ok(facts !== undefined);
    const packages = Array.from({ length: 5000 }, (_, index): PackageFact => onePackage(index));
    const findings = packages.slice(0, 1500).map(({ purl, name, version }, index) => ({
      kind: 'vulnerability' as const,
      id: `CVE-2026-${index}`,
      aliases: [`GHSA-${index}`],
      severity: 'high' as const,
      score: 7.5,
      risk: 50,
      package: { purl, name, version },
      fixedIn: '2.0.0',
      state: 'fixed',
      title: 'a fault',
      paths: [],
      published: '2026-01-01T00:00:00.000Z',
      malicious: index % 2 === 0,
      knownExploited: index % 3 === 0,
      epss: 0.5,
      informational: '',
      excepted: null,
    }));
    const verdict = verdictOf({ ...facts, packages, findings });
    const costs = verdict.rules.map(({ rule, cost }) => [rule, cost] as const).toSorted((a, b) => b[1] - a[1]);
    for (const [rule, cost] of costs) {
      assert.ok(cost < BUDGET.perRule / 5, `${rule}: ${cost}`);
    }
    for (const [rule, cost] of costs.slice(0, 10)) {
      t.diagnostic(`${rule}: ${cost} units`);
    }
  });
});

/** Half of them ours, half of them from elsewhere, a third without a date. */
function onePackage(index: number): PackageFact {
  const name = index % 2 === 0 ? `%40acme/package-${index}` : `package-${index}`;
  return {
    type: 'npm',
    name,
    version: '1.0.0',
    purl: `pkg:npm/${name}@1.0.0`,
    source: '',
    architecture: '',
    vendor: '',
    licenses: ['MIT'],
    confidence: 'installed',
    layer: LAYER,
    paths: [`/app/node_modules/${name}/package.json`],
    dependsOn: [],
    origin: index % 4 === 0 ? `https://registry.acme.example/${name}.tgz` : '',
    released: index % 3 === 0 ? null : '2026-02-28T12:00:00.000Z',
  };
}
