import { SPDX_EXCEPTIONS, SPDX_LICENCES } from './spdx-list.ts';

const MAX_DEPTH = 32;

/** Begins the name of a licence that is not on the list. */
export const LICENCE_REF = 'LicenseRef-';

/**
 * True for a licence expression (SPDX specification 2.3, annex D) of listed licences and exceptions and `LicenseRef-`
 * names. Brackets nested deeper than `MAX_DEPTH` make it none: the text comes from an image, and other tools read the
 * documents that it ends up in by recursion.
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
      if (depth > MAX_DEPTH) {
        return false;
      }
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

/** The `LicenseRef-` names in an expression. */
export function licenceRefs(expression: string): readonly string[] {
  return tokens(expression).filter((token) => token.startsWith(LICENCE_REF));
}

function isLicence(token: string): boolean {
  if (token.startsWith(LICENCE_REF)) {
    return /^[A-Za-z0-9.-]+$/.test(token) && token.length > LICENCE_REF.length;
  }
  return SPDX_LICENCES.has(token) || (token.endsWith('+') && SPDX_LICENCES.has(token.slice(0, -1)));
}
