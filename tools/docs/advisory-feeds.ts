import type { AdvisoryProvider } from '#lib/advisories/index.ts';
import { page, table } from './source.ts';

/** The page of feeds, from the members' own data. */
export function advisoryFeedsPage(
  providers: readonly AdvisoryProvider[],
  asked: readonly { readonly provider: string }[],
): string {
  return page(
    'Advisory feeds',
    "the members' `capabilities` in `src/lib/advisories/providers/`",
    'Those that are asked by default are fetched when an image needs them; the others where a configuration names them. Every feed is asked conditionally, once a day. Changes alone are fetched where the feed says what has changed.',
    table(
      ['provider', 'where it is published', 'gives', 'by default', 'changes alone', 'verified against'],
      providers.map(({ id, capabilities: can }) => [
        `\`${id}\``,
        `<${can.home}>`,
        can.gives.join(', '),
        asked.some(({ provider }) => provider === id) ? 'yes' : 'no',
        can.incremental ? 'yes' : 'no',
        can.verified,
      ]),
    ),
  );
}
