/** Acquiring: images of others come in by request, by the first pull and by schedule, all through quarantine. */
export type {
  AcquireContext,
  AcquiringSource,
  ActiveSources,
  AttachStatement,
  CopyContext,
  NotTaken,
  OpenUpstream,
  Sources,
  Taken,
  UpstreamImage,
} from './context.ts';
export { type AcquireCode, AcquireError } from './error.ts';
export { createFirstPull, type FirstPullContext } from './first-pull.ts';
export { type Polled, pollSources } from './poll.ts';
export { type AcquireRequest, requestAcquisition } from './request.ts';
export { runAcquisition } from './run.ts';
export { ACQUISITION_TYPE, type AcquisitionStatement } from './statement.ts';
export { type UpstreamsOptions, upstreams } from './upstream.ts';
export { AcquisitionWatch } from './watch.ts';
