/** Codes of the distribution specification, "Error Codes", and of Docker's API before it. */
export type WireCode =
  | 'BLOB_UNKNOWN'
  | 'BLOB_UPLOAD_INVALID'
  | 'BLOB_UPLOAD_UNKNOWN'
  | 'DENIED'
  | 'DIGEST_INVALID'
  | 'MANIFEST_BLOB_UNKNOWN'
  | 'MANIFEST_INVALID'
  | 'MANIFEST_UNKNOWN'
  | 'NAME_INVALID'
  | 'NAME_UNKNOWN'
  | 'PAGINATION_NUMBER_INVALID'
  | 'RANGE_INVALID'
  | 'SIZE_INVALID'
  | 'TOOMANYREQUESTS'
  | 'UNAUTHORIZED'
  | 'UNAVAILABLE'
  | 'UNSUPPORTED';

/** An answer that is an error: its status, its code, a sentence for people. Nothing of what the client sent is repeated in it. */
export class RequestError extends Error {
  readonly status: number;
  readonly code: WireCode;
  readonly headers: Readonly<Record<string, string>>;
  /** More, for programs and people. */
  readonly detail: Readonly<Record<string, string>> | null;

  constructor(
    status: number,
    code: WireCode,
    message: string,
    more: {
      readonly headers?: Readonly<Record<string, string>>;
      readonly detail?: Readonly<Record<string, string>>;
    } = {},
  ) {
    super(message);
    this.name = 'RequestError';
    this.status = status;
    this.code = code;
    this.headers = more.headers ?? {};
    this.detail = more.detail ?? null;
  }
}
