import { expect } from 'chai';
import { resolveConfig } from '../config.js';
import { type Meddler, startMeddler } from '../meddler.support.test.js';
import { type Reference, startReference } from '../reference/server.js';
import { expandScenario } from '../scenario/expand.js';
import { loadStates } from '../scenario/states.js';
import type { PlayableCase } from '../scenario/types.js';
import { GIVEN, scenarioOf } from '../scenario/written.support.test.js';
import { openTarget, type Target } from '../target.js';
import type { PlayedCase } from '../verdict/finding.js';
import { playCase, skippedCase } from './play.js';

const TITLE = '<title>A sample</title>';
const PENDING_OUT = GIVEN.replace(
  '</given>',
  '<subscription of="romeo" to="juliet" state="None + Pending Out"/></given>',
);
const APPROVE =
  '<send from="juliet"><presence from="{juliet}" to="{romeo}" type="subscribed" id="approval"/></send>';
const APPROVED =
  '<expect at="romeo/orchard" id="approval" proves="rfc3921:9.3/a"><presence type="subscribed" id="{let id}"/></expect>';
const NO_ERROR = '<never at="romeo/orchard" proves="rfc3921:9.3/b"><presence type="error"/></never>';

function written(...lines: string[]): PlayableCase {
  const [play] = expandScenario(scenarioOf(TITLE, ...lines));
  if (play === undefined) throw new Error('a scenario has a case');
  return play;
}

const verdicts = (played: PlayedCase) => played.findings.map(({ kind, satisfied }) => `${kind} ${satisfied}`);

