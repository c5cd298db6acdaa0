/** One HTTP request and its answer, nothing followed, nothing retried, no credentials added: the seam between transport and authentication. */
export interface Exchange {
  /** Throws `RegistryError`; an answer of any status is no error. */
  send(request: ExchangeRequest): Promise<ExchangeAnswer>;
}

export interface ExchangeRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT';
  readonly url: URL;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** Sent with its length, and again as a whole with every further try. */
  readonly body?: string | Uint8Array;
  /** The longest that request and body may take together; left out for what is as long as a layer. */
  readonly totalMs?: number;
  readonly signal: AbortSignal;
}

export interface ExchangeAnswer {
  readonly status: number;
  /** Lower-case names; values of a header that came several times joined with a comma, but for the challenges. */
  readonly headers: ReadonlyMap<string, string>;
  /** Each `WWW-Authenticate` header by itself (RFC 9110, section 11.6.1). */
  readonly challenges: readonly string[];
  /** Identity encoding. To be read to its end or left with `discard`. */
  readonly body: AsyncIterable<Uint8Array>;
  discard(): void;
}
