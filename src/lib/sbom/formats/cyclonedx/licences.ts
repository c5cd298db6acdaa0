import { SPDX_EXCEPTIONS, SPDX_LICENCES } from './spdx-list.ts';

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

/**
 * True for a licence expression (SPDX specification 2.3, annex D) of listed licences and exceptions and `LicenseRef-`
 * names. Without recursion: the text comes from an image, and so does the depth of its brackets.
 */
export function isSpdxExpression(text: string): boolean {
  let depth = 0;
  let expected: 'licence' | 'exception' | 'operator' = 'licence';
  let mayHaveException = false;
  for (const token of tokens(text)) {
    if (expected === 'operator') {
      if (token === ')' && depth > 0) {
        depth -= 1;
        mayHaveException = false;
      } else if (token === 'AND' || token === 'OR') {
        expected = 'licence';
      } else if (token === 'WITH' && mayHaveException) {
        expected = 'exception';
      } else {
        return false;
      }
    } else if (expected === 'exception') {
      if (!SPDX_EXCEPTIONS.has(token)) {
        return false;
      }
      expected = 'operator';
      mayHaveException = false;
    } else if (token === '(') {
      depth += 1;
    } else if (isLicence(token)) {
      expected = 'operator';
      mayHaveException = true;
    } else {
      return false;
    }
  }
  return expected === 'operator' && depth === 0;
}

function tokens(text: string): readonly string[] {
  return text
    .replaceAll('(', ' ( ')
    .replaceAll(')', ' ) ')
    .split(' ')
    .filter((token) => token !== '');
}

function isLicence(token: string): boolean {
  if (token.startsWith('LicenseRef-')) {
    return /^[A-Za-z0-9.-]+$/.test(token) && token.length > 'LicenseRef-'.length;
  }
  return SPDX_LICENCES.has(token) || (token.endsWith('+') && SPDX_LICENCES.has(token.slice(0, -1)));
}
