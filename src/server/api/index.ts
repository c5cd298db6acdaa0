/** What answers below `/api/v1`. */
export { type ApiOptions, createApi } from './api.ts';
export { API_PATH, reportUrl } from './links.ts';
