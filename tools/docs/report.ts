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

/** The page of what `scan --explain` writes. */
export function explanationPage(schema: Schema): string {
  return page(
    'The JSON of explanations',
    '`src/model/explanation-schema.ts`',
    'What `plimsoll scan --explain ID IMAGE` writes with `-o json`: why an id or alias is, or is not, among the findings of an image. The schema is [explanation.schema.json](explanation.schema.json); `[]` stands for each item of an array.',
    'It is made by the evaluation that matching makes, with its steps kept, from the advisories that the image was matched with; advisories at hand that it was not matched with are looked into as well. With `--platform all` the whole is an array. The exit code is 0 whatever the answer.',
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

/** The page of the predicate that holds a verdict by `--fail-on`. */
export function gateVerdictPage(schema: Schema): string {
  return page(
    'The verdict of a gate',
    '`src/model/gate-verdict-schema.ts`',
    'The predicate of statements of the type `https://plimsoll.dev/attestation/verdict/v1`: what `--fail-on` says of an image. The schema is [gate-verdict.schema.json](gate-verdict.schema.json); `[]` stands for each item of an array. The one of a policy is [verdict.md](verdict.md).',
    'Who reads it: members may be added while the first part of `schemaVersion` is 1. A decision other than `pass` and `warn` does not let an image pass, and neither does any after `validUntil`.',
    table(['member', 'type', 'meaning'], rowsOf(schema, '')),
  );
}

/** The page of a verdict by policy: of the record and of the predicate. */
export function verdictPage(schema: Schema): string {
  return page(
    'The verdict',
    '`src/model/verdict-schema.ts`',
    'What a policy says of an image in an environment: `verdict` of the report, the record of the decision (its canonical JSON, RFC 8785), and the predicate of statements of the type `https://plimsoll.dev/attestation/verdict/v2`. The schema is [verdict.schema.json](verdict.schema.json); `[]` stands for each item of an array. How the score is made is in [score.md](score.md).',
    'Who reads it: members may be added while the first part of `schemaVersion` is 2. A decision other than `admit` and `warn` does not let an image pass, and neither does any from `validUntil` on.',
    'The exit code of `scan --environment` follows it: 0 for `admit` and `warn`, 3 for a refusal because of `unknowns`, 1 for any other. A refusal is because of unknowns only where nothing else refuses.',
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
