import { page, table } from './source.ts';

export interface Skip {
  readonly id: string;
  readonly prerequisite: string;
  readonly why: string;
}

/** The page of what tests may lack outside CI. */
export function skipsPage(skips: readonly Skip[]): string {
  return page(
    'Tests that may be skipped',
    '`test/skips.json`',
    'A test is skipped only when one of these is missing. With `CI=true` nothing is skipped: what is missing fails.',
    table(
      ['prerequisite', 'why it is needed'],
      skips.map(({ prerequisite, why }) => [prerequisite, why]),
    ),
  );
}
