import { parseStanzas } from '../../stanzas.ts';
import { decodeText } from '../../text.ts';

/** The fields of a distribution's core metadata that make a package record, as written. */
export interface Metadata {
  /** Null when there is none. */
  readonly name: string | null;
  readonly version: string | null;
  readonly licenseExpression: string | null;
  /** `License`, unless it is a whole licence text. */
  readonly licenseName: string | null;
  readonly classifiers: readonly string[];
  /** What it depends on, each as PEP 508 has it; one that is folded is read as one line. */
  readonly requirements: readonly string[];
}

const FIELDS: ReadonlySet<string> = new Set([
  'name',
  'version',
  'license-expression',
  'license',
  'classifier',
  'requires-dist',
]);

/** The headers of `METADATA` or `PKG-INFO` up to the first blank line; the description follows (PyPA, Core metadata). */
export function parseMetadata(bytes: Uint8Array): Metadata {
  const headers = parseStanzas(decodeText(bytes), FIELDS).next().value?.fields;
  const first = (name: string): string | null => headers?.get(name)?.[0]?.text ?? null;
  const license = headers?.get('license')?.[0];
  return {
    name: first('name'),
    version: first('version'),
    licenseExpression: first('license-expression'),
    licenseName: license === undefined || license.folded.length > 0 ? null : license.text,
    requirements: (headers?.get('requires-dist') ?? []).map(({ text, folded }) => [text, ...folded].join(' ')),
    classifiers: (headers?.get('classifier') ?? []).map((classifier) => classifier.text),
  };
}
