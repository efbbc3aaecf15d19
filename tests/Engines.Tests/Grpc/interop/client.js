// A grpc-js client: node client.js PROTO HOST:PORT. Makes every kind of call and prints one JSON object of what it saw.
'use strict';
const { grpc, load } = require('./probe');
const [proto, address] = process.argv.slice(2);
const Probe = load(proto);
const plain = new Probe(address, grpc.credentials.createInsecure());
const gzip = new Probe(address, grpc.credentials.createInsecure(), {
  'grpc.default_compression_algorithm': grpc.compressionAlgorithms.gzip,
});

const unary = (client, ask, metadata = new grpc.Metadata(), options = {}) => new Promise((resolve) => {
  const seen = {};
  const call = client.Say(ask, metadata, options, (error, answer) => {
    seen.code = error ? error.code : 0;
    seen.details = error ? error.details : '';
    seen.why = error && error.metadata ? error.metadata.get('why') : [];
    seen.answer = answer && { text: answer.text, number: answer.number, length: answer.payload.length };
  });
  call.on('metadata', (headers) => { seen.first = headers.get('first'); });
  call.on('status', (status) => {
    seen.trailer = status.metadata.get('echo-text');
    seen.bytes = status.metadata.get('echo-bin').map((value) => value.toString('hex'));
    setImmediate(() => resolve(seen));
  });
  if (options.cancelAfterMetadata) setTimeout(() => call.cancel(), 200);
});

const collect = (client, asks) => new Promise((resolve) => {
  const call = client.Collect((error, answer) =>
    resolve({ code: error ? error.code : 0, text: answer && answer.text, number: answer && answer.number }));
  for (const ask of asks) call.write(ask);
  call.end();
});

const count = (client, ask) => new Promise((resolve) => {
  const seen = { numbers: [] };
  const call = client.Count(ask);
  call.on('data', (answer) => seen.numbers.push(answer.number));
  call.on('error', () => {});
  call.on('status', (status) => {
    resolve({ ...seen, code: status.code, details: status.details, counted: status.metadata.get('counted') });
  });
});

const echo = (client, asks) => new Promise((resolve) => {
  const seen = { texts: [], bytes: 0 };
  const call = client.Echo();
  call.on('data', (answer) => { seen.texts.push(answer.text); seen.bytes += answer.payload.length; });
  call.on('error', () => {});
  call.on('status', (status) => resolve({ ...seen, code: status.code }));
  for (const ask of asks) call.write(ask);
  call.end();
});

(async () => {
  const metadata = new grpc.Metadata();
  metadata.set('echo-text', 'from node');
  metadata.set('echo-bin', Buffer.from([0, 128, 255]));
  const missing = new grpc.Client(address, grpc.credentials.createInsecure());
  const seen = {
    unary: await unary(plain, { text: 'hello', count: 5 }),
    gzip: await unary(gzip, { text: 'packed', payload: Buffer.alloc(100000) }),
    metadata: await unary(plain, { text: 'metadata' }, metadata),
    refused: await unary(plain, { text: 'refuse' }),
    deadline: await unary(plain, { text: 'wait' }, new grpc.Metadata(), { deadline: Date.now() + 300 }),
    cancelled: await unary(plain, { text: 'wait' }, new grpc.Metadata(), { cancelAfterMetadata: true }),
    collect: await collect(plain, [{ text: 'a' }, { text: 'b', payload: Buffer.alloc(600000) }, { text: 'c' }]),
    count: await count(plain, { count: 4 }),
    countRefused: await count(plain, { count: 2, text: 'refuse' }),
    echo: await echo(plain, [...Array(20).keys()].map((i) => ({ text: `${i}`, payload: Buffer.alloc(200000, i) }))),
    unknown: await new Promise((resolve) => missing.makeUnaryRequest(
      '/engines.probe.Probe/Missing', (x) => x, (x) => x, Buffer.alloc(0), (error) => resolve({ code: error.code }))),
  };
  console.log(JSON.stringify(seen));
  process.exit(0);
})();