describe('playCase, against the embedded server', () => {
  const states = loadStates();
  let server: Reference;
  let clients: Meddler;
  let components: Meddler;
  let target: Target;

  before(async () => {
    const component = { domain: 'contact.test', secret: 'secret' };
    server = await startReference({ spec: 'rfc6121', domain: 'embedded.test', tls: 'off', component });
    clients = await startMeddler(server.port);
    components = await startMeddler(server.componentPort ?? 0);
    target = await openTarget(
      resolveConfig(
        {
          target: `127.0.0.1:${clients.port}`,
          domain: 'embedded.test',
          tls: 'off',
          component: `127.0.0.1:${components.port}`,
          componentDomain: component.domain,
          componentSecret: component.secret,
          timeout: 1000,
          settle: 20,
        },
        {},
        {},
      ),
    );
  });
  afterEach(() => {
    clients.meddle = (text) => text;
    components.meddle = (text) => text;
  });
  after(async () => {
    await target?.close();
    await clients?.stop();
    await components?.stop();
    await server?.close();
  });

  const play = (...lines: string[]) => playCase(written(...lines), target, states, () => []);

  it('reaches states, plays exchanges, captures values and reads states back', async () => {
    const played = await play(
      PENDING_OUT,
      APPROVE,
      APPROVED,
      NO_ERROR,
      '<send from="romeo/orchard"><message to="{juliet}" id="{id}"><body>{romeo}</body></message></send>',
      '<expect at="juliet" proves="rfc3921:9.3/c"><message id="approval" from="{romeo/orchard}"><body>{romeo}</body></message></expect>',
      '<state of="romeo" to="juliet" is="None" proves="rfc3921:9.3/d"><or is="To" proves="rfc6121:A.3.3/d"/></state>',
    );
    expect(played.ending, played.reason).to.equal('played');
    expect(verdicts(played)).to.deep.equal([
      'expect yes',
      'never yes',
      'expect yes',
      'state no',
      'state yes',
    ]);
    expect(played.findings.map(({ path }) => path)).to.deep.equal([
      'inbound',
      'inbound',
      'outbound',
      'read-back',
      'read-back',
    ]);
    expect(played.findings[3]).to.deep.include({
      received: "subscription='to', no request waiting",
      reason: 'the state read back is not None',
      differences: [{ path: 'subscription', expected: 'none', received: 'to' }],
    });
    expect(played.lateness.map(({ path }) => path)).to.deep.equal(['inbound', 'outbound']);
    for (const { from, to } of played.findings) {
      expect(played.transcript.slice(from, to).some(({ kind }) => kind === 'fence')).to.equal(true);
    }
  });

  it('marks what arrives and no expectation accounts for', async () => {
    const played = await play(PENDING_OUT, APPROVE, APPROVED);
    const unexpected = played.transcript.filter((entry) => entry.unexpected === true);
    expect(unexpected.map(({ party }) => party)).to.include('romeo/orchard');
    expect(unexpected.some(({ xml }) => xml.includes("subscription='to'"))).to.equal(true);
    expect(unexpected.some(({ xml }) => xml.includes("id='approval'"))).to.equal(false);
  });

  it('tells what the schemas say of each stanza that came', async () => {
    const judged: string[] = [];
    const played = await playCase(written(PENDING_OUT, APPROVE, APPROVED), target, states, (xml) => {
      judged.push(xml);
      return xml.includes("id='approval'") ? ['not like this'] : [];
    });
    expect(played.schemaViolations).to.deep.equal(['not like this']);
    expect(judged.some((xml) => xml.includes('fence'))).to.equal(false);
  });

  it('logs resources in and out during the play', async () => {
    const given = GIVEN.replace(
      '</user>',
      '<resource name="cellar" roster="requested" presence="available" joins="later"/></user>',
    );
    const played = await play(
      given,
      '<login resource="romeo/cellar"/>',
      '<expect at="romeo/orchard" proves="rfc3921:9.3/a"><presence from="{romeo/cellar}" type="{absent}"/></expect>',
      '<logout resource="romeo/cellar" how="cut"/>',
      '<expect at="romeo/orchard" proves="rfc3921:9.3/b"><presence from="{romeo/cellar}" type="unavailable"/></expect>',
      '<login resource="romeo/cellar"/>',
      '<expect at="romeo/orchard" proves="rfc3921:9.3/a"><presence from="{romeo/cellar}" type="{absent}"/></expect>',
      '<logout resource="romeo/cellar" how="unavailable"/>',
      '<expect at="romeo/orchard" proves="rfc3921:9.3/b"><presence from="{romeo/cellar}" type="unavailable"/></expect>',
    );
    expect(played.ending, played.reason).to.equal('played');
    expect(verdicts(played)).to.deep.equal(Array(4).fill('expect yes'));
    expect(new Set(played.findings.map(({ path }) => path))).to.deep.equal(new Set(['log-in', 'leave']));
  });

  const AWAY = GIVEN.replace('/></user>', ' joins="later"/></user>');
  const OFFLINE = [
    AWAY,
    '<send from="juliet"><message from="{juliet}" to="{romeo}" type="chat" id="kept"><body>hi</body></message></send>',
    '<login resource="romeo/orchard"/>',
    '<expect at="romeo/orchard" times="1" proves="rfc3921:9.3/a"><message id="kept"/></expect>',
  ];

  it('waits at the log-in for what was stored', async () => {
    const played = await play(...OFFLINE);
    expect(played.ending, played.reason).to.equal('played');
    expect(verdicts(played)).to.deep.equal(['expect yes']);
  });

  it('is an error when the message stored last does not come', async () => {
    clients.meddle = (text, towards) =>
      towards === 'client'
        ? text.replaceAll(/<message(?:(?!<\/message>).)*What was sent.*?<\/message>/g, '')
        : text;
    const played = await play(...OFFLINE);
    expect(played.ending).to.equal('error');
    expect(played.reason).to.match(
      /^a message sent to romeo while no resource was available .* within 4000 ms/,
    );
  });

  it('names the path of a marker that does not come back', async () => {
    clients.meddle = (text, towards) =>
      towards === 'client' ? text.replaceAll(/<message[^>]*headline.*?<\/message>/g, '') : text;
    const played = await play(GIVEN, APPROVE, NO_ERROR);
    expect(played.ending).to.equal('error');
    expect(played.reason).to.match(
      /^fence marker not back within 4000 ms: message from juliet to romeo\/orchard/,
    );
    expect(played.findings).to.deep.equal([]);
  });

  it('names the path of a marker that the target refuses', async () => {
    clients.meddle = (text, towards) =>
      towards === 'server' ? text.replaceAll('@contact.test', '@nowhere.test') : text;
    const played = await play(GIVEN, '<send from="romeo/orchard"><presence/></send>', NO_ERROR);
    expect(played.ending).to.equal('error');
    expect(played.reason).to.equal(
      'fence marker refused: message from romeo/orchard to juliet (returned to romeo/orchard as an error)',
    );
  });

  it('sends no marker where a rule under test may stop it', async () => {
    const nurse = '<contact name="nurse" placement="remote"/>';
    const judged = [
      '<send from="juliet"><message from="{juliet}" to="{romeo}" type="chat" id="hist"/></send>',
      '<expect at="romeo/orchard" proves="rfc3921:9.3/a"><message id="hist"/></expect>',
    ];
    const paths = async (given: string) => {
      const played = await play(given.replace('</given>', `${nurse}</given>`), ...judged);
      expect(played.ending, played.reason).to.equal('played');
      const { from = 0, to = 0 } = played.findings[0] ?? {};
      const sent = played.transcript
        .slice(from, to)
        .filter(({ kind, direction }) => kind === 'fence' && direction === 'sent');
      const shown = sent.map(({ party, xml }) => {
        const address = /\bto='([a-z]*)[^@']*(@[^/']*)?/.exec(xml);
        return `${party} ${address === null ? 'own server' : `${address[1]}${address[2] ?? ''}`}`;
      });
      return [...new Set(shown)].sort();
    };
    expect(await paths(GIVEN.replace('name="juliet"', 'name="juliet" fence="server"'))).to.deep.equal([
      'juliet embedded',
      'nurse romeo@embedded.test',
      'romeo/orchard nurse@contact.test',
      'romeo/orchard own server',
    ]);
    expect(await paths(GIVEN.replace('name="romeo"', 'name="romeo" fence="server"'))).to.deep.equal([
      'juliet embedded',
      'nurse embedded',
      'romeo/orchard own server',
    ]);
  });

  it('lets a contact on the same stream show that what was stored has come', async () => {
    const apart = OFFLINE.map((line) =>
      line.replace('<contact name="juliet"', '<contact name="nurse" placement="remote"/>$&  fence="server"'),
    );
    const played = await play(...apart);
    expect(played.ending, played.reason).to.equal('played');
    const stored = played.transcript.filter(({ xml }) => xml.includes('What was sent'));
    expect(stored.map(({ party, direction }) => `${party} ${direction}`)).to.deep.equal([
      'nurse sent',
      'romeo/orchard received',
    ]);
  });

  it('is an error when a stream is lost, and says whose', async () => {
    clients.meddle = (text, towards, link) => {
      if (towards === 'client' && text.includes("id='approval'")) link.cut();
      return text;
    };
    const played = await play(PENDING_OUT, APPROVE, APPROVED);
    expect(played.ending).to.equal('error');
    expect(played.reason).to.match(/^romeo\/orchard lost its stream: /);
    expect(played.transcript.length).to.be.greaterThan(10);
  });

  it('takes no silence for proof when a stream is lost while it is waited for', async () => {
    for (const [meddler, whose] of [
      [clients, /^romeo\/orchard lost its stream: /],
      [components, /^juliet lost its stream: /],
    ] as const) {
      let cut = () => {};
      meddler.meddle = (text, towards, link) => {
        if (towards === 'client' && text.includes('fence-')) cut = link.cut;
        return text;
      };
      const stage = Object.create(target, {
        settleMs: {
          get: () => {
            cut();
            return 300;
          },
        },
      }) as Target;
      const played = await playCase(written(PENDING_OUT, APPROVE, NO_ERROR), stage, states, () => []);
      expect(played.ending).to.equal('error');
      expect(played.reason).to.match(whose);
      expect(played.findings).to.deep.equal([]);
      meddler.meddle = (text) => text;
      await target.checkAlive();
    }
  });

  it('is an error when the roster is refused: that is not an empty one', async () => {
    clients.meddle = (text, towards) =>
      towards === 'server' ? text.replaceAll('jabber:iq:roster', 'jabber:iq:rooster') : text;
    const played = await play(GIVEN, APPROVE, NO_ERROR);
    expect(played.ending).to.equal('error');
    expect(played.reason).to.match(/^romeo\/orchard was refused its roster \(service-unavailable/);
  });

  it('keeps what came to a resource before it logged in again', async () => {
    const judged: string[] = [];
    const play = written(
      PENDING_OUT,
      APPROVE,
      APPROVED,
      '<login resource="romeo/orchard"/>',
      '<expect at="romeo/orchard" proves="rfc3921:9.3/a"><presence from="{romeo/orchard}"/></expect>',
    );
    const played = await playCase(play, target, states, (xml) => {
      judged.push(xml);
      return [];
    });
    expect(played.ending, played.reason).to.equal('played');
    expect(judged.some((xml) => xml.includes("id='approval'"))).to.equal(true);
  });

  it('is an error with all that was observed when the form of what came cannot be judged', async () => {
    const played = await playCase(written(PENDING_OUT, APPROVE, APPROVED), target, states, () => {
      throw new Error('out of memory');
    });
    expect(played.ending).to.equal('error');
    expect(played.reason).to.match(/^the harness failed: Error: out of memory/);
    expect(verdicts(played)).to.deep.equal(['expect yes']);
  });

  it('marks the fences of each case apart: a given account may hold stored markers of an earlier run', async () => {
    const markers = async () => {
      const { transcript } = await play(GIVEN, APPROVE, NO_ERROR);
      const fences = transcript.filter(({ kind, direction }) => kind === 'fence' && direction === 'sent');
      return fences.flatMap(({ xml }) => /\bid='([^']+)'/.exec(xml)?.[1] ?? []);
    };
    const first = await markers();
    expect(first).not.to.deep.equal([]);
    expect(first).to.not.include.members(await markers());
    expect((await markers()).some((id) => first.includes(id))).to.equal(false);
  });

  it('sends malformed text as it stands, and reports the end of the stream that it brings', async () => {
    const played = await play(
      GIVEN,
      '<send from="romeo/orchard" malformed="true"><![CDATA[<presence><broken></presence>]]></send>',
      NO_ERROR,
    );
    expect(played.ending).to.equal('error');
    expect(played.reason).to.match(/^romeo\/orchard lost its stream: .*(xml|well-formed)/i);
    expect(played.transcript.some(({ xml }) => xml.includes('<presence><broken></presence>'))).to.equal(true);
  });

  it('is blocked when a state that is given was not reached, and says how it differs', async () => {
    clients.meddle = (text, towards) =>
      towards === 'client' ? text.replaceAll("ask='subscribe'", '') : text;
    const played = await play(PENDING_OUT, APPROVE, APPROVED);
    expect(played.ending).to.equal('blocked');
    expect(played.reason).to.equal(
      'the state None + Pending Out of romeo towards juliet was not reached: ask is absent, not subscribe',
    );
  });

  it('is an error when the roster does not come', async () => {
    clients.meddle = (text, towards) =>
      towards === 'client'
        ? text.replaceAll(/<iq[^>]*id='roster-1'.*?<\/iq>|<iq[^>]*id='roster-1'.*?\/>/g, '')
        : text;
    const played = await play(GIVEN, APPROVE, NO_ERROR);
    expect(played.reason).to.equal('romeo/orchard got no answer to its roster request within 4000 ms');
  });

  it('measures how late after its fence a stanza came', async () => {
    clients.meddle = (text, towards, link) => {
      if (towards === 'server') return text;
      const late = /<presence[^>]*id='approval'[^>]*\/>/.exec(text)?.[0];
      if (late === undefined) return text;
      setTimeout(() => link.tell(late), 600);
      return text.replace(late, '');
    };
    const played = await play(PENDING_OUT, APPROVE, APPROVED);
    expect(verdicts(played)).to.deep.equal(['expect yes']);
    expect(played.lateness).to.have.length(1);
    expect(played.lateness[0]?.ms).to.be.greaterThan(0);
  });

  it('does not measure what comes back from a domain that nobody in the play speaks for', async () => {
    const played = await play(
      GIVEN,
      '<send from="romeo/orchard"><iq to="unreachable.invalid" type="get" id="ask-1"><query xmlns="urn:example:unknown"/></iq></send>',
      '<expect at="romeo/orchard" proves="rfc3921:7.3/response"><iq type="error" id="ask-1"/></expect>',
    );
    expect(verdicts(played)).to.deep.equal(['expect yes']);
    expect(played.lateness).to.deep.equal([]);
  });

  it('reports what is missing from the scenario and from the run as errors', async () => {
    const ends = async (...lines: string[]) => (await play(...lines)).reason;
    expect(await ends(GIVEN, '<send from="romeo/cellar"><presence/></send>', NO_ERROR)).to.equal(
      'romeo/cellar is not there at this point of the play',
    );
    expect(await ends(GIVEN, '<login resource="romeo/cellar"/>', NO_ERROR)).to.equal(
      'romeo/cellar is not declared in the scenario',
    );
    expect(await ends(GIVEN, '<logout resource="romeo/cellar"/>', NO_ERROR)).to.equal(
      'romeo/cellar is not connected',
    );
    expect(await ends(PENDING_OUT.replace('Pending Out', 'Pending'), APPROVE, NO_ERROR)).to.equal(
      'fixtures/states.xml knows no state "None + Pending"',
    );
    const alone = Object.create(target, { contacts: { value: undefined } }) as Target;
    const played = await playCase(written(GIVEN, APPROVE, NO_ERROR), alone, states, () => []);
    expect(played.reason).to.equal('nothing was given to play juliet');
  });

  it('can not log in where the account is refused', async () => {
    const stage = Object.create(target, {
      account: { value: async () => ({ username: 'x', password: 'y', jid: 'x@embedded.test' }) },
    }) as Target;
    const played = await playCase(written(GIVEN, APPROVE, NO_ERROR), stage, states, () => []);
    expect(played.ending).to.equal('error');
    expect(played.reason).to.match(/refuses .*password|not-authorized/);
  });
});

describe('skippedCase', () => {
  it('holds nothing but the reason', () => {
    const skipped = skippedCase(written(GIVEN, APPROVE, NO_ERROR), 'not offered');
    expect(skipped).to.deep.include({
      ending: 'skipped',
      reason: 'not offered',
      findings: [],
      transcript: [],
    });
  });
});
