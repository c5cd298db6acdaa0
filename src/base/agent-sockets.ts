import type { Agent } from 'node:http';
import type { Duplex } from 'node:stream';

/**
 * Has an agent remember every socket that it opens, and returns what destroys them. `Agent.destroy` leaves out tunnels that
 * a proxy never finished or refused: one that keeps such a connection open would keep the process from ending.
 */
export function rememberSockets(agent: Agent): () => void {
  const sockets = new Set<Duplex>();
  const create = agent.createConnection.bind(agent);
  agent.createConnection = (...args) => {
    const socket = create(...args);
    if (socket) {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    }
    return socket;
  };
  return () => {
    for (const socket of sockets) {
      socket.destroy();
    }
  };
}
