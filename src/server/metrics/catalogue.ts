/** Every metric of our own, with its labels; `docs/reference/metrics.md` is made of this. Those of a process have its name as `process`. */
export const METRICS = [
  {
    name: 'plimsoll_http_requests_total',
    type: 'counter',
    help: 'Requests that were answered.',
    labels: ['route', 'method', 'status'],
  },
  {
    name: 'plimsoll_http_request_duration_seconds',
    type: 'histogram',
    help: 'From the header of a request to the end of its answer.',
    labels: ['route', 'method'],
  },
  {
    name: 'plimsoll_http_received_bytes_total',
    type: 'counter',
    help: 'Bytes that clients sent: what is pushed, and requests themselves.',
    labels: ['route'],
  },
  {
    name: 'plimsoll_http_sent_bytes_total',
    type: 'counter',
    help: 'Bytes that clients were sent.',
    labels: ['route'],
  },
  {
    name: 'plimsoll_first_pull_duration_seconds',
    type: 'histogram',
    help: 'Pulls of what was not here or not decided about, until the gate answered: ready, wait, refused, none (no source speaks of it), failed.',
    labels: ['answer'],
  },
  {
    name: 'plimsoll_first_pulls_waiting',
    type: 'gauge',
    help: 'Pulls that wait for the gate.',
    labels: [],
  },
  {
    name: 'plimsoll_acquisitions',
    type: 'gauge',
    help: 'Images that are being taken from sources, by how far they are; 1000 at most are counted.',
    labels: ['state'],
  },
  {
    name: 'plimsoll_event_streams',
    type: 'gauge',
    help: 'Streams of server-sent events that are open.',
    labels: [],
  },
  { name: 'plimsoll_http_requests_at_hand', type: 'gauge', help: 'Requests that are not answered yet.', labels: [] },
  {
    name: 'plimsoll_http_cut_requests_total',
    type: 'counter',
    help: 'Requests whose client went away, or was too slow, before it had its answer.',
    labels: ['route'],
  },
  {
    name: 'plimsoll_uploads_completed_total',
    type: 'counter',
    help: 'Uploads of blobs that became blobs.',
    labels: [],
  },
  {
    name: 'plimsoll_store_duration_seconds',
    type: 'histogram',
    help: 'Calls of the metadata store.',
    labels: ['operation'],
  },
  {
    name: 'plimsoll_store_errors_total',
    type: 'counter',
    help: 'Calls of the metadata store that failed; also those that were refused with a reason.',
    labels: ['operation'],
  },
  {
    name: 'plimsoll_blob_store_duration_seconds',
    type: 'histogram',
    help: 'Calls of the blob store; of reading, until the first byte.',
    labels: ['operation'],
  },
  {
    name: 'plimsoll_blob_store_errors_total',
    type: 'counter',
    help: 'Calls of the blob store that failed.',
    labels: ['operation'],
  },
  { name: 'plimsoll_blobs', type: 'gauge', help: 'Blobs that are known.', labels: [] },
  { name: 'plimsoll_blob_bytes', type: 'gauge', help: 'Bytes of the blobs that are known, each once.', labels: [] },
  {
    name: 'plimsoll_jobs',
    type: 'gauge',
    help: 'Jobs that wait, run, or failed as often as allowed.',
    labels: ['state'],
  },
  {
    name: 'plimsoll_judgements_due',
    type: 'gauge',
    help: 'Images that wait to be judged again: those that run, those that are served, the rest.',
    labels: ['priority'],
  },
  {
    name: 'plimsoll_judgements_total',
    type: 'counter',
    help: 'Images that this process judged; failed ones are tried again.',
    labels: ['outcome'],
  },
  {
    name: 'plimsoll_jobs_done_total',
    type: 'counter',
    help: 'Jobs that this process did; failed ones are tried again.',
    labels: ['kind', 'outcome'],
  },
  {
    name: 'plimsoll_job_duration_seconds',
    type: 'histogram',
    help: 'Jobs from their start to their end.',
    labels: ['kind'],
  },
  {
    name: 'plimsoll_processes_ready',
    type: 'gauge',
    help: 'Whether a process of the server is ready: 1 or 0.',
    labels: ['name'],
  },
  {
    name: 'plimsoll_process_restarts_total',
    type: 'counter',
    help: 'How often a process of the server was started again after it died.',
    labels: ['name'],
  },
] as const satisfies readonly MetricEntry[];

export type MetricName = (typeof METRICS)[number]['name'];

export interface MetricEntry {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
}

/** Upper bounds in seconds: from a manifest out of memory to the push of a large layer. */
export const BUCKETS: readonly number[] = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60, 600,
];
