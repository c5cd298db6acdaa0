import { page, table } from './source.ts';

/** A JSON schema, as far as the page shows it. */
export interface Schema {
  readonly type?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
}

/** The page of the JSON report: every member with its type and meaning, in the order of the schema. */
export function reportPage(schema: Schema): string {
  return page(
    'The JSON report',
    '`src/model/report-schema.ts`',
    'What `-o json` writes. The schema is [report.schema.json](report.schema.json); `[]` stands for each item of an array.',
    'With `--platform all` the whole is an array of such reports.',
    table(['member', 'type', 'meaning'], rowsOf(schema, '')),
  );
}

/** The page of what `verify` and `evidence` write. */
export function evidenceReportPage(schema: Schema): string {
  return page(
    'The JSON of evidence',
    '`src/model/evidence-schema.ts`',
    'What `plimsoll verify` and `plimsoll evidence` write with `-o json`. The schema is [evidence-report.schema.json](evidence-report.schema.json); `[]` stands for each item of an array.',
    table(['member', 'type', 'meaning'], rowsOf(schema, '')),
  );
}

/** The page of what `sign` and `attest` write. */
export function signingReportPage(schema: Schema): string {
  return page(
    'The JSON of signing',
    '`src/model/signing-report-schema.ts`',
    'What `plimsoll sign` and `plimsoll attest` write with `-o json`. The schema is [signing-report.schema.json](signing-report.schema.json); `[]` stands for each item of an array.',
    table(['member', 'type', 'meaning'], rowsOf(schema, '')),
  );
}

/** The page of what `attest --scan` writes. */
export function ownEvidenceReportPage(schema: Schema): string {
  return page(
    'The JSON of own evidence',
    '`src/model/own-evidence-schema.ts`',
    'What `plimsoll attest --scan` writes with `-o json`. The schema is [own-evidence-report.schema.json](own-evidence-report.schema.json); `[]` stands for each item of an array.',
    table(['member', 'type', 'meaning'], rowsOf(schema, '')),
  );
}

/** The page of the predicate that holds a verdict. */
export function verdictPage(schema: Schema): string {
  return page(
    'The verdict',
    '`src/model/verdict-schema.ts`',
    'The predicate of statements of the type `https://plimsoll.dev/attestation/verdict/v1`. The schema is [verdict.schema.json](verdict.schema.json); `[]` stands for each item of an array.',
    'Who reads it: members may be added while the first part of `schemaVersion` is 1. A decision other than `pass` and `warn` does not let an image pass, and neither does any after `validUntil`.',
    table(['member', 'type', 'meaning'], rowsOf(schema, '')),
  );
}

function rowsOf(schema: Schema, prefix: string): readonly (readonly string[])[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, member]) => {
    const path = `${prefix}${name}`;
    const optional = schema.required?.includes(name) === true ? '' : ', may be absent';
    const row = [`\`${path}\``, `${typeOf(member)}${optional}`, member.description ?? ''];
    return [row, ...below(member, path)];
  });
}

function below(schema: Schema, path: string): readonly (readonly string[])[] {
  if (schema.items !== undefined) {
    return below(schema.items, `${path}[]`);
  }
  return [...rowsOf(schema, `${path}.`), ...(schema.anyOf ?? []).flatMap((option) => below(option, path))];
}

function typeOf(schema: Schema): string {
  if (schema.const !== undefined) {
    return `\`${JSON.stringify(schema.const)}\``;
  }
  if (schema.enum !== undefined) {
    return schema.enum.map((value) => `\`${JSON.stringify(value)}\``).join(', ');
  }
  if (schema.anyOf !== undefined) {
    return schema.anyOf.map(typeOf).join(' or ');
  }
  const types: readonly unknown[] = Array.isArray(schema.type) ? schema.type : [schema.type];
  return types.map((type) => (typeof type === 'string' ? type : 'nothing')).join(' or ');
}
