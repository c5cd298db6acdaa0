import { isUtf8 } from 'node:buffer';
import { lstat, readdir } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { LIMITS, readFileBounded } from '#base/limits.ts';
import { printYaml } from '#base/yaml.ts';
import { TrustError } from '../../error.ts';
import type { FileEntry, TrustDocument } from '../schema.ts';
import type { FolderEntry, NotCarriedOver } from './importer.ts';
import { trustImporters } from './list.ts';

export interface TrustImport {
  /** The id of an importer. */
  readonly importer: string;
  /** The policy; absolute, as are the others. */
  readonly file: string;
  /** The folder that holds `x509/TYPE/NAME/` of the Notary Project; null: `truststore` beside the policy. */
  readonly trustStore: string | null;
  /** The folder that the configuration will be in, since it names files from there. */
  readonly folder: string;
}

export interface ImportedText {
  readonly yaml: string;
  readonly notCarriedOver: readonly NotCarriedOver[];
  /** Whether it names files from the folder that it is in. */
  readonly namesFiles: boolean;
}

/** The folder of the trust store as the importer names it, whatever the one that is read is called. */
const STORE = /^trust-?store\//;

/**
 * The policy of another tool as a trust configuration in YAML. Throws `TRUST_IMPORT_INVALID`, `LIMIT_EXCEEDED`, what
 * readers of JSON and YAML throw, and the system's error for a policy that cannot be read.
 */
export async function importTrust({ importer, file, trustStore, folder }: TrustImport): Promise<ImportedText> {
  const member = trustImporters.find(({ id }) => id === importer);
  if (member === undefined) {
    throw invalid(importer, `one of ${trustImporters.map(({ id }) => id).join(', ')}`, 'another policy');
  }
  const store = (name: string): string =>
    trustStore === null ? resolve(dirname(file), name) : join(trustStore, name.replace(STORE, ''));
  const { document, notCarriedOver } = await member.read({
    text: await readPolicy(file),
    file,
    listFolder: async (name) => await listFolder(store(name)),
  });
  let namesFiles = false;
  const renamed = withFiles(document, (name) => {
    namesFiles ||= !isAbsolute(name);
    return STORE.test(name) ? relative(folder, store(name)) : name;
  });
  return { yaml: printYaml(renamed), notCarriedOver, namesFiles };
}

async function readPolicy(file: string): Promise<string> {
  const bytes = await readFileBounded(file, LIMITS.trustConfigurationBytes);
  if (!isUtf8(bytes)) {
    throw invalid(file, 'text in UTF-8', 'other bytes');
  }
  return new TextDecoder().decode(bytes);
}

/** Links are not followed, not even to the folder: who may write one could exchange what is trusted. */
async function listFolder(path: string): Promise<readonly FolderEntry[] | null> {
  const found = await lstat(path).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) {
      return null;
    }
    throw error;
  });
  if (found === null) {
    return null;
  }
  if (!found.isDirectory()) {
    throw invalid(path, 'a folder', found.isSymbolicLink() ? 'a link' : 'something else');
  }
  const entries = await readdir(path, { withFileTypes: true });
  return entries.map((entry) => ({
    name: entry.name,
    kind: entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : 'other',
  }));
}

/** The document with every name of a file replaced. */
function withFiles(document: TrustDocument, rename: (name: string) => string): TrustDocument {
  const entry = (file: FileEntry): FileEntry => (typeof file === 'string' ? rename(file) : file);
  const { roots, stores, signers } = document;
  return {
    ...document,
    ...(roots && {
      roots: mapValues(roots, ({ file, ...parts }) => ({
        ...(file === undefined ? {} : { file: rename(file) }),
        ...mapValues(parts, (files) => files?.map(entry)),
      })),
    }),
    ...(stores && {
      stores: mapValues(stores, (store) => ({ ...store, certificates: store.certificates.map(entry) })),
    }),
    ...(signers && {
      signers: mapValues(signers, (signer) =>
        signer.key?.file === undefined ? signer : { ...signer, key: { ...signer.key, file: rename(signer.key.file) } },
      ),
    }),
  };
}

function mapValues<From, To>(record: Readonly<Record<string, From>>, map: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));
}

function invalid(object: string, expected: string, found: string): TrustError {
  return new TrustError('TRUST_IMPORT_INVALID', 'cannot be imported', { object, expected, found });
}
