import assert from 'node:assert/strict';
import { printYaml } from '#base/yaml.ts';
import type { TrustConfiguration } from '../configuration.ts';
import { loadTrustConfiguration, rulesFor } from '../index.ts';
import type { ImportedTrust } from './importer.ts';

/** What every import has to be: a document that reads back from its YAML. Files are answered by their names. */
export async function loadImported(
  { document, notCarriedOver }: ImportedTrust,
  readFile: (path: string) => Promise<Uint8Array>,
): Promise<TrustConfiguration> {
  for (const { what, where, why } of notCarriedOver) {
    assert.ok(what !== '' && where !== '' && why !== '', JSON.stringify({ what, where, why }));
  }
  return await loadTrustConfiguration(printYaml(document), '/imported/trust.yaml', readFile);
}

/**
 * Whether an image with signatures by these signers alone would be accepted. Statements count as made by all of them. A
 * model of the judgement as far as an importer decides it: rules, refusals, signers.
 */
export function accepts(
  configuration: TrustConfiguration,
  repository: string | null,
  isSigned: (signer: string) => boolean,
): boolean {
  const rules = rulesFor(configuration, repository);
  return (
    rules.length > 0 &&
    rules.every(({ requirements }) =>
      requirements.every(
        (requirement) => requirement.kind !== 'refuse' && requirement.signers.some(({ name }) => isSigned(name)),
      ),
    )
  );
}
