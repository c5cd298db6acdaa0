import { z } from 'zod';

const text = z.string('expected a text, in quotes where it looks like a number').nullish();

export const RULE_MEMBERS = [
  'vulnerability',
  'include-aliases',
  'reason',
  'namespace',
  'fix-state',
  'package',
  'vex-status',
  'vex-justification',
  'match-type',
] as const;

/** A rule of `ignore:`; all that is set has to hold. What else it may have is looked at by whoever reads it. */
export const grypeRule = z.looseObject(
  {
    vulnerability: text,
    'include-aliases': z.boolean('expected true or false').nullish(),
    reason: text,
    namespace: text,
    'fix-state': text,
    'vex-status': text,
    'vex-justification': text,
    'match-type': text,
    package: z
      .looseObject(
        { name: text, version: text, language: text, type: text, location: text, 'upstream-name': text },
        'expected a map',
      )
      .nullish(),
  },
  'expected a rule: a map',
);
export type GrypeRule = z.infer<typeof grypeRule>;
