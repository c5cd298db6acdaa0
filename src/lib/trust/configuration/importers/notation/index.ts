import type { TrustImporter } from '../importer.ts';
import { importNotation } from './trust-policy.ts';

export const notation: TrustImporter = {
  id: 'notation',
  capabilities: {
    title: 'Trust policy and trust store of the Notary Project',
    file: 'trustpolicy.json, trustpolicy.oci.json',
    specification: 'https://github.com/notaryproject/specifications/blob/main/specs/trust-store-trust-policy.md',
  },
  read: importNotation,
};
