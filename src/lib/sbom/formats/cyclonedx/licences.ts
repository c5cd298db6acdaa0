import { isSpdxExpression } from '../../licences/expression.ts';
import { SPDX_LICENCES } from '../../licences/spdx-list.ts';

/** CycloneDX 1.6, `licenseChoice`: any number of licences, or exactly one expression. */
export type LicenceChoice = readonly LicenceEntry[] | readonly [{ readonly expression: string }];

interface LicenceEntry {
  readonly license: { readonly id: string } | { readonly name: string };
}

/**
 * The licences of a package as its source wrote them. An SPDX identifier stays one, a single SPDX expression too; all
 * other text is a name: nothing is guessed from it.
 */
export function toLicenceChoice(licences: readonly string[]): LicenceChoice {
  const texts = [...new Set(licences.map((text) => text.trim()))].filter((text) => text !== '');
  const [only] = texts;
  if (texts.length === 1 && only !== undefined && !SPDX_LICENCES.has(only) && isSpdxExpression(only)) {
    return [{ expression: only }];
  }
  return texts.map((text) => ({ license: SPDX_LICENCES.has(text) ? { id: text } : { name: text } }));
}
