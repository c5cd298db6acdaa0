import { page, table } from './source.ts';

/** The page of every type of event, with what its data holds. */
export function eventsPage(types: Readonly<Record<string, string>>): string {
  return page(
    'Events',
    '`src/model/platform/event.ts`',
    'Every change writes its event in the same transaction. Attributes are those of CloudEvents 1.0: `id` (UUIDv7), `type`, `subject`, `time`, and `actor`, who did it.',
    'Events come at least once, in the order in which they became visible. A type keeps its meaning: what changes gets the next version. Consumers pass over types that they do not know.',
    table(
      ['type', 'when, and its data'],
      Object.entries(types).map(([type, text]) => [`\`${type}\``, text]),
    ),
  );
}
