import type { ExceptionImporter } from '#lib/policy/exceptions/importers/importer.ts';
import { page, table } from './source.ts';

/** The page of the ignore files that can be taken over, from the members' own data. */
export function policyImportersPage(importers: readonly ExceptionImporter[]): string {
  return page(
    'Importers of exceptions',
    "the members' `capabilities` in `src/lib/policy/exceptions/importers/`",
    'What other scanners are told to ignore, as exceptions: `plimsoll policy import ID FILE…`. An exception is never wider than the rule that it is made of; what none can say is left out and named.',
    table(
      ['id', 'reads', 'usual file', 'left out', 'specification'],
      importers.map(({ id, capabilities: can }) => [
        `\`${id}\``,
        can.title,
        can.file,
        can.notCarriedOver.join('; '),
        `<${can.specification}>`,
      ]),
    ),
  );
}
