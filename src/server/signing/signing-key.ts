import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '#base/clock.ts';
import { isAppError } from '#base/error.ts';
import type { Log } from '#base/log.ts';
import type { MetadataStore } from '#model/platform/metadata-store.ts';
import type { SigningKey } from '#model/signing.ts';
import { generateMachineKey, type KeyAccess, openKey, writeKeyPair } from '#store/keys/index.ts';
import { readSecret, type ServerConfig, ServerConfigError, secretEnvironment } from '../config/index.ts';
import { publishKey } from './public-keys.ts';

/** The key that signs what the server says of images. */
export interface ServerKey {
  /** As `openKey` takes it. */
  readonly reference: string;
  readonly access: KeyAccess;
  readonly key: SigningKey;
}

export interface SigningKeyOptions {
  readonly config: Pick<ServerConfig, 'home' | 'signing'>;
  readonly store: Pick<MetadataStore, 'records' | 'transaction'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/**
 * Opens the key of the configuration, or that of the data folder, which is made when there is none. Whoever asks the API gets its public half from now on.
 * Throws what the driver of keys throws.
 */
export async function openSigningKey({ config, store, clock, log, signal }: SigningKeyOptions): Promise<ServerKey> {
  const { key: named, passphrase } = config.signing;
  const environment = secretEnvironment();
  const access: KeyAccess = {
    passphrase: async (name) => {
      if (passphrase === null) {
        throw new ServerConfigError('SERVER_SECRET_MISSING', 'the key that signs is encrypted', {
          object: name,
          expected: 'its passphrase at signing > passphrase of plimsoll.yaml',
          found: 'none',
        });
      }
      return Buffer.from(await readSecret(passphrase, environment));
    },
    warn: (text) => {
      // That of the data folder is as it should be.
      if (named !== null) {
        log.warn('the key that signs', { about: text });
      }
    },
    environment,
    clock,
    signal,
  };
  const reference = named ?? (await ownKey(config.home, log));
  const key = await openKey(reference, access);
  await publishKey(store, key, clock.now());
  return { reference, access, key };
}

/** Of two workers that begin at once one makes it, and both use it. */
async function ownKey(home: string, log: Log): Promise<string> {
  const path = join(home, 'signing.key');
  if (!existsSync(path)) {
    try {
      await writeKeyPair(await generateMachineKey(), join(home, 'signing'), { overwrite: false });
      log.info('a key that signs was made', { path });
    } catch (error) {
      if (!isAppError(error) || error.code !== 'KEY_FILE_EXISTS' || !existsSync(path)) {
        throw error;
      }
    }
  }
  return path;
}
