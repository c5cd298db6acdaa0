import type { VexProduct, VexStatement, VexStatus } from '../../document.ts';
import type { CsafDocument, CsafProductStatus, CsafVulnerability } from './document.ts';
import { vexProductOf } from './vex-product.ts';

const STATUSES: readonly (readonly [CsafProductStatus, VexStatus])[] = [
  ['known_not_affected', 'not_affected'],
  ['first_fixed', 'fixed'],
  ['fixed', 'fixed'],
  ['first_affected', 'affected'],
  ['known_affected', 'affected'],
  ['last_affected', 'affected'],
  ['under_investigation', 'under_investigation'],
  // Nobody knows: the same as that somebody is looking.
  ['unknown', 'under_investigation'],
];

/** What is to be done, most useful first. */
const REMEDIES = [
  'vendor_fix',
  'optional_patch',
  'workaround',
  'mitigation',
  'fix_planned',
  'no_fix_planned',
  'none_available',
] as const;

interface Reasons {
  readonly justification: string | null;
  readonly impactStatement: string | null;
  readonly actionStatement: string | null;
}

/**
 * What a document says of each vulnerability, in the terms of all formats: a statement for each status and each reason. The
 * labels of CSAF's flags are OpenVEX's words. `recommended` says nothing of a vulnerability. Throws `VEX_INVALID` for products
 * of very many parts.
 */
export function csafStatements(document: CsafDocument, object: string): readonly VexStatement[] {
  return document.vulnerabilities.flatMap((vulnerability) => statementsOf(vulnerability, document, object));
}

function statementsOf(
  vulnerability: CsafVulnerability,
  document: CsafDocument,
  object: string,
): readonly VexStatement[] {
  const names = [...new Set([...(vulnerability.cve === null ? [] : [vulnerability.cve]), ...vulnerability.ids])];
  const [name, ...aliases] = names;
  if (name === undefined) {
    return [];
  }
  const reasonsOf = reasons(vulnerability);
  const groups = new Map<string, { readonly said: Omit<VexStatement, 'products'>; readonly products: VexProduct[] }>();
  for (const [kind, status] of STATUSES) {
    for (const id of vulnerability.productStatus[kind] ?? []) {
      const because = reasonsOf(id, status);
      const key = JSON.stringify([status, because]);
      const group = groups.get(key) ?? {
        said: { vulnerability: name, aliases, status, ...because, timestamp: document.currentRelease },
        products: [],
      };
      groups.set(key, group);
      group.products.push(vexProductOf(document.products, id, object));
    }
  }
  return [...groups.values()].map(({ said, products }) => ({ ...said, products }));
}

function reasons(vulnerability: CsafVulnerability): (id: string, status: VexStatus) => Reasons {
  const labels = byProduct(vulnerability.flags.map(({ label, products }) => ({ text: label, products })));
  const impacts = vulnerability.threats.filter(({ category }) => category === 'impact');
  const ofAll = impacts.find(({ products }) => products.length === 0)?.details ?? null;
  const impactOf = byProduct(impacts.map(({ details, products }) => ({ text: details, products })));
  const remedies = REMEDIES.flatMap((category) =>
    vulnerability.remediations.filter((one) => one.category === category),
  );
  const actions = byProduct(remedies.map(({ details, products }) => ({ text: details, products })));
  return (id, status) => ({
    justification: status === 'not_affected' ? (labels.get(id) ?? null) : null,
    impactStatement: status === 'not_affected' ? (impactOf.get(id) ?? ofAll) : null,
    actionStatement: status === 'affected' ? (actions.get(id) ?? null) : null,
  });
}

/** The first text for each product. */
function byProduct(
  said: readonly { readonly text: string; readonly products: readonly string[] }[],
): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const { text, products } of said) {
    for (const id of products) {
      if (!texts.has(id)) {
        texts.set(id, text);
      }
    }
  }
  return texts;
}
