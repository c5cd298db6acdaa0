import { digestOf } from '#base/digest.ts';
import { isAppError } from '#base/error.ts';
import { canonicalJson } from '#base/json/canonical.ts';
import { LIMITS } from '#base/limits.ts';
import { openYaml } from '#base/yaml.ts';
import { type StreamedDocument, splitDocuments } from '#base/yaml-stream.ts';
import { type DocumentIssue, PolicyError, readPolicyFiles } from '#lib/policy/index.ts';
import { loadTrustConfiguration } from '#lib/trust/index.ts';
import type { InstallationDocument, TrustDocument } from './kinds.ts';
import { trustFiles } from './trust-files.ts';

/** A text that somebody wrote, and how it is called in messages. */
export interface DocumentText {
  readonly path: string;
  readonly text: string;
}

export interface ReadInstallation {
  readonly documents: readonly InstallationDocument[];
  /** What is wrong with those that could not be read. */
  readonly issues: readonly DocumentIssue[];
}

/** The documents of some texts, of every kind. Throws `LIMIT_EXCEEDED` for too many or too large ones. */
export async function readTexts(texts: readonly DocumentText[], trustFolder: string | null): Promise<ReadInstallation> {
  const { documents, issues } = readPolicyFiles(
    texts.map(({ path, text }) => ({ path, bytes: Buffer.from(text, 'utf8') })),
  );
  const all: InstallationDocument[] = [...documents];
  const wrong = [...issues];
  const names = new Map<string, TrustDocument>();
  for (const { path, text } of texts) {
    for (const part of splitDocuments(text, path)) {
      const read = dataOfTrust(part, path) ? await readTrust(part, path, trustFolder) : null;
      if (read === null) {
        continue;
      }
      const other = 'document' in read ? names.get(read.document.name) : undefined;
      if ('issue' in read) {
        wrong.push(read.issue);
      } else if (other !== undefined) {
        wrong.push(nameTaken(read.document, other, part.linesBefore + 1));
      } else {
        names.set(read.document.name, read.document);
        all.push(read.document);
      }
    }
  }
  return { documents: all, issues: wrong };
}

/** One stored document. Throws `PolicyError` or `TrustError` for one that this release does not take. */
export async function readStored(
  kind: string,
  content: string,
  file: string,
  trustFolder: string | null,
): Promise<InstallationDocument> {
  const { documents, issues } = await readTexts([{ path: file, text: content }], trustFolder);
  const [document] = documents;
  if (document === undefined || document.kind !== kind) {
    const [issue] = issues;
    throw new PolicyError('POLICY_DOCUMENT_INVALID', issue?.message ?? `expected a document of kind ${kind}`, {
      object: `${file}${issue === undefined || issue.place === '' ? '' : `, ${issue.place}`}`,
    });
  }
  return document;
}

/** Whether a text is of kind Trust; what is no YAML is told by the reader of the other kinds. */
function dataOfTrust({ text, linesBefore }: StreamedDocument, path: string): boolean {
  try {
    const invalid = (object: string, message: string): PolicyError =>
      new PolicyError('POLICY_DOCUMENT_INVALID', message, { object });
    const { data } = openYaml(text, path, { limit: LIMITS.policyFileBytes, linesBefore, invalid });
    return typeof data === 'object' && data !== null && 'kind' in data && data.kind === 'Trust';
  } catch (error) {
    if (isAppError(error)) {
      return false;
    }
    throw error;
  }
}

async function readTrust(
  { text, linesBefore }: StreamedDocument,
  path: string,
  trustFolder: string | null,
): Promise<{ readonly document: TrustDocument } | { readonly issue: DocumentIssue }> {
  try {
    const configuration = await loadTrustConfiguration(
      // So that lines are those of the whole file.
      `${'\n'.repeat(linesBefore)}${text}`,
      path.split('/').at(-1) ?? path,
      trustFiles(trustFolder),
    );
    const canonical = canonicalJson(
      openYaml(text, path, {
        limit: LIMITS.policyFileBytes,
        invalid: (object, message) => new PolicyError('POLICY_DOCUMENT_INVALID', message, { object }),
      }).data,
    );
    const { name } = configuration;
    return { document: { kind: 'Trust', name, digest: digestOf(canonical), canonical, file: path, configuration } };
  } catch (error) {
    if (!isAppError(error)) {
      throw error;
    }
    const line = Number(/, line ([0-9]+)/.exec(error.object ?? '')?.[1] ?? linesBefore + 1);
    const place = /, line [0-9]+, (.*)$/.exec(error.object ?? '')?.[1] ?? '';
    const parts = [error.expected && `expected ${error.expected}`, error.found && `found ${error.found}`];
    const message = [error.problem, parts.filter((part) => part !== undefined && part !== '').join(', ')]
      .filter((part) => part !== '')
      .join(': ');
    return { issue: { severity: 'error', code: error.code, file: path, line, column: 1, place, message } };
  }
}

function nameTaken({ file, name }: TrustDocument, other: TrustDocument, line: number): DocumentIssue {
  const message = `expected a name that no other document of kind Trust has, found ${JSON.stringify(name)}, which ${other.file} has`;
  return { severity: 'error', code: 'name-taken', file, line, column: 1, place: 'metadata > name', message };
}
