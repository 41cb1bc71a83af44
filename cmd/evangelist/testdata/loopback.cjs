// Keeps a Node program on this machine (node --require): every server of it
// listens on 127.0.0.1 alone, and no name but this machine's own is looked up.
'use strict';
const dns = require('node:dns');
const { Server } = require('node:net');

const open = Server.prototype.listen;
Server.prototype.listen = function listen(where, ...more) {
  const port = Number(where !== null && typeof where === 'object' ? where.port : where);
  return open.call(this, { port, host: '127.0.0.1' }, more.find((one) => typeof one === 'function'));
};

const find = dns.lookup;
dns.lookup = function lookup(name, ...more) {
  if (name === 'localhost' || name === '127.0.0.1') {
    return find.call(dns, '127.0.0.1', ...more);
  }
  const answer = more[more.length - 1];
  setImmediate(answer, Object.assign(new Error('only this machine may be reached'), { code: 'ENOTFOUND', hostname: name }));
  return {};
};
