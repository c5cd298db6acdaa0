import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { JUDGED } from '#test/accuracy/ecosystems.ts';
import { measure, type Tally } from '#test/accuracy/measure.ts';
import { ACCURACY_PAGE, accuracyPage, precisionOf, recallOf } from '#test/accuracy/page.ts';
import { sharedShards } from '#test/accuracy/shards.ts';
import { root } from '../tools/lib/files.ts';
import { benchOptions } from './lib/options.ts';

/**
 * How often matching is right, at the bounds of every range of the shared advisories, by a judge that shares nothing with it.
 *
 *     npm run bench -- accuracy [--quick] [--record]
 *
 * `--quick` asks about the nearest versions alone; `--record` writes docs/reference/accuracy.md.
 */
const LEAST = 0.999;
const LINES = 20;

const options = benchOptions();
const { advisories, close } = await sharedShards(new AbortController().signal);
const tallies: Tally[] = [];
try {
  for (const ecosystem of JUDGED) {
    const { reader } = await advisories.shard(ecosystem.name);
    if (reader === null) {
      throw new Error(`${ecosystem.name}: expected a shard of the shared data, found none`);
    }
    const tally = measure(ecosystem, reader, options.quick);
    tallies.push(tally);
    console.log(lineOf(tally));
    console.log(
      tally.lines
        .slice(0, LINES)
        .map((line) => `  ${line}`)
        .join('\n'),
    );
  }
} finally {
  close();
}
if (options.record) {
  writeFileSync(join(root, ACCURACY_PAGE), accuracyPage(tallies));
}
if (tallies.some((tally) => !(precisionOf(tally) >= LEAST && recallOf(tally) >= LEAST))) {
  process.exitCode = 1;
}

function lineOf(tally: Tally): string {
  const { name, truePositives, falsePositives, falseNegatives, undecided, pairs } = tally;
  const shares = `precision ${precisionOf(tally).toFixed(5)}  recall ${recallOf(tally).toFixed(5)}`;
  return `${name.padEnd(10)} ${shares}  ${truePositives} right, ${falsePositives} too many, ${falseNegatives} missed, ${undecided} undecided of ${pairs} pairs`;
}
