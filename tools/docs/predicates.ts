import type { PredicateReader } from '#lib/trust/attestations/predicates/predicate.ts';
import { page, table } from './source.ts';

/** The page of the statements that are understood, from the readers' own data. */
export function predicatesPage(readers: readonly PredicateReader[]): string {
  return page(
    'Predicates',
    "the readers' `capabilities` in `src/lib/trust/attestations/predicates/`",
    'What a statement says, by the predicate type that was signed. `predicateType` of a trust configuration takes a type, an id (that ' +
      "reader's types) or a kind (all readers of it). Other types are kept, shown and countable by their type, unread.",
    table(
      ['id', 'kind', 'what', 'predicate types', 'specification'],
      readers.map(({ id, capabilities: can }) => [
        `\`${id}\``,
        `\`${can.kind}\``,
        can.title,
        can.predicateTypes.map((type) => `\`${type}\``).join('<br>'),
        `<${can.specification}>`,
      ]),
    ),
  );
}
