import type { Job } from './job.ts';
import { runJob } from './run.ts';

/** `node process.ts JOB`, both JSON: the job as the argument, what came of it on standard output. The end of standard input ends it. */
const stop = new AbortController();
process.stdin.on('end', () => stop.abort()).resume();
const result = await runJob(JSON.parse(process.argv[2] ?? '') as Job, stop.signal);
process.stdin.destroy();
console.log(JSON.stringify(result));
