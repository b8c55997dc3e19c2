import { createHash } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import { expect } from 'chai';
import type { RunResult } from '../../harness/verdict/result.js';
import { HOSTILE_TEXTS, hostileRun } from '../testing/hostile.js';
import { sampleCase, sampleCheck, sampleClause, sampleOfEverything, sampleRun } from '../testing/sample.js';
import { clientAssets } from './assets.js';
import { toHtml } from './page.js';

describe('toHtml', () => {
  const render = (run: RunResult) => toHtml(run, clientAssets());

  /** Everything that the chunks hold, unpacked. */
  function packed(page: string): string[] {
    const chunks = [...page.matchAll(/class="chunk">([A-Za-z0-9+/=]*)</g)];
    return chunks.flatMap(([, base64 = '']) =>
      JSON.parse(inflateRawSync(Buffer.from(base64, 'base64')).toString()),
    );
  }

  /** The page as it is read without scripts. */
  function readable(page: string): string {
    return page.replace(/<script[\s\S]*?<\/script>/g, '').replace(/<style>[\s\S]*?<\/style>/, '');
  }

  it('refers to nothing outside of itself', () => {
    const page = render(sampleOfEverything());
    const references = [...page.matchAll(/\s(?:href|src|action)="([^"]*)"/g)].map(([, value]) => value);
    expect(references).not.to.be.empty;
    expect(references.every((value) => value?.startsWith('#'))).to.equal(true);
    expect(clientAssets().style).not.to.match(/@import|url\(/);
    expect(clientAssets().script).not.to.match(/^(import|export) |<\/script/m);
  });

  it('permits by its policy the style and the script that it has, and nothing else', () => {
    const page = render(sampleOfEverything());
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? '';
    const hash = (text = '') => createHash('sha256').update(text).digest('base64');
    expect(policy).to.contain('default-src &#39;none&#39;');
    expect(policy).to.contain(hash(/<style>([\s\S]*?)<\/style>/.exec(page)?.[1]));
    expect(policy).to.contain(hash(/<script type="module">([\s\S]*?)<\/script>/.exec(page)?.[1]));
    expect(policy).not.to.contain('unsafe');
    expect(page).not.to.match(/\sstyle="|\son[a-z]+="/);
  });

  it('shows every case with its reason, and every clause with why it was not judged, without a script', () => {
    const why = 'Nobody can see it from outside.';
    const text = readable(
      render({
        ...sampleOfEverything(),
        clauses: [
          sampleClause(),
          sampleClause({ id: 'rfc6121:9/hidden', outcome: 'unjudged', why, scenarios: [] }),
          sampleClause({ id: 'rfc6121:9/unseen', outcome: 'untested' }),
        ],
      }),
    );
    for (const told of [
      'The approval did not arrive within 5 s.',
      'State To was not reached.',
      'No component given.',
      'The connection was lost.',
      'passes, but is listed as a known failure',
      'bug 17',
      why,
      'no case of this run put it to the test',
    ]) {
      expect(text).to.contain(told);
    }
  });

  it('lists failures first', () => {
    const page = render(sampleOfEverything());
    const order = [...page.matchAll(/class="group" data-status="(\w+)"/g)].map(([, status]) => status);
    expect(order).to.deep.equal(['fail', 'error', 'blocked', 'warn', 'known', 'skipped', 'pass']);
  });

  it('links a clause to the cases that break it and those to the clause, and every link leads somewhere', () => {
    const page = render(sampleOfEverything());
    const all = [page, ...packed(page)].join('\n');
    const ids = new Set([...all.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id));
    const targets = [...all.matchAll(/href="#([^"?]+)"/g)].map(([, id]) => id ?? '');
    expect(targets).to.include.members([
      'clause:rfc6121:A.3.3/deliver',
      'case:subscription/inbound-subscribed:to_~2B~_pending_in',
    ]);
    const dead = targets.filter((id) => !ids.has(id) && !id.startsWith('clause:rfc3921:'));
    expect(dead, 'but for clauses that the sample names without listing them').to.deep.equal([]);
  });

  it('packs what a case opens to: clauses, comparison, exchange, choices, schema notes, scenario', () => {
    const all = packed(render(sampleOfEverything())).join('\n');
    for (const told of [
      'MUST</span> <a href="#clause:rfc6121:A.3.3/deliver">',
      'fixtures/scenarios/subscription/inbound-subscribed.xml:23',
      '<del>subscribed</del>',
      'fence: 2 markers',
      'stranger-probe',
      'is not a type of presence',
      'A known failure, as stated',
      'Given\n  juliet, a contact',
    ]) {
      expect(all).to.contain(told);
    }
  });

  it('escapes whatever a server or a scenario says', () => {
    // The longest is only that.
    for (const text of HOSTILE_TEXTS.filter(({ length }) => length < 10_000)) {
      const page = render(hostileRun(text));
      // A scenario's prose is packed as it is, and shown as text.
      const details = packed(page).filter((part) => part !== text);
      for (const part of [readable(page), ...details]) {
        const tags = new Set([...part.matchAll(/<([^\s>/!]+)/g)].map(([, name]) => name));
        expect([...tags].filter((name) => !KNOWN_TAGS.has(name ?? ''))).to.deep.equal([]);
      }
      expect(page.match(/<\/?script/g)?.length).to.equal(2 * (page.match(/class="chunk"/g)?.length ?? 0) + 4);
    }
  });

  it('says so when nothing was played', () => {
    const page = readable(render(sampleRun([], { exitStatus: 3, clauses: [], sections: [], scenarios: [] })));
    expect(page).to.contain('nothing judged').and.to.contain('Nothing matched the selection');
  });

  it('names the entries of the known failures that must go', () => {
    const knownFailures = { file: 'known.xml', stale: ['known.xml:3: delete the line.'] };
    const page = readable(render(sampleRun([sampleCase({ checks: [sampleCheck()] })], { knownFailures })));
    expect(page).to.contain('known.xml is out of date').and.to.contain('known.xml:3: delete the line.');
  });
});

const KNOWN_TAGS = new Set(
  (
    'html head meta title style body a header p span h1 h2 h3 h4 nav main section div table caption thead tbody tr th td ' +
    'svg rect path text form input select option optgroup fieldset legend label button kbd details summary b small ul ol ' +
    'li dl dt dd noscript em del ins figure figcaption pre code'
  ).split(' '),
);
