import type { Job } from './job.ts';
import { runJob } from './run.ts';

/** `node process.ts JOB`, both JSON: the job as the argument, what came of it on standard output. */
console.log(JSON.stringify(await runJob(JSON.parse(process.argv[2] ?? '') as Job)));
