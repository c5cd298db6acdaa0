import type { TrustImporter } from '#lib/trust/configuration/importers/importer.ts';
import { page, table } from './source.ts';

/** The page of the policies that can be taken over, from the members' own data. */
export function trustImportersPage(importers: readonly TrustImporter[]): string {
  return page(
    'Trust importers',
    "the members' `capabilities` in `src/lib/trust/configuration/importers/`",
    'Policies of other tools as trust configurations. An import accepts nothing that the policy refuses, and names what it cannot say.',
    table(
      ['id', 'reads', 'usual file', 'specification'],
      importers.map(({ id, capabilities: can }) => [`\`${id}\``, can.title, can.file, `<${can.specification}>`]),
    ),
  );
}
