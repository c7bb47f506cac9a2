import { describe, expect, it } from 'vitest';
import { serverEvents, type ServerEvent } from './events';

async function read(chunks: Uint8Array[]): Promise<ServerEvent[]> {
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
  const events: ServerEvent[] = [];
  for await (const event of serverEvents(body)) events.push(event);
  return events;
}

const text = 'id: 1\nevent: row\ndata: {"class":"🦜 \\"<b>\\""}\n\nid: 2\nevent: done\ndata: {}\n\n';
const events = [{ name: 'row', data: '{"class":"🦜 \\"<b>\\""}' }, { name: 'done', data: '{}' }];

describe('server-sent events', () => {
  it('are read wherever the stream is cut, within characters too', async () => {
    const bytes = new TextEncoder().encode(text);
    for (let size = 1; size <= bytes.length; size++) {
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.slice(i * size, (i + 1) * size));
      expect(await read(chunks)).toEqual(events);
    }
  });

  it('are not told where the stream ends within one', async () => {
    expect(await read([new TextEncoder().encode(text.slice(0, -1))])).toEqual(events.slice(0, 1));
    expect(await read([])).toEqual([]);
  });

  it('end the stream when nobody listens any more', async () => {
    let cancelled = false;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => { controller.enqueue(new TextEncoder().encode(text)); },
      cancel: () => { cancelled = true; },
    });
    for await (const { name } of serverEvents(body)) {
      if (name === 'done') break;
    }
    expect(cancelled).toBe(true);
  });
});
