import { once } from 'node:events';
import { createConnection, createServer, type Server, type Socket } from 'node:net';

/** Carries bytes between two ports of this machine, each late by so many milliseconds, in order. */
export class SlowLink {
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;

  /** @param port where the connections that come lead to */
  constructor(port: number, delayMs: number) {
    this.#server = createServer((near) => {
      const far = createConnection({ host: '127.0.0.1', port });
      for (const socket of [near, far]) {
        this.#sockets.add(socket);
        socket.setNoDelay(true).on('error', () => undefined);
      }
      const carry = (from: Socket, to: Socket) => {
        from.on('data', (bytes) => setTimeout(() => to.write(bytes), delayMs));
        from.once('close', () => setTimeout(() => to.destroy(), delayMs));
      };
      carry(near, far);
      carry(far, near);
    });
  }

  /** Begins to carry. @returns the port to connect to */
  async listen(): Promise<number> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** Ends it, and all connections over it. */
  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}
