import type { SchemaVariable } from '#lib/policy/facts/schema.ts';
import { showType } from '#lib/policy/language/check/show-type.ts';
import type { CelType, FieldType, MessageType } from '#lib/policy/language/type.ts';
import { page, table } from './source.ts';

/** The page of what expressions of policies see: every variable, and every field of every object, from what the checker goes by. */
export function factsPage(variables: ReadonlyMap<string, SchemaVariable>): string {
  const types = new Map<string, MessageType>();
  for (const { type } of variables.values()) {
    collect(type, types);
  }
  return page(
    'Facts',
    '`src/model/facts-schema.ts` and `src/lib/policy/facts/`',
    'What expressions of policies see of an image, of the documents beside them and of the context. Facts are stored, part by part, as JSON under the digest of its canonical form (RFC 8785), and a manifest names the parts: [facts.schema.json](facts.schema.json) is their schema, in which instants are texts. ' +
      'A rule that reads `context` or an age depends on where and when is asked; no other does.',
    '`params` are the parameters of the policy, `variables` its variables. A field that is not here does not exist: naming it is an error when the policy is read. A field that may be `null` is compared with `null` before anything else is done with it.',
    'Records hold facts as they were, among them environment variables and labels of images: who may read the data folder may read those.',
    '## Variables',
    table(
      ['name', 'type', 'what it is'],
      [...variables].map(([name, { type, description }]) => [`\`${name}\``, `\`${showType(type)}\``, description]),
    ),
    ...[...types.values()].flatMap(sectionOf),
  );
}

function sectionOf({ name, fields }: MessageType): readonly string[] {
  return [`## ${name}`, table(['field', 'type', 'what it is'], [...fields.values()].map(rowOf))];
}

function rowOf({ name, type, nullable, description }: FieldType): readonly string[] {
  return [`\`${name}\``, `\`${showType(type)}\`${nullable ? ' or `null`' : ''}`, description];
}

/** In the order in which they are met, what is inside behind what it is in. */
function collect(type: CelType, types: Map<string, MessageType>): void {
  if (type.kind === 'list') {
    collect(type.element, types);
  }
  if (type.kind === 'message' && !types.has(type.message.name)) {
    types.set(type.message.name, type.message);
    for (const field of type.message.fields.values()) {
      collect(field.type, types);
    }
  }
}
