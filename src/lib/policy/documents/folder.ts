import { LIMITS, limitExceeded } from '#base/limits.ts';
import type { DocumentIssue } from '../compile/compiled.ts';
import { type PolicyDocument, readDocuments } from './parse.ts';
import { namesakeIssues } from './set.ts';

/** A file of a folder of policies, with its path as it is to be told. */
export interface FolderFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** What a folder holds: its documents, and what is wrong with those that could not be read. Fail closed: with an error the folder is not used. */
export interface PolicyFolder {
  readonly documents: readonly PolicyDocument[];
  readonly issues: readonly DocumentIssue[];
}

/** Whether a file of a folder is one of documents: `*.yaml` and `*.yml`, but for `*.test.yaml`, which are cases of `policy test`. */
export function isDocumentFile(path: string): boolean {
  return /\.ya?ml$/.test(path) && !/\.test\.ya?ml$/.test(path);
}

/**
 * Reads files of documents, all that are given. Two documents of one kind and name are an issue too. Throws `LIMIT_EXCEEDED` for more files
 * or bytes than a folder of policies may have.
 */
export function readPolicyFiles(files: readonly FolderFile[]): PolicyFolder {
  if (files.length > LIMITS.policyFiles) {
    throw limitExceeded('a folder of policies', LIMITS.policyFiles, 'files', files.length);
  }
  const size = files.reduce((sum, { bytes }) => sum + bytes.length, 0);
  if (size > LIMITS.policyFolderBytes) {
    throw limitExceeded('a folder of policies', LIMITS.policyFolderBytes, 'bytes', size);
  }
  const read = files.map(({ path, bytes }) => readDocuments(bytes, path));
  const documents = read.flatMap((each) => each.documents);
  return { documents, issues: [...read.flatMap(({ issues }) => issues), ...namesakeIssues(documents)] };
}
