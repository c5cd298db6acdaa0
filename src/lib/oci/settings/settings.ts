export interface RegistrySettings {
  /** `unverified`: TLS with any certificate. `none`: plain http. */
  readonly tls: 'required' | 'unverified' | 'none';
  /** Nobody has said so: a registry on loopback may then be asked over plain http as well. */
  readonly tlsIsDefault: boolean;
  /** Certificates in PEM that are trusted in place of the system's. */
  readonly ca: string | null;
  /** Both in PEM; they fit together. */
  readonly clientCertificate: { readonly certificate: string; readonly key: string } | null;
  /** Asked in this order before the registry itself. */
  readonly mirrors: readonly Mirror[];
  /** Origins such as `https://auth.example:8443` that credentials of the registry may be sent to besides those known. */
  readonly tokenRealms: readonly string[];
}

export interface Mirror {
  /** Scheme, host, port, and as its path the prefix that repositories have there; `/` for none. */
  readonly endpoint: URL;
  /** Those of the mirror's host; they name no mirrors. */
  readonly settings: RegistrySettings;
}

/** For a registry that the file does not name, and when there is no file. */
export const DEFAULT_SETTINGS: RegistrySettings = {
  tls: 'required',
  tlsIsDefault: true,
  ca: null,
  clientCertificate: null,
  mirrors: [],
  tokenRealms: [],
};
