import type { Clock } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import type { Image } from '#model/image.ts';
import type { LocalRepository } from '#model/platform/local-repository.ts';
import type { Platform } from '#model/platform.ts';
import type { DocumentStore } from '#model/ports.ts';
import type { IntegrityMode } from './integrity.ts';

export interface OpenOptions {
  /** Which platform of an image for several; `all` opens each. Left out: the host's architecture on Linux. */
  readonly platform?: Platform | 'all';
  /** The machine that Plimsoll runs on. */
  readonly host: Platform;
  readonly integrity: IntegrityMode;
  /** An existing folder; a compressed archive is unpacked into a nameless file there. */
  readonly temporaryFolder: string;
  readonly signal?: AbortSignal;
  readonly log?: Log;
  /** How to reach registries, daemons and content stores; without it none is asked. */
  readonly access?: SourceAccess;
  /** Where verified manifests and configs of registries are kept, so that a digest asked for again needs no network. */
  readonly documents?: DocumentStore;
  /** No network: a registry reference opens from `documents` alone, and only by digest. */
  readonly offline?: boolean;
}

/** What the user's environment says about places that images come from. Plain data, read once by the command line. */
export interface SourceAccess {
  /** The text of the registries file and its name for messages; null when there is none. */
  readonly registries: { readonly file: string; readonly text: string } | null;
  /** Docker and podman credential files in the order they are asked, absolute; those that are not there are passed over. */
  readonly credentialFiles: readonly string[];
  /** Environment variables that clients of this kind honour: proxies, cloud credentials, `PATH` and `HOME` for credential helpers. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** API sockets in the order they are tried, absolute paths. */
  readonly dockerSockets: readonly string[];
  readonly podmanSockets: readonly string[];
  readonly containerd: { readonly socket: string; readonly namespace: string };
  readonly clock: Clock;
  /** What is our own, by registry and path as references name it: it is read and written without any network. */
  readonly local?: (domain: string, path: string) => LocalRepository | null;
  /** What a document of kind Source says of the one registry that may be asked at all; see `accessOfSource`. */
  readonly upstream?: UpstreamRules;
}

/** Where the addresses of a registry may be. */
export type Network = 'public' | 'private' | 'loopback';

/** How one registry is asked on behalf of a server, whatever its user has on the machine. */
export interface UpstreamRules {
  /** As references name it: `docker.io`, `registry.example.org:5000`. */
  readonly registry: string;
  /** Of this class or public is every address that is connected to: its own, and what it names itself. */
  readonly network: Network;
  /** `none` for plain HTTP. */
  readonly tls: 'verify' | 'none';
  /** Null for nobody's. */
  readonly credentials: { readonly username: string; readonly password: string } | null;
}

/** Images with the file handles behind them. Layers can be read until `close`. */
export interface OpenedImages {
  /** At least one; more than one only for `platform: 'all'`. */
  readonly images: readonly Image[];
  close(): Promise<void>;
}
