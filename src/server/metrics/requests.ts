import type { RequestRecord } from '../http/index.ts';
import type { Meter } from './meter.ts';

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Counts a request that is over. Labels take few values, whatever clients send. */
export function countRequest(meter: Meter, record: RequestRecord): void {
  const { route } = record;
  const method = METHODS.has(record.method) ? record.method : 'other';
  meter.add('plimsoll_http_requests_total', { route, method, status: String(record.status) });
  meter.observe('plimsoll_http_request_duration_seconds', { route, method }, record.milliseconds / 1000);
  meter.add('plimsoll_http_received_bytes_total', { route }, record.bytesIn);
  meter.add('plimsoll_http_sent_bytes_total', { route }, record.bytesOut);
  if (!record.isComplete) {
    meter.add('plimsoll_http_cut_requests_total', { route });
  }
  if (route === 'uploads' && record.status === 201) {
    meter.add('plimsoll_uploads_completed_total', {});
  }
}
