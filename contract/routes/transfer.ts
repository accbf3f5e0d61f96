import * as z from 'zod';
import { WorkspaceId } from '../ids.ts';
import { defineRoute, pageOf } from '../route.ts';
import { ExportQuery, ExportRecord, Imported, ImportRecords } from '../transfer.ts';

const inWorkspace = z.strictObject({ workspaceId: WorkspaceId });

export const exportWorkspace = defineRoute({
  method: 'GET',
  path: '/v1/workspaces/{workspaceId}/export',
  auth: 'apiKey',
  scope: 'transfer',
  tag: 'transfer',
  summary: 'Read the whole workspace, also what is private, as the lines of a file that an import takes',
  params: inWorkspace,
  query: ExportQuery,
  answers: { 200: pageOf(ExportRecord).meta({ id: 'ExportPage' }) },
});

export const importRecords = defineRoute({
  method: 'POST',
  path: '/v1/workspaces/{workspaceId}/import',
  auth: 'apiKey',
  scope: 'transfer',
  tag: 'transfer',
  summary: 'Import the next lines of a file into a workspace without streams; the same lines again change nothing',
  params: inWorkspace,
  body: ImportRecords,
  answers: { 200: Imported },
});
