import type { TableDefinition } from '../definitions.ts';
import type { AccessDecision, Account } from '../types.ts';

/** Start parameters of the worker. */
export interface WorkerOptions {
  readonly account: Account;
  readonly tables: readonly TableDefinition[];
  readonly path?: string;
  readonly endpoint?: string;
  readonly sweepMilliseconds: number;
}

/** A permission question, sent once for each key, action and resource. */
export interface Question {
  readonly accessKeyId: string;
  readonly action: string;
  readonly resource: string;
}

export type FromWorker =
  | { kind: 'ready'; url: string }
  | { kind: 'failed'; message: string }
  | { kind: 'ask'; id: number; question: Question }
  | { kind: 'swept'; id: number; count: number }
  | { kind: 'log'; level: 'debug' | 'warn' | 'error'; message: string; fields: Record<string, unknown> }
  | { kind: 'stopped' };

export type ToWorker = { kind: 'answer'; id: number; decision: AccessDecision } | { kind: 'sweep'; id: number } | { kind: 'stop' };
