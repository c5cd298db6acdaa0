/** The language of rules: CEL, compiled to closures, with a budget and an eye on time. */
import { check } from './check/check.ts';
import { LIBRARIES } from './library/list.ts';
import { standard } from './library/standard/index.ts';
import type { Library } from './library.ts';
import { parse } from './parse/parse.ts';
import type { Compiled, Environment } from './program.ts';
import { programOf } from './run/program.ts';

export type { Compiled, Environment, Program } from './program.ts';
export { createMeter } from './run/meter.ts';

/** What policies may use: one list, so that the checker reads it once. */
export const POLICY_LIBRARIES: readonly Library[] = [standard, ...LIBRARIES];

/** Reads and checks an expression once; the program is run as often as one likes. Never throws. */
export function compile(text: string, environment: Environment): Compiled {
  const parsed = parse(text);
  if (!parsed.ok) {
    return parsed;
  }
  const checked = check(parsed.ast, environment);
  return checked.ok ? { ok: true, program: programOf(checked.checked) } : checked;
}
