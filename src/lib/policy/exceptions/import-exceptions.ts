import { isUtf8 } from 'node:buffer';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import { printYaml } from '#base/yaml.ts';
import { parseDocuments } from '../documents/index.ts';
import type { IgnoreRule, NotCarriedOver } from './importers/importer.ts';
import { exceptionImporters } from './importers/list.ts';
import { invalid } from './importers/read-yaml.ts';

/** What an exception says and an ignore file does not: somebody has to answer for it. */
export interface ExceptionAnswers {
  readonly owner: string;
  readonly requester: string;
  readonly approver: string;
  readonly ticket: string;
  /** Why, for rules that do not say it; null where every rule has to. */
  readonly reason: string | null;
  /** When rules end that have no end of their own, milliseconds since 1970; null where every rule has to. */
  readonly expires: number | null;
  /** Patterns of repositories and digests of images: all of them for every rule. */
  readonly repositories: readonly string[];
  readonly digests: readonly string[];
  /** Names; empty for all. */
  readonly environments: readonly string[];
}

export interface ExceptionImport {
  /** The id of an importer. */
  readonly importer: string;
  readonly files: readonly ImportedFile[];
  readonly answers: ExceptionAnswers;
  /** Milliseconds since 1970: when they are requested. */
  readonly now: number;
}

export interface ImportedFile {
  /** What it is called in messages, and by its ending told apart. */
  readonly file: string;
  readonly bytes: Uint8Array;
}

export interface ImportedExceptions {
  /** Documents of kind Exception that `parseDocuments` reads; empty where nothing could be carried over. */
  readonly yaml: string;
  readonly count: number;
  readonly notCarriedOver: readonly NotCarriedOver[];
}

/**
 * What another scanner ignores, as exceptions, a document for each rule. Nothing is made up: what a rule does not say is taken of the
 * answers. Throws `POLICY_IMPORT_INVALID` for a file that its own tool would refuse and for rules that neither they nor the answers give all
 * that an exception needs, `POLICY_DOCUMENT_INVALID` for answers that no exception may have, and `LIMIT_EXCEEDED`.
 */
export function importExceptions({ importer, files, answers, now }: ExceptionImport): ImportedExceptions {
  const member = exceptionImporters.find(({ id }) => id === importer);
  if (member === undefined) {
    throw invalid(importer, `one of ${exceptionImporters.map(({ id }) => id).join(', ')}`, 'another tool');
  }
  const read = files.map(({ file, bytes }) => {
    if (!isUtf8(bytes)) {
      throw invalid(file, 'text in UTF-8', 'other bytes');
    }
    return member.read({ text: new TextDecoder().decode(bytes), file, now });
  });
  const rules = read.flatMap((one) => one.rules);
  if (rules.length > LIMITS.ignoreRules) {
    throw limitExceeded(`ignore files of ${importer}`, LIMITS.ignoreRules, 'rules', rules.length);
  }
  const names = new Map<string, number>();
  const documents = rules.map((rule) => {
    const document = documentOf(rule, nameOf(rule, names), answers, now);
    const yaml = printYaml(document);
    parseDocuments(yaml, rule.where);
    return yaml;
  });
  const notCarriedOver = read.flatMap((one) => one.notCarriedOver);
  return { yaml: documents.join('---\n'), count: documents.length, notCarriedOver };
}

function documentOf(rule: IgnoreRule, name: string, answers: ExceptionAnswers, now: number): object {
  const { where, finding, packages } = rule;
  const reason = rule.reason ?? answers.reason;
  const expires = rule.expires ?? answers.expires;
  if (reason === null) {
    throw invalid(where, 'a reason in the rule, or --reason for those without one', 'neither');
  }
  if (expires === null) {
    throw invalid(where, 'an end of the rule, or --expires for those without one', 'neither');
  }
  const { digests, repositories, environments } = answers;
  if (packages.length + digests.length + repositories.length === 0) {
    throw invalid(where, '--repository or --digest, since the rule is for any image and package', 'neither');
  }
  const { owner, requester, approver, ticket } = answers;
  return {
    apiVersion: 'plimsoll.dev/v1',
    kind: 'Exception',
    metadata: { name },
    scope: {
      ...(digests.length > 0 && { digests }),
      ...(repositories.length > 0 && { repositories }),
      ...(packages.length > 0 && { packages }),
    },
    for: { findings: [finding] },
    ...(environments.length > 0 && { environments }),
    reason,
    owner,
    requester,
    approver,
    ticket,
    requested: new Date(now).toISOString(),
    expires: new Date(expires).toISOString(),
  };
}

const MAX_NAME_CHARS = 100;

/** Of the id, and with a number behind it where there are several for one. `taken` counts them. */
function nameOf({ finding }: IgnoreRule, taken: Map<string, number>): string {
  const plain = finding
    .replace(/[^0-9A-Za-z._-]+/g, '-')
    .replace(/\.{2,}/g, '.')
    .replace(/^[^0-9A-Za-z]+/, '')
    .slice(0, MAX_NAME_CHARS);
  const base = plain === '' ? 'finding' : plain;
  const count = (taken.get(base) ?? 0) + 1;
  taken.set(base, count);
  // No other name has two dots in a row.
  return count === 1 ? base : `${base}..${count}`;
}
