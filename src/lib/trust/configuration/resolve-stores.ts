import { parsePemBlocks } from '../encoding/pem.ts';
import { type NotaryStore, notaryStore } from '../notary/stores.ts';
import { type Crl, parseCrl } from '../x509/revocation/crl.ts';
import { type OcspResponse, parseOcspResponse } from '../x509/revocation/ocsp.ts';
import { type Loading, type NamedBytes, pemText } from './files.ts';
import type { StoreEntry } from './schema.ts';

/** A store with the revocation answers that came along. */
export interface StoreWithRevocation {
  readonly store: NotaryStore;
  readonly crls: readonly Crl[];
  readonly ocspResponses: readonly OcspResponse[];
}

/** Throws what the readers of stores, CRLs and OCSP responses throw. */
export async function resolveStores(
  entries: Readonly<Record<string, StoreEntry>>,
  { files }: Loading,
): Promise<ReadonlyMap<string, StoreWithRevocation>> {
  const stores = new Map<string, StoreWithRevocation>();
  for (const [name, entry] of Object.entries(entries)) {
    const path = ['stores', name];
    const certificates = await files.readAll(entry.certificates, [...path, 'certificates']);
    const crls = await files.readAll(entry.crls ?? [], [...path, 'crls']);
    const responses = await files.readAll(entry.ocsp ?? [], [...path, 'ocsp']);
    stores.set(name, {
      store: notaryStore(entry.type, name, certificates),
      crls: crls.flatMap(crlsOf),
      ocspResponses: responses.map((file) => parseOcspResponse(file.bytes, file.name)),
    });
  }
  return stores;
}

const SEQUENCE = 0x30;

function crlsOf(file: NamedBytes): readonly Crl[] {
  if (file.bytes[0] === SEQUENCE) {
    return [parseCrl(file.bytes, file.name)];
  }
  return parsePemBlocks(pemText(file), 'X509 CRL', file.name).map((der) => parseCrl(der, file.name));
}
