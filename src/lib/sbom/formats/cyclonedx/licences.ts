import { isSpdxExpression } from '../../licences/expression.ts';
import { SPDX_LICENCES } from '../../licences/spdx-list.ts';
import type { BomVersion } from './version.ts';

/** CycloneDX, `licenseChoice`. */
export type LicenceChoice = readonly LicenceEntry[];

type LicenceEntry =
  | { readonly license: { readonly id: string } | { readonly name: string } }
  | { readonly expression: string };

/**
 * The licences of a package as its source wrote them. An SPDX identifier stays one, an SPDX expression too where the format
 * can have it: before 1.7 it has to be alone. All other text is a name: nothing is guessed from it.
 */
export function toLicenceChoice(licences: readonly string[], version: BomVersion): LicenceChoice {
  const texts = [...new Set(licences.map((text) => text.trim()))].filter((text) => text !== '');
  const mayBeExpressions = version === '1.7' || texts.length === 1;
  return texts.map((text) => {
    if (SPDX_LICENCES.has(text)) {
      return { license: { id: text } };
    }
    return mayBeExpressions && isSpdxExpression(text) ? { expression: text } : { license: { name: text } };
  });
}
