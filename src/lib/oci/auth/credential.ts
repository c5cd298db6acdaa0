/** What somebody has to show for a registry. */
export type Credential =
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  /** Exchanged for tokens at the token service (OAuth 2 refresh token). */
  | { readonly kind: 'identity'; readonly token: string }
  /** Sent to the registry as it is. */
  | { readonly kind: 'bearer'; readonly token: string };

export function basicHeader(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

/** Texts that must not show up anywhere. */
export function secretsOf(credential: Credential | null): readonly string[] {
  switch (credential?.kind) {
    case undefined:
      return [];
    case 'password':
      return [credential.password, basicHeader(credential.username, credential.password).slice('Basic '.length)];
    case 'identity':
    case 'bearer':
      return [credential.token];
  }
}
