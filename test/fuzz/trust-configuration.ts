import assert from 'node:assert/strict';
import { parse } from 'yaml';
import { loadTrustConfiguration } from '#lib/trust/configuration/index.ts';
import { readTrustFile, TRUST_CONFIGURATION } from '#test/fixtures/trust-configuration.ts';
import { mutateStructure } from '../../tools/fuzz/structure/mutate-structure.ts';
import { type FuzzTarget, invariant } from '../../tools/fuzz/target.ts';

const WORDS: readonly string[] = [
  'rules:',
  'signers:',
  'require:',
  '- ',
  '[]',
  '{}',
  '{',
  '[',
  '&a ',
  '*a',
  '<<: *a',
  '!!binary ',
  '|\n',
  '>-\n',
  '? ',
  ': ',
  'threshold: 0',
  'threshold: -1',
  'threshold: 1e9',
  'maxAge: 0d',
  'refuse: x',
  'null',
  '~',
  '---\n',
  '...\n',
  '\t',
  '"**"',
  '__proto__: ',
  'release',
  'ci',
  'vendor',
  'matches: "(a+)+$"',
  'matches: ""',
  'skip',
  'audit',
  'keyless:',
  'key:',
];

/** Trust configurations in YAML: every rule asks for something, of somebody. Without rules nothing is accepted. */
export const trustConfiguration: FuzzTarget = {
  id: 'trust-configuration',
  seeds: () => {
    const lines = TRUST_CONFIGURATION.split('\n');
    const rules = lines.indexOf('rules:');
    const small = `${lines.slice(0, rules + 1).join('\n')}\n  - { name: all, repositories: ["**"], require: [{ signature: { signers: [release] } }] }\n`;
    // JSON is YAML, and its structure can be changed.
    return [TRUST_CONFIGURATION, small, ...[TRUST_CONFIGURATION, small].map((yaml) => JSON.stringify(parse(yaml)))].map(
      (text) => Buffer.from(text),
    );
  },
  maxMillis: 1000,
  mutate: mutateStructure,
  dictionary: WORDS,
  run: async (input) => {
    const text = Buffer.from(input).toString('utf8');
    const { rules, signers } = await loadTrustConfiguration(text, '/trust/trust.yaml', readTrustFile);
    invariant('every rule asks for something, of somebody', () => {
      const known = new Set(signers.values());
      for (const rule of rules) {
        assert.ok(rule.requirements.length > 0 && rule.repositories.length > 0);
        for (const requirement of rule.requirements) {
          if (requirement.kind !== 'refuse') {
            assert.ok(requirement.signers.length > 0 && requirement.signers.every((signer) => known.has(signer)));
            assert.ok(requirement.threshold >= 1 && requirement.threshold <= requirement.signers.length);
          }
        }
      }
    });
  },
};
