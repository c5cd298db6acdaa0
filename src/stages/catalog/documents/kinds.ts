import type { PolicyDocument } from '#lib/policy/index.ts';
import type { TrustConfiguration } from '#lib/trust/index.ts';

/** A document of kind Trust with its files read. */
export interface TrustDocument {
  readonly kind: 'Trust';
  readonly name: string;
  readonly digest: PolicyDocument['digest'];
  readonly canonical: string;
  readonly file: string;
  readonly configuration: TrustConfiguration;
}

export type InstallationDocument = PolicyDocument | TrustDocument;

export function keyOf({ kind, name }: { readonly kind: string; readonly name: string }): string {
  return `${kind}/${name}`;
}
