import { spawnSync } from 'node:child_process';
import { figureLine, withinLimit } from './lib/figures.ts';
import { benchImages } from './lib/images.ts';
import { INFLATERS, isInstalled } from './lib/inflaters.ts';
import { type Cost, measure, medianCost } from './lib/measure.ts';
import { benchOptions } from './lib/options.ts';

/**
 * Ways to gunzip the layer of 850 MB, each in a process of its own, start included, in turns: Node's zlib as the product
 * drives it, as a stream, and other inflaters that npm packages ship. Those are no dependencies of the project: they are
 * measured when a folder has them (docs/adr/0085-inflater-choice.md says which were, and what came out).
 *
 *     npm run bench -- inflaters [--quick] [--runs=N] [--modules=FOLDER/node_modules]
 *
 * The variable PLIMSOLL_BENCH_MODULES names the folder too. igzip is measured when it is on the PATH.
 */
const LIMIT = 0.5;

const options = benchOptions();
const { large } = await benchImages(options.quick ? 'quick' : 'large');
const [layer = ''] = large.layers;

if (options.one === undefined) {
  await compare();
} else {
  await inflateOne(options.one);
}

/** In the child. A figure for a wrong result would mean nothing; zlib has also compared the checksum. */
async function inflateOne(name: string): Promise<void> {
  const inflater = INFLATERS.find((each) => each.name === name);
  const total = await inflater?.inflate(layer, options.modules);
  if (total !== large.tarBytes) {
    throw new Error(`${name}: expected ${large.tarBytes} bytes, found ${total}`);
  }
}

async function compare(): Promise<void> {
  const present = INFLATERS.filter(
    (each) => each.package === null || isInstalled(options.modules || null, each.package),
  );
  const absent = INFLATERS.filter((each) => !present.includes(each)).map(({ name }) => name);
  if (absent.length > 0) {
    console.log(`not measured, since --modules names no folder that has them: ${absent.join('; ')}`);
  }
  const programs = ['gzip', 'libdeflate-gunzip', 'igzip'].filter(
    (program) => spawnSync(program, ['--help'], { stdio: 'ignore' }).error === undefined,
  );
  const commands: readonly (readonly [string, string, readonly string[]])[] = [
    ...programs.map((program) => [`${program} -dc`, program, ['-dc', layer]] as const),
    ...present.map(({ name }) => [name, process.execPath, childArguments(name)] as const),
  ];
  const costs = new Map<string, Cost[]>(commands.map(([name]) => [name, []]));
  for (let run = 0; run < Number(options.runs ?? (options.quick ? 1 : 3)); run += 1) {
    for (const [name, command, args] of commands) {
      costs.get(name)?.push(await measure(command, args));
    }
  }
  report(new Map([...costs].map(([name, each]) => [name, medianCost(each)])));
}

function childArguments(name: string): readonly string[] {
  const size = options.quick ? ['--quick'] : [];
  return [import.meta.filename, ...size, `--modules=${options.modules}`, `--one=${name}`];
}

function report(costs: ReadonlyMap<string, Cost>): void {
  const gzip = costs.get('gzip -dc')?.seconds ?? Number.NaN;
  const [ours] = INFLATERS;
  for (const [name, { seconds, cpuSeconds, treeBytes }] of costs) {
    const figure = {
      name,
      unit: 'ratio',
      value: seconds / gzip,
      limit: name === ours?.name ? LIMIT : null,
      note: `of gzip -dc; ${seconds.toFixed(2)} s, cpu ${cpuSeconds.toFixed(2)} s, ${(treeBytes / 1e6).toFixed(0)} MB`,
    } as const;
    console.log(figureLine(figure, !options.quick));
    if (!options.quick && !withinLimit(figure)) {
      process.exitCode = 1;
    }
  }
}
