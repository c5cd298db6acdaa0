import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

/** The options of all benches together, since `npm run bench` hands them to each; every one takes what it knows. */
export function benchOptions() {
  const { values } = parseArgs({
    options: {
      /** Small images, one run, nothing judged: tries the bench itself. */
      quick: { type: 'boolean', default: false },
      /** Adds a row to docs/reference/performance.md. */
      record: { type: 'boolean', default: false },
      runs: { type: 'string' },
      /** Of a bench of several databases the one that is measured: sqlite or postgres. */
      driver: { type: 'string' },
      'peer-runs': { type: 'string', default: '1' },
      /** The launcher to measure, which may be that of another checkout. */
      program: { type: 'string', default: resolve(import.meta.dirname, '../../bin/plimsoll') },
      /** A `node_modules` folder with other inflaters. */
      modules: { type: 'string', default: process.env['PLIMSOLL_BENCH_MODULES'] ?? '' },
      /** The one inflater that a child of the bench is to measure. */
      one: { type: 'string' },
    },
  });
  return values;
}
