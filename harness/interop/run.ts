import { type Config, UsageError } from '../config.js';
import type { Fixtures } from '../fixtures.js';
import { findRequestSign } from '../play/calibrate.js';
import { HarnessFault } from '../play/fault.js';
import { playCase } from '../play/play.js';
import type { Home, RequestSign, Stage } from '../play/world.js';
import { version } from '../run.js';
import { selectCases } from '../scenario/select.js';
import type { PlayableCase } from '../scenario/types.js';
import { runLanes } from '../schedule.js';
import { openTarget, type Target } from '../target.js';
import type { Spec } from '../verdict/result.js';
import { summariseLateness, unreliablePaths } from '../verdict/summary.js';
import { TargetError } from '../wire/failure.js';
import { judgeInterop } from './attribute.js';
import { warmLink } from './link.js';
import { inPeerOptions } from './peer-options.js';
import type { ConformanceRecord } from './record.js';
import type { InteropResult, InteropServer } from './result.js';

/** One of two servers that are to be judged together. */
export interface InteropParty {
  /** What reports call it. */
  readonly name: string;
  /** How it is reached, as for a run of its own; contacts are not asked for. */
  readonly config: Config;
  readonly record: ConformanceRecord | undefined;
}

/** How a pair is judged. */
export interface InteropOptions {
  /** Catalogue, states and the scenarios of the suite of interoperation. */
  readonly fixtures: Fixtures;
  readonly spec: Spec;
  /** Patterns as of an ordinary run; none: all. */
  readonly only: readonly string[];
  readonly jobs: number;
  /** Told when both servers are open, and after each case. */
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** How many times the patience of a run to wait for a cold link, over which both sides look names up and verify keys. */
const COLD_LINK = 3;

/**
 * Plays all scenarios between two servers, with the user on the first and the contact on the second, then the other way round.
 * @returns both ordered pairs, and why there are no cases where a server or the link can't be used at all; complete also when a
 * server was lost or the run was interrupted
 * @throws UsageError when what a party names can't be read, or its record is of another server
 */
export async function runInterop(
  target: InteropParty,
  peer: InteropParty,
  options: InteropOptions,
): Promise<readonly [InteropResult, InteropResult]> {
  const startedAt = new Date();
  try {
    return await playBothWays(target, peer, options);
  } catch (error) {
    if (!(error instanceof TargetError)) throw error;
    const unplayed = (near: InteropParty, far: InteropParty): InteropResult => ({
      tool: { name: 'xmpp-conform', version: version() },
      target: describe(near, ''),
      peer: describe(far, ''),
      spec: options.spec,
      startedAt: startedAt.toISOString(),
      durationMs: Date.now() - startedAt.getTime(),
      interrupted: error.message,
      cases: [],
      latenessMs: summariseLateness([]).latenessMs,
    });
    return [unplayed(target, peer), unplayed(peer, target)];
  }
}

async function playBothWays(
  target: InteropParty,
  peer: InteropParty,
  options: InteropOptions,
): Promise<readonly [InteropResult, InteropResult]> {
  const { cases } = selectCases(options.fixtures.cases, { only: options.only, skip: [], section: [] });
  const total = 2 * cases.length;
  const one = await openTarget(target.config);
  try {
    const other = await openPeer(peer.config);
    try {
      demandOwnRecord(target, one);
      demandOwnRecord(peer, other);
      for (const server of [one, other]) server.ensureAccounts(accountsNeeded(cases));
      await warmLink(one, other, COLD_LINK * Math.max(one.patienceMs, other.patienceMs));
      const there = stageOf(one, other);
      const back = stageOf(other, one);
      const signs = { one: await calibrate(there), other: await calibrate(back) };
      let done = 0;
      const progress = () => options.onProgress?.(++done, total);
      const play = (near: Side, far: Side) => playPair(near, far, cases, options, progress);
      const first: Side = { party: target, server: one, sign: signs.one };
      const second: Side = { party: peer, server: other, sign: signs.other };
      return [await play(first, second), await play(second, first)];
    } finally {
      await other.close();
    }
  } finally {
    await one.close();
  }
}

async function openPeer(config: Config): Promise<Target> {
  try {
    return await openTarget(config);
  } catch (error) {
    if (error instanceof TargetError) throw new TargetError(error.kind, inPeerOptions(error.message));
    throw error;
  }
}

/** A server that is open. */
interface Side {
  readonly party: InteropParty;
  readonly server: Target;
  readonly sign: RequestSign;
}

async function playPair(
  near: Side,
  far: Side,
  cases: readonly PlayableCase[],
  { fixtures, spec, jobs, signal }: InteropOptions,
  progress: () => void,
): Promise<InteropResult> {
  const startedAt = new Date();
  let interrupted = '';
  const isOver = () => {
    if (signal?.aborted === true && interrupted === '') interrupted = String(signal.reason);
    return interrupted !== '';
  };
  const stage = stageOf(near.server, far.server, near.sign, far.sign);
  const played = await runLanes(
    cases,
    jobs,
    async (play) => {
      // The form of stanzas is judged by each server's own run.
      const result = await playCase(play, stage, fixtures.states, () => []);
      progress();
      if (result.ending === 'error') {
        const loss = await lossOf([near.server, far.server]);
        interrupted ||= loss;
      }
      return result;
    },
    isOver,
  );
  const fence = summariseLateness(played);
  const context = {
    catalogue: fixtures.catalogue,
    spec,
    unreliable: unreliablePaths(fence, near.party.config.settleMs),
    records: {
      ...(near.party.record === undefined ? {} : { target: near.party.record }),
      ...(far.party.record === undefined ? {} : { peer: far.party.record }),
    },
  };
  return {
    tool: { name: 'xmpp-conform', version: version() },
    target: describe(near.party, near.server.software),
    peer: describe(far.party, far.server.software),
    spec,
    startedAt: startedAt.toISOString(),
    durationMs: Date.now() - startedAt.getTime(),
    interrupted,
    cases: played.map((item) => judgeInterop(item, context)),
    latenessMs: fence.latenessMs,
  };
}

function stageOf(near: Target, far: Target, sign: RequestSign = 'redelivered', farSign = sign): Stage {
  const { timeoutMs, settleMs, contactName } = near;
  const patienceMs = Math.max(near.patienceMs, far.patienceMs);
  return {
    ...homeOf(near, sign),
    peer: homeOf(far, farSign),
    timeoutMs,
    patienceMs,
    settleMs,
    contacts: undefined,
    contactName,
  };
}

function homeOf({ domain, account, logIn }: Target, requestSign: RequestSign): Home {
  return { domain, account, logIn, requestSign };
}

/** A fence that fails before the first case is a link that can't be judged. */
async function calibrate(stage: Stage): Promise<RequestSign> {
  try {
    return await findRequestSign(stage);
  } catch (error) {
    if (!(error instanceof HarnessFault)) throw error;
    throw new TargetError(
      'stream',
      `A trivial exchange between ${stage.domain} and ${stage.peer?.domain ?? ''} fails: ${error.message}.`,
    );
  }
}

/** A sentence when one of the servers answers no more; empty while they do. */
async function lossOf(servers: readonly Target[]): Promise<string> {
  for (const server of servers) {
    try {
      await server.checkAlive();
    } catch (error) {
      if (!(error instanceof TargetError)) throw error;
      return `${server.domain} was lost: ${error.message}`;
    }
  }
  return '';
}

/** Every play takes place twice, each time with its users on the other servers. */
function accountsNeeded(cases: readonly PlayableCase[]): number {
  // Those that open the link and find out how requests show are a handful.
  return cases.reduce((sum, { users }) => sum + users.length, 10);
}

/** A record that was made of something else would put the blame in the wrong place. */
function demandOwnRecord({ name, record }: InteropParty, { software }: Target): void {
  if (record === undefined || record.software === '' || software === '') return;
  if (record.software === software) return;
  throw new UsageError(
    `${record.file} is of ${record.software}, but ${name} is ${software}: give each server its own record, and judge it again where it has changed.`,
  );
}

function describe({ name, config, record }: InteropParty, software: string): InteropServer {
  return { name, domain: config.domain, software, record: record?.file ?? '' };
}
