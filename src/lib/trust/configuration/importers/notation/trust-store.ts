import { quote } from '#base/error.ts';
import type { Fields } from '../../../attestations/fields.ts';
import { TrustError } from '../../../error.ts';
import type { Draft } from '../draft.ts';
import type { FolderEntry, ImportSource } from '../importer.ts';

/** Notation's own name of the folder, and the one that the specification gives it. */
const FOLDERS = ['truststore/x509', 'trust-store/x509'] as const;
const TYPES = ['ca', 'signingAuthority', 'tsa'] as const;
const EXTENSIONS = ['.pem', '.crt', '.cer'] as const;

export interface StoreNames {
  /** Of types ca and signingAuthority, as the draft calls them. */
  readonly anchors: readonly string[];
  readonly timestampAuthorities: readonly string[];
}

/** The stores that a statement names, put into the draft. Throws `TRUST_IMPORT_INVALID`. */
export async function readStores(fields: Fields, source: ImportSource, draft: Draft): Promise<StoreNames> {
  const names = [...new Set(fields.texts('trustStores'))];
  const anchors: string[] = [];
  const timestampAuthorities: string[] = [];
  for (const text of names) {
    const colon = text.indexOf(':');
    const type = TYPES.find((candidate) => candidate === text.slice(0, colon));
    const name = text.slice(colon + 1);
    if (type === undefined || !/^[0-9A-Za-z_.-]+$/.test(name) || /^\.{1,2}$/.test(name)) {
      throw fields.invalid('trustStores', 'ca:, signingAuthority: or tsa: and the name of a store', quote(text));
    }
    const certificates = await certificatesOf(type, name, source);
    (type === 'tsa' ? timestampAuthorities : anchors).push(draft.store(`${type}-${name}`, { type, certificates }));
  }
  if (anchors.length === 0) {
    throw fields.invalid('trustStores', 'at least one store of type ca or signingAuthority', 'none');
  }
  return { anchors, timestampAuthorities };
}

/** The specification refuses links: who can write one could exchange a certificate without the store being touched. */
async function certificatesOf(type: string, name: string, source: ImportSource): Promise<string[]> {
  for (const folder of FOLDERS) {
    const path = `${folder}/${type}/${name}`;
    const entries = await source.listFolder(path);
    if (entries !== null) {
      return fileNames(path, entries, source.file);
    }
  }
  throw invalid(source.file, `the trust store ${FOLDERS[0]}/${type}/${name} beside it`, 'no such folder');
}

function fileNames(path: string, entries: readonly FolderEntry[], file: string): string[] {
  const files: string[] = [];
  for (const { name, kind } of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (kind !== 'file' || !EXTENSIONS.some((extension) => name.endsWith(extension))) {
      const found = kind === 'other' ? 'a link or special file' : kind === 'folder' ? 'a folder' : 'another file';
      throw invalid(file, `only files ${EXTENSIONS.join(', ')} in the trust store ${path}`, `${found}: ${quote(name)}`);
    }
    files.push(`${path}/${name}`);
  }
  if (files.length === 0) {
    throw invalid(file, `certificates in the trust store ${path}`, 'none');
  }
  return files;
}

function invalid(object: string, expected: string, found: string): TrustError {
  return new TrustError('TRUST_IMPORT_INVALID', 'cannot be imported', { object, expected, found });
}
