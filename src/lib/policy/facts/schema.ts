import { z } from 'zod';
import { contextSchema, factsSchema } from '#model/facts-schema.ts';
import type { CelType } from '../language/type.ts';
import { environmentView, sourceView } from './document-schema.ts';
import { type Reading, SchemaReader } from './message-type.ts';
import { CONTEXT_VARIABLE } from './variables.ts';

const { shape } = factsSchema;

const { time } = contextSchema.shape;

/** Its time is the one that moves. Said here and not in the published schema, whose readers know no such word. */
const movingContext = contextSchema
  .extend({ time: time.meta({ ...time.meta(), drift: 1 }) })
  .meta({ ...contextSchema.meta() });

/** The schema of each variable but `params` and `variables`, whose types the documents make. */
const SCHEMAS: Readonly<Record<string, z.ZodType>> = {
  ...shape,
  exceptedFindings: shape.findings.describe('Findings that a VEX document or an exception takes out.'),
  findings: shape.findings.describe('What is known to be wrong with it, and counts.'),
  sources: z.array(sourceView).describe('The documents of `kind: Source`.'),
  environment: environmentView.describe('What the environment says.'),
  [CONTEXT_VARIABLE]: movingContext.describe('Where and when is asked.'),
};

/** How its value, plain data, is seen. */
export interface SchemaVariable extends Omit<Reading, 'nullable'> {
  readonly description: string;
}

/** What expressions see, by name, with types that name every field: facts, documents, and the context. */
export const SCHEMA_VARIABLES: ReadonlyMap<string, SchemaVariable> = variablesOf(new SchemaReader());

/** For the checker: the types of the above. `params` and `variables` are added by who compiles a policy. */
export const VARIABLE_TYPES: ReadonlyMap<string, CelType> = new Map(
  [...SCHEMA_VARIABLES].map(([name, { type }]) => [name, type]),
);

function variablesOf(reader: SchemaReader): ReadonlyMap<string, SchemaVariable> {
  return new Map(
    Object.entries(SCHEMAS).map(([name, schema]) => {
      return [name, { ...reader.readingOf(schema), description: schema.description ?? '' }];
    }),
  );
}
