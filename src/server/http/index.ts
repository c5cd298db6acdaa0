/** HTTP as every listener of the server speaks it. */
export type { RequestRecord } from './access-log.ts';
export { clientAddresses } from './client-address.ts';
export { door } from './door.ts';
export { drain } from './drain.ts';
export { type StreamedEvent, streamEvents } from './event-stream.ts';
export { answerJson, answerText } from './json.ts';
export { type Listening, listen } from './listen.ts';
export { answerProblem } from './problem.ts';
export { rateLimit } from './rate-limit.ts';
export { SlowClients } from './slow-clients.ts';
