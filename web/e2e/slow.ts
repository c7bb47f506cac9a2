import { createServer, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A way to a server on which its streams of rows can be held up. */
export interface Slow {
  address: string;
  /** Lets this many rows of each further stream through, and holds back the rest. */
  hold: (rows: number) => void;
  /** Lets everything through, what was held back too. */
  release: () => void;
  /** Number of streams that are open. */
  open: () => number;
  /** Breaks all connections and takes no more, as a server that is stopped. */
  stop: () => Promise<void>;
}

/** Stands between the page and a real server, so that a test sees what comes half-way. */
export async function slow(server: string): Promise<Slow> {
  let allowed = Infinity;
  const streams = new Map<ServerResponse, { waiting: string[]; ended: boolean }>();
  const proxy = createServer((asked, given) => {
    const stream = asked.url?.includes('/events?') ?? false;
    const target = request(`${server}${asked.url ?? '/'}`, { method: asked.method, headers: asked.headers }, (answer) => {
      given.writeHead(answer.statusCode ?? 502, answer.headers);
      if (!stream) {
        answer.pipe(given);
        return;
      }
      const held = { waiting: [] as string[], ended: false };
      streams.set(given, held);
      let rows = 0;
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => {
        const blocks = (text + chunk).split('\n\n');
        text = blocks.pop() ?? '';
        for (const block of blocks) {
          if (rows >= allowed) {
            held.waiting.push(`${block}\n\n`);
            continue;
          }
          given.write(`${block}\n\n`);
          if (block.includes('event: row')) rows++;
        }
      });
      answer.on('end', () => {
        held.ended = true;
        if (held.waiting.length === 0) given.end();
      });
    });
    target.on('error', () => { given.destroy(); });
    given.on('close', () => {
      streams.delete(given);
      target.destroy();
    });
    asked.pipe(target);
  });
  await new Promise<void>((listening) => proxy.listen(0, '127.0.0.1', listening));
  return {
    address: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    hold: (rows) => { allowed = rows; },
    release: () => {
      allowed = Infinity;
      for (const [given, { waiting, ended }] of streams) {
        given.write(waiting.splice(0).join(''));
        if (ended) given.end();
      }
    },
    open: () => streams.size,
    stop: () => new Promise((stopped) => {
      proxy.close(() => { stopped(); });
      proxy.closeAllConnections();
    }),
  };
}
