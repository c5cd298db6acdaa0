import type { VexFormat } from '#lib/vex/formats/format.ts';
import { page, table } from './source.ts';

/** The page of the formats that statements about vulnerabilities are read from, from the formats' own data. */
export function vexFormatsPage(formats: readonly VexFormat[]): string {
  return page(
    'VEX formats',
    "the formats' `capabilities` in `src/lib/vex/formats/`",
    'Documents that `--vex` takes, and that count when a trusted signer has attested them. The [guide](../guides/vex.md) says what each ' +
      'of them means.',
    table(
      ['id', 'what', 'versions', 'specification'],
      formats.map(({ id, capabilities: can }) => [
        `\`${id}\``,
        can.title,
        can.versions.join(', '),
        `<${can.specification}>`,
      ]),
    ),
  );
}
