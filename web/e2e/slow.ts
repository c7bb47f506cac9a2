import { createServer, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A way to a server on which its streams of rows can be held up. */
export interface Slow {
  address: string;
  /** Lets this many events of each further stream through, and holds back the rest. */
  hold: (events: number) => void;
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
  const held = new Map<ServerResponse, string[]>();
  const proxy = createServer((asked, given) => {
    const stream = asked.url?.includes('/events?') ?? false;
    const target = request(`${server}${asked.url ?? '/'}`, { method: asked.method, headers: asked.headers }, (answer) => {
      given.writeHead(answer.statusCode ?? 502, answer.headers);
      if (!stream) {
        answer.pipe(given);
        return;
      }
      const waiting: string[] = [];
      held.set(given, waiting);
      let told = 0;
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => {
        const blocks = (text + chunk).split('\n\n');
        text = blocks.pop() ?? '';
        for (const block of blocks) {
          if (told++ < allowed) given.write(`${block}\n\n`);
          else waiting.push(`${block}\n\n`);
        }
      });
      answer.on('end', () => { if (waiting.length === 0) given.end(); });
    });
    target.on('error', () => { given.destroy(); });
    given.on('close', () => {
      held.delete(given);
      target.destroy();
    });
    asked.pipe(target);
  });
  await new Promise<void>((listening) => proxy.listen(0, '127.0.0.1', listening));
  return {
    address: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    hold: (events) => { allowed = events; },
    release: () => {
      allowed = Infinity;
      for (const [given, waiting] of held) given.end(waiting.splice(0).join(''));
    },
    open: () => held.size,
    stop: () => new Promise((stopped) => {
      proxy.close(() => { stopped(); });
      proxy.closeAllConnections();
    }),
  };
}
