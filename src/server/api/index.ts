/** What answers below `/api/v1`. */
export { type ApiOptions, createApi, describeApi } from './api.ts';
export { API_PATH, reportUrl } from './links.ts';
