import { expect } from 'chai';
import { Outlet } from './outlet.js';

describe('Outlet', () => {
  it('writes at once what need not wait', () => {
    const written: string[] = [];
    new Outlet((text) => written.push(text)).push('a');
    expect(written).to.deep.equal(['a']);
  });

  it('keeps the order, however long single texts are held back', async () => {
    const written: string[] = [];
    await new Promise<void>((resolve) => {
      const outlet = new Outlet((text) => {
        written.push(text);
        if (text === 'd') resolve();
      });
      outlet.push('a', 10);
      outlet.push('b');
      outlet.push('c', 3);
      outlet.push('d');
      expect(written).to.deep.equal([]);
    });
    expect(written).to.deep.equal(['a', 'b', 'c', 'd']);
  });

  it('writes what it holds when there is no more time', () => {
    const written: string[] = [];
    const outlet = new Outlet((text) => written.push(text));
    outlet.push('a', 1_000);
    outlet.push('b');
    outlet.flush();
    expect(written).to.deep.equal(['a', 'b']);
  });
});
