import type { Reply, Request } from './client/protocol.js';
import { serveEngine } from './client/serveEngine.js';
import type { EngineOptions } from './engine/EngineHost.js';

// Whoever is at the other end decides when this ends: a signal to the whole group (Ctrl-C) must not take the engine away from an
// application that wants to save first.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

// A request in native code keeps this thread busy, so the end of the channel is seen after it.
process.once('disconnect', () => process.exit());
if (!process.connected) process.exit();

let sent = Promise.resolve();

function send(reply: Reply): void {
  // A reply that cannot be delivered has nobody who waits for it.
  sent = new Promise((resolve) => process.send!(reply, undefined, undefined, () => resolve()));
}

process.once('message', (options: EngineOptions) => {
  void serveEngine(options, {
    reply: send,
    listen: (onRequest) => void process.on('message', (request: Request) => onRequest(request)),
    close: () => void sent.then(() => process.disconnect()),
    guard: (task) => task(),
  });
});
