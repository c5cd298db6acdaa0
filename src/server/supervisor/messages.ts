import type { ListenerConfig, ServerConfig, Service } from '../config/index.ts';
import type { ProcessMetrics } from '../metrics/process-metrics.ts';

/** The processes that the supervisor starts, each a program of `roles/`. */
export const PROCESSES = ['front', 'worker', 'admission'] as const;
export type ProcessName = (typeof PROCESSES)[number];

/** What a process needs to begin. */
export interface RoleStart {
  readonly config: ServerConfig;
  /** Of these, those that this process opens. */
  readonly listeners: readonly ListenerConfig[];
  readonly services: readonly Service[];
  /** Of this program. */
  readonly version: string;
}

/** From the supervisor. */
export type Order =
  | { readonly kind: 'start'; readonly start: RoleStart }
  /** Finish what is at hand, and end. */
  | { readonly kind: 'stop' }
  | { readonly kind: 'measure'; readonly id: number }
  /** The answer to `collect`. */
  | { readonly kind: 'collected'; readonly id: number; readonly processes: readonly ProcessMetrics[] };

/** To the supervisor. */
export type Report =
  | ({ readonly kind: 'ready' } & RoleReady)
  /** It cannot begin; it ends after this. */
  | { readonly kind: 'failed'; readonly problem: ToldProblem }
  | { readonly kind: 'measured'; readonly id: number; readonly metrics: ProcessMetrics }
  /** Asks for what all processes measured. */
  | { readonly kind: 'collect'; readonly id: number };

export interface RoleReady {
  /** In the order of the listeners that it was to open. */
  readonly listening: readonly { readonly url: string; readonly port: number; readonly services: readonly Service[] }[];
  /** An account that was made at the first start. Its secret is shown once, and never in the log. */
  readonly credential: Credential | null;
}

export interface Credential {
  readonly name: string;
  readonly secret: string;
}

/** An error on its way to another process. */
export interface ToldProblem {
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
}
