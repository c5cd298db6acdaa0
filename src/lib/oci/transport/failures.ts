import { isAppError, messageOf, quote } from '#base/error.ts';
import { LIMITS } from '#base/limits.ts';
import { describeRequest, RegistryError } from './error.ts';

interface Asked {
  readonly method: string;
  readonly url: URL;
}

const TLS_CODES = ['EPROTO', 'ERR_SSL_', 'ERR_TLS_'];
const CERTIFICATE_CODES = [
  'CERT_',
  'CRL_',
  'UNABLE_TO_',
  'DEPTH_ZERO_',
  'SELF_SIGNED_',
  'INVALID_',
  'HOSTNAME_MISMATCH',
];

/** What broke a connection, as an error of ours. */
export function connectionFailure(request: Asked, error: unknown): Error {
  // Node wraps what a lookup says when it tries several addresses.
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  if (isAppError(first)) {
    return first;
  }
  const object = describeRequest(request);
  const code = codeOf(first);
  const found = quote(messageOf(first));
  const startsWith = (prefix: string): boolean => code.startsWith(prefix);
  if (code === 'HPE_HEADER_OVERFLOW') {
    return new RegistryError('REGISTRY_ANSWER_INVALID', 'headers too large', {
      object,
      expected: `at most ${LIMITS.registryHeaderBytes} bytes`,
      found: 'more',
      cause: error,
    });
  }
  if (startsWith('HPE_')) {
    return new RegistryError('REGISTRY_ANSWER_INVALID', 'not an HTTP answer', { object, found, cause: error });
  }
  if (CERTIFICATE_CODES.some(startsWith) || code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return new RegistryError('REGISTRY_CERTIFICATE', 'certificate not trusted', {
      object,
      expected: 'a certificate for this host from a known authority',
      // Node adds advice about its own command line.
      found: quote(messageOf(first).split('; ')[0] ?? ''),
      hint: 'If the registry has an authority of its own, name its file in the registries file: ca: FILE.',
      cause: error,
    });
  }
  if (TLS_CODES.some(startsWith)) {
    return new RegistryError('REGISTRY_TLS', 'no TLS', {
      object,
      expected: 'a server that speaks TLS',
      found,
      hint: 'If this registry has no TLS, say so in the registries file: tls: none.',
      cause: error,
    });
  }
  return new RegistryError('REGISTRY_UNREACHABLE', 'connection failed', {
    object,
    found,
    hint: 'Check that the name and the port are right, and that the registry is running and can be reached from here.',
    temporary: code !== 'ENOTFOUND' && code !== 'ERR_PROXY_TUNNEL',
    cause: error,
  });
}

export function timedOut(request: Asked, expected: string, found: string): RegistryError {
  return new RegistryError('REGISTRY_TIMEOUT', 'too slow', {
    object: describeRequest(request),
    expected,
    found,
    temporary: true,
  });
}

function codeOf(error: unknown): string {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : '';
  return typeof code === 'string' ? code : '';
}
