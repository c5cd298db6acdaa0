import { quote } from '#base/error.ts';
import type { Place } from './placement.ts';

/** The places of a release, or what is wrong with what os-release says of it. */
export type Places = readonly Place[] | { readonly problem: string };

export function isNumber(text: string | undefined): text is string {
  return text !== undefined && /^\d{1,6}$/.test(text);
}

export function expected(example: string, versionId: string): { readonly problem: string } {
  const found = versionId === '' ? 'none' : quote(versionId, 40);
  return { problem: `expected a release such as ${example} in os-release, found ${found}` };
}
