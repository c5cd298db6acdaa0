/** Acquiring: images of others come in by request, by the first pull and by schedule, all through quarantine. */
export type { ActiveSources, CopyContext, Sources } from './context.ts';
export { AcquireError } from './error.ts';
export { createFirstPull } from './first-pull.ts';
export { pollSources } from './poll.ts';
export { requestAcquisition } from './request.ts';
export { runAcquisition } from './run.ts';
export type { AcquisitionStatement } from './statement.ts';
export { type ConfiguredUpstreams, upstreams } from './upstream.ts';
