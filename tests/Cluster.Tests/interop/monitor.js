// Asks a coordinator for its status and health, as any gRPC client would: node monitor.js PROTOS HOST:PORT. Prints JSON.
'use strict';
const path = require('path');
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

const [protos, address] = process.argv.slice(2);
const load = (file) =>
  grpc.loadPackageDefinition(loader.loadSync(path.resolve(protos, file), { keepCase: true, defaults: true, longs: Number, enums: String }));
const credentials = grpc.credentials.createInsecure();
const monitor = new (load('monitor.proto').distseq2seq.monitor.Monitor)(address, credentials);
const health = new (load(path.join(__dirname, 'health.proto')).grpc.health.v1.Health)(address, credentials);
const deadline = () => ({ deadline: Date.now() + 60000 });

const unary = (client, method, request) =>
  new Promise((resolve) => client[method](request, deadline(), (error, answer) => resolve(error ? { code: error.code, details: error.details } : answer)));
const firstOf = (stream) =>
  new Promise((resolve, reject) => {
    stream.on('data', (message) => { stream.cancel(); resolve(message); });
    stream.on('error', (error) => { if (error.code !== grpc.status.CANCELLED) reject(error); });
  });

(async () => {
  const seen = {
    status: await unary(monitor, 'GetStatus', {}),
    watched: await firstOf(monitor.WatchStatus({})),
    process: await unary(health, 'Check', { service: '' }),
    monitor: await unary(health, 'Check', { service: 'distseq2seq.monitor.Monitor' }),
    unknown: await unary(health, 'Check', { service: 'no.such.Service' }),
    watchedHealth: await firstOf(health.Watch({ service: '' })),
  };
  process.stdout.write(JSON.stringify(seen));
  process.exit(0);
})().catch((error) => { process.stderr.write(String(error)); process.exit(1); });
