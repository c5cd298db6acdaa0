import type { ServerConfig } from '../config/index.ts';

/**
 * Host, and port if there is one, before the names of our own repositories, as policies and trust configurations have them: the same in every process of every
 * server with the same configuration. A port that is any that is free is left out, since nobody can write it into a document.
 */
export function repositoryHost({ publicUrl, listeners }: Pick<ServerConfig, 'publicUrl' | 'listeners'>): string {
  const said = publicUrl === null ? null : URL.parse(publicUrl);
  if (said !== null) {
    return said.host;
  }
  const own = listeners.find(({ serves }) => serves.includes('registry')) ?? listeners[0];
  const host = own === undefined ? 'localhost' : own.host.includes(':') ? `[${own.host}]` : own.host;
  return own === undefined || own.port === 0 ? host : `${host}:${own.port}`;
}
