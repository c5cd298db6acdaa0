import type { EvidenceFormat } from '#lib/trust/formats/format.ts';
import { page, table } from './source.ts';

/** The page of how signatures and statements may hang on an image, from the members' own data. */
export function evidenceFormatsPage(formats: readonly EvidenceFormat[]): string {
  return page(
    'Evidence formats',
    "the members' `capabilities` in `src/lib/trust/formats/`",
    'What hangs on an image is looked for on its index and on each manifest. What is unsigned is shown, and never counts.',
    table(
      ['id', 'what', 'holds', 'signed', 'found by', 'specification'],
      formats.map(({ id, capabilities: can }) => [
        `\`${id}\``,
        can.title,
        can.kinds.join(', '),
        can.signed ? 'yes' : '*no*',
        can.found,
        can.specification,
      ]),
    ),
  );
}
