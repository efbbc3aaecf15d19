// Loads the probe's .proto with @grpc/proto-loader; its path comes from the test.
'use strict';
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

exports.grpc = grpc;
exports.load = (proto) =>
  grpc.loadPackageDefinition(loader.loadSync(proto, { keepCase: true, defaults: true })).engines.probe.Probe;
