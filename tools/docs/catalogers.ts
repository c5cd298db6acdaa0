import type { Cataloger } from '#lib/packages/index.ts';
import { page, table } from './source.ts';

/** The page of what is found in images, from the members' own data. */
export function catalogersPage(catalogers: readonly Cataloger[]): string {
  const yes = (value: boolean): string => (value ? 'yes' : 'no');
  const code = (texts: readonly string[]): string => texts.map((text) => `\`${text}\``).join('<br>');
  return page(
    'Catalogers',
    "the members' `capabilities` in `src/lib/packages/catalogers/`",
    'A package database is what the operating system keeps; an image where none was found says so.',
    table(
      [
        'id',
        'finds',
        'reads',
        'package types',
        'database',
        'licences',
        'files',
        'dependencies',
        'version',
        'specifications',
      ],
      catalogers.map(({ id, version, capabilities: can }) => [
        `\`${id}\``,
        can.title,
        code(can.reads),
        code(can.packageTypes),
        yes(can.database),
        yes(can.licenses),
        yes(can.files),
        yes(can.dependencies),
        String(version),
        can.specifications.map((url) => `<${url}>`).join('<br>'),
      ]),
    ),
  );
}
