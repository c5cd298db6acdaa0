import { STATIC_STEPS, type Step, UNIT_STEPS } from './check/steps.ts';
import { pool } from './lib/pool.ts';

/** `npm run check [-- paths]`: format, lint, types, dead code, documents, layers and unit tests; silent tools, one line each. */
const paths = process.argv.slice(2);
const steps = [...STATIC_STEPS, ...UNIT_STEPS];
const outputs = await pool(steps, 2, report);
const failed = outputs.filter((output) => output !== null);
console.log([...failed, `${steps.length - failed.length} passed, ${failed.length} failed`].join('\n'));
process.exitCode = failed.length === 0 ? 0 : 1;

/** The output of a step that failed. */
async function report(step: Step): Promise<string | null> {
  const start = performance.now();
  const { status, output } = await step.run(paths);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${step.name.padEnd(14)} ${seconds} s`);
  return status === 0 ? null : `\n--- ${step.name}\n${output.trim()}\n`;
}
