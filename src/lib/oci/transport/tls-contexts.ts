import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';
import { messageOf, quote } from '#base/error.ts';
import { RegistryError } from './error.ts';

/** What is trusted and shown in TLS, for one registry. Texts are PEM. */
export interface TlsSettings {
  /** `unverified`: any certificate of the registry's own host. `none`: plain http may be spoken as well. */
  readonly tls: 'required' | 'unverified' | 'none';
  /** In place of the system's authorities for the registry's own host, beside them for others. */
  readonly ca: string | null;
  readonly clientCertificate: { readonly certificate: string; readonly key: string } | null;
}

/** For the registry's own host: its authorities alone, and the client certificate, which nobody else gets to see. */
export function ownContext(settings: TlsSettings, host: string): SecureContext {
  const { ca, clientCertificate } = settings;
  try {
    return createSecureContext({
      ca: ca === null ? authorities() : [ca],
      ...(clientCertificate === null ? {} : { cert: clientCertificate.certificate, key: clientCertificate.key }),
    });
  } catch (error) {
    throw new RegistryError('REGISTRY_TLS', 'certificates cannot be used', {
      object: `settings of ${quote(host)}`,
      expected: 'certificates and a key that fit together',
      found: quote(messageOf(error)),
      cause: error,
    });
  }
}

/** For hosts that the registry sends us to: storage with public certificates, or of the registry's own authority. */
export function otherContext(settings: TlsSettings): SecureContext {
  return createSecureContext({ ca: settings.ca === null ? authorities() : [...authorities(), settings.ca] });
}

/** Node's own list and the machine's, as every other client on it uses the latter. */
function authorities(): string[] {
  return [...new Set([...getCACertificates('default'), ...getCACertificates('system')])];
}
