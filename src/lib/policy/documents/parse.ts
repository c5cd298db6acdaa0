import { isUtf8 } from 'node:buffer';
import { CanonicalJsonError } from '#base/json/canonical.ts';
import { LIMITS } from '#base/limits.ts';
import { type OpenYaml, openYaml, placeText, type YamlFault } from '#base/yaml.ts';
import { type StreamedDocument, splitDocuments } from '#base/yaml-stream.ts';
import type { Environment, Policy, PolicyException, Source } from '#model/policy.ts';
import type { DocumentIssue } from '../compile/compiled.ts';
import { PolicyError } from '../error.ts';
import { modelOf } from './model.ts';
import { kindOfDocument } from './schema.ts';

export type PolicyDocument = Policy | Environment | PolicyException | Source;

/** What a file holds, and what is wrong with the documents of it that could not be read. */
export interface ReadDocuments {
  readonly documents: readonly PolicyDocument[];
  readonly issues: readonly DocumentIssue[];
}

/**
 * The documents of one YAML file, in its order; several are set apart by `---`. Those of kind Trust are passed over: `lib/trust` reads them.
 * The canonical JSON of a document (`canonical`) is read as well. Throws `POLICY_DOCUMENT_INVALID` naming file, line, column and what was
 * expected, `LIMIT_EXCEEDED` for a file that is too large.
 */
export function parseDocuments(text: string | Uint8Array, file: string): readonly PolicyDocument[] {
  const { documents, issues } = readDocuments(text, file);
  const [issue] = issues;
  if (issue !== undefined) {
    throw documentError('POLICY_DOCUMENT_INVALID', issue);
  }
  return documents;
}

/** The same, telling all that is wrong; throws only `LIMIT_EXCEEDED`. */
export function readDocuments(content: string | Uint8Array, file: string): ReadDocuments {
  if (typeof content !== 'string' && !isUtf8(content)) {
    return { documents: [], issues: [issueOf(file, 'expected text in UTF-8, found other bytes', 'not-yaml')] };
  }
  const text = typeof content === 'string' ? content : new TextDecoder().decode(content);
  const parts = splitDocuments(text, file).map((part) => readOne(part, file));
  if (parts.length === 0) {
    return { documents: [], issues: [issueOf(file, 'expected a document of policy, found nothing', 'not-yaml')] };
  }
  return {
    documents: parts.flatMap(({ documents }) => documents),
    issues: parts.flatMap(({ issues }) => issues),
  };
}

/** What is thrown of an issue. */
export function documentError(
  code: 'POLICY_DOCUMENT_INVALID' | 'POLICY_SET_INVALID' | 'POLICY_NOT_COMPILED',
  { file, line, column, place, message }: DocumentIssue,
): PolicyError {
  const where = line === 0 ? '' : `, line ${line}, column ${column}`;
  return new PolicyError(code, message, {
    object: `${file}${where}${place === '' ? '' : `, ${place}`}`,
    hint: 'plimsoll policy check shows all that is wrong; docs/guides/policy.md describes the documents.',
  });
}

function readOne({ text, linesBefore }: StreamedDocument, file: string): ReadDocuments {
  const issues: DocumentIssue[] = [];
  try {
    const yaml = openYaml(text, file, {
      limit: LIMITS.policyFileBytes,
      linesBefore,
      invalid: (_, expected, found, fault) => {
        const issue = faultIssue(file, `expected ${expected}, found ${shown(found, fault)}`, fault);
        issues.push(issue);
        return documentError('POLICY_DOCUMENT_INVALID', issue);
      },
    });
    return { documents: readKind(yaml, file), issues };
  } catch (error) {
    if (error instanceof PolicyError && issues.length > 0) {
      return { documents: [], issues };
    }
    if (error instanceof CanonicalJsonError) {
      const message = `expected text that is well-formed Unicode, found ${error.found ?? 'other text'}`;
      return { documents: [], issues: [{ ...issueOf(file, message, 'not-yaml'), line: linesBefore + 1 }] };
    }
    throw error;
  }
}

/** What stands in the place of a reference to a secret may be the secret. */
function shown(found: string, { path }: YamlFault): string {
  return path.includes('credentials')
    ? 'something else, which is not shown here'
    : found.replace(/^"(username|password):.*" again$/, '"$1" again');
}

function readKind(yaml: OpenYaml, file: string): readonly PolicyDocument[] {
  const { kind } = yaml.check(kindOfDocument);
  return kind === 'Trust' ? [] : [modelOf(yaml, kind, file)];
}

function faultIssue(file: string, message: string, { kind, path, line, column }: YamlFault): DocumentIssue {
  const code =
    kind === 'text'
      ? 'not-yaml'
      : kind === 'key'
        ? 'unknown-field'
        : path.join('/') === 'kind'
          ? 'unknown-kind'
          : 'invalid-value';
  return { severity: 'error', code, file, line, column, place: placeText(path), message };
}

function issueOf(file: string, message: string, code: string): DocumentIssue {
  return { severity: 'error', code, file, line: 1, column: 1, place: '', message };
}
