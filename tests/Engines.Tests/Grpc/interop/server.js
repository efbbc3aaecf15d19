// A grpc-js server: node server.js PROTO. Prints its port; ends when its input ends.
'use strict';
const { grpc, load } = require('./probe');
const Probe = load(process.argv[2]);

const say = (call, callback) => {
  const text = call.request.text;
  if (text === 'wait') {
    call.on('cancelled', () => console.log('cancelled'));
    return;
  }
  if (text === 'refuse') {
    const metadata = new grpc.Metadata();
    metadata.set('why', 'test');
    callback({ code: grpc.status.FAILED_PRECONDITION, details: 'nicht möglich: 50 %', metadata });
    return;
  }
  const trailers = new grpc.Metadata();
  if (text === 'metadata') {
    const headers = new grpc.Metadata();
    headers.set('first', 'header');
    call.sendMetadata(headers);
    for (const key of ['echo-text', 'echo-bin']) {
      for (const value of call.metadata.get(key)) trailers.add(key, value);
    }
  }
  callback(null, { text, number: call.request.payload.length, payload: Buffer.alloc(call.request.count, 7) }, trailers);
};

const collect = (call, callback) => {
  const texts = [];
  let bytes = 0;
  call.on('data', (ask) => { texts.push(ask.text); bytes += ask.payload.length; });
  call.on('end', () => callback(null, { text: texts.join(','), number: bytes }));
};

const count = (call) => {
  for (let number = 1; number <= call.request.count; number++) call.write({ number });
  if (call.request.text === 'refuse') {
    call.emit('error', { code: grpc.status.RESOURCE_EXHAUSTED, details: 'no more numbers' });
    return;
  }
  const trailers = new grpc.Metadata();
  trailers.set('counted', `${call.request.count}`);
  call.end(trailers);
};

const echo = (call) => {
  call.on('data', (ask) => call.write({ text: ask.text, number: ask.count, payload: ask.payload }));
  call.on('end', () => call.end());
};

const server = new grpc.Server({ 'grpc.default_compression_algorithm': grpc.compressionAlgorithms.gzip });
server.addService(Probe.service, { Say: say, Collect: collect, Count: count, Echo: echo });
server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  console.log(`port ${port}`);
});
process.stdin.on('end', () => process.exit(0));
process.stdin.resume();
