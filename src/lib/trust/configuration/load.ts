import { isUtf8 } from 'node:buffer';
import { canonicalDigest } from '#base/json/canonical.ts';
import { LIMITS } from '#base/limits.ts';
import { parseYaml } from '#base/yaml.ts';
import { TrustError } from '../error.ts';
import type { TrustConfiguration } from './configuration.ts';
import { Files, type Path, type ReadFile } from './files.ts';
import { resolveRoots } from './resolve-roots.ts';
import { resolveRules } from './resolve-rules.ts';
import { resolveSigners } from './resolve-signers.ts';
import { resolveStores } from './resolve-stores.ts';
import { type TrustDocument, trustDocument } from './schema.ts';

/**
 * A trust configuration from its YAML. `file` names it in errors and is where relative names of files start; `readFile`
 * gets absolute paths. Throws `TRUST_CONFIGURATION_INVALID` naming line and place, and what the readers of keys,
 * certificates and trust roots throw.
 */
export async function loadTrustConfiguration(
  text: string | Uint8Array,
  file: string,
  readFile: ReadFile,
): Promise<TrustConfiguration> {
  const { data, place } = parseYaml(typeof text === 'string' ? text : decode(text, file), file, {
    schema: trustDocument,
    limit: LIMITS.trustConfigurationBytes,
    invalid: (object, expected, found) => refusal(object, expected, found),
  });
  return await resolveDocument(data, file, readFile, place);
}

function decode(bytes: Uint8Array, file: string): string {
  if (!isUtf8(bytes)) {
    throw refusal(file, 'text in UTF-8', 'other bytes');
  }
  return new TextDecoder().decode(bytes);
}

/** A document that fits the schema, with its files read. `place` says where in its text something is. */
export async function resolveDocument(
  document: TrustDocument,
  file: string,
  readFile: ReadFile,
  place: (path: Path) => string,
): Promise<TrustConfiguration> {
  const invalid = (path: Path, expected: string, found: string, cause?: unknown): TrustError =>
    refusal(place(path), expected, found, cause);
  const files = new Files(file, readFile, place, invalid);
  const loading = { files, place, invalid };
  const roots = await resolveRoots(document.roots ?? {}, loading);
  const stores = await resolveStores(document.stores ?? {}, loading);
  const signers = await resolveSigners(document.signers ?? {}, { roots, stores }, loading);
  const rules = resolveRules(document.rules, signers, loading);
  const digest = canonicalDigest({ document, files: files.digests() });
  return { name: document.metadata.name, digest, roots, signers, rules };
}

function refusal(object: string, expected: string, found: string, cause?: unknown): TrustError {
  return new TrustError('TRUST_CONFIGURATION_INVALID', 'not a trust configuration', {
    object,
    expected,
    found,
    cause,
    hint: 'docs/guides/trust.md describes the file.',
  });
}
