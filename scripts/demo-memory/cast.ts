import * as z from 'zod';
import { Failure } from '../../cli/failure.ts';
import { createStreambed } from '../../client/http/http.ts';
import type { Streambed, WorkspaceClient } from '../../client/http/http.ts';
import { api } from '../../contract/api.ts';
import { UserId } from '../../contract/ids.ts';
import type { ExportRecord } from '../../contract/transfer.ts';
import type { Person } from './read-story.ts';

/** A workspace of a local app. */
export interface OwnWorkspace {
  readonly baseUrl: string;
  readonly workspaceId: string;
  readonly streambed: Streambed;
}

/** A user who posts in the workspace. */
export interface Speaker extends Person {
  readonly token: string;
  readonly streambed: Streambed;
  readonly workspace: WorkspaceClient;
}

const Made = z.object({ workspaceId: z.string(), apiKey: z.string() });

/** Creates a workspace in a local app, as an operator does in AWS; returns its id and first API key. */
export async function requestWorkspace(baseUrl: string, name: string): Promise<z.infer<typeof Made>> {
  const request = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ name }) };
  const response = await fetch(`${baseUrl}/local/workspaces`, request).catch(() => {
    throw new Failure(`No local app answers at ${baseUrl}. Start one with "npm start", and leave it running.`);
  });
  const text = await response.text();
  if (response.status !== 201)
    throw new Failure(`${baseUrl} is no local app, which would make a workspace: it answered ${response.status}.`);
  return Made.parse(JSON.parse(text));
}

/** Creates a workspace for one run, because an import needs a workspace without streams. */
export async function makeWorkspace(baseUrl: string, name: string): Promise<OwnWorkspace> {
  const { workspaceId, apiKey } = await requestWorkspace(baseUrl, name);
  return { baseUrl, workspaceId, streambed: createStreambed({ baseUrl, token: apiKey, timeoutMs: 60_000 }) };
}

const recordsInRequest = 100;

/** Imports records in order, in batches. */
export async function importRecords(
  { streambed, workspaceId }: OwnWorkspace,
  records: readonly ExportRecord[],
  onSent: (count: number) => void,
): Promise<void> {
  for (let from = 0; from < records.length; from += recordsInRequest) {
    const body = { records: records.slice(from, from + recordsInRequest) };
    await streambed.call(api.transfer.importRecords, { params: { workspaceId }, body, repeatable: true });
    onSent(Math.min(from + recordsInRequest, records.length));
  }
}

/** Signs in all users who post. */
export async function meetSpeakers(own: OwnWorkspace, people: readonly Person[]): Promise<ReadonlyMap<string, Speaker>> {
  const speakers = new Map<string, Speaker>();
  for (const person of people) {
    const body = { userId: UserId.parse(person.id), name: person.name, expiresInSeconds: 604_800 };
    const { token } = await own.streambed.call(api.auth.createToken, { body });
    const streambed = createStreambed({ baseUrl: own.baseUrl, token });
    speakers.set(person.id, { ...person, token, streambed, workspace: streambed.workspace(own.workspaceId) });
  }
  return speakers;
}
