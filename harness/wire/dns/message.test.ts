import { expect } from 'chai';
import fc from 'fast-check';
import { RCODE, readQuery, TYPE, writeAnswer, writeName } from './message.js';

/** A query as a resolver writes it. */
function query(id: number, name: string, type: number, recursionDesired: boolean): Buffer {
  const header = Buffer.alloc(12);
  header.writeUInt16BE(id, 0);
  header.writeUInt16BE(recursionDesired ? 0x0100 : 0, 2);
  header.writeUInt16BE(1, 4);
  const kind = Buffer.alloc(4);
  kind.writeUInt16BE(type, 0);
  kind.writeUInt16BE(1, 2);
  return Buffer.concat([header, writeName(name), kind]);
}

const labels = fc.array(fc.stringMatching(/^[a-z0-9_-]{1,20}$/), { maxLength: 8 });

describe('DNS messages', () => {
  it('are read as they were written, whatever stands behind the question', () => {
    const word = fc.nat(0xffff);
    fc.assert(
      fc.property(word, labels, word, fc.boolean(), fc.uint8Array(), (id, parts, type, recursion, rest) => {
        const name = parts.join('.');
        const bytes = query(id, name, type, recursion);
        const { written, ...read } = readQuery(Buffer.concat([bytes, rest])) ?? { written: Buffer.alloc(0) };
        expect(read).to.deep.equal({ id, opcode: 0, recursionDesired: recursion, question: { name, type } });
        expect(written).to.deep.equal(bytes.subarray(12));
      }),
    );
  });

  it('that are cut anywhere are no queries', () => {
    const bytes = query(7, '_xmpp-server._tcp.remote.test', TYPE.srv, true);
    for (let length = 0; length < bytes.length; length++) {
      expect(readQuery(bytes.subarray(0, length)), String(length)).to.equal(undefined);
    }
  });

  it('of any bytes do no harm', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
        const read = readQuery(Buffer.from(bytes));
        if (read !== undefined)
          expect(writeAnswer(read, { rcode: RCODE.ok, records: [] })).to.be.instanceOf(Buffer);
      }),
      { numRuns: 2000 },
    );
  });

  it('that are answers, ask nothing or twice, or point elsewhere for the name are no queries', () => {
    const changed = (change: (bytes: Buffer) => void) => {
      const bytes = query(7, 'remote.test', TYPE.a, true);
      change(bytes);
      return readQuery(bytes);
    };
    expect(changed((bytes) => bytes.writeUInt8(0x81, 2))).to.equal(undefined);
    expect(changed((bytes) => bytes.writeUInt16BE(0, 4))).to.equal(undefined);
    expect(changed((bytes) => bytes.writeUInt16BE(2, 4))).to.equal(undefined);
    expect(changed((bytes) => bytes.writeUInt16BE(0xc00c, 12))).to.equal(undefined);
    expect(changed((bytes) => bytes.writeUInt16BE(3, bytes.length - 2))).to.equal(undefined);
    expect(changed(() => undefined)?.question.name).to.equal('remote.test');
  });

  it('hold internationalised names in ASCII, and tell them in Unicode', () => {
    const bytes = query(7, '_xmpp-server._tcp.bücher.test', TYPE.srv, true);
    expect(bytes.toString('latin1')).to.include('xn--bcher-kva');
    expect(readQuery(bytes)?.question.name).to.equal('_xmpp-server._tcp.bücher.test');
    expect(readQuery(query(7, 'xn--zzzz.test', TYPE.a, true))?.question.name).to.equal('xn--zzzz.test');
  });

  it('hold IPv6 addresses however they are written', () => {
    const read = readQuery(query(7, 'remote.test', TYPE.aaaa, true));
    const written = (address: string) =>
      read &&
      writeAnswer(read, { rcode: RCODE.ok, records: [{ type: TYPE.aaaa, address }] })
        .subarray(-16)
        .toString('hex');
    expect(written('::1')).to.equal('00000000000000000000000000000001');
    expect(written('FE80::1:2%eth0')).to.equal('fe800000000000000000000000010002');
    expect(written('::ffff:192.0.2.7')).to.equal('00000000000000000000ffffc0000207');
    expect(written('2001:db8:1:2:3:4:5:6')).to.equal('20010db8000100020003000400050006');
  });

  it('fold case for looking up and keep it for the answer', () => {
    const read = readQuery(query(7, 'ReMoTe.TeSt', TYPE.a, true));
    expect(read?.question.name).to.equal('remote.test');
    if (read === undefined) return;
    const answer = writeAnswer(read, {
      rcode: RCODE.ok,
      records: [{ type: TYPE.a, address: '127.0.0.1' }],
    });
    expect(answer.toString('latin1')).to.include('ReMoTe');
    expect([...answer.subarray(-16)]).to.deep.equal([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 127, 0, 0, 1]);
  });
});
