/** What expressions of policies see, by name; their types are in `schema.ts`. Nothing else is there. */
export const FACT_VARIABLES = [
  'image',
  'packages',
  'findings',
  'exceptedFindings',
  'base',
  'lifecycle',
  'licenses',
  'unknowns',
  'evidence',
  'advisories',
  'history',
] as const;

/** Of the documents: which sources there are, what the environment says, what parameters are set to. */
export const DOCUMENT_VARIABLES = ['sources', 'environment', 'params', 'variables'] as const;

/** `context`: a rule that reads it, or the age of something, is contextual. */
export const CONTEXT_VARIABLE = 'context';
