import type { CsafRemediationCategory, CsafVulnerability } from '#lib/vex/index.ts';
import type { AdvisedState } from '#model/advisory.ts';

/** What becomes of a product that is affected and not repaired: Red Hat's word, and what it means. */
export interface Outlook {
  readonly state: AdvisedState;
  readonly status?: string;
}

/** Security data guidelines, "Remediations": these words under the categories that leave a product without a repair. */
const WORDS: ReadonlyMap<string, AdvisedState> = new Map([
  ['affected', 'affected'],
  ['deferred', 'deferred'],
  ['fix deferred', 'deferred'],
  ['out of support scope', 'end_of_life'],
  ['under investigation', 'under_investigation'],
  ['will not fix', 'will_not_fix'],
]);

const UNREPAIRED: ReadonlyMap<CsafRemediationCategory, AdvisedState> = new Map([
  ['fix_planned', 'affected'],
  ['no_fix_planned', 'will_not_fix'],
  ['none_available', 'affected'],
]);

export function outlookByProduct({ remediations }: CsafVulnerability): (id: string) => Outlook {
  const outlooks = new Map<string, Outlook>();
  for (const { category, details, products } of remediations) {
    const usual = UNREPAIRED.get(category);
    if (usual !== undefined) {
      const status = details.slice(0, 100);
      const outlook: Outlook = { state: WORDS.get(details.trim().toLowerCase()) ?? usual, status };
      products.forEach((id) => outlooks.set(id, outlook));
    }
  }
  return (id) => outlooks.get(id) ?? { state: 'affected' };
}
